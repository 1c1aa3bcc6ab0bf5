"""Whether one who should be there is, and what people are told of that: each absence once, of a restless one less."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

# Those that go together are told of together, and whoever is back by then was never missed.
SETTLE = timedelta(seconds=5)
# More turns than this within the window: it comes and goes. That is told once, and then nothing until it was steady.
WINDOW = timedelta(minutes=10)
MOST_TURNS = 3
STEADY = timedelta(minutes=10)


class Tell(StrEnum):
    """What people are to be told of one that should be there."""

    GONE = "gone"
    BACK = "back"
    # It has come and gone too often: this once.
    RESTLESS = "comes_and_goes"


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it is there, since when, and what people believe: what they were told last.

    `turns` are when it came and went of late; `restless`: it did so too often; `warned`: people were told so.
    """

    there: bool
    since: datetime
    told: bool = True
    turns: tuple[datetime, ...] = ()
    restless: bool = False
    warned: bool = False


def turn(known: Attendance, there: bool, now: datetime) -> Attendance:
    """Return the attendance of one that has gone or come back now; the same when it has not."""
    if there == known.there:
        return known
    if known.restless and now - known.since >= STEADY:
        known = msgspec.structs.replace(known, turns=(), restless=False, warned=False)
    turns = (*(at for at in known.turns if now - at < WINDOW), now)
    restless = known.restless or len(turns) > MOST_TURNS
    return msgspec.structs.replace(known, there=there, since=now, turns=turns, restless=restless)


def owed(known: Attendance, now: datetime, settle: timedelta = SETTLE) -> Tell | None:
    """Return what is to be told now of a turn that lasts for `settle`; None: nothing, or nothing yet.

    Before the turn itself nobody knows how long it lasts, for the clock was set back: it is told at once.
    """
    if known.since <= now < _due_at(known, settle):
        return None
    if known.restless and not known.warned:
        return Tell.RESTLESS
    if known.there == known.told:
        return None
    return Tell.BACK if known.there else Tell.GONE


def changes_at(known: Attendance, now: datetime, settle: timedelta = SETTLE) -> datetime | None:
    """Return when something is to be told, if nothing happens before."""
    due_at = _due_at(known, settle)
    return due_at if known.since <= now < due_at and owed(known, due_at, settle) is not None else None


def after_telling(known: Attendance) -> Attendance:
    """Return the attendance once people know of it."""
    return msgspec.structs.replace(known, told=known.there, warned=known.restless)


def _due_at(known: Attendance, settle: timedelta) -> datetime:
    return known.since + (STEADY if known.warned else settle)
