"""How often regions with bad networks cry wolf, and how long they take to see a real outage, by how many must agree.

A simulation with a fixed seed. What decides in it is asura's own: `confirm` for each region, `electorate` for quorum
and freshness, `consensus` with its `changes_at` for the verdict, `cadence` for when checks are due. What it makes up is
the weather: single tries that are lost, stretches in which most are (the model of Gilbert and Elliott: a good and a bad
state, each with its own loss), and probes that are away; for each region independently.
"""

import math
import statistics
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random
from typing import NamedTuple

from asura.domain import cadence
from asura.domain.confirm import ConfirmRule, Streak, confirm, is_steady, settled
from asura.domain.consensus import FAILING, Report, Silence, changes_at, consensus
from asura.domain.monitor import MonitorConfig
from asura.domain.region import Electorate, RegionRule, electorate
from asura.domain.status import Finding, Status
from bench import rig

MONITOR_ID, SHOP = 1, MonitorConfig(name="Shop", type="http", target="https://shop.example/")
RULE = ConfirmRule(SHOP.failure_threshold, SHOP.success_threshold)
START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY, YEAR = 3600.0, 86_400.0, 365.25 * 86_400.0
SEED = 6
ANSWERS_S = 0.1
# So long after it has gone a probe is known to be.
OFFLINE_S = 15.0
# Of so many regions that are simulated, the sets that are looked at, by how many must agree.
REGIONS = 5
SETS = {
    "1_of_1": [(0,), (4,)],
    "2_of_3": [(0, 1, 2), (2, 3, 4)],
    "3_of_5": [tuple(range(REGIONS))],
}

# From when to when, in seconds since the start.
Stretch = tuple[float, float]


class Weather(NamedTuple):
    """How bad the way from a region to the target is: shares of tries that are lost, and mean lengths in seconds."""

    loss: float = 0.001
    loss_in_bad: float = 0.7
    good: float = 8 * HOUR
    bad: float = 4 * 60.0
    there: float = 2 * DAY
    away: float = 10 * 60.0


# In bad state 0.8 % of the time, and 6 %.
POOR, AWFUL = Weather(), Weather(good=HOUR)


class Turn(NamedTuple):
    """That a region believes something else: from when this was known, and since when it holds."""

    at: float
    believed: Status
    since: datetime


class Region(NamedTuple):
    """What became of one region: what it believed, and when it was away."""

    turns: list[Turn]
    away: list[Stretch]


class Alarm(NamedTuple):
    """That the regions agree that something is down. `cautious`: only ever one of several said so, a warning."""

    at: float
    cautious: bool


class Way:
    """The way from one region to the target. Instants that it is asked for only ever grow."""

    def __init__(self, chance: Random, weather: Weather, seconds: float, outages: Sequence[Stretch]) -> None:
        self._chance = chance
        self._weather = weather
        self._bad = Calendar(stretches(chance, seconds, pause=weather.good, length=weather.bad))
        self._outages = Calendar(outages)

    def is_lost(self, at: float) -> bool:
        """Return whether a try at an instant fails."""
        if self._outages.next(at)[0] <= at:
            return True
        loss = self._weather.loss_in_bad if self._bad.next(at)[0] <= at else self._weather.loss
        return self._chance.random() < loss

    def next_loss(self, after: float) -> tuple[float, bool]:
        """Return the next check that may fail, and whether it does for certain: all before it succeed."""
        due = cadence.next_due(MONITOR_ID, SHOP.interval, after)
        trouble = min(self._outages.next(due)[0], self._bad.next(due)[0])
        lucky = int(math.log(1 - self._chance.random()) / math.log(1 - self._weather.loss))
        lost = due + lucky * SHOP.interval
        if lost < trouble:
            return lost, True
        return max(due, cadence.next_due(MONITOR_ID, SHOP.interval, trouble)) if trouble < math.inf else math.inf, False


class Calendar:
    """Stretches of time in order, asked for by instants that only ever grow."""

    def __init__(self, found: Sequence[Stretch]) -> None:
        self._found = found
        self._index = 0

    def next(self, at: float) -> Stretch:
        """Return the stretch that lasts at an instant, or begins next."""
        while self._index < len(self._found) and self._found[self._index][1] <= at:
            self._index += 1
        return self._found[self._index] if self._index < len(self._found) else (math.inf, math.inf)


