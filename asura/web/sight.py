"""What of the stream of events somebody hears who is limited to tags."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asura.engine.events import ServerEvent
    from asura.web.reach import Reach


class Sight:
    """Follows the stream from its beginning, and so knows at each event which monitors the listener knows of.

    It goes by what events say and not by how things are now: an event may wait behind others that changed tags.
    """

    def __init__(self, reach: "Reach") -> None:
        self._reach = reach
        self._shown = set(reach.monitor_ids() or ())

    def of(self, event: "ServerEvent") -> "ServerEvent | None":
        """Return what of an event may be heard: itself, that a monitor is gone from sight, or None."""
        if event.kind == "reset":
            self._shown = set(self._reach.monitor_ids() or ())
            return event
        if event.kind == "monitor":
            return self._of_monitor(event)
        return event if not self._shown.isdisjoint(event.monitors) else None

    def _of_monitor(self, event: "ServerEvent") -> "ServerEvent | None":
        number, known = event.data["id"], event.data["id"] in self._shown
        if "tags" in event.data and self._reach.sees(event.data["tags"]):
            self._shown.add(number)
            return event
        if not known:
            return None
        if "tags" in event.data:
            # It lost the last tag that made it visible: whoever saw it has to forget it.
            event = event._replace(data={"id": number, "deleted": True})
        if "deleted" in event.data:
            self._shown.discard(number)
        return event
