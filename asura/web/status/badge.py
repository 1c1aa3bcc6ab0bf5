"""The badge of a whole page: a picture, or the JSON that shields.io makes one of."""

from collections.abc import Mapping
from hashlib import blake2b

from starlette.responses import Response

from asura.domain.badge import Badge, Tone
from asura.domain.board import Board
from asura.web.answers import is_known
from asura.web.badges import render
from asura.web.route import Call
from asura.web.status.gate import admitted
from asura.web.status.showing import SHARED, Showing, showing

SVG, JSON = "image/svg+xml", "application/json"
# Pictures may style themselves, and nothing else.
HEADERS = {
    **SHARED,
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
}
MESSAGES: Mapping[str, tuple[str, Tone]] = {
    "operational": ("operational", Tone.UP),
    "degraded": ("degraded", Tone.WARN),
    "partial_outage": ("partial outage", Tone.DOWN),
    "major_outage": ("major outage", Tone.DOWN),
    "maintenance": ("maintenance", Tone.UNKNOWN),
}


async def svg(call: Call) -> Response:
    """Answer the badge of a page as a picture."""
    return await _answer(call, SVG)


async def shields(call: Call) -> Response:
    """Answer the badge of a page as JSON for shields.io."""
    return await _answer(call, JSON)


def badge_of(board: Board) -> Badge:
    """Return what the badge of a page says; what is not known, or planned, is grey."""
    return Badge(board.title, *MESSAGES.get(board.status, ("unknown", Tone.UNKNOWN)))


def drawn(shown: Showing, media_type: str, look: render.Look) -> bytes:
    """Return the badge of a page in one of its forms."""
    badge = badge_of(shown.board)
    return render.shields(badge, look) if media_type == JSON else render.svg(badge, look, shown.url)


async def _answer(call: Call, media_type: str) -> Response:
    # Labels and colours are the asker's own: there is no end of them, so that none is kept.
    look = render.look_of(call.request.query_params)
    body = drawn(await showing(call, admitted(call)), media_type, look)
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    headers = {**HEADERS, "ETag": etag}
    if is_known(call.request, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