def stretches(chance: Random, seconds: float, *, pause: float, length: float) -> list[Stretch]:
    """Return stretches of exponential length with exponential pauses."""
    found, at = [], chance.expovariate(1 / pause)
    while at < seconds:
        end = at + chance.expovariate(1 / length)
        found.append((at, end))
        at = end + chance.expovariate(1 / pause)
    return found


def simulated(seed: str, seconds: float, weather: Weather, outages: Sequence[Stretch] = ()) -> Region:
    """Return what one region believes over the time. Checks that only repeat what is believed are passed over."""
    chance = Random(seed)
    way = Way(chance, weather, seconds, outages)
    away = stretches(chance, seconds, pause=weather.there, length=weather.away)
    absences, turns, streak, at = Calendar(away), list[Turn](), settled(Status.UP), 0.0
    while True:
        calm = is_steady(streak, Finding.UP)
        at, lost = way.next_loss(at) if calm else (cadence.next_due(MONITOR_ID, SHOP.interval, at), False)
        if at >= seconds:
            return Region(turns, away)
        gone, back = absences.next(at)
        if gone <= at:
            at = back
            continue
        streak = _check(at, lost, way, chance, streak, turns)


def _check(at: float, lost: bool, way: Way, chance: Random, streak: Streak, turns: list[Turn]) -> Streak:
    """Run one check with its retries, note what is believed then, and return the streak."""
    for attempt in range(SHOP.retries + 1):
        lost = (lost and attempt == 0) or way.is_lost(at)
        finding, ends_at = (Finding.DOWN, at + SHOP.timeout) if lost else (Finding.UP, at + ANSWERS_S)
        counted = not lost or attempt == SHOP.retries
        belief = confirm(streak, finding, at=instant(at), counted=counted, rule=RULE)
        streak = belief.streak
        if belief.changed:
            turns.append(Turn(ends_at, streak.believed, belief.since or instant(at)))
        if not lost:
            break
        at = ends_at + cadence.retry_delay(SHOP.retry_interval, attempt, chance.random())
    return streak


def alarms(regions: Sequence[Region], electors: Electorate, seconds: float) -> Iterator[Alarm]:
    """Yield when the regions agree that it is down. While nobody believes so, there is nothing to agree on."""
    fresh = timedelta(seconds=electors.fresh_s)
    turned = sorted((turn, index) for index, region in enumerate(regions) for turn in region.turns)
    believed = [Turn(0.0, Status.UP, START)] * len(regions)
    opened: Alarm | None = None
    for place, (turn, index) in enumerate(turned):
        believed[index] = turn
        now, until = turn.at, turned[place + 1][0].at if place + 1 < len(turned) else seconds
        while now < until:
            last = cadence.next_due(MONITOR_ID, SHOP.interval, now) - SHOP.interval
            told = zip(electors.regions, regions, believed, strict=True)
            reports = [report(name, region, held, now, last) for name, region, held in told]
            verdict = consensus(reports, electors.quorum, fresh, instant(now))
            if opened is not None and verdict.status is Status.UP:
                yield opened
                opened = None
            elif verdict.status in FAILING:
                opened = Alarm(opened.at if opened else now, verdict.cautious and (opened is None or opened.cautious))
            if opened is None and all(one.believed is Status.UP for one in believed):
                break
            now = min(_next(reports, fresh, now), *(_coming_or_going(region, now) for region in regions))
    if opened is not None:
        yield opened


def _next(reports: Sequence[Report], fresh: timedelta, now: float) -> float:
    at = changes_at(reports, fresh, instant(now))
    return math.inf if at is None else (at - START).total_seconds()


def _coming_or_going(region: Region, now: float) -> float:
    """Return when a region is next known to be gone, or reports again."""
    for gone, back in islice(region.away, max(0, bisect_right(region.away, (now, math.inf)) - 1), None):
        for at in (gone + OFFLINE_S, cadence.next_due(MONITOR_ID, SHOP.interval, back) + ANSWERS_S):
            if at > now:
                return at
    return math.inf


