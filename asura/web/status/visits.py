"""What people look at of a status page: the page itself, its past, one incident, and a frame for other pages."""

from functools import partial

import msgspec
from starlette.responses import Response

from asura.domain.board import Board, BoardPost
from asura.web.middleware import security_headers
from asura.web.route import Call
from asura.web.status import html
from asura.web.status.gate import OPEN, Hidden, admitted, not_found
from asura.web.status.showing import Showing, answer

MEDIA_TYPE = html.MEDIA_TYPE


async def page(call: Call) -> Response:
    """Answer the page."""
    return await answer(call, "page", MEDIA_TYPE, html.page, headers=_framing(call))


async def frame(call: Call) -> Response:
    """Answer the small page for frames of other sites."""
    return await answer(call, "frame", MEDIA_TYPE, html.frame, headers=_framing(call, anywhere=True))


async def incident(call: Call) -> Response:
    """Answer everything that is said about one incident or notice."""
    number = call.ref("n")
    try:
        known = admitted(call)
        post = _post(await call.engine.boards.board(known), number)
    except Hidden:
        return not_found()
    return await answer(call, f"incident {post.id}", MEDIA_TYPE, partial(_incident, post=post))


def _incident(showing: Showing, post: BoardPost) -> bytes:
    return html.incident(showing, post)


def _post(board: Board, number: str) -> BoardPost:
    for post in (*board.active, *board.notices, *board.past):
        if str(post.id) == number:
            return post
    raise Hidden


def _framing(call: Call, *, anywhere: bool = False) -> dict[str, str]:
    """Return the headers that say which other sites may show this in a frame: those of the page, or all."""
    try:
        config = admitted(call).config
    except Hidden:
        return {}
    ancestors = config.frame_ancestors or (("*",) if anywhere and config.visibility in OPEN else ())
    if not ancestors:
        return {}
    options = msgspec.structs.replace(call.site.options, frame_ancestors=ancestors)
    found = {"Content-Security-Policy": security_headers(options)["Content-Security-Policy"]}
    # Browsers that know the policy heed it, and not the older header that all other pages have.
    return found | ({"Cross-Origin-Resource-Policy": "cross-origin"} if anywhere else {})
