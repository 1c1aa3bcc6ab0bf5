"""Answers about status pages, made once from a board and kept until the next one."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any, NamedTuple, TypeAlias

from starlette.responses import Response

from asura.domain.board import Board
from asura.domain.page import Page
from asura.web.answers import is_known
from asura.web.middleware import content_policy
from asura.web.present import instant
from asura.web.route import Call
from asura.web.status import hosts
from asura.web.status.gate import OPEN, PRIVATE, Hidden, admitted, not_found
from asura.web.status.kept import IDENTITY, Kept, coding_of, language_of

LANGUAGES = ("en", "de", "zh")
# Pages of more components are made off the event loop.
MANY = 200
# As long as a board is good: a proxy in front takes a storm of visitors off us, and shows the last page for ten
# minutes when we are gone. Browsers and proxies that have an older one ask with its tag.
PUBLIC_CACHE = "public, max-age=5, stale-if-error=600"
PRIVATE_CACHE = PRIVATE


class Showing(NamedTuple):
    """What is shown, and where: `root` is the path that links of the page begin with (empty at its own domain).

    `url` is the whole address of the page, without a slash at its end; `language` is `en`, `de` or `zh`;
    `may_subscribe` tells whether there is any way to.
    """

    page: Page
    board: Board
    root: str
    url: str
    language: str
    may_subscribe: bool = True


class Shown(Response):
    """An answer that was made of a board; as long as that is good, the same request has the same answer.

    The same is: host, path, query, the language and the coding that are taken best. Nothing else may decide about it.
    """

    def __init__(
        self, showing: Showing, kept: Kept, content: bytes | None, status_code: int = 200, **more: Any
    ) -> None:
        super().__init__(content, status_code, **more)
        self.showing = showing
        self.kept = kept


Render: TypeAlias = Callable[[Showing], bytes]
# Anybody may read what is public, from any page.
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


async def answer(
    call: Call,
    name: str,
    media_type: str,
    render: Render,
    *,
    headers: dict[str, str] | None = None,
    timeless: bool = False,
    speaks: bool = True,
    large: bool = False,
) -> Response:
    """Return what `render` makes of the page's board, `name` being unique to the kind of thing that it makes.

    The same fixed 404 when there is no such page for this visitor, 304 when the client has it already. `headers` go
    before those that every answer has. With `timeless` the tag does not change when nothing but the board's `as_of`
    does, which is then in `Last-Modified`; without `speaks` it is the same in every language. What is `large` is made
    off the event loop.
    """
    try:
        page = admitted(call)
    except Hidden:
        return not_found()
    shown = await showing(call, page)
    if not speaks:
        shown = shown._replace(language=LANGUAGES[0])
    kept = await _kept(call, name, shown, render, media_type=media_type, timeless=timeless, large=large)
    sent = _headers(shown, kept, media_type, speaks=speaks)
    if timeless:
        sent["Last-Modified"] = http_date(shown.board.as_of)
    sent |= headers or {}
    if is_known(call.request, kept.etag):
        return Shown(shown, kept, None, 304, headers=sent)
    coding = coding_of(call.request.headers.get("accept-encoding", "")) if kept.packs else IDENTITY
    if coding != IDENTITY:
        sent["Content-Encoding"] = coding
    return Shown(shown, kept, await kept.packed(coding), headers=sent, media_type=media_type)


async def showing(call: Call, page: Page) -> Showing:
    """Return a page as this visitor sees it."""
    board = await call.engine.boards.board(page)
    spoken = language(page, call.request.headers.get("accept-language", ""))
    may_subscribe = bool(call.engine.subscribers.ways(page))
    return Showing(page, board, hosts.root_of(call, page), hosts.url_of(call, page), spoken, may_subscribe)


def language(page: Page, accepted: str) -> str:
    """Return the language of a page: its own, or the one that a visitor's `Accept-Language` likes best."""
    return language_of(accepted, LANGUAGES) if page.config.language == "auto" else page.config.language


def http_date(at: datetime) -> str:
    """Return an instant as headers have it, to the second."""
    return format_datetime(at, usegmt=True)


async def _kept(
    call: Call, name: str, shown: Showing, render: Render, *, media_type: str, timeless: bool, large: bool
) -> Kept:
    shelf, board = call.site.shelf, shown.board
    key = shown.page.id, name, shown.root, shown.url, shown.language
    async with shelf.making(key):
        found = shelf.get(key, board)
        if found is None:
            large = large or len(board.components) > MANY
            body = await asyncio.to_thread(render, shown) if large else render(shown)
            # The field and not its value alone, which another one may have too.
            without = f'"as_of":"{instant(board.as_of)}"'.encode() if timeless else b""
            found = Kept(board, body, media_type=media_type, language=shown.language, without=without)
            shelf.put(key, found)
    return found


def _headers(shown: Showing, kept: Kept, media_type: str, *, speaks: bool) -> dict[str, str]:
    config = shown.page.config
    cache = PUBLIC_CACHE if config.visibility in OPEN else PRIVATE_CACHE
    varies = ["Accept-Encoding"] if kept.packs else []
    if speaks and config.language == "auto":
        varies.append("Accept-Language")
    found = {"Cache-Control": cache, "ETag": kept.etag}
    if varies:
        found["Vary"] = ", ".join(varies)
    if media_type.startswith("text/html"):
        # Said with a 304 too: browsers take over what that says.
        found["Referrer-Policy"] = "same-origin"
        if config.frame_ancestors:
            found["Content-Security-Policy"] = content_policy(config.frame_ancestors)
    return found
