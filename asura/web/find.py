"""From words in a path or query to objects; what is not there is the same 404 as what may not be seen."""

from typing import TYPE_CHECKING

from asura.domain.channel import Channel
from asura.errors import NotFound
from asura.web.query import parse_id
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.live import MonitorView


def monitor(call: Call, ref: str | int | None = None) -> "MonitorView":
    """Return the monitor that an id or slug names (by default the one in the path)."""
    view = call.engine.live.find(_ref(call.ref() if ref is None else ref))
    if view is None:
        raise NotFound("no such monitor")
    return view


def channel(call: Call) -> Channel:
    """Return the channel that the path names by id or slug."""
    found = call.engine.channels.find(_ref(call.ref()))
    if found is None:
        raise NotFound("no such channel")
    return found


def number(call: Call) -> int:
    """Return the id in the path."""
    found = parse_id(call.ref())
    if found is None:
        raise NotFound("no such thing")
    return found


def _ref(ref: str | int) -> str | int:
    if isinstance(ref, int):
        return ref
    found = parse_id(ref)
    return ref if found is None else found
