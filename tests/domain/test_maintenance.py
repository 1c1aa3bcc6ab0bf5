"""Windows held against a naive walk, minute by minute, over days on which clocks change."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asura.domain.maintenance import (
    Occurrence,
    Window,
    WindowConfig,
    active,
    changes_at,
    covers,
    faults,
    occurrences,
    public_occurrences,
    upcoming,
)
from asura.domain.monitor import MonitorConfig

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# A day on which the clock of a zone changes: forward and back, by an hour or half of one, at night or at midnight.
CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
    "Africa/Cairo": ("2026-04-24", "2026-10-30"),
    "Antarctica/Troll": ("2026-03-29", "2026-10-25"),
    "Asia/Kathmandu": ("2026-03-29",),
    "UTC": ("2026-03-29",),
}
DAYS = [(zone, day) for zone, days in CHANGES.items() for day in days]
# Minutes, hours: each pair is a rule of every day, as cron line and as RRULE.
RULES = {
    "in the hour of change": ((30,), (2,)),
    "at midnight": ((0,), (0,)),
    "just after midnight": ((15,), (0,)),
    "before midnight": ((45,), (23,)),
    "three times": ((0,), (1, 2, 3)),
    "twice an hour": ((0, 30), (1, 2)),
    "in daylight": ((0,), (11,)),
}


def window(*, ended: tuple[Occurrence, ...] = (), **fields: object) -> Window:
    config = WindowConfig(**{"name": "Work", "tags": ("*",), **fields})  # type: ignore[arg-type]
    return Window(config=config, ended=ended, created_by="ann", created_at=NOW, updated_at=NOW)


@cache
def wall_clock(zone: str, day: str) -> list[tuple[datetime, datetime]]:
    """Return each minute of some days as (instant, what a clock on the wall shows)."""
    info, noon = ZoneInfo(zone), datetime.fromisoformat(f"{day}T12:00:00+00:00")
    start = noon - 2 * DAY
    return [(at, at.astimezone(info).replace(tzinfo=None)) for at in (start + n * MINUTE for n in range(4 * 24 * 60))]


def naive_starts(
    minutes: tuple[int, ...], hours: tuple[int, ...], clock: list[tuple[datetime, datetime]]
) -> list[datetime]:
    """Return when a rule of every day comes: the first time that the clock shows it, or as if it had not jumped."""
    first_shown: dict[datetime, datetime] = {}
    for at, wall in clock:
        first_shown.setdefault(wall, at)
    found = []
    for day in sorted({wall.date() for _, wall in clock})[1:-1]:
        for hour in hours:
            for minute in minutes:
                wanted = datetime.fromisoformat(f"{day}T{hour:02}:{minute:02}:00")
                found.append(first_shown[wanted] if wanted in first_shown else _as_if_it_had_not_jumped(clock, wanted))
    return sorted(found)


def _as_if_it_had_not_jumped(clock: list[tuple[datetime, datetime]], wanted: datetime) -> datetime:
    jumped = next(at for at, wall in clock if wall > wanted)
    at, shown = next((at, wall) for at, wall in reversed(clock) if at < jumped and wall < wanted)
    return at + (wanted - shown)


def kinds(minutes: tuple[int, ...], hours: tuple[int, ...]) -> list[dict[str, object]]:
    """Return a rule of every day in each form that it can be written in."""
    listed = ",".join(map(str, minutes)), ",".join(map(str, hours))
    return [
        {"cron": f"{listed[0]} {listed[1]} * * *"},
        {"rrule": f"FREQ=DAILY;BYHOUR={listed[1]};BYMINUTE={listed[0]}"},
        {"rrule": f"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={listed[1]};BYMINUTE={listed[0]}"},
    ]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_is_open_exactly_when_a_walk_through_every_minute_says_so(zone: str, day: str, rule: str) -> None:
    clock = wall_clock(zone, day)
    starts = naive_starts(*RULES[rule], clock)
    inside = clock[24 * 60 : -24 * 60 : 5]
    for form, length in zip(kinds(*RULES[rule]), (90 * MINUTE, 20 * MINUTE, 20 * MINUTE), strict=True):
        one = window(timezone=zone, duration_s=length.total_seconds(), **form)
        for at, wall in inside:
            expected = any(start <= at < start + length for start in starts)
            assert (active(one, at) is not None) is expected, f"{form} at {at} ({wall})"


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_stays_as_it_is_until_it_changes_and_is_different_then(zone: str, day: str, rule: str) -> None:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00") - 2 * DAY
    one = window(timezone=zone, duration_s=2400, **kinds(*RULES[rule])[0])
    end = at + 4 * DAY
    while at < end:
        change = changes_at(one, at)
        assert change is not None
        assert change > at
        state = active(one, at)
        for part in (0.1, 0.5, 0.9):
            assert active(one, at + (change - at) * part) == state
        assert active(one, change - timedelta(microseconds=1)) == state
        assert active(one, change) != state
        at = change


@st.composite
def rules(draw: st.DrawFn) -> Window:
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={freq}", f"INTERVAL={draw(st.integers(1, 5))}"]
    if draw(st.booleans()):
        days = draw(st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, unique=True))
        parts.append("BYDAY=" + ",".join(days))
    if freq == "MONTHLY" and draw(st.booleans()):
        parts.append(f"BYSETPOS={draw(st.sampled_from([1, -1, 2]))}")
    if draw(st.booleans()):
        parts.append("BYHOUR=" + ",".join(map(str, draw(st.sets(st.integers(0, 23), min_size=1, max_size=4)))))
    if draw(st.booleans()):
        parts.append(draw(st.sampled_from(["COUNT=7", "UNTIL=20290101", "UNTIL=20280601T120000Z"])))
    begins = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 3_000_000)))
    length = draw(st.sampled_from([600.0, 3600.0, 30 * 3600.0]))
    zone = draw(st.sampled_from(list(CHANGES)))
    return window(rrule=";".join(parts), starts_at=begins, duration_s=length, timezone=zone)


@settings(max_examples=150, deadline=None)
@given(rules(), st.integers(0, 4_000_000))
def test_any_rule_keeps_its_pair_and_is_the_same_from_near_and_far(one: Window, minutes: int) -> None:
    if faults(one.config):
        return
    at = datetime(2020, 1, 1, tzinfo=UTC) + minutes * MINUTE
    change = changes_at(one, at)
    state = active(one, at)
    if change is not None:
        assert active(one, at + (change - at) / 2) == state
        assert active(one, change - timedelta(microseconds=1)) == state
        assert active(one, change) != state
    # Followed from its very beginning, it comes at the same times as when it is looked up from near.
    whole = occurrences(one, one.config.starts_at or at, at + 60 * DAY)
    near = occurrences(one, at, at + 60 * DAY)
    assert near == [each for each in whole if each.ends_at > at and each.starts_at < at + 60 * DAY]


def test_comes_once_from_its_beginning_up_to_and_without_its_end() -> None:
    one = window(starts_at=NOW, ends_at=NOW + HOUR)
    assert active(one, NOW - MINUTE) is None
    assert active(one, NOW) == Occurrence(NOW, NOW + HOUR)
    assert active(one, NOW + HOUR) is None
    assert changes_at(one, NOW - DAY) == NOW
    assert changes_at(one, NOW) == NOW + HOUR
    assert changes_at(one, NOW + HOUR) is None
    assert upcoming(one, NOW - MINUTE) == Occurrence(NOW, NOW + HOUR)
    assert upcoming(one, NOW) is None


def test_what_overlaps_or_meets_is_one() -> None:
    hourly = window(cron="0 8-11 * * *", duration_s=3600)
    assert occurrences(hourly, NOW, NOW + DAY) == [Occurrence(NOW + 20 * HOUR, NOW + 24 * HOUR)]
    assert active(hourly, NOW + 22 * HOUR) == Occurrence(NOW + 20 * HOUR, NOW + 24 * HOUR)
    longer = window(cron="0 8,9 * * *", duration_s=5400)
    assert occurrences(longer, NOW, NOW + DAY) == [Occurrence(NOW + 20 * HOUR, NOW + 22.5 * HOUR)]


def test_weekdays_of_a_whole_day_each_are_one_from_monday_to_saturday() -> None:
    one = window(cron="0 0 * * 1-5", duration_s=86_400)
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    for days in range(5):
        assert active(one, monday + days * DAY + HOUR) == Occurrence(monday, monday + 5 * DAY)
    assert active(one, monday + 5 * DAY) is None


def test_what_is_joined_is_whole_also_when_much_is_asked_for() -> None:
    one = window(cron="*/30 * * 3-4 1-3", duration_s=1800)
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    found = occurrences(one, monday + 2.5 * DAY, monday + 40 * DAY)
    assert found[0] == Occurrence(monday, monday + 3 * DAY)
    assert len(found) == 6


def test_comes_only_between_its_first_and_last_instant() -> None:
    one = window(cron="0 2 * * *", duration_s=7200, starts_at=NOW, ends_at=NOW + DAY + 15 * HOUR)
    first = datetime(2026, 3, 3, 2, tzinfo=UTC)
    # The last one is cut at the end of all.
    cut = Occurrence(first + DAY, first + DAY + HOUR)
    assert occurrences(one, NOW - 9 * DAY, NOW + 9 * DAY) == [Occurrence(first, first + 2 * HOUR), cut]


def test_ended_early_it_is_over_until_the_next_time() -> None:
    start = datetime(2026, 3, 3, 2, tzinfo=UTC)
    one = window(cron="0 2,3 * * *", duration_s=5400, ended=(Occurrence(start, start + 20 * MINUTE),))
    assert active(one, start + 10 * MINUTE) == Occurrence(start, start + 20 * MINUTE)
    assert active(one, start + 20 * MINUTE) is None
    assert active(one, start + 70 * MINUTE) is None, "nor does what it was joined with begin"
    assert changes_at(one, start + 20 * MINUTE) == start + DAY
    at_once = window(starts_at=NOW, ends_at=NOW + HOUR, ended=(Occurrence(NOW, NOW),))
    assert occurrences(at_once, NOW - DAY, NOW + DAY) == []


def test_covers_by_id_tag_group_or_everything() -> None:
    monitor = MonitorConfig(name="Shop", type="http", target="https://shop.example", tags=("eu",), group="Web")
    cases = [
        ({"monitor_ids": (7,)}, True),
        ({"monitor_ids": (8,)}, False),
        ({"tags": ("us", "eu")}, True),
        ({"tags": ("us",)}, False),
        ({"groups": ("Web",)}, True),
        ({"groups": ("Mail",)}, False),
        ({"tags": ("*",)}, True),
    ]
    for chosen, expected in cases:
        assert covers(WindowConfig(name="Work", **chosen), 7, monitor) is expected, chosen  # type: ignore[arg-type]


WRONG = [
    ({"name": " "}, "name"),
    ({"tags": ()}, "monitor_ids"),
    ({"timezone": "Mars/Olympus"}, "timezone"),
    ({"ends_at": NOW}, "ends_at"),
    ({"ends_at": None}, "ends_at"),
    ({"starts_at": None}, "starts_at"),
    ({"ends_at": NOW + 400 * DAY}, "ends_at"),
    ({"starts_at": datetime(1970, 1, 1, tzinfo=UTC)}, "starts_at"),
    ({"duration_s": 60.0}, "duration_s"),
    ({"announce_s": -1.0}, "announce_s"),
    ({"announce_s": float("nan")}, "announce_s"),
    ({"cron": "0 2 * * *", "ends_at": None}, "duration_s"),
    ({"cron": "0 2 * * *", "ends_at": None, "duration_s": 30.0}, "duration_s"),
    ({"cron": "0 2 * * *", "rrule": "FREQ=DAILY", "duration_s": 60.0}, "rrule"),
    ({"cron": "0 0 * * *", "ends_at": None, "duration_s": 86_400.0}, "duration_s"),
    ({"cron": "0 2 * * *", "duration_s": 60.0}, "cron"),
]


@pytest.mark.parametrize(("change", "path"), WRONG)
def test_names_what_is_wrong(change: dict[str, object], path: str) -> None:
    right = {"starts_at": NOW, "ends_at": NOW + HOUR}
    assert faults(window(**right).config) == []
    assert [fault.path for fault in faults(window(**{**right, **change}).config)] == [path]


def test_of_what_was_over_before_it_was_planned_nobody_hears() -> None:
    nightly = window(cron="0 */6 * * *", duration_s=3600.0)
    late = msgspec.structs.replace(nightly, created_at=NOW + HOUR / 2)
    assert occurrences(late, NOW - DAY, NOW + HOUR / 2)[:-1] != []
    assert public_occurrences(late, NOW - DAY, NOW + 7 * HOUR) == [
        Occurrence(NOW, NOW + HOUR),
        Occurrence(NOW + 6 * HOUR, NOW + 7 * HOUR),
    ]
    over = msgspec.structs.replace(nightly, created_at=NOW + HOUR)
    assert public_occurrences(over, NOW - DAY, NOW + 6 * HOUR) == []
    assert public_occurrences(over, NOW - 2 * DAY, NOW - DAY) == []
