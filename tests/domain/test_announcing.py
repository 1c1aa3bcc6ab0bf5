"""What is told of planned work: each thing in its time, only the next of many, and nothing that is no news."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from asura.domain.announcing import announcements, changes_at
from asura.domain.maintenance import Occurrence, Window, WindowConfig
from tests.domain.saying import minute
from tests.store.kit import START

HOUR = 60
MOMENT = timedelta(milliseconds=1)


def window(starts: float = 10 * HOUR, ends: float = 11 * HOUR, *, created: float = 0, **more: Any) -> Window:
    values: dict[str, Any] = {"name": "Move", "tags": ("eu",), "starts_at": minute(starts), "ends_at": minute(ends)}
    config = WindowConfig(**(values | {"announce_s": 4 * 3600.0} | more))
    return Window(id=1, config=config, created_by="ann", created_at=minute(created), updated_at=minute(created))


def told(one: Window, now: float) -> list[tuple[str, datetime]]:
    return [(found.what, found.at) for found in announcements(one, minute(now))]


@pytest.mark.parametrize(
    ("now", "what"),
    [
        (6 * HOUR - 0.01, []),
        (6 * HOUR, [("scheduled", minute(6 * HOUR))]),
        (10 * HOUR - 0.01, [("scheduled", minute(6 * HOUR))]),
        (10 * HOUR, [("in_progress", minute(10 * HOUR))]),
        (11 * HOUR, [("completed", minute(11 * HOUR))]),
        (12 * HOUR - 0.01, [("completed", minute(11 * HOUR))]),
        (12 * HOUR + 0.01, []),
    ],
)
def test_each_thing_is_news_in_its_time(now: float, what: list[tuple[str, datetime]]) -> None:
    assert told(window(), now) == what


def test_it_is_announced_no_sooner_than_it_was_planned_so() -> None:
    assert told(window(created=8 * HOUR), 8 * HOUR) == [("scheduled", minute(8 * HOUR))]
    edited = msgspec.structs.replace(window(), updated_at=minute(9 * HOUR))
    assert told(edited, 9 * HOUR) == [("scheduled", minute(9 * HOUR))]


def test_what_is_not_public_is_not_told() -> None:
    assert told(window(public=False), 7 * HOUR) == []
    assert changes_at(window(public=False), minute(0)) is None


def test_a_window_that_was_written_down_afterwards_tells_nothing() -> None:
    assert told(window(created=11.2 * HOUR), 11.2 * HOUR) == []


def test_a_window_that_began_long_ago_does_not_begin_now() -> None:
    assert told(window(10 * HOUR, 20 * HOUR, created=12 * HOUR), 12 * HOUR) == []
    assert told(window(10 * HOUR, 20 * HOUR), 10.5 * HOUR) == [("in_progress", minute(10 * HOUR))]


def test_of_what_comes_every_day_only_the_next_is_announced() -> None:
    daily = window(0, 100 * 24 * HOUR, cron="0 10 * * *", duration_s=3600, announce_s=7 * 86_400.0)
    at = [(what, when) for what, when in told(daily, 0)]
    assert [what for what, _ in at] == ["scheduled"]
    assert announcements(daily, START)[0].occurrence == Occurrence(minute(10 * HOUR), minute(11 * HOUR))
    assert told(daily, 10.5 * HOUR) == [("in_progress", minute(10 * HOUR))]
    over, following = announcements(daily, minute(11 * HOUR))
    assert (over.what, following.what) == ("completed", "scheduled")
    assert (following.at, following.occurrence.starts_at) == (minute(11 * HOUR), minute(34 * HOUR))


def test_what_was_ended_early_is_over_from_then_on() -> None:
    early = window()
    ended = Window(
        id=1,
        config=early.config,
        ended=(Occurrence(minute(10 * HOUR), minute(10.5 * HOUR)),),
        created_by="ann",
        created_at=START,
        updated_at=minute(10.5 * HOUR),
    )
    assert told(ended, 10.5 * HOUR) == [("completed", minute(10.5 * HOUR))]


@pytest.mark.parametrize("one", [window(), window(0, 9 * 24 * HOUR, cron="30 */7 * * *", duration_s=5400)])
def test_nothing_new_is_to_tell_before_the_instant_that_is_told(one: Window) -> None:
    now, steps = START, 0
    while (at := changes_at(one, now)) is not None and steps < 60:
        news = {(found.occurrence, found.what) for found in announcements(one, at - MOMENT)}
        assert news <= {(found.occurrence, found.what) for found in announcements(one, now)}
        assert any(found.at == at for found in announcements(one, at))
        now, steps = at, steps + 1
    assert steps >= 3
