"""What schedule fits a job: histories with noise, gaps and repeats, and what is suggested of them."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asura.domain.suggestion import Found, Seen, neat, suggest

START = datetime(2026, 3, 2, tzinfo=UTC)
BERLIN = "Europe/Berlin"


def every(seconds: float, count: int, *, jitter: float = 0, start: datetime = START, seed: int = 1) -> list[Seen]:
    chance = random.Random(seed)
    return [Seen(start + timedelta(seconds=n * seconds + chance.uniform(0, jitter))) for n in range(count)]


def nightly(days: int, *, zone: str = BERLIN, only: range = range(7), start: str = "2026-10-01") -> list[Seen]:
    """A job at 02:30 of the wall clock that takes a minute or two, over the change in October."""
    chance, first = random.Random(3), datetime.fromisoformat(f"{start}T02:30")
    found = []
    for day in range(days):
        wall = (first + timedelta(days=day)).replace(tzinfo=ZoneInfo(zone))
        if wall.weekday() in only:
            seconds = chance.uniform(60, 120)
            found.append(Seen(wall.astimezone(UTC) + timedelta(seconds=seconds), seconds))
    return found


@pytest.mark.parametrize(
    ("pings", "interval", "cron"),
    [
        (every(60, 50, jitter=2, start=START + timedelta(seconds=17)), 60, None),
        (every(7200, 40, jitter=30), 7200, None),
        (every(40_000, 30, jitter=60), None, None),
        (every(3600, 60, jitter=40, start=START + timedelta(minutes=17)), None, "17 * * * *"),
        (every(900, 60, jitter=20), None, "*/15 * * * *"),
        (every(900, 60, jitter=20, start=START + timedelta(minutes=4)), None, "4-59/15 * * * *"),
        (nightly(45), None, "31 2 * * *"),
        (nightly(45, only=range(5)), None, "31 2 * * 1-5"),
        (nightly(90, only=range(6, 7)), None, "31 2 * * 0"),
    ],
    ids=["minute", "two-hours", "odd", "hourly", "quarter", "quarter-offset", "nightly", "workdays", "weekly"],
)
def test_a_rhythm_is_recognised(pings: list[Seen], interval: float | None, cron: str | None) -> None:
    found = suggest(pings, timezone=BERLIN)
    if interval is None and cron is None:
        assert found.reason is Found.INTERVAL and found.interval == pytest.approx(40_000, rel=0.02)
    else:
        assert (found.interval, found.cron) == (interval, cron)
    assert found.explains is not None and found.explains >= 0.95
    assert found.grace is not None and found.grace >= 60
    assert "%" in found.why


def test_too_few_pings_say_so_and_repeats_are_one() -> None:
    pings = [Seen(START + timedelta(hours=n // 3)) for n in range(27)]
    found = suggest(pings, timezone="UTC")
    assert (found.reason, found.interval, found.grace) == (Found.TOO_FEW_PINGS, None, None)
    assert suggest([], timezone="UTC").reason is Found.TOO_FEW_PINGS


def test_pings_without_a_rhythm_have_no_suggestion() -> None:
    chance, at, pings = random.Random(5), START, []
    for _ in range(60):
        at += timedelta(seconds=chance.choice([5, 60, 4_000, 90_000, 700_000]))
        pings.append(Seen(at))
    found = suggest(pings, timezone="UTC")
    assert found.reason is Found.IRREGULAR and found.interval is None and found.cron is None


def test_a_few_missed_and_repeated_ones_change_nothing() -> None:
    pings = every(3600, 200, jitter=30, start=START + timedelta(minutes=5))
    kept = [one for number, one in enumerate(pings) if number not in (20, 21, 90)]
    kept += [Seen(kept[30].at + timedelta(milliseconds=5)), Seen(kept[40].at)]
    found = suggest(kept, timezone="UTC")
    assert found.cron == "5 * * * *" and found.explains is not None and found.explains > 0.97


def test_a_maximum_runtime_has_headroom_and_needs_durations() -> None:
    pings = [Seen(one.at, 600 + number) for number, one in enumerate(every(86_400, 30))]
    assert suggest(pings, timezone="UTC").max_runtime == 900
    assert suggest(every(86_400, 30), timezone="UTC").max_runtime is None


@pytest.mark.parametrize(("seconds", "expected"), [(0, 60), (61, 120), (3_600, 3_600), (604_801, 1_209_600)])
def test_durations_are_those_that_people_write(seconds: float, expected: float) -> None:
    assert neat(seconds) == expected


@settings(max_examples=60, deadline=None)
@given(
    period=st.sampled_from([300, 600, 900, 3_600, 21_600, 86_400]),
    share=st.floats(0, 0.02),
    offset=st.integers(0, 86_400),
    seed=st.integers(0, 1000),
)
def test_what_is_suggested_explains_the_history_that_it_came_from(
    period: int, share: float, offset: int, seed: int
) -> None:
    pings = every(period, 120, jitter=period * share, start=START + timedelta(seconds=offset), seed=seed)
    found = suggest(pings, timezone="UTC")
    assert found.explains is not None and found.explains >= 0.99
