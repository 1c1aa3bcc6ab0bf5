"""What can be done to monitors: pause, resume, clone, check now, many at once, and trying one out unsaved."""

from typing import Any

from starlette.responses import Response

from asura.domain.monitor import Monitor, MonitorConfig
from asura.errors import AsuraError, Fault, Invalid, NotFound, StoreUnavailable
from asura.web import find, present, shapes
from asura.web.answers import created, json_answer
from asura.web.api.monitors import prepare, tag
from asura.web.bodies import Bulk, Clone
from asura.web.body import shaped
from asura.web.route import Call


async def pause(call: Call) -> Response:
    """Stop checking; an open incident ends without telling anybody."""
    await call.engine.monitors.pause(find.monitor(call).monitor.id)
    return _shown(call)


async def resume(call: Call) -> Response:
    """Check again, at once."""
    await call.engine.monitors.resume(find.monitor(call).monitor.id)
    return _shown(call)


def _shown(call: Call) -> Response:
    view = find.monitor(call)
    return json_answer(present.monitor(view, call.engine.clock.now()), headers={"ETag": tag(view.monitor)})


async def clone(call: Call) -> Response:
    """Create a copy of a monitor, secrets included."""
    wanted = shaped(call.body, Clone)
    copy = await call.engine.monitors.clone(find.monitor(call).monitor.id, name=wanted.name)
    shown = present.monitor(find.monitor(call, copy.id), call.engine.clock.now())
    return created(call, shown, at=f"/monitors/{copy.id}", etag=tag(copy))


async def check_now(call: Call) -> Response:
    """Check now and answer the result; it counts like any other."""
    found = await call.engine.monitors.check_now(find.monitor(call).monitor.id)
    return json_answer(present.checked_result(found))


async def try_out(call: Call) -> Response:
    """Check an unsaved monitor once."""
    # A form that is not finished has no name yet, and none is needed to check.
    config, _ = prepare(call, {"name": "unsaved"} | call.body)
    return json_answer(present.checked_result(await call.engine.monitors.try_out(config)))


async def bulk(call: Call) -> Response:
    """Do one thing to many monitors. Everything is looked at first: when a value is wrong, nothing is done."""
    wanted = shaped(call.body, Bulk)
    monitors = _named(call, wanted)
    configs = {one.id: config for one in monitors if (config := _edited(call, one, wanted)) is not None}
    outcomes = [await _one(call, one, wanted.action, configs.get(one.id)) for one in monitors]
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
    if wanted.action in {"tag", "set"} and not wanted.set:
        faults.append(Fault("set", f"is required for {wanted.action}"))
    if wanted.action not in {"tag", "set"} and wanted.set:
        faults.append(Fault("set", f"means nothing for {wanted.action}"))
    if wanted.action == "tag":
        faults += [Fault(f"set.{name}", "is not a field here") for name in wanted.set if name != "tags"]
    if faults:
        raise Invalid(*faults)
    return list(found.values())


def _edited(call: Call, monitor: Monitor, wanted: Bulk) -> MonitorConfig | None:
    if wanted.action not in {"tag", "set"}:
        return None
    changes: dict[str, Any] = dict(wanted.set)
    if wanted.action == "tag" and isinstance(changes.get("tags"), list):
        changes["tags"] = [*dict.fromkeys([*monitor.config.tags, *map(str, changes["tags"])])]
    try:
        config, slug = prepare(call, changes, monitor.config, partial=True)
    except Invalid as error:
        raise Invalid(
            *(Fault(f"set.{fault.path}", f"{fault.message} ({monitor.slug})") for fault in error.faults)
        ) from None
    if slug is not None:
        raise Invalid(Fault("set.slug", "cannot be the same for several monitors"))
    return config


async def _one(call: Call, monitor: Monitor, action: str, config: MonitorConfig | None) -> shapes.BulkOutcome:
    desk = call.engine.monitors
    try:
        if config is not None:
            await desk.replace(monitor.id, config)
        elif action == "delete":
            await desk.delete(monitor.id)
        elif action == "pause":
            await desk.pause(monitor.id)
        else:
            await desk.resume(monitor.id)
    except StoreUnavailable:
        raise
    except AsuraError as error:
        return shapes.BulkOutcome(monitor.id, ok=False, error=str(error))
    return shapes.BulkOutcome(monitor.id, ok=True)
