"""From words in a path or query to objects; what is not there is the same 404 as what may not be seen."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from asura.domain.channel import Channel, ChannelConfig
from asura.domain.fields import is_slug
from asura.domain.monitor import MonitorConfig
from asura.errors import Fault, Invalid, NotFound
from asura.store import incidents
from asura.web.query import parse_id
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.live import MonitorView


def maybe_monitor(call: Call, ref: str | int) -> "MonitorView | None":
    """Return the monitor that an id or slug names, or None; one that is out of the actor's reach is none."""
    view = any_monitor(call, ref)
    return view if view is not None and call.reach.sees(view.monitor.config.tags) else None


def any_monitor(call: Call, ref: str | int) -> "MonitorView | None":
    """Return the monitor that an id or slug names, or None, whoever asks: for what is shown to everybody."""
    return call.engine.live.find(_ref(ref))


def monitor(call: Call, ref: str | int | None = None) -> "MonitorView":
    """Return the monitor that an id or slug names (by default the one in the path)."""
    view = maybe_monitor(call, call.ref() if ref is None else ref)
    if view is None:
        raise NotFound("no such monitor")
    return view


def editing_monitor(call: Call, ref: str | int | None = None) -> AbstractAsyncContextManager[None]:
    """Return the lock under which a monitor is read, compared and changed; the same by id and by slug."""
    wanted = call.ref() if ref is None else ref
    view = maybe_monitor(call, wanted)
    return call.site.editing(f"monitor {wanted if view is None else view.monitor.id}")


def editing_channel(call: Call) -> AbstractAsyncContextManager[None]:
    """Return the lock under which a channel is read, compared and changed."""
    found = maybe_channel(call, call.ref())
    return call.site.editing(f"channel {call.ref() if found is None else found.id}")


def lending_monitor(call: Call) -> MonitorConfig | None:
    """Return the configuration that lends its secrets to the stars of a body, when the query names one."""
    ref = _lender(call)
    view = None if ref is None else maybe_monitor(call, ref)
    if ref is not None and view is None:
        raise Invalid(Fault("secrets_from", "names no monitor"))
    return None if view is None else view.monitor.config


def lending_channel(call: Call) -> ChannelConfig | None:
    """Return the channel that lends its secrets to the stars of a body, when the query names one."""
    ref = _lender(call)
    found = None if ref is None else maybe_channel(call, ref)
    if ref is not None and found is None:
        raise Invalid(Fault("secrets_from", "names no channel"))
    return None if found is None else found.config


def _lender(call: Call) -> str | None:
    asked = call.asked()
    ref = asked.text("secrets_from")
    asked.done()
    return ref


def maybe_channel(call: Call, ref: str | int) -> Channel | None:
    """Return the channel that an id or slug names, or None; one that is out of the actor's reach is none."""
    found = call.engine.channels.find(_ref(ref))
    return found if found is not None and call.reach.sees_channel(found) else None


def channel(call: Call) -> Channel:
    """Return the channel that the path names by id or slug."""
    found = maybe_channel(call, call.ref())
    if found is None:
        raise NotFound("no such channel")
    return found


async def incident(call: Call) -> int:
    """Return the id of the incident in the path, once it is known to be within the actor's reach."""
    found = number(call)
    if call.reach.limited:
        async with call.engine.store.read() as reader:
            call.reach.incident(await incidents.get(reader, found))
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
    if found is not None:
        return found
    # Digits of other scripts are no id, and no slug either.
    return ref if is_slug(ref) else ""
