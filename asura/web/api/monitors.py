"""Monitors: list, create, read, change, delete."""

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from asura.domain.fields import is_slug
from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.status import Status
from asura.errors import Fault, Invalid, NotFound
from asura.web import cursor, edits, find, present_beats, shapes
from asura.web.answers import check_match, created, json_answer, no_content
from asura.web.query import parse_id
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.live import MonitorView

WRITABLE = frozenset({*MonitorConfig.__struct_fields__, "slug"})
STATUSES = frozenset(status.value for status in Status)


async def index(call: Call) -> Response:
    """Answer one page of monitors, by id."""
    asked = call.asked()
    statuses, types, tags = asked.many("status", STATUSES), asked.many("type"), asked.many("tag")
    words, public = asked.text("q"), asked.boolean("public")
    channel_ref = asked.text("channel_id")
    limit, after = asked.limit(), cursor.read(asked, "m")
    asked.done()

    channel = None if channel_ref is None else find.maybe_channel(call, channel_ref)

    def wanted(view: "MonitorView") -> bool:
        config = view.monitor.config
        return (
            call.reach.sees(config.tags)
            and (not statuses or view.status.value in statuses)
            and (not types or config.type in types)
            and (not tags or any(tag in config.tags for tag in tags))
            and (public is None or config.public is public)
            and (channel_ref is None or (channel is not None and channel.id in config.channel_ids))
            and (words is None or _matches(view.monitor, words.casefold()))
        )

    found = sorted((v for v in call.engine.live.monitors() if v.monitor.id > after and wanted(v)), key=_id)
    page = [present_beats.monitor(call.engine, view, to=call.actor) for view in found[:limit]]
    more = cursor.write("m", page[-1].id) if len(found) > limit else None
    return json_answer(shapes.Page(page, more))


def _id(view: "MonitorView") -> int:
    return view.monitor.id


def _matches(monitor: Monitor, words: str) -> bool:
    config = monitor.config
    texts = (config.name, config.target, monitor.slug, config.group or "", config.description, *config.tags)
    return any(words in text.casefold() for text in texts)


async def create(call: Call) -> Response:
    """Create a monitor; it is checked at once."""
    config, slug = prepare(call, call.body, find.lending_monitor(call))
    monitor = await call.engine.monitors.create(config, slug=slug)
    return _created(call, monitor)


async def show(call: Call) -> Response:
    """Answer one monitor, with the tag that guards its edit."""
    return _shown(call, find.monitor(call))


async def put(call: Call) -> Response:
    """Replace a monitor; under a slug that is free, create it."""
    ref = call.ref()
    async with find.editing_monitor(call):
        view = find.maybe_monitor(call, ref)
        check_match(call.request, None if view is None else tag(view.monitor))
        if view is not None:
            return await _replace(call, view.monitor, partial=False)
        if parse_id(ref) is not None:
            raise NotFound("no such monitor")
        if not is_slug(ref):
            raise Invalid(Fault("slug", "must be 1 to 64 of a-z, 0-9 and -, hold a letter, and not be bulk or tag"))
        config, slug = prepare(call, call.body)
        if slug not in {None, ref}:
            raise Invalid(Fault("slug", "is another one than in the address"))
        return _created(call, await call.engine.monitors.create(config, slug=ref))


async def patch(call: Call) -> Response:
    """Change some fields of a monitor."""
    async with find.editing_monitor(call):
        monitor = find.monitor(call).monitor
        check_match(call.request, tag(monitor))
        return await _replace(call, monitor, partial=True)


async def delete(call: Call) -> Response:
    """Delete a monitor with its history."""
    async with find.editing_monitor(call):
        monitor = find.monitor(call).monitor
        check_match(call.request, tag(monitor))
        await call.engine.monitors.delete(monitor.id)
    return no_content()


def tag(monitor: Monitor) -> str:
    """Return the ETag of a monitor's configuration: results do not change it."""
    return f'"m{monitor.id}-{monitor.version}"'


def prepare(
    call: Call, body: dict[str, Any], old: MonitorConfig | None = None, *, partial: bool = False, stored: bool = True
) -> tuple[MonitorConfig, str | None]:
    """Return the configuration and the slug in a body; raises Invalid that names every offending field.

    `partial` keeps what `old` has where the body is silent, and merges settings. What is to be stored must stay
    within the actor's reach.
    """
    fields, faults = edits.sort_fields(body, WRITABLE, shapes.Monitor.__struct_fields__)
    slug = edits.take_slug(fields, faults)
    if partial and old is not None:
        fields = edits.merged(old, fields)
    desk, found = call.engine.monitors, call.reach.found(old)
    config = edits.prepared(faults, lambda: desk.prepare(fields, old=old, partial=partial, found=found))
    if stored and (strange := call.reach.tag_faults(config)):
        raise Invalid(*strange)
    return config, slug


async def _replace(call: Call, monitor: Monitor, *, partial: bool) -> Response:
    config, slug = prepare(call, call.body, monitor.config, partial=partial)
    replaced = await call.engine.monitors.replace(monitor.id, config, slug=slug)
    return _shown(call, find.monitor(call, replaced.id))


def _shown(call: Call, view: "MonitorView") -> Response:
    return json_answer(present_beats.monitor(call.engine, view, to=call.actor), headers={"ETag": tag(view.monitor)})


def _created(call: Call, monitor: Monitor) -> Response:
    shown = present_beats.monitor(call.engine, find.monitor(call, monitor.id), to=call.actor)
    return created(call, shown, at=f"/monitors/{monitor.id}", etag=tag(monitor))
