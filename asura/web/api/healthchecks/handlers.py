"""The routes of Healthchecks' management API."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from asura.domain.heartbeat import due_in
from asura.domain.ping import Logged, PingKind
from asura.domain.status import BAD, GOOD
from asura.store import spans as stored_spans
from asura.web.api.healthchecks import fields
from asura.web.api.healthchecks.common import CORS, Fail, admit, check, checks, said, theirs, uuid_of
from asura.web.query import parse_id
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.live import MonitorView

UNIQUE = ("name", "slug", "tags", "timeout", "grace")
MOST_PINGS = 100
YEAR_S = 31_536_000


@theirs
async def index(call: Call) -> Response:
    """Answer the checks, those with every `tag` and with a `slug` if asked."""
    actor, query = admit(call), call.request.query_params
    tags, slug = set(query.getlist("tag")), query.get("slug")
    found = [
        fields.shown(call, view, actor)
        for view in checks(call)
        if tags <= set(view.monitor.config.tags) and slug in (None, view.monitor.slug)
    ]
    return said({"checks": found})


@theirs
async def create(call: Call) -> Response:
    """Create a check, or change the one that `unique` finds."""
    actor = admit(call, to_write=True)
    unique = call.body.get("unique", [])
    if not isinstance(unique, list) or any(name not in UNIQUE for name in unique):
        raise Fail(400, "json validation error: unique has unexpected value")
    wanted = fields.wanted(call.body)
    found = next((view for view in checks(call) if unique and _matches(view, call.body, unique)), None)
    if found is not None:
        return said(fields.shown(call, await _change(call, found, wanted), actor))
    desk = call.engine.monitors
    body = {"name": wanted.get("name") or call.body.get("slug") or "unnamed", "type": "heartbeat", "grace": 3600}
    given = {name: value for name, value in wanted.items() if value != "" and name != "name"}
    config = desk.prepare({**body, **given, "settings": fields.settings(call.body, {})})
    made = await desk.create(config, slug=fields.slug_in(call.body))
    return said(fields.shown(call, _view(call, made.id), actor), 201)


@theirs
async def show(call: Call) -> Response:
    """Answer one check."""
    actor = admit(call)
    return said(fields.shown(call, check(call, actor), actor))


@theirs
async def update(call: Call) -> Response:
    """Change one check."""
    actor = admit(call, to_write=True)
    view = check(call, actor)
    return said(fields.shown(call, await _change(call, view, fields.wanted(call.body)), actor))


@theirs
async def delete(call: Call) -> Response:
    """Delete one check and answer what it was."""
    actor = admit(call, to_write=True)
    view = check(call, actor)
    was = fields.shown(call, view, actor)
    await call.engine.monitors.delete(view.monitor.id)
    return said(was)


@theirs
async def pause(call: Call) -> Response:
    """Pause one check."""
    actor = admit(call, to_write=True)
    view = check(call, actor)
    await call.engine.monitors.pause(view.monitor.id)
    return said(fields.shown(call, _view(call, view.monitor.id), actor))


@theirs
async def resume(call: Call) -> Response:
    """Resume one check that is paused."""
    actor = admit(call, to_write=True)
    view = check(call, actor)
    if view.monitor.config.enabled:
        raise Fail(409, "check is not paused")
    await call.engine.monitors.resume(view.monitor.id)
    return said(fields.shown(call, _view(call, view.monitor.id), actor))


@theirs
async def pings(call: Call) -> Response:
    """Answer the last pings, newest first."""
    actor = admit(call, to_write=True)
    view = check(call, actor)
    uuid = uuid_of(call, view)
    found = await call.engine.pings.log(view.monitor.id, limit=MOST_PINGS)
    return said({"pings": [_ping(call, uuid, one) for one in found]})


@theirs
async def ping_body(call: Call) -> Response:
    """Answer the body of a ping as text."""
    view = check(call, admit(call, to_write=True))
    number = parse_id(call.ref("n"))
    kept = None if number is None else await call.engine.pings.body(view.monitor.id, number)
    if kept is None or not kept[0]:
        raise Fail(404, "not found")
    headers = CORS | {"X-Content-Type-Options": "nosniff"}
    return Response(kept[0], headers=headers, media_type="text/plain; charset=utf-8")


@theirs
async def flips(call: Call) -> Response:
    """Answer when a check went up and down, newest first: in the last `seconds`, or from `start` to `end`."""
    view = check(call, admit(call))
    from_at, to_at = _window(call)
    async with call.engine.store.read() as reader:
        found = await stored_spans.read(
            reader, view.monitor.id, from_at, to_at, due=due_in(view.monitor, call.engine.clock.now())
        )
    turned: list[dict[str, Any]] = []
    was: bool | None = None
    for span in found:
        up = True if span.status in GOOD else False if span.status in BAD else was
        if up is not None and up != was and span.from_at > from_at:
            turned.append({"timestamp": fields.stamp(span.from_at), "up": int(up)})
        was = up
    return said(turned[::-1])


@theirs
async def channels(call: Call) -> Response:
    """Answer the channels."""
    admit(call, to_write=True)
    found = sorted(call.engine.live.channels.values(), key=lambda one: one.id)
    return said({"channels": [{"id": str(c.id), "name": c.config.name, "kind": c.config.type} for c in found]})


@theirs
async def badges(call: Call) -> Response:
    """Answer the badges of tags; `*` is everything. Only what is public has any."""
    admit(call)
    base = f"{call.engine.options.url}/api/v1/badge"
    public = [view.monitor.config for view in checks(call) if view.monitor.config.public]
    tags = sorted({tag for config in public for tag in config.tags if "/" not in tag})
    named = {tag: f"{base}/tag/{tag}" for tag in tags} | ({"*": base} if public else {})
    forms = {"svg": "svg", "json": "json", "shields": "json"}
    return said({"badges": {tag: {form: f"{url}.{end}" for form, end in forms.items()} for tag, url in named.items()}})


@theirs
async def status(call: Call) -> Response:
    """Answer whether it works at all."""
    return Response("OK", headers=CORS, media_type="text/plain")


async def _change(call: Call, view: "MonitorView", wanted: dict[str, Any]) -> "MonitorView":
    config, desk = view.monitor.config, call.engine.monitors
    body = {**wanted, "settings": fields.settings(call.body, config.settings)}
    changed = desk.prepare(body, old=config, partial=True)
    await desk.replace(view.monitor.id, changed, slug=fields.slug_in(call.body))
    return _view(call, view.monitor.id)


def _view(call: Call, monitor_id: int) -> "MonitorView":
    view = call.engine.live.find(monitor_id)
    if view is None:
        raise Fail(404, "not found")
    return view


def _matches(view: "MonitorView", body: dict[str, Any], unique: list[str]) -> bool:
    config = view.monitor.config
    has = {
        "name": config.name,
        "slug": view.monitor.slug,
        "tags": set(config.tags),
        "timeout": config.interval,
        "grace": config.grace,
    }
    asked = {**body, "tags": set(str(body.get("tags", "")).split()), "slug": fields.slug_in(body)}
    return all(asked.get(name) == has[name] for name in unique)


def _window(call: Call) -> tuple[datetime, datetime]:
    query, now = call.request.query_params, call.engine.clock.now()
    numbers = {name: _number(query[name], name) for name in ("seconds", "start", "end") if name in query}
    if "seconds" in numbers:
        return now - timedelta(seconds=min(numbers["seconds"], YEAR_S)), now
    try:
        start = datetime.fromtimestamp(numbers["start"], UTC) if "start" in numbers else now - timedelta(days=365)
        end = datetime.fromtimestamp(numbers["end"], UTC) if "end" in numbers else now
    except (OverflowError, ValueError, OSError):
        raise Fail(400, "json validation error: start or end has unexpected value") from None
    return start, max(start, min(end, now))


def _number(text: str, name: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise Fail(400, f"json validation error: {name} is not a number")
    return int(text)


def _ping(call: Call, uuid: str, logged: Logged) -> dict[str, Any]:
    ping = logged.ping
    url = f"{call.engine.options.url}/api/{call.ref('version')}/checks/{uuid}/pings/{logged.number}/body"
    fields_: dict[str, Any] = {
        "type": "ign" if ping.kind is PingKind.IGNORED else ping.kind.value,
        "date": ping.at.isoformat(timespec="microseconds"),
        "n": logged.number,
        "scheme": "email" if ping.method == "EMAIL" else "http",
        "remote_addr": ping.source,
        "method": ping.method,
        "ua": ping.user_agent,
        "rid": ping.run_id or None,
        "body_url": url if ping.body_bytes else None,
    }
    return fields_ if ping.duration_s is None else fields_ | {"duration": ping.duration_s}
