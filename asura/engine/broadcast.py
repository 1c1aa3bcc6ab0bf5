"""What listeners are told of monitors and incidents: whole rows where a state moved, one number where it did not."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from asura.domain.incident import Incident
from asura.domain.ping import Logged
from asura.domain.result import Result
from asura.engine.events import EventHub
from asura.engine.live import Live, MonitorView, last_ms, row
from asura.engine.monitor_state import MonitorState

# The strip moves by a letter in 24 minutes: of a calm monitor the whole row is needed only so often.
WHOLE_ROW_EVERY = timedelta(minutes=10)


class Broadcast:
    """Publishes what has been stored. While nobody listens it costs nothing, and whoever returns starts anew."""

    def __init__(self, live: Live, events: EventHub) -> None:
        self._live = live
        self._events = events

    def show(self, state: MonitorState, now: datetime) -> None:
        """Tell of a monitor's present row."""
        if not self._events.listeners:
            self._events.skip()
            return
        self._events.publish("monitor", row(MonitorView(state, self._live), now))
        state.shown_at = now

    def show_all(self, moved: Iterable[int], calm: Iterable[Result], now: datetime) -> None:
        """Tell of a pass of the judge: which monitors moved, and the newest results of those that did not."""
        if not self._events.listeners:
            self._events.skip()
            return
        for monitor_id in moved:
            state = self._live.state(monitor_id)
            if state is not None:
                self.show(state, now)
        for result in calm:
            state = self._live.state(result.monitor_id)
            if state is None:
                continue
            if now - state.shown_at >= WHOLE_ROW_EVERY:
                self.show(state, now)
            else:
                self._events.publish("monitor", {"id": result.monitor_id, "last_ms": last_ms(result)})

    def ping(self, logged: Logged) -> None:
        """Tell that a heartbeat was pinged."""
        if not self._events.listeners:
            self._events.skip()
            return
        ping = logged.ping
        data = {"id": logged.monitor_id, "n": logged.number, "kind": ping.kind.value, "at": ping.at}
        self._events.publish("ping", data, monitors=(logged.monitor_id,))

    def gone(self, monitor_id: int, incident_id: int | None) -> None:
        """Tell that a monitor was deleted, and its open incident with it."""
        if incident_id is not None:
            self._events.publish("incident", {"id": incident_id, "deleted": True}, monitors=(monitor_id,))
        self._events.publish("monitor", {"id": monitor_id, "deleted": True})

    def incident(self, incident: Incident) -> None:
        """Tell that an incident moved."""
        self._events.publish("incident", {"id": incident.id}, monitors=incident.monitor_ids)
