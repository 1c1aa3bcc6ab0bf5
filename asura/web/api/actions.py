"""What can be done to monitors: pause, resume, clone, check now, many at once, and trying one out unsaved."""

from typing import Any

from starlette.responses import Response

from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.status import Status
from asura.errors import AsuraError, Fault, Invalid, NotFound, StoreUnavailable
from asura.web import find, present, present_beats, shapes
from asura.web.answers import created, json_answer
from asura.web.api.monitors import prepare, tag
from asura.web.bodies import Bulk, Clone
from asura.web.body import shaped
from asura.web.route import Call

# The actions that change the configuration.
EDITS = frozenset({"tag", "untag", "set"})


async def pause(call: Call) -> Response:
    """Stop checking; an open incident ends without telling anybody."""
    async with find.editing_monitor(call):
        await call.engine.monitors.pause(find.monitor(call).monitor.id)
    return _shown(call)


async def resume(call: Call) -> Response:
    """Check again, at once."""
    async with find.editing_monitor(call):
        await call.engine.monitors.resume(find.monitor(call).monitor.id)
    return _shown(call)


def _shown(call: Call) -> Response:
    view = find.monitor(call)
    return json_answer(present_beats.monitor(call.engine, view, to=call.actor), headers={"ETag": tag(view.monitor)})


async def clone(call: Call) -> Response:
    """Create a copy of a monitor, secrets included."""
    wanted = shaped(call.body, Clone)
    copy = await call.engine.monitors.clone(find.monitor(call).monitor.id, name=wanted.name)
    shown = present_beats.monitor(call.engine, find.monitor(call, copy.id), to=call.actor)
    return created(call, shown, at=f"/monitors/{copy.id}", etag=tag(copy))


async def check_now(call: Call) -> Response:
    """Check now and answer the result; it counts like any other."""
    view = find.monitor(call)
    found = await call.engine.monitors.check_now(view.monitor.id)
    return json_answer(present.checked_result(found, maintenance=view.status is Status.MAINTENANCE))


async def try_out(call: Call) -> Response:
    """Check an unsaved monitor once."""
    # A form that is not finished has no name yet, and none is needed to check.
    config, _ = prepare(call, {"name": "unsaved"} | call.body, find.lending_monitor(call), stored=False)
    return json_answer(present.checked_result(await call.engine.monitors.try_out(config)))


async def bulk(call: Call) -> Response:
    """Do one thing to many monitors. Everything is looked at first: when a value is wrong, nothing is done."""
    wanted = shaped(call.body, Bulk)
    monitors = _named(call, wanted)
    faults = dict.fromkeys(fault for monitor in monitors for fault in _faults(call, monitor, wanted))
    if faults:
        raise Invalid(*faults)
    outcomes = [await _one(call, monitor.id, wanted) for monitor in monitors]
    return json_answer(shapes.BulkOutcomes(outcomes))


def _named(call: Call, wanted: Bulk) -> list[Monitor]:
    faults: list[Fault] = []
    found: dict[int, Monitor] = {}
    for index, ref in enumerate(wanted.ids):
        try:
            monitor = find.monitor(call, ref).monitor
            found[monitor.id] = monitor
        except NotFound:
            faults.append(Fault(f"ids[{index}]", "names no monitor"))
    if wanted.action in EDITS and not wanted.set:
        faults.append(Fault("set", f"is required for {wanted.action}"))
    if wanted.action not in EDITS and wanted.set:
        faults.append(Fault("set", f"means nothing for {wanted.action}"))
    if wanted.action in {"tag", "untag"}:
        faults += [Fault(f"set.{name}", "is not a field here") for name in wanted.set if name != "tags"]
    if faults:
        raise Invalid(*faults)
    return list(found.values())


def _faults(call: Call, monitor: Monitor, wanted: Bulk) -> tuple[Fault, ...]:
    """Return what is wrong with the change for this monitor; each message ends with its slug."""
    try:
        _edited(call, monitor, wanted)
    except Invalid as error:
        return error.faults
    return ()


def _edited(call: Call, monitor: Monitor, wanted: Bulk) -> MonitorConfig | None:
    if wanted.action not in EDITS:
        return None
    changes: dict[str, Any] = dict(wanted.set)
    tags = changes.get("tags")
    if wanted.action != "set" and isinstance(tags, list) and all(isinstance(tag, str) for tag in tags):
        had = monitor.config.tags
        added = [*dict.fromkeys([*had, *tags])]
        changes["tags"] = added if wanted.action == "tag" else [tag for tag in had if tag not in tags]
    try:
        config, slug = prepare(call, changes, monitor.config, partial=True)
    except Invalid as error:
        raise Invalid(
            *(Fault(f"set.{fault.path}", f"{fault.message} ({monitor.slug})") for fault in error.faults)
        ) from None
    if slug is not None:
        raise Invalid(Fault("set.slug", "cannot be the same for several monitors"))
    return config


async def _one(call: Call, monitor_id: int, wanted: Bulk) -> shapes.BulkOutcome:
    try:
        async with find.editing_monitor(call, monitor_id):
            await _do(call, find.monitor(call, monitor_id).monitor, wanted)
    except StoreUnavailable:
        raise
    except AsuraError as error:
        return shapes.BulkOutcome(monitor_id, ok=False, error=str(error))
    return shapes.BulkOutcome(monitor_id, ok=True)


async def _do(call: Call, monitor: Monitor, wanted: Bulk) -> None:
    desk = call.engine.monitors
    # Made anew: somebody may have edited it while those before it were stored.
    config = _edited(call, monitor, wanted)
    if config is not None:
        await desk.replace(monitor.id, config)
    elif wanted.action == "delete":
        await desk.delete(monitor.id)
    elif wanted.action == "pause":
        await desk.pause(monitor.id)
    else:
        await desk.resume(monitor.id)
