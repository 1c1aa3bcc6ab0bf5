"""That agreement is worth it: the simulation of bench/false_alarms.py, small, and held against a plain one."""

import statistics
from random import Random

import pytest

from asura.domain import cadence
from asura.domain.confirm import confirm, settled
from asura.domain.consensus import Silence
from asura.domain.status import Finding, Status
from bench.false_alarms import (
    AWFUL,
    DAY,
    HOUR,
    MONITOR_ID,
    RULE,
    SHOP,
    START,
    Region,
    Turn,
    Way,
    Weather,
    alarms,
    electors_of,
    failing,
    healthy,
    instant,
    report,
    simulated,
)

CALM = Weather(loss=1e-12, good=1e12, there=1e12)


def test_the_more_regions_must_agree_the_fewer_false_alarms_there_are() -> None:
    counts = healthy(90 * DAY, weather=AWFUL)
    one, two, three = (counts[name].alarms / counts[name].checks for name in ("1_of_1", "2_of_3", "3_of_5"))
    assert counts["1_of_1"].alarms > 1000
    assert three <= two < one / 20
    assert three < one / 200


def test_real_outages_are_seen_as_soon_by_many_as_by_one() -> None:
    delays = failing(40)
    slowest = SHOP.interval + (SHOP.timeout + SHOP.retry_interval * 1.1 + SHOP.timeout) + SHOP.interval
    for name in ("2_of_3", "3_of_5"):
        assert max(delays[name]) <= slowest
        assert statistics.median(delays[name]) == pytest.approx(statistics.median(delays["1_of_1"]), abs=10)


def test_in_good_weather_nothing_is_ever_said() -> None:
    assert all(count.alarms + count.warnings == 0 for count in healthy(60 * DAY, weather=CALM).values())


def test_the_same_seed_tells_the_same_story_and_another_one_another() -> None:
    assert healthy(5 * DAY, weather=AWFUL) == healthy(5 * DAY, weather=AWFUL)
    assert simulated("a", 5 * DAY, AWFUL) != simulated("b", 5 * DAY, AWFUL)


def test_passing_over_what_only_repeats_tells_the_same_as_running_every_check() -> None:
    """One region, each check of it run: as often down as where calm stretches are passed over."""
    seconds, weather = 120 * DAY, Weather(loss=0.01, good=HOUR, there=1e12)
    chance = Random("plain")
    way, streak, at, believed_down = Way(chance, weather, seconds, ()), settled(Status.UP), 0.0, 0
    while (at := cadence.next_due(MONITOR_ID, SHOP.interval, at)) < seconds:
        when = at
        for attempt in range(SHOP.retries + 1):
            lost = way.is_lost(when)
            finding = Finding.DOWN if lost else Finding.UP
            counted = not lost or attempt == SHOP.retries
            belief = confirm(streak, finding, at=instant(when), counted=counted, rule=RULE)
            streak = belief.streak
            believed_down += belief.changed and streak.believed is Status.DOWN
            if not lost:
                break
            when += SHOP.timeout + cadence.retry_delay(SHOP.retry_interval, attempt, chance.random())
    skipping = [simulated(f"skipping {number}", seconds, weather) for number in range(3)]
    turned = [sum(turn.believed is Status.DOWN for turn in region.turns) for region in skipping]
    assert believed_down == pytest.approx(statistics.mean(turned), rel=0.15)


def down(at: float, until: float) -> list[Turn]:
    return [Turn(at, Status.DOWN, instant(at)), Turn(until, Status.UP, instant(until))]


def test_a_vote_that_expires_can_make_an_alarm_and_one_that_is_back_can_end_it() -> None:
    """Two of three are gone: the third, which fails, stands alone, and what it says is a warning, until it does not."""
    regions = [Region(down(5000, 9000), []), *[Region([], [(6000.0, 8000.0)]) for _ in range(2)]]
    (alarm,) = alarms(regions, electors_of(3), DAY)
    assert alarm.cautious and alarm.at == 6015
    (alarm,) = alarms([*regions[:2], Region(down(7000, 9000), [])], electors_of(3), DAY)
    assert not alarm.cautious and alarm.at == 7000


def test_a_region_that_is_away_says_nothing_new() -> None:
    region, held = Region([], [(6000.0, 8000.0)]), Turn(0.0, Status.UP, START)
    last = cadence.next_due(MONITOR_ID, SHOP.interval, 6000.0) - SHOP.interval
    for now, why in ((6010.0, None), (6020.0, Silence.OFFLINE), (7999.0, Silence.OFFLINE), (8000.0, None)):
        said = report("eu", region, held, now, cadence.next_due(MONITOR_ID, SHOP.interval, now) - SHOP.interval)
        assert (said.at, said.silence) == (instant(last), why)
