"""All monitors at a glance."""

from starlette.responses import Response

from asura.domain.incident import IncidentStatus
from asura.web.answers import is_known
from asura.web.overview import etag_of
from asura.web.route import Call


async def overview(call: Call) -> Response:
    """Answer every monitor in one row each; 304 while nothing changed."""
    live = call.engine.live
    incidents_open = sum(1 for one in live.open_incidents() if one.status is IncidentStatus.OPEN)
    body = call.site.overview.body(live.monitors(), incidents_open=incidents_open, now=call.engine.clock.now())
    etag = etag_of(body)
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if is_known(call.request, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")
