"""A monitor's state as one pass of the judge would have it; applied only after the commit."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from asura.domain.consensus import Agreement
from asura.domain.incident import Incident, IncidentStatus
from asura.domain.lifecycle import Happening, Subject, step
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.span import Span
from asura.domain.status import Status
from asura.engine.ledger import Move
from asura.engine.monitor_state import MonitorState, Regional

LATE_MESSAGE = "It is past its time, and still in its grace."
# What may lie over a belief without changing it.
VEILS = frozenset({Status.UNKNOWN, Status.LATE})
FAILING = frozenset({Status.DOWN, Status.DEGRADED})


class Switch(NamedTuple):
    """A new span for the believed state of a monitor, or for what one region believes of it."""

    monitor_id: int
    status: Status
    reason: str
    at: datetime
    region: str = ""


class Draft:
    """A copy to step: what the judge would believe, show and store of one monitor."""

    def __init__(self, state: MonitorState, incident: Incident | None) -> None:
        self.state = state
        self.monitor = state.monitor
        self.incident = incident
        self.electorate = state.electorate
        self.regions: dict[str, Regional] = dict(state.regions)
        self.verdict = state.verdict
        self.believed: Status = state.believed
        self.status = state.status
        self.reason = state.reason
        self.message = state.message
        self.since = state.since
        self.last = state.last
        self.veil = state.veil
        self.behind = state.behind
        self.switches: list[Switch] = []
        # Spans of single regions, kept where several check.
        self.regional_switches: list[Switch] = []
        self.moves: list[Move] = []

    def last_of(self, region: str) -> Result | None:
        """Return the newest result of a region."""
        regional = self.regions.get(region)
        return regional.last if regional is not None else None

    def regional(self, region: str) -> Regional:
        """Return what one region says, to be changed by this draft."""
        known = self.regions.get(region)
        if known is None:
            fresh = self.regions[region] = Regional(self.state.streak(region))
            return fresh
        if known is self.state.regions.get(region):
            known = self.regions[region] = known.copy()
        return known

    @property
    def divides(self) -> bool:
        """Return whether it fails from some regions, and from too few."""
        return self.verdict is not None and self.verdict.reason is Agreement.MINORITY

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
    def believed_from(self) -> datetime | None:
        """Return when the newest stretch began in which what is believed held; None when there was none of late."""
        for switch in reversed(self.switches):
            if switch.status is self.believed:
                return switch.at
        return next((span.from_at for span in reversed(self.state.spans) if span.status is self.believed), None)

    @property
    def owes(self) -> bool:
        """Return whether it failed when planned work ended, and no check has said since that it still does."""
        for status, reason in self._backwards():
            if status not in VEILS:
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
        state.regions, state.verdict, state.believed = self.regions, self.verdict, self.believed
        state.status, state.reason, state.message = self.status, self.reason, self.message
        state.since, state.last = self.since, self.last
        state.veil, state.behind = self.veil, self.behind
        for switch in self.switches:
            state.switch(Span(switch.monitor_id, "", switch.status, switch.reason, switch.at, None), now)


def be_late(draft: Draft, at: datetime) -> None:
    """Show that a heartbeat is past its time, while it is believed to be well: nobody is told of that."""
    if draft.status is not Status.UP or draft.believed is not Status.UP:
        return
    # It may have come to be late while planned work lay over it.
    at = max(at, draft.since)
    draft.switch(Status.LATE, Reason.PING_LATE.value, at)
    draft.show(Status.LATE, Reason.PING_LATE.value, LATE_MESSAGE, at)
