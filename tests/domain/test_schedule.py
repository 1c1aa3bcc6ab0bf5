"""When a job is expected, held against a walk through every minute around every change of clocks."""

from datetime import UTC, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.schedule import Schedule, parse

ZONES = (
    *("Europe/Berlin", "Europe/Dublin", "Europe/London", "America/New_York", "America/Havana", "America/Santiago"),
    *("America/Asuncion", "America/Nuuk", "America/Sao_Paulo", "Africa/Casablanca", "Africa/Cairo", "Asia/Beirut"),
    *("Asia/Gaza", "Asia/Tehran", "Asia/Kolkata", "Australia/Lord_Howe", "Australia/Adelaide", "Pacific/Chatham"),
    *("Pacific/Auckland", "Antarctica/Troll"),
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Minutes, hours: what the oracle understands; days are every day.
FIXED = {
    "30 2 * * *": ({30}, {2}),
    "0 0 * * *": ({0}, {0}),
    "15 1,3 * * *": ({15}, {1, 3}),
    "59 23 * * *": ({59}, {23}),
}
EVERY = {"*/15 * * * *": {0, 15, 30, 45}, "5 * * * *": {5}, "* * * * *": set(range(60))}


@cache
def changes(zone: str) -> list[datetime]:
    """Return the instants from 2024 to 2030 at which the offset of a zone changes."""
    found, info = [], ZoneInfo(zone)
    at, end = datetime(2024, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    while at < end:
        after = at + timedelta(days=1)
        if at.astimezone(info).utcoffset() != after.astimezone(info).utcoffset():
            low, high = at, after
            while high - low > MINUTE:
                middle = low + (high - low) / 2
                same = middle.astimezone(info).utcoffset() == low.astimezone(info).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high.replace(second=0, microsecond=0))
        at = after
    return found


def walk(start: datetime, end: datetime, info: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """Return each minute as (instant, what a wall clock shows)."""
    instants = (start + n * MINUTE for n in range(int((end - start) / MINUTE)))
    return [(at, at.astimezone(info).replace(tzinfo=None)) for at in instants]


def first_shown(minutes: list[tuple[datetime, datetime]]) -> dict[datetime, datetime]:
    """Return the first instant at which a wall clock shows each of its times."""
    return {wall: at for at, wall in reversed(minutes)}


def fixed_oracle(
    rule: tuple[set[int], set[int]], minutes: list[tuple[datetime, datetime]], first: dict[datetime, datetime]
) -> list[datetime]:
    """What Debian's cron does with fixed times: once each day, right after the gap when the clock skips them."""
    wanted_minutes, wanted_hours = rule
    found: list[datetime] = []
    done: set[datetime] = set()
    begins, ends = min(first).date(), max(first).date()
    for day in (begins + n * DAY for n in range(1, (ends - begins).days)):
        for hour in wanted_hours:
            for minute in wanted_minutes:
                wall = datetime.combine(day, time(hour, minute))
                if wall in first:
                    found.append(first[wall])
                else:
                    found.append(next(instant for instant, seen in minutes if seen > wall and instant not in done))
    return sorted(set(found))


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_clocks_from_2024_to_2030_is_met_as_cron_does(zone: str) -> None:
    info = ZoneInfo(zone)
    for change in changes(zone):
        # So far that the days in sight are whole ones.
        minutes = walk(change - 54 * HOUR, change + 54 * HOUR, info)
        low, high = change - timedelta(hours=26), change + timedelta(hours=26)
        first = first_shown(minutes)
        for cron, rule in FIXED.items():
            expected = [at for at in fixed_oracle(rule, minutes, first) if low < at < high]
            assert occurrences(cron, zone, low, high) == expected, (zone, change, cron)


@pytest.mark.parametrize("zone", ZONES)
def test_jobs_of_every_hour_run_in_both_of_a_doubled_one(zone: str) -> None:
    info = ZoneInfo(zone)
    for change in changes(zone):
        low, high = change - 3 * HOUR, change + 3 * HOUR
        minutes = walk(low, high, info)
        for cron, wanted in EVERY.items():
            expected = [at for at, wall in minutes if wall.minute in wanted and at > low]
            assert occurrences(cron, zone, low, high) == expected, (zone, change, cron)


@pytest.mark.parametrize("zone", ZONES)
def test_on_calendar_skips_what_does_not_exist_and_runs_once_where_it_comes_twice(zone: str) -> None:
    info = ZoneInfo(zone)
    for change in changes(zone):
        low, high = change - timedelta(hours=26), change + timedelta(hours=26)
        minutes = walk(low, high, info)
        for text, hour, minute in (("02:30", 2, 30), ("00:00", 0, 0), ("01:15", 1, 15), ("23:59", 23, 59)):
            shown: dict[datetime, datetime] = {}
            for at, wall in minutes:
                if (wall.hour, wall.minute) == (hour, minute):
                    shown.setdefault(wall, at)
            expected = [at for at in sorted(shown.values()) if at > low]
            schedule, faults = parse("", text, zone)
            assert schedule is not None, faults
            found, at = [], low
            while (following := schedule.next_after(at)) is not None and following < high:
                found.append(following)
                at = following
            assert found == expected, (zone, change, text)


def test_there_are_changes_of_every_kind() -> None:
    assert sum(len(changes(zone)) for zone in ZONES) > 150
    assert changes("Asia/Kolkata") == []


def occurrences(cron: str, zone: str, low: datetime, high: datetime) -> list[datetime]:
    schedule, faults = parse(cron, "", zone)
    assert schedule is not None, faults
    found, at = [], low
    while (after := schedule.next_after(at)) is not None and after < high:
        found.append(after)
        at = after
    return found


@given(
    second=st.integers(0, 6 * 365 * 86_400),
    zone=st.sampled_from(ZONES),
    cron=st.sampled_from([*FIXED, *EVERY, "0 9 * * 1-5", "0 0 1 * *", "0 0 L * *", "0 12 * * MON#1", "@weekly"]),
)
def test_the_next_occurrence_is_later_and_stays_the_next_until_it_comes(second: int, zone: str, cron: str) -> None:
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    schedule, _ = parse(cron, "", zone)
    assert schedule is not None
    following = schedule.next_after(now)
    assert following is not None and following > now
    assert schedule.next_after(following - timedelta(milliseconds=1)) == following
    assert schedule.next_after(now + (following - now) / 2) == following


@pytest.mark.parametrize(
    ("on_calendar", "at", "expected"),
    [
        ("Mon..Fri 02:30", "2026-03-27T12:00", "2026-03-30T00:30"),
        # 02:30 does not exist on the 29th: systemd skips it.
        ("02:30", "2026-03-28T12:00", "2026-03-30T00:30"),
        ("*-*-01 00:00", "2026-03-02T00:00", "2026-03-31T22:00"),
        ("daily\n12:00", "2026-03-02T08:00", "2026-03-02T11:00"),
        ("2020-01-01", "2026-03-02T00:00", None),
    ],
)
def test_on_calendar_lines(on_calendar: str, at: str, expected: str | None) -> None:
    schedule, faults = parse("", on_calendar, "Europe/Berlin")
    assert schedule is not None, faults
    found = schedule.next_after(datetime.fromisoformat(at).replace(tzinfo=UTC))
    assert found == (None if expected is None else datetime.fromisoformat(expected).replace(tzinfo=UTC))


def test_several_lines_are_one_schedule() -> None:
    schedule, _ = parse("0 8 * * *\n\n 30 20 * * * \n", "", "UTC")
    assert schedule == Schedule(("0 8 * * *", "30 20 * * *"), (), "UTC")
    assert schedule.next_after(datetime(2026, 3, 2, 9, tzinfo=UTC)) == datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    assert schedule.distance(datetime(2026, 3, 2, 9, tzinfo=UTC)) == timedelta(hours=11, minutes=30)


@pytest.mark.parametrize(
    ("cron", "on_calendar", "zone", "path", "words"),
    [
        ("* * * *", "", "UTC", "cron", "five fields"),
        ("* * * * * *", "", "UTC", "cron", "five fields"),
        ("61 * * * *", "", "UTC", "cron", "bad minute"),
        ("0 0 30 2 *", "", "UTC", "cron", "day-of-month"),
        ("0 0 */31 2 MON#5", "", "UTC", "cron", "never comes"),
        ("@reboot", "", "UTC", "cron", "no time"),
        ("5L/2 * * * *", "", "UTC", "cron", "no cron line"),
        ("", "nonsense", "UTC", "on_calendar", "no OnCalendar line"),
        ("@daily", "daily", "UTC", "on_calendar", "cron too"),
        ("@daily", "", "../etc/passwd", "timezone", "no zone"),
        ("@daily", "", "localtime", "timezone", "no zone"),
        ("@daily", "", "", "timezone", "no zone"),
        ("@daily", "", "Mars/Phobos", "timezone", "no zone"),
        ("\n".join(["@daily"] * 21), "", "UTC", "cron", "21 lines"),
        ("0 " * 150, "", "UTC", "cron", "characters"),
    ],
)
def test_what_is_wrong_is_said(cron: str, on_calendar: str, zone: str, path: str, words: str) -> None:
    schedule, faults = parse(cron, on_calendar, zone)
    assert schedule is None
    assert [fault.path for fault in faults] == [path]
    assert words in faults[0].message


def test_no_lines_are_no_schedule_and_no_fault() -> None:
    assert parse("", " \n", "UTC") == (None, [])
