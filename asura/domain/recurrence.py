"""Again and again: when cron lines and RRULEs (RFC 5545) come in a zone, with bounded work for every rule.

A rule speaks of wall times. One that the clock skips is read with the offset before the change, which moves it forward
by what is skipped (RFC 5545, 3.3.5); one that comes twice is meant once, the first time.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from cronsim import CronSim
from cronsim.cronsim import CronSimError
from dateutil.rrule import rrule, rrulestr

from asura.domain import rule_grammar as grammar
from asura.domain.schedule import NICKNAMES

# A leap day comes after eight years at the latest; what comes more rarely is no plan.
HORIZON = timedelta(days=11 * 366)
# Rules with a COUNT are followed from their beginning, so far at the most.
COUNTED_STEPS = 12_000
# Where rules begin that do not say: a Monday, far in the past.
ANCHOR = datetime.combine(date(2018, 1, 1), time())
_DAY = timedelta(days=1)
_DAYS_AT_LEAST = {"YEARLY": 365, "MONTHLY": 28, "WEEKLY": 7, "DAILY": 1}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Rule(msgspec.Struct, frozen=True):
    """One cron line or RRULE in a zone, and the wall time (of whole seconds) from which on it counts."""

    text: str
    zone: str
    by_cron: bool
    begins: datetime = ANCHOR


class _GivenUp(Exception):
    """A rule was followed for as long as it may be."""


class _Stride(int):
    """The interval of a rule that may be added only so often: one that finds nothing would go on to the year 9999."""

    left: int

    @classmethod
    def of(cls, interval: int, steps: int) -> "_Stride":
        """Return an interval for so many steps."""
        stride = cls(interval)
        stride.left = steps
        return stride

    def __radd__(self, other: int) -> int:
        return other + self._step()

    def __mul__(self, other: int) -> int:
        return self._step() * other

    def _step(self) -> int:
        if self.left <= 0:
            raise _GivenUp
        self.left -= 1
        return int(self)


def instants(rule: Rule, from_at: datetime, to_at: datetime) -> list[datetime]:
    """Return when a rule comes in [from_at, to_at), in UTC and in order."""
    zone = ZoneInfo(rule.zone)
    # Where a clock jumps, neighbours can change their order, by no more than it jumps.
    first, last = from_at.astimezone(zone).date() - _DAY, to_at.astimezone(zone).date() + _DAY
    known = _of_days(rule, first, last)
    return list(known[bisect_left(known, from_at) : bisect_left(known, to_at)])


def cron_fault(line: str) -> str:
    """Return what is wrong with a cron line; empty when nothing is."""
    if len(line) > grammar.LONGEST_LINE:
        return f"has {len(line)} characters; at most {grammar.LONGEST_LINE} fit"
    if len(_cron(line).split()) != 5:
        return f"{line!r} needs five fields: minute, hour, day of month, month, day of week"
    try:
        found = CronSim(_cron(line), ANCHOR)
    except CronSimError as error:
        return f"{line!r} is no cron line: {str(error).lower() or 'it does not parse'}"
    except (AssertionError, ValueError, TypeError):
        return f"{line!r} is no cron line: it does not parse"
    if len(found.minutes) * len(found.hours) > grammar.MOST_A_DAY:
        return grammar.TOO_OFTEN
    return "" if _comes(Rule(line, "UTC", True)) else "never comes: there is no such day"


def rrule_faults(rule: Rule) -> list[str]:
    """Return what is wrong with an RRULE."""
    faults = grammar.faults_of(rule.text)
    if faults:
        return faults
    try:
        comes = _comes(rule)
    except (ValueError, KeyError, IndexError, TypeError, OverflowError) as error:
        return [f"is no rule that can be followed: {str(error)[:200] or 'it does not parse'}"]
    return [] if comes else ["never comes: there is no such day within eleven years of its beginning"]


def _comes(rule: Rule) -> bool:
    first = rule.begins.date()
    return next(_search(rule, first, first + HORIZON), None) is not None


@lru_cache(maxsize=4096)
def _of_days(rule: Rule, first: date, last: date) -> tuple[datetime, ...]:
    """Return when a rule comes from one day of its zone to another, both included, in UTC and in order."""
    zone = ZoneInfo(rule.zone)
    return tuple(sorted({wall.replace(tzinfo=zone).astimezone(UTC) for wall in _search(rule, first, last)}))


def _search(rule: Rule, first: date, last: date) -> Iterator[datetime]:
    low, high = datetime.combine(first, time()), datetime.combine(last, time.max)
    begun = max(low, rule.begins)
    found: Iterable[datetime]
    if rule.by_cron:
        # It answers with what comes later than it is given.
        found = CronSim(_cron(rule.text), begun - timedelta(seconds=1))
    elif "COUNT" in grammar.parts_of(rule.text)[0]:
        found = (wall for wall in _counted(rule) if wall >= begun)
    else:
        found = (wall for wall in _forward(rule, low, high) if wall >= begun)
    return takewhile(lambda wall: wall <= high, found)


def _forward(rule: Rule, low: datetime, high: datetime) -> Iterator[datetime]:
    """Yield what comes from some time before `low` on, in no more steps than there are to `high`."""
    parts, _ = grammar.parts_of(rule.text)
    interval, until = int(parts.get("INTERVAL", 1)), grammar.until_of(parts, rule.zone)
    start = _period(rule.begins, low, parts)
    steps = max(0, (high - start).days) // (_DAYS_AT_LEAST[parts["FREQ"]] * interval) + 2
    stride = _Stride.of(interval, steps)
    found = _parsed(rule.text, rule.begins).replace(dtstart=start, interval=stride, **_implied(rule.begins, parts))
    return takewhile(lambda wall: until is None or wall <= until, _until_given_up(found))


@lru_cache(maxsize=256)
def _counted(rule: Rule) -> tuple[datetime, ...]:
    interval = int(grammar.parts_of(rule.text)[0].get("INTERVAL", 1))
    found = _parsed(rule.text, rule.begins).replace(interval=_Stride.of(interval, COUNTED_STEPS))
    return tuple(_until_given_up(found))


def _until_given_up(found: Iterable[datetime]) -> Iterator[datetime]:
    try:
        yield from found
    except (_GivenUp, OverflowError):
        return


def _period(begins: datetime, low: datetime, parts: dict[str, str]) -> datetime:
    """Return where to follow a rule from: the last of its periods that begins at `low` or before, if it has begun."""
    interval = int(parts.get("INTERVAL", 1))
    midnight = datetime.combine(begins.date(), time())
    match parts["FREQ"]:
        case "YEARLY":
            years = max(low.year - begins.year, 0) // interval * interval
            start = datetime.combine(date(begins.year + years, 1, 1), time())
        case "MONTHLY":
            months = max((low.year - begins.year) * 12 + low.month - begins.month, 0) // interval * interval
            years, month = divmod(begins.year * 12 + begins.month - 1 + months, 12)
            start = datetime.combine(date(years, month + 1, 1), time())
        case "WEEKLY":
            monday = midnight - (begins.weekday() - _WEEKDAYS.index(parts.get("WKST", "MO"))) % 7 * _DAY
            start = monday + max((low - monday).days, 0) // (7 * interval) * 7 * interval * _DAY
        case _:
            start = midnight + max((low - midnight).days, 0) // interval * interval * _DAY
    return max(start, begins)


def _implied(begins: datetime, parts: dict[str, str]) -> dict[str, Any]:
    """Return what a rule takes from its beginning where it is silent, to be kept when it is followed from later."""
    times = zip(grammar.OF_A_DAY, (begins.hour, begins.minute, begins.second), strict=True)
    implied: dict[str, Any] = {name.lower(): value for name, value in times if name not in parts}
    if any(name in parts for name in grammar.OF_DATES):
        return implied
    if parts["FREQ"] == "WEEKLY":
        implied["byweekday"] = begins.weekday()
    elif parts["FREQ"] in ("MONTHLY", "YEARLY"):
        implied["bymonthday"] = begins.day
    if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts:
        implied["bymonth"] = begins.month
    return implied


@lru_cache(maxsize=256)
def _parsed(text: str, begins: datetime) -> rrule:
    written = ";".join(f"{name}={value}" for name, value in grammar.parts_of(text)[0].items() if name != "UNTIL")
    found = rrulestr(written, dtstart=begins)
    if not isinstance(found, rrule):
        raise ValueError("is more than one rule")
    return found


def _cron(line: str) -> str:
    return NICKNAMES.get(line.strip().lower(), line)
