"""Heartbeats: their pings, what these said, another token, and what schedule would fit."""

from starlette.responses import Response

from asura.domain.ping import BODY_LIMIT, PingKind
from asura.domain.suggestion import Seen, suggest
from asura.errors import NotFound
from asura.web import cursor, find, present_beats, shapes
from asura.web.answers import json_answer
from asura.web.api.monitors import tag
from asura.web.query import parse_id
from asura.web.route import Call

LEARNED_FROM = 1_000
# What a job printed is shown as text and nothing else, whatever stands in it.
AS_TEXT = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline", "Cache-Control": "no-store"}


async def pings(call: Call) -> Response:
    """Answer one page of pings, newest first."""
    monitor_id, asked = _beat(call), call.asked()
    limit, before = asked.limit(), cursor.read(asked, "p")
    asked.done()
    found = await call.engine.pings.log(monitor_id, limit=limit + 1, before=before or None)
    page = [present_beats.ping(one) for one in found[:limit]]
    more = cursor.write("p", page[-1].n) if len(found) > limit else None
    return json_answer(shapes.Page(page, more))


async def body(call: Call) -> Response:
    """Answer the body of a ping as it came; one that was cut says so in its last line of headers."""
    monitor_id, number = _beat(call), parse_id(call.ref("n"))
    kept = None if number is None else await call.engine.pings.body(monitor_id, number)
    if kept is None:
        raise NotFound("no such ping")
    content, sent = kept
    headers = AS_TEXT | {"X-Body-Bytes": str(sent), "X-Body-Cut": "true" if sent > BODY_LIMIT else "false"}
    return Response(content, headers=headers, media_type="text/plain; charset=utf-8")


async def rotate(call: Call) -> Response:
    """Give a heartbeat another token; the old one is unknown at once."""
    async with find.editing_monitor(call):
        await call.engine.pings.rotate(_beat(call))
    view = find.monitor(call)
    shown = present_beats.monitor(call.engine, view, to=call.actor)
    return json_answer(shown, headers={"ETag": tag(view.monitor)})


async def suggestion(call: Call) -> Response:
    """Answer what interval or schedule, grace and runtime fit the pings that came."""
    monitor_id = _beat(call)
    config = find.monitor(call).monitor.config
    logged = await call.engine.pings.log(monitor_id, limit=LEARNED_FROM)
    seen = [Seen(one.ping.at, one.ping.duration_s) for one in reversed(logged) if one.ping.kind is PingKind.SUCCESS]
    found = suggest(seen, timezone=config.timezone)
    return json_answer(
        shapes.Suggestion(
            interval=found.interval,
            cron=found.cron,
            timezone=config.timezone,
            grace=found.grace,
            max_runtime=found.max_runtime,
            explains_ratio=found.explains,
            pings=len(seen),
            why=found.why,
        )
    )


async def ping_key(call: Call) -> Response:
    """Answer the key of the addresses with a slug."""
    key = (await call.engine.pings.show_key()).reveal()
    return json_answer(shapes.PingKey(key, f"{call.engine.options.url}/ping/{key}/"))


def _beat(call: Call) -> int:
    return call.engine.pings.monitor(find.monitor(call).monitor.id).id
