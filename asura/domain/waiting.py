"""What silence means: how a job is at an instant, and when that next changes if no ping comes.

`condition` and `changes_at` are a pair: the condition is the same until `changes_at`, and another one at it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from asura.domain.heartbeat import BeatStatus, Heartbeat, Rule, Run
from asura.domain.reason import Reason

# Instants are stored to the millisecond: a ping at its deadline is in time, one a millisecond later is not.
TICK = timedelta(milliseconds=1)

# Moves a deadline by what we could not hear between two instants; None while we cannot hear now.
Push = Callable[[datetime, datetime], datetime | None]


class Condition(msgspec.Struct, frozen=True):
    """The state at an instant, why, since when (None: since its last ping), and how many troubles are in a row."""

    status: BeatStatus
    reason: Reason
    since: datetime | None
    troubles: int


class Silence(msgspec.Struct, frozen=True):
    """A deadline that passed without the ping that was due: the state after it, when it passed, and the sentence."""

    beat: Heartbeat
    at: datetime
    reason: Reason
    message: str


class _Deadline(msgspec.Struct, frozen=True, order=True):
    at: datetime
    reason: Reason
    run: Run | None = None


def condition(beat: Heartbeat, rule: Rule, now: datetime, push: Push) -> Condition:
    """Return how a heartbeat is at `now`: troubles stay until the next success, whatever starts meanwhile."""
    passed = next((one for one in _deadlines(beat, rule, push) if now > one.at), None)
    if passed is not None:
        return Condition(BeatStatus.DOWN, passed.reason, passed.at, beat.troubles + 1)
    if beat.troubles:
        return Condition(BeatStatus.DOWN, beat.trouble or Reason.PING_MISSED, None, beat.troubles)
    if beat.open_runs:
        return Condition(BeatStatus.STARTED, Reason.OK, beat.open_runs[-1].started_at, 0)
    if beat.last_success_at is None:
        return Condition(BeatStatus.PENDING, Reason.NOT_PINGED, beat.since, 0)
    late_at = _late_at(beat, push)
    if late_at is not None and now >= late_at:
        return Condition(BeatStatus.LATE, Reason.PING_LATE, late_at, 0)
    return Condition(BeatStatus.UP, Reason.OK, None, 0)


def changes_at(beat: Heartbeat, rule: Rule, now: datetime, push: Push) -> datetime | None:
    """Return when `condition` is next another one, if no ping comes; None when it never is by itself."""
    instants = [one.at + TICK for one in _deadlines(beat, rule, push)[:1]]
    late_at = _late_at(beat, push)
    if late_at is not None and not beat.troubles and not beat.open_runs and beat.last_success_at is not None:
        instants.append(late_at)
    return min((at for at in instants if at > now), default=None)


def silence(beat: Heartbeat, rule: Rule, now: datetime, push: Push) -> Silence | None:
    """Return the first deadline that has passed, with the state in which it is no longer waited for."""
    passed = next((one for one in _deadlines(beat, rule, push) if now > one.at), None)
    if passed is None:
        return None
    grown = msgspec.structs.replace(beat, troubles=beat.troubles + 1, trouble=passed.reason)
    if passed.run is not None:
        told = tuple(msgspec.structs.replace(r, overdue=True) if r is passed.run else r for r in beat.runs)
        grown = msgspec.structs.replace(grown, runs=told)
    elif beat.expected_at is not None:
        grown = msgspec.structs.replace(grown, expected_at=rule.next_after(beat.expected_at))
    return Silence(grown, passed.at, passed.reason, _sentence(beat, rule, passed))


def deadline(beat: Heartbeat, rule: Rule, push: Push) -> datetime | None:
    """Return the next instant at which silence counts as a failure."""
    return next((one.at for one in _deadlines(beat, rule, push)), None)


def _deadlines(beat: Heartbeat, rule: Rule, push: Push) -> list[_Deadline]:
    """Return every deadline of a state, the earliest first; none once it is believed to be down.

    1. A run has to finish in `max_runtime`, or in the grace when there is none.
    2. A run has to start in `start_deadline` after its time, when there is one.
    3. A ping has to come in the grace after its time; a run that may take longer and covers that time puts it off.
    """
    if beat.troubles >= rule.misses:
        return []
    found: list[_Deadline] = []

    def add(from_at: datetime, at: datetime, reason: Reason, run: Run | None = None) -> None:
        moved = push(from_at, at)
        if moved is not None:
            found.append(_Deadline(moved, reason, run))

    for run in beat.open_runs:
        add(run.started_at, run.started_at + (rule.max_runtime or rule.grace), Reason.RUN_OVERDUE, run)
    waits = beat.last_ping_at is not None or rule.alert_if_never
    if beat.expected_at is not None and waits:
        from_at = max(beat.last_ping_at or beat.since, beat.since)
        covered = _covered(beat, rule, beat.expected_at)
        if rule.start_deadline is not None and rule.schedule and not covered:
            add(from_at, beat.expected_at + rule.start_deadline, Reason.RUN_NOT_STARTED)
        if not (covered and rule.max_runtime and beat.open_runs):
            never = beat.last_ping_at is None and not beat.open_runs
            add(from_at, beat.expected_at + rule.grace, Reason.PING_NEVER if never else Reason.PING_MISSED)
    return sorted(found, key=lambda one: one.at)


def _covered(beat: Heartbeat, rule: Rule, expected: datetime) -> bool:
    """Return whether a run that has started can be the one that is expected."""
    if beat.last_start_at is None:
        return False
    if rule.schedule is None:
        return bool(beat.open_runs)
    return beat.last_start_at >= expected - rule.tolerance(expected)


def _late_at(beat: Heartbeat, push: Push) -> datetime | None:
    if beat.expected_at is None:
        return None
    return push(max(beat.last_ping_at or beat.since, beat.since), beat.expected_at)


def _sentence(beat: Heartbeat, rule: Rule, passed: _Deadline) -> str:
    grace = words(rule.grace)
    if passed.reason is Reason.RUN_OVERDUE and passed.run is not None:
        limit = words(rule.max_runtime or rule.grace)
        return f"A run started at {_clock(passed.run.started_at, rule)} and has not finished within {limit}."
    expected = _clock(beat.expected_at, rule)
    if passed.reason is Reason.RUN_NOT_STARTED:
        return f"No run has started within {words(rule.start_deadline or rule.grace)} of its time, {expected}."
    if passed.reason is Reason.PING_NEVER:
        return f"No ping has ever come; the first was expected by {expected}, with {grace} of grace."
    last = f"last heard from at {_clock(beat.last_ping_at, rule)}" if beat.last_ping_at else "never heard from"
    return f"No ping since it was expected at {expected}, with {grace} of grace; {last}."


def _clock(at: datetime | None, rule: Rule) -> str:
    """Return an instant for a sentence, in the zone of the schedule."""
    if at is None:
        return "?"
    zone = rule.schedule.timezone if rule.schedule else "UTC"
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S} {zone}"


def words(span: timedelta) -> str:
    """Return a duration for a sentence: in the largest unit that leaves no rest."""
    seconds = span.total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"
