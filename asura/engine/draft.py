"""A monitor's state as one pass of the judge would have it; applied only after the commit."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from asura.domain.confirm import Believing, ConfirmRule, Streak, confirm
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.incident import Incident, IncidentStatus
from asura.domain.lifecycle import Believed, Happening, Moved, Subject, step
from asura.domain.reason import OWN_REASONS, Reason
from asura.domain.result import Result
from asura.domain.span import Gap, Span, back_dated
from asura.domain.status import Finding, Status
from asura.engine.ledger import Move
from asura.engine.live import MonitorState

LATE_MESSAGE = "It is past its time, and still in its grace."
# What may lie over a belief without changing it.
_VEILS = frozenset({Status.UNKNOWN, Status.LATE})
FAILING = frozenset({Status.DOWN, Status.DEGRADED})
# What is found during planned work, as its spans have it.
MEANWHILE = {
    Status.UP: Reason.MAINTENANCE_UP,
    Status.DEGRADED: Reason.MAINTENANCE_DEGRADED,
    Status.DOWN: Reason.MAINTENANCE_DOWN,
}
FAILED_BEFORE = "It failed already during the maintenance."


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
        self.veil = state.veil
        self.behind = state.behind
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

    @property
    def released_at(self) -> datetime | None:
        """Return when the last planned work ended; None while it goes on, or when there was none of late."""
        ends = (span.to_at for span in reversed(self.state.spans) if span.status is Status.MAINTENANCE)
        return next(ends, None)

    @property
    def owes(self) -> bool:
        """Return whether it failed when planned work ended, and no check has said since that it still does."""
        for status, reason in self._backwards():
            if status not in _VEILS:
                return status in FAILING and reason == Reason.AFTER_MAINTENANCE
        return False

    def _backwards(self) -> Iterator[tuple[Status, str]]:
        yield from ((switch.status, switch.reason) for switch in reversed(self.switches))
        yield from ((span.status, span.reason) for span in reversed(self.state.spans))

    def show(self, status: Status, reason: str, message: str, since: datetime) -> None:
        """Set what is shown; `since` counts only when the state changes."""
        if status is not self.status:
            self.since = since
        self.status, self.reason, self.message = status, reason, message

    def switch(self, status: Status, reason: str, at: datetime) -> None:
        """Begin a span."""
        self.switches.append(Switch(self.monitor.id, status, reason, at))

    def move(self, happening: Happening, now: datetime, *, seen: tuple[Result, ...] = ()) -> None:
        """Move the incident, or open one."""
        config = self.monitor.config
        subject = Subject(self.monitor.id, config.name, config.reminder_interval)
        active = self.incident is not None
        stepped = step(self.incident, happening, now, subject=subject)
        if stepped.incident is None or not stepped.effects:
            return
        status = self.status.value
        self.moves.append(Move(stepped.incident, stepped.effects, self.monitor, status, seen, was_active=active))
        ended = stepped.incident.status is IncidentStatus.RESOLVED
        self.incident = None if ended else stepped.incident

    def apply(self, now: datetime) -> None:
        """Make the draft the state."""
        state = self.state
        state.streaks = self.streaks
        state.status, state.reason, state.message = self.status, self.reason, self.message
        state.since, state.last = self.since, self.last
        state.veil, state.behind = self.veil, self.behind
        for switch in self.switches:
            state.switch(Span(switch.monitor_id, "", switch.status, switch.reason, switch.at, None), now)


def judge_one(draft: Draft, result: Result, now: datetime, *, gaps: list[Gap]) -> None:
    """Step a draft by one result.

    1. Our own fault hides the state, and nothing else changes. A fault of the whole process is a gap, told once for
       all monitors; one of this check alone is a span.
    2. The region confirms by its thresholds.
    3. Under maintenance what is believed is only noted.
    4. A new belief switches the span, back-dated to its first result, and moves the incident. So does the first
       result after a maintenance that says what was found in it.
    """
    draft.last = result
    if result.finding is Finding.UNKNOWN:
        if draft.status is not Status.MAINTENANCE:
            _hide(draft, result)
        return
    config = draft.monitor.config
    rule = ConfirmRule(config.failure_threshold, config.success_threshold)
    belief = confirm(draft.streak(result.region), result.finding, at=result.at, counted=result.counted, rule=rule)
    draft.streaks[result.region] = belief.streak
    believed = belief.streak.believed
    since = min(back_dated(belief.since or result.at, gaps), result.at)
    if draft.status is Status.MAINTENANCE:
        if belief.changed:
            _note(draft, result, believed, max(since, draft.since))
    elif belief.changed:
        _believe(draft, result, believed, since, belief.reason, now)
    elif result.finding.status is believed and draft.owes:
        _outlive(draft, result, believed, now, gaps=gaps)
    elif draft.status is Status.UNKNOWN or (draft.status is Status.LATE and result.finding is not Finding.DOWN):
        _reappear(draft, believed, result)
    else:
        _remark(draft, result, belief.streak, belief.reason)
    draft.believed = believed


def be_late(draft: Draft, at: datetime) -> None:
    """Show that a heartbeat is past its time, while it is believed to be well: nobody is told of that."""
    if draft.status is not Status.UP or draft.believed is not Status.UP:
        return
    # It may have come to be late while planned work lay over it.
    at = max(at, draft.since)
    draft.switch(Status.LATE, Reason.PING_LATE.value, at)
    draft.show(Status.LATE, Reason.PING_LATE.value, LATE_MESSAGE, at)


def _note(draft: Draft, result: Result, believed: Status, at: datetime) -> None:
    reason = MEANWHILE[believed].value
    draft.switch(Status.MAINTENANCE, reason, at)
    text = draft.veil.sentence if draft.veil is not None else "Under maintenance."
    draft.show(Status.MAINTENANCE, reason, f"{text} {result.message}" if believed in FAILING else text, draft.since)


def _outlive(draft: Draft, result: Result, believed: Status, now: datetime, *, gaps: list[Gap]) -> None:
    """Believe what was found under maintenance, now that a check after it found the same."""
    released_at = draft.released_at or draft.since
    if result.at < released_at:
        return
    at = result.at if draft.recorded is Status.UNKNOWN else min(back_dated(released_at, gaps), result.at)
    _believe(draft, result, believed, at, Moved.OUTLIVED, now)


def _hide(draft: Draft, result: Result) -> None:
    if draft.recorded is not Status.UNKNOWN and result.reason not in OWN_REASONS:
        draft.switch(Status.UNKNOWN, result.reason.value, result.at)
    draft.show(Status.UNKNOWN, result.reason.value, result.message, result.at)


def _reappear(draft: Draft, believed: Status, result: Result) -> None:
    reason = result.reason.value if result.finding.status is believed else Reason.OK.value
    reason = Reason.AFTER_MAINTENANCE.value if draft.owes else reason
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


def _believe(
    draft: Draft, result: Result, status: Status, since: datetime, why: Believing | Moved, now: datetime
) -> None:
    released_at = draft.released_at
    text, reason = result.message, result.reason.value
    if released_at is not None:
        owes = draft.owes or result.at < released_at
        since = max(since, released_at)
        if status in FAILING and owes and draft.incident is None:
            text = f"{result.message} {FAILED_BEFORE}"
            if result.at < released_at and draft.monitor.config.type != HEARTBEAT:
                # A check that began under maintenance says nothing of the time after it: the next one does.
                draft.switch(status, Reason.AFTER_MAINTENANCE.value, released_at)
                draft.show(status, Reason.AFTER_MAINTENANCE.value, result.message, released_at)
                return
    draft.switch(status, reason, since)
    draft.show(status, reason, result.message, since)
    draft.move(Believed(status, since, result.reason, text, why.value, (result.region,)), now, seen=(result,))
