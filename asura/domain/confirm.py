"""Whether to believe what checks of one region say: N in a row before a failure or a recovery counts."""

from datetime import datetime
from enum import StrEnum

import msgspec

from asura.domain.status import Finding, Status


class ConfirmRule(msgspec.Struct, frozen=True):
    """How many counted results in a row it takes to believe a failure, and a recovery."""

    failure_threshold: int = 2
    success_threshold: int = 1


class Believing(StrEnum):
    """Why a result did or did not change what is believed."""

    STEADY = "steady"
    FIRST_RESULT = "first_result"
    RETRYING = "retrying"
    WAITING_FOR_CONFIRMATION = "waiting_for_confirmation"
    FAILURE_CONFIRMED = "failure_confirmed"
    DEGRADATION_CONFIRMED = "degradation_confirmed"
    RECOVERY_CONFIRMED = "recovery_confirmed"
    ABSTAINED = "abstained"


class Streak(msgspec.Struct, frozen=True):
    """What one region believes, and what it has seen in a row since.

    `downs` and `troubles` count failures (`troubles` counts degraded ones too), `goods` successes, `not_downs` results
    that were at least not down; each `…_since` is the first result of its row, uncounted tries included.
    """

    believed: Status = Status.PENDING
    downs: int = 0
    troubles: int = 0
    goods: int = 0
    not_downs: int = 0
    downs_since: datetime | None = None
    troubles_since: datetime | None = None
    goods_since: datetime | None = None
    not_downs_since: datetime | None = None


class Belief(msgspec.Struct, frozen=True):
    """The new streak, since when its belief holds (set when it changed), and why."""

    streak: Streak
    changed: bool
    since: datetime | None
    reason: Believing


_SETTLED = {status: Streak(believed=status) for status in (Status.UP, Status.DEGRADED, Status.DOWN)}
_STEADY = {status: Belief(streak, False, None, Believing.STEADY) for status, streak in _SETTLED.items()}


def is_steady(streak: Streak, finding: Finding) -> bool:
    """Return whether a result only repeats what is believed, with nothing in doubt."""
    return streak is _SETTLED.get(finding.status)


def settled(status: Status) -> Streak:
    """Return the streak of a region that believes a status with nothing in doubt."""
    return _SETTLED.get(status, Streak())


def confirm(streak: Streak, finding: Finding, *, at: datetime, counted: bool, rule: ConfirmRule) -> Belief:
    """Return what a region believes after one more result at `at`.

    1. Our own faults abstain: they neither count nor break a row.
    2. A result that repeats the belief clears every doubt.
    3. A try that will be retried is remembered as the start of its row, and not counted.
    4. Rows long enough change the belief, back-dated to the first of the row.
    """
    if finding is Finding.UNKNOWN:
        return Belief(streak, False, None, Believing.ABSTAINED)
    if finding.status is streak.believed:
        return _STEADY[streak.believed]
    grown = _grow(streak, finding, at=at, by=1 if counted else 0)
    if not counted:
        return Belief(grown, False, None, Believing.RETRYING)
    return _decide(grown, finding, rule)


def _grow(streak: Streak, finding: Finding, *, at: datetime, by: int) -> Streak:
    down, good = finding is Finding.DOWN, finding is Finding.UP
    return Streak(
        believed=streak.believed,
        downs=streak.downs + by if down else 0,
        downs_since=(streak.downs_since or at) if down else None,
        troubles=0 if good else streak.troubles + by,
        troubles_since=None if good else streak.troubles_since or at,
        goods=streak.goods + by if good else 0,
        goods_since=(streak.goods_since or at) if good else None,
        not_downs=0 if down else streak.not_downs + by,
        not_downs_since=None if down else streak.not_downs_since or at,
    )


def _decide(streak: Streak, finding: Finding, rule: ConfirmRule) -> Belief:
    believed = streak.believed
    if believed is Status.PENDING and finding is Finding.UP:
        return _change(Status.UP, streak.goods_since, Believing.FIRST_RESULT)
    if streak.downs >= rule.failure_threshold and believed is not Status.DOWN:
        return _change(Status.DOWN, streak.downs_since, Believing.FAILURE_CONFIRMED)
    if believed is Status.DOWN:
        return _recover_from_down(streak, finding, rule)
    if streak.troubles >= rule.failure_threshold and believed is not Status.DEGRADED:
        return _degrade(streak)
    if believed is Status.DEGRADED and streak.goods >= rule.success_threshold:
        return _change(Status.UP, streak.goods_since, Believing.RECOVERY_CONFIRMED)
    return Belief(streak, False, None, Believing.WAITING_FOR_CONFIRMATION)


def _degrade(streak: Streak) -> Belief:
    """Believe that it is degraded; a row of failures that led here goes on, towards down."""
    changed = _change(Status.DEGRADED, streak.troubles_since, Believing.DEGRADATION_CONFIRMED)
    if not streak.downs:
        return changed
    going_on = Streak(believed=Status.DEGRADED, downs=streak.downs, downs_since=streak.downs_since)
    return Belief(going_on, True, changed.since, changed.reason)


def _recover_from_down(streak: Streak, finding: Finding, rule: ConfirmRule) -> Belief:
    if streak.goods >= rule.success_threshold:
        return _change(Status.UP, streak.goods_since, Believing.RECOVERY_CONFIRMED)
    if streak.not_downs >= rule.success_threshold and finding is Finding.DEGRADED:
        return _change(Status.DEGRADED, streak.not_downs_since, Believing.RECOVERY_CONFIRMED)
    return Belief(streak, False, None, Believing.WAITING_FOR_CONFIRMATION)


def _change(status: Status, since: datetime | None, reason: Believing) -> Belief:
    return Belief(_SETTLED[status], True, since, reason)
