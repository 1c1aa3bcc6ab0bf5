"""When a job is expected: cron lines or systemd OnCalendar lines, in a zone.

Clock changes are met as Debian's cron does: a job at a fixed time inside the hour that spring skips runs right after
it, and one in the hour that autumn repeats runs once; jobs of every hour run in both. OnCalendar lines skip a time
that does not exist, as systemd does.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from cronsim import CronSim
from cronsim.cronsim import CronSimError
from oncalendar import OnCalendarError, TzIterator

from asura.domain.fault import Fault

MOST_LINES = 20
LONGEST_LINE = 200
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_ZONE = re.compile(r"UTC|GMT|[A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}|[A-Z][A-Z0-9]{2,8}")
# Somewhere to begin when only the grammar of an expression is asked for; far from any change of clocks.
_SOME_DAY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
# An hour that comes twice may put an occurrence before the instant that was asked for.
_MOST_STEPS = 4_000


class Schedule(msgspec.Struct, frozen=True):
    """Lines of one kind, in one zone."""

    cron: tuple[str, ...] = ()
    on_calendar: tuple[str, ...] = ()
    timezone: str = "UTC"

    def next_after(self, at: datetime) -> datetime | None:
        """Return the first occurrence later than `at`, in UTC; None when there never is one again."""
        return _next_after(self, at)

    def distance(self, at: datetime) -> timedelta | None:
        """Return how far apart the next two occurrences after `at` are."""
        first = self.next_after(at)
        second = self.next_after(first) if first is not None else None
        return None if first is None or second is None else second - first


def parse(cron: str, on_calendar: str, timezone: str) -> tuple[Schedule | None, list[Fault]]:
    """Return the schedule in three texts (None without lines), and what is wrong with each line."""
    faults: list[Fault] = []
    if not is_zone(timezone):
        faults.append(Fault("timezone", f"there is no zone {timezone[:100]!r}; write one like Europe/Berlin, or UTC"))
    lines, calendar = _lines("cron", cron, faults), _lines("on_calendar", on_calendar, faults)
    if lines and calendar:
        faults.append(Fault("on_calendar", "there is cron too: one of the two says when"))
    faults += [Fault("cron", why) for line in lines if (why := _cron_fault(line))]
    faults += [Fault("on_calendar", why) for line in calendar if (why := _calendar_fault(line))]
    if faults or not (lines or calendar):
        return None, faults
    found = Schedule(tuple(lines), tuple(calendar), timezone)
    if found.next_after(_SOME_DAY) is None and not calendar:
        return None, [Fault("cron", "never comes: there is no such day")]
    return found, []


@lru_cache(maxsize=1024)
def is_zone(name: str) -> bool:
    """Return whether a zone is known by its IANA name."""
    if not _ZONE.fullmatch(name):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=8192)
def _next_after(schedule: Schedule, at: datetime) -> datetime | None:
    local = at.astimezone(ZoneInfo(schedule.timezone))
    sources: list[Iterator[datetime]] = [CronSim(_cron(line), local) for line in schedule.cron]
    calendars: list[Iterator[datetime]] = [TzIterator(line, local) for line in schedule.on_calendar]
    found = [one for source in (*sources, *calendars) if (one := _first(source, at)) is not None]
    return min(found, default=None)


def _first(source: Iterator[datetime], at: datetime) -> datetime | None:
    for _ in range(_MOST_STEPS):
        try:
            instant = next(source).astimezone(UTC)
        except (StopIteration, OverflowError):
            return None
        if instant > at:
            return instant
    return None


def _lines(path: str, text: str, faults: list[Fault]) -> list[str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        faults.append(Fault(path, f"has {len(lines)} lines; at most {MOST_LINES} fit"))
        return []
    for line in lines:
        if len(line) > LONGEST_LINE:
            faults.append(Fault(path, f"a line has {len(line)} characters; at most {LONGEST_LINE} fit"))
            return []
    return lines


def _cron(line: str) -> str:
    return NICKNAMES.get(line.lower(), line)


@lru_cache(maxsize=1024)
def _cron_fault(line: str) -> str:
    if line.lower() == "@reboot":
        return "@reboot is no time: a heartbeat with an interval fits what runs at a start"
    if len(_cron(line).split()) != 5:
        return f"{line!r} needs five fields: minute, hour, day of month, month, day of week"
    try:
        CronSim(_cron(line), _SOME_DAY)
    except CronSimError as error:
        return f"{line!r} is no cron line: {str(error).lower() or 'it does not parse'}"
    except (AssertionError, ValueError, TypeError):
        return f"{line!r} is no cron line: it does not parse"
    return ""


@lru_cache(maxsize=1024)
def _calendar_fault(line: str) -> str:
    try:
        TzIterator(line, _SOME_DAY)
    except OnCalendarError as error:
        return f"{line!r} is no OnCalendar line: {str(error).lower() or 'it does not parse'}"
    except (AssertionError, ValueError, TypeError, IndexError, OSError):
        return f"{line!r} is no OnCalendar line: it does not parse"
    return ""
