"""A monitor's state as one pass of the judge would have it; applied only after the commit."""

from datetime import datetime
from typing import NamedTuple

from asura.domain.confirm import Believing, ConfirmRule, Streak, confirm
from asura.domain.incident import Incident, IncidentStatus
from asura.domain.lifecycle import Believed, Subject, step
from asura.domain.reason import OWN_REASONS, Reason
from asura.domain.result import Result
from asura.domain.span import Gap, Span, back_dated
from asura.domain.status import Finding, Status
from asura.engine.ledger import Move
from asura.engine.live import MonitorState

LATE_MESSAGE = "It is past its time, and still in its grace."
# What may lie over a belief without changing it.
_VEILS = frozenset({Status.UNKNOWN, Status.LATE})


class Switch(NamedTuple):
    """A new span for the believed state of a monitor."""

    monitor_id: int
    status: Status
    reason: str
    at: datetime


class Draft:
    """A copy to step: what the judge would believe, show and store of one monitor."""

    def __init__(self, state: MonitorState, incident: Incident | None) -> None:
        self.state = state
        self.monitor = state.monitor
        self.incident = incident
        self.streaks: dict[str, Streak] = dict(state.streaks)
        self.believed = state.believed
        self.status = state.status
        self.reason = state.reason
        self.message = state.message
        self.since = state.since
        self.last = state.last
        self.switches: list[Switch] = []
        self.moves: list[Move] = []

    def streak(self, region: str) -> Streak:
        """Return what one region believes and doubts."""
        return self.streaks.get(region) or self.state.streak(region)

    @property
    def recorded(self) -> Status | None:
        """Return the state that the spans are in; our own faults of the whole process leave none."""
        if self.switches:
            return self.switches[-1].status
        return self.state.spans[-1].status if self.state.spans else None

    def show(self, status: Status, reason: str, message: str, since: datetime) -> None:
        """Set what is shown; `since` counts only when the state changes."""
        if status is not self.status:
            self.since = since
        self.status, self.reason, self.message = status, reason, message

    def switch(self, status: Status, reason: str, at: datetime) -> None:
        """Begin a span."""
        self.switches.append(Switch(self.monitor.id, status, reason, at))

    def apply(self, now: datetime) -> None:
        """Make the draft the state."""
        state = self.state
        state.streaks = self.streaks
        state.status, state.reason, state.message = self.status, self.reason, self.message
        state.since, state.last = self.since, self.last
        for switch in self.switches:
            state.switch(Span(switch.monitor_id, "", switch.status, switch.reason, switch.at, None), now)


def judge_one(draft: Draft, result: Result, now: datetime, *, gaps: list[Gap]) -> None:
    """Step a draft by one result.

    1. Our own fault hides the state, and nothing else changes. A fault of the whole process is a gap, told once for
       all monitors; one of this check alone is a span.
    2. The region confirms by its thresholds.
    3. A new belief switches the span, back-dated to its first result, and moves the incident.
    """
    draft.last = result
    if result.finding is Finding.UNKNOWN:
        _hide(draft, result)
        return
    config = draft.monitor.config
    rule = ConfirmRule(config.failure_threshold, config.success_threshold)
    belief = confirm(draft.streak(result.region), result.finding, at=result.at, counted=result.counted, rule=rule)
    draft.streaks[result.region] = belief.streak
    if belief.changed:
        since = min(back_dated(belief.since or result.at, gaps), result.at)
        _believe(draft, result, belief.streak.believed, since, belief.reason, now)
    elif draft.status is Status.UNKNOWN or (draft.status is Status.LATE and result.finding is not Finding.DOWN):
        _reappear(draft, belief.streak.believed, result)
    else:
        _remark(draft, result, belief.streak, belief.reason)
    draft.believed = belief.streak.believed


def be_late(draft: Draft, at: datetime) -> None:
    """Show that a heartbeat is past its time, while it is believed to be well: nobody is told of that."""
    if draft.status is not Status.UP or draft.believed is not Status.UP:
        return
    draft.switch(Status.LATE, Reason.PING_LATE.value, at)
    draft.show(Status.LATE, Reason.PING_LATE.value, LATE_MESSAGE, at)


def _hide(draft: Draft, result: Result) -> None:
    if draft.recorded is not Status.UNKNOWN and result.reason not in OWN_REASONS:
        draft.switch(Status.UNKNOWN, result.reason.value, result.at)
    draft.show(Status.UNKNOWN, result.reason.value, result.message, result.at)


def _reappear(draft: Draft, believed: Status, result: Result) -> None:
    reason = result.reason.value if result.finding.status is believed else Reason.OK.value
    if draft.recorded in _VEILS:
        draft.switch(believed, reason, result.at)
    draft.show(believed, reason, result.message, result.at)


def _remark(draft: Draft, result: Result, streak: Streak, reason: Believing) -> None:
    if result.finding.status is streak.believed:
        draft.show(streak.believed, result.reason.value, result.message, draft.since)
        return
    needed = draft.monitor.config.failure_threshold
    if reason is Believing.RETRYING:
        note = f"{result.message} Trying again."
    elif result.finding is Finding.UP:
        note = f"Answers again, {streak.goods} of {draft.monitor.config.success_threshold} in a row."
    else:
        seen = max(streak.downs, streak.troubles)
        note = f"{result.message} {seen} of {needed} in a row."
    draft.show(draft.status, draft.reason, note, draft.since)


def _believe(draft: Draft, result: Result, status: Status, since: datetime, why: Believing, now: datetime) -> None:
    draft.switch(status, result.reason.value, since)
    draft.show(status, result.reason.value, result.message, since)
    config = draft.monitor.config
    subject = Subject(draft.monitor.id, config.name, config.reminder_interval)
    belief = Believed(status, since, result.reason, result.message, why.value, (result.region,))
    active = draft.incident is not None
    stepped = step(draft.incident, belief, now, subject=subject)
    if stepped.incident is None or not stepped.effects:
        return
    draft.moves.append(
        Move(stepped.incident, stepped.effects, draft.monitor, status.value, (result,), was_active=active)
    )
    ended = stepped.incident.status is IncidentStatus.RESOLVED
    draft.incident = None if ended else stepped.incident
