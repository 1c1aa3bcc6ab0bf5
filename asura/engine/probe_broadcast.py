"""What listeners are told of probes: that one is gone or back, cannot see, has another name, or is no more."""

from typing import Any

from asura.engine.events import EventHub
from asura.engine.probe_desk import ProbeDesk
from asura.engine.roster import Roster


class ProbeBroadcast:
    """Compares how probes are with what was told of them last."""

    def __init__(self, events: EventHub, desk: ProbeDesk, roster: Roster) -> None:
        self._events = events
        self._desk = desk
        self._roster = roster
        self._told: dict[int, dict[str, Any]] = {}

    def look(self) -> None:
        """Tell of every probe that is otherwise than it was."""
        known = {}
        for probe in self._desk.list():
            standing = self._roster.standing(probe.id)
            known[probe.id] = {
                "id": probe.id,
                "region": probe.region,
                "name": probe.name,
                "online": standing.online,
                "blind": standing.blind or None,
            }
        moved = [row for probe_id, row in known.items() if self._told.get(probe_id) != row]
        moved += [{"id": probe_id, "deleted": True} for probe_id in self._told.keys() - known.keys()]
        self._told = known
        if moved and not self._events.listeners:
            self._events.skip()
            return
        for row in moved:
            self._events.publish("probe", row)
