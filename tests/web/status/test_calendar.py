"""The calendar: what a reader of calendars makes of it is what a window means, also when clocks change."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from asura.domain import maintenance
from asura.domain.maintenance import Occurrence, Window, WindowConfig
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.page import ComponentConfig
from asura.web.status import calendar
from asura.web.status.calendar import Planned, planned
from tests.web.status.boards import HOSTILE, NOON, at, busy, page, showing

TODAY = datetime(2026, 11, 20, tzinfo=UTC)
FROM, TO = TODAY - calendar.BACK, TODAY + calendar.AHEAD
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


def window(*, ended: tuple[Occurrence, ...] = (), created: float = -24 * 200, **config: Any) -> Window:
    made = WindowConfig(**{"name": "New disks", "monitor_ids": (1,), **config})
    assert not maintenance.faults(made), maintenance.faults(made)
    return Window(
        id=3, config=made, ended=ended, created_by="Ann", created_at=at(created), updated_at=at(created) + timedelta(1)
    )


def again(rule: str, **more: Any) -> Window:
    return window(rrule=rule, **{"duration_s": 5_400, "timezone": "Europe/Berlin", **more})


def drawn(*windows: Window, **more: Any) -> bytes:
    told = [Planned(one, frozenset({1})) for one in windows]
    return calendar.render(showing(busy(), **more), told, NOON)


def events(raw: bytes) -> list[Any]:
    return list(Calendar.from_ical(raw).walk("VEVENT"))


def expanded(raw: bytes, until: datetime) -> list[Occurrence]:
    """Return what a calendar shows: rules followed in the zone of their beginning, less what is taken out of them."""
    found: dict[tuple[str, datetime], Occurrence] = {}
    for event in sorted(events(raw), key=lambda one: "recurrence-id" in one):
        start, length = event["dtstart"].dt, event["dtend"].dt - event["dtstart"].dt
        uid = str(event["uid"])
        if "recurrence-id" in event:
            found[uid, event["recurrence-id"].dt.astimezone(UTC)] = _time(start, event["dtend"].dt - start)
            continue
        for begins in _starts(event, start, until):
            found[uid, begins.astimezone(UTC)] = _time(begins, length)
    return sorted(found.values())


def _starts(event: Any, start: datetime, until: datetime) -> list[datetime]:
    if "rrule" not in event:
        return [start]
    rule = rrulestr(event["rrule"].to_ical().decode(), dtstart=start)
    left_out = event.get("exdate", [])
    gone = {one.dt for dates in (left_out if isinstance(left_out, list) else [left_out]) for one in dates.dts}
    return [one for one in rule.between(start, until, inc=True) if one not in gone]


def _time(start: datetime, length: timedelta) -> Occurrence:
    begins = start.astimezone(UTC)
    return Occurrence(begins, begins + length)


def meant(one: Window) -> list[Occurrence]:
    return maintenance.occurrences(one, max(FROM, one.created_at), TO)


def shown(one: Window) -> list[Occurrence]:
    return [time for time in expanded(drawn(one), TO) if time.ends_at > FROM and time.starts_at < TO]


RULES = {
    "weekly": "FREQ=WEEKLY;BYDAY=SU;BYHOUR=2;BYMINUTE=30",
    "each second week": "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,WE;BYHOUR=3;BYMINUTE=0",
    "first Sunday": "FREQ=MONTHLY;BYDAY=1SU;BYHOUR=2;BYMINUTE=0",
    "last workday": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;BYHOUR=22;BYMINUTE=0",
    "the 31st": "FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=1;BYMINUTE=0",
    "daily in the night": "FREQ=DAILY;BYHOUR=2;BYMINUTE=15",
    "twice a day": "FREQ=DAILY;BYHOUR=4,16;BYMINUTE=0",
    "until a day": "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0;UNTIL=20270405",
    "until an instant": "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0;UNTIL=20270405T070000Z",
    "counted": "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9;BYMINUTE=0;COUNT=40",
    "yearly": "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=2;BYMINUTE=30",
}


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_a_calendar_shows_what_the_rule_means_over_every_change_of_clocks(rule: str, zone: str) -> None:
    one = again(rule, timezone=zone)
    assert shown(one) == meant(one)
    begun = again(rule, timezone=zone, starts_at=at(-24 * 60), ends_at=at(24 * 200))
    assert shown(begun) == meant(begun)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("line", ["30 2 * * 0", "0 3 1 * *", "15 1 * * *"])
def test_a_cron_line_is_told_time_by_time_for_a_year(line: str, zone: str) -> None:
    one = window(cron=line, duration_s=1_800, timezone=zone)
    assert shown(one) == meant(one)
    found = events(drawn(one))
    assert len({str(event["uid"]) for event in found}) == len(found) >= 12
    assert all("rrule" not in event for event in found)


def test_a_rule_is_told_as_one_in_its_zone_with_that_zone_beside_it() -> None:
    raw = drawn(again(RULES["first Sunday"]))
    (event,) = events(raw)
    assert event["rrule"].to_ical() == b"FREQ=MONTHLY;BYMINUTE=0;BYHOUR=2;BYDAY=1SU"
    assert event["dtstart"].params["TZID"] == "Europe/Berlin"
    (zone,) = Calendar.from_ical(raw).walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Berlin"
    known = zone.to_tz(lookup_tzid=False)
    berlin = ZoneInfo("Europe/Berlin")
    for day in range(0, 800, 3):
        noon = datetime.combine(date(2026, 1, 1) + timedelta(days=day), datetime.min.time()).replace(hour=12)
        assert noon.replace(tzinfo=known).utcoffset() == noon.replace(tzinfo=berlin).utcoffset()


def test_what_was_ended_early_is_that_much_shorter_and_the_rest_stays() -> None:
    one = again(RULES["weekly"])
    first, second = meant(one)[:2]
    cut = Occurrence(first.starts_at, first.starts_at + timedelta(minutes=10))
    gone = Occurrence(second.starts_at, second.starts_at)
    changed = msgspec.structs.replace(one, ended=(cut, gone))
    assert shown(changed) == meant(changed)
    assert shown(changed)[0] == cut and len(shown(changed)) == len(shown(one)) - 1
    rule, part = events(drawn(changed))
    assert rule["uid"] == part["uid"] and part["recurrence-id"].dt == cut.starts_at


def test_times_that_run_into_each_other_are_told_as_the_ones_that_they_are() -> None:
    one = again("FREQ=DAILY;BYHOUR=1,2;BYMINUTE=0", duration_s=3 * 3_600)
    assert shown(one) == meant(one)
    assert all("rrule" not in event for event in events(drawn(one)))


def test_a_rule_that_first_comes_where_the_clock_jumps_is_still_right() -> None:
    one = again(RULES["daily in the night"], starts_at=datetime(2027, 3, 28, 0, tzinfo=UTC), created=-1)
    assert shown(one) == meant(one)
    assert meant(one)[0].starts_at == datetime(2027, 3, 28, 1, 15, tzinfo=UTC)


def test_what_comes_all_the_time_is_bounded() -> None:
    often = again("FREQ=DAILY;BYHOUR=0,2,4,6,8,10,12,14,16,18,20,22;BYMINUTE=0", duration_s=60, created=-24 * 2_000)
    assert len(events(drawn(often))) == calendar.MOST_TIMES


def test_once_is_told_once_in_utc() -> None:
    (event,) = events(drawn(window(starts_at=at(24), ends_at=at(26))))
    assert event["dtstart"].dt == at(24).replace(microsecond=0)
    assert event["dtend"].dt == at(26).replace(microsecond=0)
    assert (str(event["summary"]), event["status"], event["transp"]) == ("New disks", "CONFIRMED", "TRANSPARENT")
    assert str(event["url"]) == "https://asura.example/status"


def test_each_event_says_who_it_is_and_how_often_it_changed() -> None:
    before = window(starts_at=at(24), ends_at=at(26))
    after = msgspec.structs.replace(before, updated_at=at(-1), config=window(starts_at=at(48), ends_at=at(50)).config)
    (old,), (new,) = events(drawn(before)), events(drawn(after))
    assert old["uid"] == new["uid"]
    assert new["sequence"] > old["sequence"]
    assert new["last-modified"].dt == new["dtstamp"].dt == at(-1).replace(microsecond=0)
    assert drawn(after) == drawn(after)


def test_a_calendar_is_the_same_all_day_and_for_every_visitor() -> None:
    one = Planned(again(RULES["weekly"]), frozenset({1}))
    morning, evening = TODAY + timedelta(hours=1), TODAY + timedelta(hours=23)
    assert calendar.render(showing(busy()), [one], morning) == calendar.render(showing(busy()), [one], evening)


def test_hostile_texts_stay_texts() -> None:
    text = HOSTILE.replace("\ud83d", "") + "\r\nEND:VEVENT\r\nBEGIN:VEVENT\nX: ;,\\n"
    raw = drawn(window(name="A;B,C\\D", description=text, starts_at=at(1), ends_at=at(2)))
    (event,) = events(raw)
    assert str(event["summary"]) == "A;B,C\\D"
    assert "END:VEVENT" in str(event["description"]) and "Affects Shop" in str(event["description"])
    assert raw.count(b"\r\nEND:VEVENT") == 1
    assert b"\x00" not in raw and all(len(line) <= 75 for line in raw.split(b"\r\n"))


def test_what_is_said_of_work_is_plain_text() -> None:
    (event,) = events(drawn(window(description="We **change** disks.", starts_at=at(1), ends_at=at(2))))
    assert str(event["description"]).startswith("We change disks.")


def test_no_work_is_an_empty_calendar() -> None:
    found = Calendar.from_ical(drawn())
    assert (found["version"], found["method"], list(found.walk("VEVENT"))) == ("2.0", "PUBLISH", [])


def monitor(id: int, **config: Any) -> Monitor:
    made = MonitorConfig(name=f"M{id}", type="tcp", target="127.0.0.1:9", **config)
    return Monitor(id=id, slug=f"m{id}", config=made, generation=1, managed_by=None, created_at=NOON, updated_at=NOON)


MONITORS = [monitor(1, public=True, tags=("shop",)), monitor(2, public=True, group="Inside"), monitor(3)]
SHOP = page(components=(ComponentConfig(id=7, name="Shop", monitor_id=1),))


def told_of(one: Window, of: Any = SHOP, *, here: bool = True) -> list[set[int]]:
    return [set(found.component_ids) for found in planned(of, [one], MONITORS, NOON, lambda *_: here)]


def test_only_public_windows_about_something_on_the_page_are_told() -> None:
    soon = {"starts_at": at(24), "ends_at": at(25)}
    assert told_of(window(**soon)) == [{7}]
    assert told_of(window(monitor_ids=(), tags=("shop",), **soon)) == [{7}]
    assert told_of(window(monitor_ids=(), tags=("*",), **soon)) == [{7}]
    assert told_of(window(public=False, **soon)) == []
    assert told_of(window(monitor_ids=(2,), **soon)) == []
    assert told_of(window(monitor_ids=(), groups=("Inside",), **soon)) == []


def test_work_that_is_not_announced_yet_is_not_told() -> None:
    late = {"starts_at": at(24 * 30), "ends_at": at(24 * 30 + 1)}
    assert told_of(window(**late)) == []
    assert told_of(window(announce_s=31 * 86_400, **late)) == [{7}]
    assert told_of(again(RULES["weekly"], starts_at=at(24 * 30))) == [{7}]


def test_a_page_of_everything_tells_of_work_on_what_is_public_there() -> None:
    everything = page(everything_public=True)
    assert told_of(window(monitor_ids=(3,), starts_at=at(1), ends_at=at(2)), everything) == []
    assert len(told_of(window(monitor_ids=(2, 3), starts_at=at(1), ends_at=at(2)), everything)[0]) == 1


def test_each_monitor_is_looked_at_once_however_many_windows_there_are() -> None:
    many = [monitor(number, public=True, tags=("shop",)) for number in range(1, 2_001)]
    windows = [window(tags=("shop",), monitor_ids=(), starts_at=at(1), ends_at=at(2)) for _ in range(2_000)]
    began = time.process_time()
    found = planned(page(everything_public=True), windows, many, NOON, lambda *_: True)
    assert time.process_time() - began < 1, "it was some seconds for each hundred"
    assert [len(one.component_ids) for one in found] == [2_000] * 2_000


def test_what_was_over_before_all_that_a_calendar_tells_is_not_looked_at() -> None:
    assert told_of(window(starts_at=FROM - timedelta(days=2), ends_at=FROM)) == []
    assert told_of(window(starts_at=FROM - timedelta(days=2), ends_at=FROM + timedelta(seconds=1))) == [{7}]
    assert told_of(again(RULES["weekly"], ends_at=FROM)) == []


def test_a_calendar_has_nothing_of_the_time_before_a_window_was_planned() -> None:
    for rule in ({"rrule": RULES["daily in the night"]}, {"cron": "15 2 * * *"}):
        one = window(**rule, duration_s=5_400, timezone="Europe/Berlin", created=-24)
        assert min(shown(one)).ends_at > one.created_at
        assert min(shown(one)).starts_at < one.created_at + timedelta(days=1)
    assert shown(window(starts_at=at(-48), ends_at=at(-47), created=-24)) == []


def test_what_is_over_and_was_about_nothing_on_the_page_is_not_in_its_calendar() -> None:
    over, open_, ahead = ({"starts_at": at(start), "ends_at": at(end)} for start, end in ((-2, -1), (-1, 1), (1, 2)))
    assert [told_of(window(**times), here=False) for times in (over, open_, ahead)] == [[], [{7}], [{7}]]
    assert told_of(window(**over)) == [{7}]
