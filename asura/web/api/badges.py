"""Badges of what is public: pictures, JSON for shields.io, and the snippets that show them."""

from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response

from asura.domain import badge
from asura.domain.badge import Badge
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.result import Result
from asura.web import find, shapes
from asura.web.answers import is_known, json_answer
from asura.web.badges import render
from asura.web.route import Call

if TYPE_CHECKING:
    from datetime import datetime

    from asura.engine.live import MonitorView

DAYS = {"1": 1, "7": 7, "30": 30, "90": 90}
WINDOWS = {"1h": 3_600, "24h": 86_400, "7d": 604_800}
KINDS = ("", "uptime", "response", "cert", "heartbeat")
LANGUAGES = ("markdown", "html", "restructuredtext", "asciidoc")
# Pictures may style themselves, and nothing else; a picture is no page that runs scripts.
HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


async def state(call: Call) -> Response:
    """Answer the badge of a monitor's state."""
    view = _public(call)
    if view is None:
        return _not_found()
    region = _region(call, view)
    status = view.status if region is None else view.status_in(region, call.engine.clock.now())
    return _answer(call, badge.of_status(view.monitor.config.name, status))


async def figure(call: Call) -> Response:
    """Answer the badge of a monitor's uptime, response time, certificate or last run."""
    view, kind = _public(call), call.ref("kind")
    made = None if view is None else await _figure(call, view, kind)
    return _not_found() if made is None else _answer(call, made)


async def tag(call: Call) -> Response:
    """Answer the badge of all public monitors with a tag."""
    wanted = call.ref("tag")
    found = [view.status for view in call.engine.live.monitors() if _has(view, wanted)]
    return _answer(call, badge.of_many(wanted, found)) if found else _not_found()


async def everything(call: Call) -> Response:
    """Answer the badge of all public monitors."""
    found = [view.status for view in call.engine.live.monitors() if view.monitor.config.public]
    return _answer(call, badge.of_many("status", found)) if found else _not_found()


async def snippets(call: Call) -> Response:
    """Answer the addresses of a monitor's badges, and what to paste to show them."""
    view = find.monitor(call)
    url, config = call.engine.options.url, view.monitor.config
    base = f"{url}/api/v1/badge/{quote(view.monitor.slug)}"
    rows = []
    for kind in _kinds_of(view):
        image = f"{base}{'/' if kind else ''}{kind}.svg"
        alt = f"{config.name} {kind or 'status'}"
        texts = {name: render.snippet(name, image=image, page=f"{url}/status", alt=alt) for name in LANGUAGES}
        rows.append(shapes.BadgeSnippets(kind=kind or "status", image=image, public=config.public, **texts))
    return json_answer({"data": rows})


def _kinds_of(view: "MonitorView") -> list[str]:
    beat = view.monitor.config.type == HEARTBEAT
    return [kind for kind in KINDS if kind not in (("response", "cert") if beat else ("heartbeat",))]


async def _figure(call: Call, view: "MonitorView", kind: str) -> Badge | None:
    query, figures = call.request.query_params, call.site.figures
    now, last, region = call.engine.clock.now(), view.last, _region(call, view)
    match kind:
        case "uptime":
            days = DAYS.get(query.get("days", "30"), 30)
            kept = days > 1 or region is not None
            live = await figures.uptime(call.engine, view, days, region) if kept else view.uptime_24h(now)
            return badge.of_uptime(live, days)
        case "response":
            window = WINDOWS.get(query.get("window", "24h"), 86_400)
            return badge.of_response(await figures.latency(call.engine, view, window, region))
        case "cert":
            return badge.of_certificate(_days_left(last, now))
        case "heartbeat" if view.monitor.config.type == HEARTBEAT:
            seen = call.engine.pings.view(view.monitor.id, now)
            return badge.of_run(seen.heart.last_ping_at, view.status, now)
    return None


def _days_left(last: Result | None, now: "datetime") -> float | None:
    if last is None or last.certificate_days is None:
        return None
    return last.certificate_days - (now - last.at).total_seconds() / 86_400


def _public(call: Call) -> "MonitorView | None":
    view = find.any_monitor(call, call.ref())
    return view if view is not None and view.monitor.config.public else None


def _region(call: Call, view: "MonitorView") -> str | None:
    """Return the region that a badge is asked for; None for the whole, also where one region checks it alone."""
    region = call.request.query_params.get("region") or None
    return region if view.electorate.several else None


def _has(view: "MonitorView", wanted: str) -> bool:
    return view.monitor.config.public and wanted in view.monitor.config.tags


def _answer(call: Call, made: Badge) -> Response:
    look = render.look_of(call.request.query_params)
    if call.request.scope["path"].endswith(".json"):
        body, kind = render.shields(made, look), "application/json"
    else:
        body, kind = render.svg(made, look, f"{call.engine.options.url}/status"), "image/svg+xml"
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = HEADERS | {"ETag": etag}
    if is_known(call.request, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=kind)


def _not_found() -> Response:
    """Return what is said of everything that has no badge, whyever."""
    return Response("not found", 404, media_type="text/plain")
