"""The days of a zone, and how a monitor was on each of them: the bars of the last months."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from asura.domain import uptime
from asura.domain.span import Span

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


class Day(msgspec.Struct, frozen=True):
    """One day: the seconds in each state, the share of it that was up, and the most notable state.

    A day of which nothing is known has no ratio, and its worst is `no_data`.
    """

    date: date
    seconds: dict[str, float]
    ratio: float | None
    worst: str


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day begins in a zone, also where its midnight is skipped."""
    midnight = datetime.combine(day, time(), zone)
    found = midnight.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return found
    # The clock jumps over midnight: the day begins with the jump.
    before = found - _DAY
    while found - before > _SECOND:
        middle = before + (found - before) // 2
        if middle.astimezone(zone).date() < day:
            before = middle
        else:
            found = middle
    return found.replace(microsecond=0)


def last(count: int, now: datetime, zone: ZoneInfo) -> list[tuple[date, datetime]]:
    """Return the last days with the instants at which they begin, oldest first; the last one holds `now`."""
    today = now.astimezone(zone).date()
    dates = [today - n * _DAY for n in reversed(range(count))]
    return [(one, start_of(one, zone)) for one in dates]


def days(spans: Sequence[Span], wanted: Sequence[tuple[date, datetime]], now: datetime) -> list[Day]:
    """Return how each of the days was, up to now. The spans are those of one monitor and region, oldest first."""
    found: list[Day] = []
    first = 0
    for index, (day, start) in enumerate(wanted):
        end = min(wanted[index + 1][1], now) if index + 1 < len(wanted) else now
        while first < len(spans) and (spans[first].to_at or now) <= start:
            first += 1
        after = first
        while after < len(spans) and spans[after].from_at < end:
            after += 1
        found.append(_day(day, spans[first:after], start, end))
    return found


def _day(day: date, spans: Sequence[Span], start: datetime, end: datetime) -> Day:
    if len(spans) == 1 and start < end and spans[0].from_at <= start and (spans[0].to_at or end) >= end:
        # Most days are all of one state.
        status = spans[0].status.value
        whole = {status: (end - start).total_seconds()}
        return Day(day, whole, uptime.ratio(whole), status)
    seconds = uptime.seconds(spans, start, end) if start < end else {}
    worst = uptime.worst(spans, start, end)
    return Day(day, seconds, uptime.ratio(seconds), uptime.NO_DATA if worst is None else worst.value)
