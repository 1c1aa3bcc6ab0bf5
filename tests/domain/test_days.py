"""The days of a zone, held against every minute around changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from asura.domain import days, uptime
from asura.domain.span import Span
from asura.domain.status import Status

MINUTE = timedelta(minutes=1)
# Zones and instants near which their clocks change: also at midnight, by half an hour, and over a whole day.
CHANGES = [
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 24, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 10, 30, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2026, 3, 29, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 5, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("America/Toronto", datetime(1919, 3, 31, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, tzinfo=UTC)),
    ("UTC", datetime(2026, 2, 28, tzinfo=UTC)),
]


@pytest.mark.parametrize(("name", "near"), CHANGES, ids=[f"{name} {near:%Y-%m}" for name, near in CHANGES])
def test_every_minute_around_a_change_of_the_clock_lies_in_its_day(name: str, near: datetime) -> None:
    zone = ZoneInfo(name)
    end = near + timedelta(days=3)
    wanted = days.last(7, end, zone)
    starts = [start for _, start in wanted]
    assert starts == sorted(starts)
    assert [day for day, _ in wanted] == [wanted[0][0] + timedelta(days=n) for n in range(7)]
    at = starts[0]
    while at < end:
        day = [one for one, start in wanted if start <= at][-1]
        assert day == at.astimezone(zone).date(), at
        at += MINUTE


def span(status: Status, from_at: datetime, to_at: datetime | None) -> Span:
    return Span(1, "", status, "r", from_at, to_at)


def test_days_tell_seconds_ratio_and_the_worst_and_the_long_day_has_25_hours() -> None:
    zone, now = ZoneInfo("Europe/Berlin"), datetime(2026, 10, 26, 12, tzinfo=UTC)
    down = datetime(2026, 10, 25, 10, tzinfo=UTC)
    began = datetime(2026, 10, 24, 10, tzinfo=UTC)
    back = down + timedelta(hours=5)
    spans = [span(Status.UP, began, down), span(Status.DOWN, down, back), span(Status.UP, back, None)]
    found = days.days(spans, days.last(4, now, zone), now)
    assert [day.date for day in found] == [date(2026, 10, number) for number in (23, 24, 25, 26)]
    assert (found[0].ratio, found[0].worst, found[0].seconds) == (None, uptime.NO_DATA, {"no_data": 86_400.0})
    assert (found[1].ratio, found[1].worst) == (1.0, "up")
    assert found[1].seconds == {"up": 43_200.0, "no_data": 43_200.0}
    assert (found[2].ratio, found[2].worst) == (0.8, "down")
    assert found[2].seconds == {"up": 72_000.0, "down": 18_000.0}
    assert found[3].seconds == {"up": 13 * 3600.0}


def test_a_day_that_a_zone_left_out_has_no_length() -> None:
    zone, now = ZoneInfo("Pacific/Apia"), datetime(2012, 1, 1, tzinfo=UTC)
    found = days.days([span(Status.UP, datetime(2011, 1, 1, tzinfo=UTC), None)], days.last(4, now, zone), now)
    skipped = next(day for day in found if day.date == date(2011, 12, 30))
    assert (skipped.seconds, skipped.ratio, skipped.worst) == ({}, None, "no_data")


def test_the_seconds_of_all_days_sum_to_the_whole_stretch() -> None:
    zone, now = ZoneInfo("America/New_York"), datetime(2026, 11, 20, 17, 3, 2, 123456, tzinfo=UTC)
    wanted = days.last(365, now, zone)
    states = [Status.UP, Status.DOWN, Status.DEGRADED, Status.UNKNOWN]
    edges = [wanted[0][1] + timedelta(hours=7.3) * n for n in range(1_000)]
    spans = [span(states[n % 4], low, high) for n, (low, high) in enumerate(pairwise(edges))]
    found = days.days(spans, wanted, now)
    assert sum(sum(day.seconds.values()) for day in found) == pytest.approx((now - wanted[0][1]).total_seconds())
    whole = uptime.seconds(spans, wanted[0][1], now)
    for name, seconds in whole.items():
        assert sum(day.seconds.get(name, 0.0) for day in found) == pytest.approx(seconds, abs=0.01)
