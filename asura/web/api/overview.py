"""All monitors at a glance."""

from starlette.responses import Response

from asura.web.answers import is_known
from asura.web.route import Call


async def overview(call: Call) -> Response:
    """Answer every monitor in one row each; 304 while nothing changed."""
    made = await call.site.overview.overview(call.engine, call.reach)
    headers = {"ETag": made.etag, "Cache-Control": "private, no-cache"}
    if is_known(call.request, made.etag):
        return Response(status_code=304, headers=headers)
    return Response(made.body, headers=headers, media_type="application/json")
