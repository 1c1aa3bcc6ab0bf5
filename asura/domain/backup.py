"""When a backup is due, what it is called, and which old ones may go."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

NAME = re.compile(r"asura-(\d{8}T\d{6})Z\.backup(\.age)?")
# What is left of a database before its migration.
_OF_MIGRATION = re.compile(r"asura-schema-\d+-(\d{8}T\d{6})Z\.db")
# A database is often small and its first backup quick: it waits only until the start is over.
FIRST_AFTER = timedelta(minutes=1)
# A service that hiccups once is nobody's night.
TELL_AFTER = 2
# After the first failure, the second, and so on.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that was made by the schedule or on request, and found to be good."""

    name: str
    at: datetime
    bytes: int
    encrypted: bool
    took_s: float
    uploaded: bool = False


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """Attempts that failed, since the last good one: since when, when last, how many, why, and who knows.

    `upload` names the backup that is good here and could not be uploaded; empty: none was made.
    """

    since: datetime
    at: datetime
    times: int
    message: str
    upload: str = ""
    told: bool = False


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of backups, over restarts: those made and still kept, newest last."""

    made: tuple[Made, ...] = ()
    failed: Failed | None = None
    failures: int = 0

    @property
    def last(self) -> Made | None:
        """Return the newest good one."""
        return self.made[-1] if self.made else None


def name_of(at: datetime, *, encrypted: bool) -> str:
    """Return the name of a backup of an instant."""
    return f"asura-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup{'.age' if encrypted else ''}"


def at_of(name: str) -> datetime | None:
    """Return of which instant a backup is by its name; None when it is no name of ours."""
    return _instant(NAME.fullmatch(name))


def of_migration(name: str) -> datetime | None:
    """Return from when a database is that was left before a migration, by its name; None when it is no such name."""
    return _instant(_OF_MIGRATION.fullmatch(name))


def _instant(found: re.Match[str] | None) -> datetime | None:
    if found is None:
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def due_at(ledger: Ledger, now: datetime, *, every: timedelta, started_at: datetime) -> datetime | None:
    """Return when the next one is due; None when none is scheduled.

    It counts from the last good one and not from the start, else restarts would put it off; after failures it is tried
    again after a growing pause. What lies in the future, because the clock was set back, counts as now.
    """
    if not every:
        return None
    if ledger.failed is not None:
        pause = min(PAUSES[min(ledger.failed.times, len(PAUSES)) - 1], every)
        return min(ledger.failed.at, now) + pause
    if ledger.last is None:
        return started_at + FIRST_AFTER
    return max(min(ledger.last.at, now) + every, started_at + FIRST_AFTER)


def shelved(ledger: Ledger, one: Made) -> Ledger:
    """Return what is known when one is good, and is still to be uploaded."""
    others = tuple(old for old in ledger.made if old.name != one.name)
    return msgspec.structs.replace(ledger, made=(*others, one))


def made(ledger: Ledger, one: Made) -> Ledger:
    """Return what is known after a good one; what failed before it is over."""
    return msgspec.structs.replace(shelved(ledger, one), failed=None)


def failed(ledger: Ledger, at: datetime, message: str, *, upload: str = "") -> Ledger:
    """Return what is known after an attempt that failed."""
    old = ledger.failed
    new = Failed(
        since=old.since if old else at,
        at=at,
        times=old.times + 1 if old else 1,
        message=message,
        upload=upload,
        told=old.told if old else False,
    )
    return msgspec.structs.replace(ledger, failed=new, failures=ledger.failures + 1)


def only_upload(ledger: Ledger, now: datetime, *, every: timedelta) -> Made | None:
    """Return the backup that is only to be uploaded again; None when a new one is due anyway, or none waits."""
    last = ledger.last
    if last is None or ledger.failed is None or ledger.failed.upload != last.name:
        return None
    return last if not every or now < last.at + every else None


def is_worth_telling(ledger: Ledger) -> bool:
    """Return whether people are to be told that backups fail: once, when the first repetition failed too."""
    return ledger.failed is not None and not ledger.failed.told and ledger.failed.times >= TELL_AFTER


def surplus(names: Iterable[str], *, keep: int) -> Sequence[str]:
    """Return which of these names of ours are too many, oldest first; the newest is never among them."""
    ours = sorted((at, name) for name in names if (at := at_of(name)) is not None)
    return [name for _, name in ours[: -max(keep, 1)]]