def report(name: str, region: Region, held: Turn, now: float, last: float) -> Report:
    """Return what a region says at an instant; `last` is the newest check, unless it was away then."""
    place = bisect_right(region.away, (now, math.inf)) - 1
    gone, back = region.away[place] if place >= 0 else (-math.inf, -math.inf)
    if gone <= last < back:
        last = cadence.next_due(MONITOR_ID, SHOP.interval, gone) - SHOP.interval
    silence = Silence.OFFLINE if gone + OFFLINE_S <= now < back else None
    return Report(name, held.believed, held.since, instant(last), silence)


def instant(seconds: float) -> datetime:
    """Return an instant of the simulation as the domain has it."""
    return START + timedelta(seconds=seconds)


def electors_of(count: int) -> Electorate:
    """Return who checks the monitor, by the rules that hold by default."""
    return electorate(SHOP, [f"region-{number}" for number in range(1, count)], RegionRule())


class Count(NamedTuple):
    """How often it was said that a healthy target is down."""

    checks: float
    years: float
    alarms: int
    warnings: int


def healthy(seconds: float, *, seed: int = SEED, weather: Weather = POOR) -> dict[str, Count]:
    """Return the false alarms of each setup while the target is well all the time."""
    regions = [simulated(f"{seed} healthy {number}", seconds, weather) for number in range(REGIONS)]
    found = {}
    for name, sets in SETS.items():
        raised = [alarm for chosen in sets for alarm in _alarms_of(regions, chosen, seconds)]
        warnings = sum(alarm.cautious for alarm in raised)
        checks = len(sets) * len(sets[0]) * seconds / SHOP.interval
        found[name] = Count(checks, len(sets) * seconds / YEAR, len(raised) - warnings, warnings)
    return found


def failing(outages: int, *, seed: int = SEED, weather: Weather = POOR, long: float = 900.0) -> dict[str, list[float]]:
    """Return how long each setup took to see outages of one length, in seconds; infinity for those that it missed."""
    chance = Random(f"{seed} outages")
    real, at = list[Stretch](), HOUR
    for _ in range(outages):
        at += chance.uniform(HOUR, 5 * HOUR)
        real.append((at, at + long))
    seconds = at + HOUR
    regions = [simulated(f"{seed} failing {number}", seconds, weather, real) for number in range(REGIONS)]
    return {
        name: [delay for chosen in sets for delay in _delays(real, _alarms_of(regions, chosen, seconds))]
        for name, sets in SETS.items()
    }


def _alarms_of(regions: Sequence[Region], chosen: Sequence[int], seconds: float) -> list[Alarm]:
    return list(alarms([regions[index] for index in chosen], electors_of(len(chosen)), seconds))


def _delays(real: Iterable[Stretch], raised: Sequence[Alarm]) -> Iterator[float]:
    """Yield how long after the beginning of each outage it was told of; one that met a false alarm is left out."""
    begun = [alarm.at for alarm in raised]
    for start, end in real:
        place = bisect_right(begun, start)
        if place < len(begun) and begun[place] < end:
            yield begun[place] - start
        elif not place or start - begun[place - 1] > HOUR:
            yield math.inf


def main() -> None:
    """Print false alarms per million checks, and how long outages go unseen, for each number that must agree."""
    for weather, kind, years in ((POOR, "poor", 6), (AWFUL, "awful", 3)):
        for name, count in healthy(years * YEAR, weather=weather).items():
            rig.figure(f"{kind}_checks_{name}", count.checks / 1e6, "million")
            rig.figure(f"{kind}_false_alarms_{name}", count.alarms, "alarms")
            rig.figure(f"{kind}_false_warnings_{name}", count.warnings, "warnings")
            rig.figure(f"{kind}_false_alarms_per_million_{name}", count.alarms / count.checks * 1e6, "alarms")
            rig.figure(f"{kind}_false_alarms_a_year_{name}", count.alarms / count.years, "alarms")
    for name, delays in failing(500).items():
        seen = [delay for delay in delays if delay < math.inf]
        rig.figure(f"outage_seen_median_{name}", statistics.median(seen), "s")
        rig.figure(f"outage_seen_p95_{name}", statistics.quantiles(seen, n=20)[-1], "s")
        rig.figure(f"outages_missed_{name}", (len(delays) - len(seen)) / len(delays), "share")


if __name__ == "__main__":
    main()
