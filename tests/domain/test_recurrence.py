"""Rules that come again and again: the hostile ones, the old ones, and what they take from their beginning."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from asura.domain.maintenance import Window, WindowConfig, changes_at, faults, occurrences, upcoming

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def window(**fields: object) -> Window:
    config = WindowConfig(**{"name": "Work", "tags": ("*",), **fields})  # type: ignore[arg-type]
    return Window(config=config, created_by="ann", created_at=NOW, updated_at=NOW)


HOSTILE = [
    {"rrule": "FREQ=SECONDLY"},
    {"rrule": "FREQ=MINUTELY;INTERVAL=999"},
    {"rrule": "FREQ=HOURLY"},
    {"rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"},
    {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
    {"rrule": "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31"},
    {"rrule": "FREQ=DAILY;INTERVAL=7;BYDAY=TU"},
    {"rrule": "FREQ=WEEKLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5"},
    {"rrule": "FREQ=DAILY;INTERVAL=999999"},
    {"rrule": "FREQ=DAILY;COUNT=999999"},
    {"rrule": "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,20,40"},
    {"rrule": "FREQ=DAILY;BYHOUR=25"},
    {"rrule": "FREQ=MONTHLY;BYMONTHDAY=0"},
    {"rrule": "FREQ=DAILY;BYDAY=2MO"},
    {"rrule": "FREQ=DAILY;UNTIL=20261341"},
    {"rrule": "FREQ=DAILY;UNTIL=20200101"},
    {"rrule": "FREQ=DAILY;FREQ=WEEKLY"},
    {"rrule": "FREQ=DAILY;DTSTART=20260101"},
    {"rrule": "FREQ=YEARLY;BYEASTER=1"},
    {"rrule": "INTERVAL=2"},
    {"rrule": "RRULE:FREQ=DAILY"},
    {"rrule": ""},
    {"rrule": ";" * 400},
    {"rrule": "FREQ=DAILY;" * 200},
    {"rrule": "FREQ=DAILY;BYHOUR=" + "1" * 400},
    {"cron": "* * * * *"},
    {"cron": "*/20 * * * *"},
    {"cron": "0 0 30 2 *"},
    {"cron": "0 0 0 0 0"},
    {"cron": "@reboot"},
    {"cron": "0 0 * * * *"},
    {"cron": ""},
    {"cron": "0 0 31 2,4 1#5" + " " * 600},
]


@pytest.mark.parametrize("rule", HOSTILE, ids=lambda rule: str(rule)[:60])
def test_refuses_what_never_comes_or_comes_too_often_in_bounded_time(rule: dict[str, object]) -> None:
    one = window(starts_at=datetime(2026, 3, 2, tzinfo=UTC), duration_s=60.0, **rule)
    began = time.process_time()
    found = faults(one.config)
    assert time.process_time() - began < 0.5
    assert [fault.path for fault in found] == [next(iter(rule))]
    assert len(found[0].message) < 700


def test_a_rule_that_began_years_ago_is_looked_up_from_near() -> None:
    rule = {"rrule": "FREQ=DAILY;BYHOUR=2;BYMINUTE=0", "duration_s": 3600, "timezone": "Europe/Berlin"}
    one = window(starts_at=datetime(2001, 1, 1, tzinfo=UTC), **rule)
    began = time.process_time()
    for day in range(50):
        assert changes_at(one, NOW + day * DAY) is not None
    assert time.process_time() - began < 0.5


def test_a_rule_keeps_what_it_took_from_its_beginning() -> None:
    begins = datetime(2020, 1, 31, 21, 30, tzinfo=UTC)
    for text, expected in (
        ("FREQ=WEEKLY;INTERVAL=2", datetime(2026, 3, 6, 21, 30, tzinfo=UTC)),
        ("FREQ=MONTHLY", datetime(2026, 3, 31, 21, 30, tzinfo=UTC)),
        ("FREQ=YEARLY", datetime(2027, 1, 31, 21, 30, tzinfo=UTC)),
        ("FREQ=DAILY;INTERVAL=3", datetime(2026, 3, 3, 21, 30, tzinfo=UTC)),
        ("FREQ=MONTHLY;BYDAY=1SU", datetime(2026, 4, 5, 21, 30, tzinfo=UTC)),
    ):
        found = upcoming(window(rrule=text, starts_at=begins, duration_s=600), NOW)
        assert found is not None
        assert found.starts_at == expected, text


def test_a_rule_ends_after_its_count_or_on_its_last_day() -> None:
    begins = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    for text, expected in (
        ("FREQ=DAILY;COUNT=3", 3),
        ("FREQ=DAILY;UNTIL=20260304", 4),
        ("FREQ=DAILY;UNTIL=20260304T015959", 3),
        ("FREQ=DAILY;UNTIL=20260304T020000Z", 4),
    ):
        one = window(rrule=text, starts_at=begins, duration_s=600)
        assert len(occurrences(one, begins, begins + 99 * DAY)) == expected, text
        assert changes_at(one, begins + 50 * DAY) is None
