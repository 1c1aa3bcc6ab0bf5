"""When a backup is due, what it is called, and which old ones may go."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

# The instant; whether somebody asked for it; in a bucket, whose it is; whether it is encrypted.
NAME = re.compile(r"asura-(\d{8}T\d{6})Z(-manual)?(?:-([0-9a-f]{8}))?\.backup(\.age)?")
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

    @property
    def regular(self) -> Made | None:
        """Return the newest good one that nobody asked for: from it the next one counts."""
        return next((one for one in reversed(self.made) if not is_manual(one.name)), None)


def believed(ledger: Ledger) -> Ledger:
    """Return what may be believed of a ledger that comes from elsewhere: a restored one could name any file."""
    made = tuple(one for one in ledger.made if at_of(one.name) is not None and one.at.tzinfo is not None)
    failed = ledger.failed
    if failed is not None and (failed.at.tzinfo is None or failed.since.tzinfo is None or failed.times < 1):
        failed = None
    return msgspec.structs.replace(ledger, made=made, failed=failed)


def name_of(at: datetime, *, encrypted: bool, manual: bool = False) -> str:
    """Return the name of a backup of an instant; `manual`: of one that the dashboard or the API was asked for."""
    kind = "-manual" if manual else ""
    return f"asura-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}{kind}.backup{'.age' if encrypted else ''}"


def name_in_bucket(name: str, installation: str) -> str:
    """Return the name of a backup where others may lie beside it: it says which installation of asura made it."""
    return name.replace(".backup", f"-{installation}.backup", 1)


def is_of(name: str, installation: str) -> bool:
    """Return whether a name in a bucket is of a backup of this installation."""
    found = NAME.fullmatch(name)
    return found is not None and found[3] == installation


def may_leave(name: str) -> bool:
    """Return whether a file of this name may be uploaded: it is one of ours, and encrypted."""
    found = NAME.fullmatch(name)
    return found is not None and bool(found[4])


def is_manual(name: str) -> bool:
    """Return whether the name is of a backup that somebody asked for."""
    found = NAME.fullmatch(name)
    return found is not None and bool(found[2])


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

    It counts from the last good one and not from the start, else restarts would put it off; one that somebody asked for
    puts nothing off either. After failures it is tried again after a growing pause. What lies in the future is of a
    clock that was wrong: nobody waits for it.
    """
    if not every:
        return None
    if ledger.failed is not None:
        pause = min(PAUSES[min(ledger.failed.times, len(PAUSES)) - 1], every)
        return _after(ledger.failed.at, pause, now)
    first = _after(started_at, FIRST_AFTER, now)
    return first if ledger.regular is None else max(_after(ledger.regular.at, every, now), first)


def _after(at: datetime, pause: timedelta, now: datetime) -> datetime:
    return now if at > now else at + pause


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
    if not every:
        return last
    regular = ledger.regular
    return last if regular is not None and last.at <= now and regular.at <= now < regular.at + every else None


def is_worth_telling(ledger: Ledger) -> bool:
    """Return whether people are to be told that backups fail: once, when the first repetition failed too."""
    return ledger.failed is not None and not ledger.failed.told and ledger.failed.times >= TELL_AFTER


def surplus(names: Iterable[str], *, keep: int, now: datetime, just: str) -> Sequence[str]:
    """Return which of these names of ours are too many, oldest first; `just` is the one just made, and stays.

    `keep` of those by the schedule stay, and as many of those that somebody asked for: who presses a button seven times
    does not lose a week. Names in the future are of a clock that was wrong: they are not the newest.
    """
    kinds: dict[bool, list[tuple[bool, datetime, str]]] = {False: [], True: []}
    for name in names:
        found = NAME.fullmatch(name)
        if found is not None and (at := at_of(name)) is not None:
            kinds[bool(found[2])].append((name == just or at <= now, at, name))
    over = [one for ours in kinds.values() for one in sorted(ours)[: -max(keep, 1)]]
    return [name for *_, name in sorted(over) if name != just]
