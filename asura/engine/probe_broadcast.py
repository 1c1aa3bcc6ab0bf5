"""What listeners are told of probes: that one is gone or back, cannot see, has another name, or is no more."""

from typing import Any

from asura.engine.events import EventHub
from asura.engine.probe_desk import ProbeDesk
from asura.engine.roster import Roster

# What is shown of a probe that changes: its name, whether it is there, and why it cannot see.
Shown = tuple[str, bool, str]


class ProbeBroadcast:
    """Compares how probes are with what was told of them last."""

    def __init__(self, events: EventHub, desk: ProbeDesk, roster: Roster) -> None:
        self._events = events
        self._desk = desk
        self._roster = roster
        self._told: dict[int, Shown] = {}

    def look(self) -> None:
        """Tell of every probe that is otherwise than it was."""
        told, known = self._told, {one.id: (one.name, *self._roster.shown(one.id)) for one in self._desk.list()}
        self._told = known
        if known == told:
            return
        if not self._events.listeners:
            self._events.skip()
            return
        for probe_id, shown in known.items():
            if told.get(probe_id) != shown:
                self._events.publish("probe", self._row(probe_id, *shown))
        for probe_id in told.keys() - known.keys():
            self._events.publish("probe", {"id": probe_id, "deleted": True})

    def _row(self, probe_id: int, name: str, online: bool, blind: str) -> dict[str, Any]:
        region = self._desk.get(probe_id).region
        return {"id": probe_id, "region": region, "name": name, "online": online, "blind": blind or None}
