"""Answers about status pages, made once from a board and kept until the next one."""

from collections.abc import Callable
from hashlib import blake2b
from typing import NamedTuple, TypeAlias

from starlette.responses import Response

from asura.domain.board import Board
from asura.domain.page import Page
from asura.web.answers import is_known
from asura.web.route import Call
from asura.web.status.gate import Hidden, admitted, not_found


class Showing(NamedTuple):
    """What is shown, and where: `root` is the path that links of the page begin with (empty at its own domain).

    `url` is the whole address of the page, without a slash at its end; `language` is `en`, `de` or `zh`.
    """

    page: Page
    board: Board
    root: str
    url: str
    language: str


Render: TypeAlias = Callable[[Showing], bytes]
# Anybody may read what is public, from any page.
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


async def answer(
    call: Call, name: str, media_type: str, render: Render, *, headers: dict[str, str] | None = None
) -> Response:
    """Return what `render` makes of the page's board, `name` being unique to the kind of thing that it makes.

    The same fixed 404 when there is no such page for this visitor, 304 when the client has it already.
    """
    try:
        page = admitted(call)
    except Hidden:
        return not_found()
    body = render(await showing(call, page))
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    sent = {"Cache-Control": "no-cache", "ETag": etag, **(headers or {})}
    if is_known(call.request, etag):
        return Response(status_code=304, headers=sent)
    return Response(body, headers=sent, media_type=media_type)


async def showing(call: Call, page: Page) -> Showing:
    """Return a page as this visitor sees it."""
    board = await call.engine.boards.board(page)
    base = call.site.options.base_path
    root = f"{base}/status" if page.is_main else f"{base}/status/{page.slug}"
    return Showing(page, board, root, call.engine.options.url.removesuffix(base) + root, "en")
