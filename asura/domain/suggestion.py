"""What schedule, grace and maximum runtime fit a job, learned from when it called in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

import msgspec

from asura.domain.heartbeat import Rule
from asura.domain.schedule import Schedule

ENOUGH = 10
QUANTILE = 0.995
HEADROOM = 1.25
HOUR, DAY, WEEK = 3_600, 86_400, 604_800
# What people write: an interval or a grace is one of these, or a multiple of the last.
NEAT = (
    *(60, 120, 180, 300, 600, 900, 1_200, 1_800, 2_700, HOUR, 5_400, 2 * HOUR, 3 * HOUR, 4 * HOUR, 6 * HOUR),
    *(8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 3 * DAY, WEEK),
)
# Pings so close together are one: a job that called in twice.
ONE_PING = timedelta(seconds=2)
# A place on the clock is one when the pings keep to this share of the period.
STICKS = 0.2


class Found(StrEnum):
    """Whether there is a suggestion, and why not."""

    INTERVAL = "interval"
    CRON = "cron"
    TOO_FEW_PINGS = "too_few_pings"
    IRREGULAR = "irregular"


class Seen(msgspec.Struct, frozen=True):
    """One successful ping: when it came, and how long the run took if that is known."""

    at: datetime
    duration_s: float | None = None


class Suggestion(msgspec.Struct, frozen=True):
    """What would fit. `explains` is the share of the pings that would have come without an alert, 0..1."""

    reason: Found
    why: str
    interval: float | None = None
    cron: str | None = None
    grace: float | None = None
    max_runtime: float | None = None
    explains: float | None = None


class _Fit(msgspec.Struct, frozen=True):
    rule: Rule
    grace: float
    explains: float
    cron: str | None


def suggest(pings: Sequence[Seen], *, timezone: str) -> Suggestion:
    """Return what fits the pings, which are in their order; a place on the clock rather than an interval."""
    runtime = _max_runtime([seen.duration_s for seen in pings if seen.duration_s is not None])
    instants = _distinct([seen.at for seen in pings])
    if len(instants) < ENOUGH:
        why = f"A suggestion needs {ENOUGH} pings; there are {len(instants)} so far."
        return Suggestion(Found.TOO_FEW_PINGS, why, max_runtime=runtime)
    usual = median([(after - before).total_seconds() for before, after in pairwise(instants)])
    fits = [_fit(rule, instants, cron) for rule, cron in _candidates(instants, usual, timezone)]
    best = max(fits, key=lambda fit: (fit.explains >= 0.99, fit.cron is not None, fit.explains, -fit.grace))
    period = best.rule.interval.total_seconds()
    if best.explains < 0.9 or best.grace > 2 * period:
        why = "The pings come too irregularly for an interval or a schedule to fit them."
        return Suggestion(Found.IRREGULAR, why, max_runtime=runtime, explains=best.explains)
    said = f"`{best.cron}` in {timezone}" if best.cron else f"an interval of {_words(period)}"
    why = f"Of {len(instants)} pings {best.explains:.1%} fit {said} with {_words(best.grace)} of grace."
    return Suggestion(
        Found.CRON if best.cron else Found.INTERVAL,
        why,
        interval=None if best.cron else period,
        cron=best.cron,
        grace=best.grace,
        max_runtime=runtime,
        explains=best.explains,
    )


def _distinct(instants: Sequence[datetime]) -> list[datetime]:
    found: list[datetime] = []
    for at in sorted(instants):
        if not found or at - found[-1] > ONE_PING:
            found.append(at)
    return found


def _candidates(instants: list[datetime], usual: float, timezone: str) -> list[tuple[Rule, str | None]]:
    grace = timedelta(0)
    interval = float(min(NEAT, key=lambda one: abs(one - usual)))
    if abs(interval - usual) > usual * 0.05:
        interval = max(5.0, float(round(usual / 60) * 60 if usual >= 60 else round(usual)))
    found: list[tuple[Rule, str | None]] = [(Rule(timedelta(seconds=interval), grace), None)]
    for cron, period in _crons(instants, usual, timezone):
        schedule = Schedule(cron=(cron,), timezone=timezone)
        found.append((Rule(timedelta(seconds=period), grace, schedule), cron))
    return found


def _crons(instants: list[datetime], usual: float, timezone: str) -> list[tuple[str, int]]:
    """Return the cron lines that come near the usual distance, each placed where the pings begin."""
    local = [at.astimezone(ZoneInfo(timezone)) for at in instants]
    found: list[tuple[str, int]] = []
    for minutes in (5, 10, 15, 20, 30):
        place = _place([at.minute * 60 + at.second for at in local], minutes * 60)
        if _near(usual, minutes * 60) and place is not None:
            first = place // 60
            found.append((f"*/{minutes} * * * *" if first == 0 else f"{first}-59/{minutes} * * * *", minutes * 60))
    if _near(usual, HOUR) and (place := _place([at.minute * 60 + at.second for at in local], HOUR)) is not None:
        found.append((f"{place // 60} * * * *", HOUR))
    seconds = [at.hour * HOUR + at.minute * 60 + at.second for at in local]
    if _near(usual, DAY) and (place := _place(seconds, DAY)) is not None:
        time = f"{place % HOUR // 60} {place // HOUR}"
        days = {at.weekday() for at in local}
        workdays = max(days) < 5 and instants[-1] - instants[0] > timedelta(days=9)
        found.append((f"{time} * * {'1-5' if workdays else '*'}", DAY))
    if _near(usual, WEEK) and (place := _place(seconds, DAY)) is not None:
        weekdays = [at.isoweekday() % 7 for at in local]
        weekday = max(set(weekdays), key=weekdays.count)
        found.append((f"{place % HOUR // 60} {place // HOUR} * * {weekday}", WEEK))
    return found


def _near(usual: float, period: int) -> bool:
    return abs(usual - period) <= period * 0.1


def _place(seconds: list[int], period: int) -> int | None:
    """Return where in a period the pings begin, on the minute; None when they are all over it.

    Pings of a bad day must not hide the place of all others: the outer twentieth does not count.
    """
    places = sorted(one % period for one in seconds)
    size = len(places) - len(places) // 20
    round_again = [*places, *(one + period for one in places)]
    spread, first = min((round_again[i + size - 1] - round_again[i], round_again[i]) for i in range(len(places)))
    if spread > max(period * STICKS, 60):
        return None
    return first % period // 60 * 60


def _fit(rule: Rule, instants: list[datetime], cron: str | None) -> _Fit:
    """Return how well a rule explains the pings: each is expected after the one before."""
    period = rule.interval.total_seconds()
    late: list[float] = []
    awaited: datetime | None = None
    for at in instants:
        if awaited is not None:
            late.append(max(0.0, (at - awaited).total_seconds()))
        early = awaited is not None and awaited - rule.tolerance(awaited) <= at < awaited
        awaited = rule.next_after(awaited if early and awaited is not None else at)
    # A ping that is later than half a period was missed, not late: no grace should cover that.
    met = sorted(one for one in late if one <= period / 2) or [period]
    grace = neat(max(60.0, met[min(len(met) - 1, ceil(len(met) * QUANTILE) - 1)] * HEADROOM))
    return _Fit(rule, grace, sum(one <= grace for one in late) / len(late), cron)


def _max_runtime(durations: list[float]) -> float | None:
    if len(durations) < ENOUGH:
        return None
    ordered = sorted(durations)
    return neat(max(60.0, ordered[ceil(len(ordered) * QUANTILE) - 1] * HEADROOM))


def neat(seconds: float) -> float:
    """Return a duration that people would write, not shorter than `seconds`."""
    return float(next((one for one in NEAT if one >= seconds), ceil(seconds / WEEK) * WEEK))


def _words(seconds: float) -> str:
    for size, unit in ((DAY, "d"), (HOUR, "h"), (60, "min")):
        if seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
