"""What asura is, what it can check and tell, and whether it is well."""

from starlette.responses import Response

from asura import __version__
from asura.web import metrics as prometheus
from asura.web import shapes
from asura.web.answers import json_answer
from asura.web.docs_page import page
from asura.web.route import Call


async def health(call: Call) -> Response:
    """Answer that the process is alive."""
    uptime = (call.engine.clock.now() - call.engine.started_at).total_seconds()
    return json_answer(shapes.Health("ok", __version__, max(0.0, round(uptime, 3))))


async def ready(call: Call) -> Response:
    """Answer whether each part does its work; why not is told to those who have a key."""
    known = call.actor is not None
    checks = {
        name: {"ok": part["ok"]} | ({"detail": part.get("detail", "")} if known else {})
        for name, part in call.engine.health().items()
        if not part.get("aside")
    }
    well = all(part["ok"] for part in checks.values())
    return json_answer(shapes.Readiness("ok" if well else "failing", checks), 200 if well else 503)


async def openapi(call: Call) -> Response:
    """Answer the OpenAPI document."""
    return Response(call.site.openapi, headers={"Cache-Control": "no-cache"}, media_type="application/json")


async def docs(call: Call) -> Response:
    """Answer the same for a person."""
    return page(call.site.routes, call.site.options)


async def metrics(call: Call) -> Response:
    """Answer our own figures for Prometheus; open to all when the configuration says so."""
    return Response(prometheus.render(call.engine.metrics()), media_type=prometheus.MEDIA_TYPE)


async def events(call: Call) -> Response:
    """Answer the stream of what changes."""
    return call.site.streams.answer(call)
