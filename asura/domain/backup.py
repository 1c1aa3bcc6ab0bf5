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
    """The last attempt, where it failed: when, how many in a row, why, and whether people were told."""

    at: datetime
    times: int
    message: str
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


def succeeded(ledger: Ledger, made: Made) -> Ledger:
    """Return what is known after a good one."""
    return msgspec.structs.replace(ledger, made=(*ledger.made, made), failed=None)


def failed(ledger: Ledger, at: datetime, message: str) -> Ledger:
    """Return what is known after one that failed."""
    before = ledger.failed
    now = Failed(at=at, times=before.times + 1 if before else 1, message=message, told=before.told if before else False)
    return msgspec.structs.replace(ledger, failed=now, failures=ledger.failures + 1)


def surplus(names: Iterable[str], *, keep: int) -> Sequence[str]:
    """Return which of these names of ours are too many, oldest first; the newest is never among them."""
    ours = sorted((at, name) for name in names if (at := at_of(name)) is not None)
    return [name for _, name in ours[: -max(keep, 1)]]
