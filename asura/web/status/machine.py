"""What programs read of a status page: each file by its path, with the headers that programs of others need."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from asura.domain.board import Board
from asura.web.route import Call, Handler
from asura.web.status import badge, calendar, embed_js, feeds, statuspage
from asura.web.status.gate import Hidden, admitted
from asura.web.status.showing import PUBLIC_CACHE, SHARED, Render, Showing, answer

Line = tuple[str, Handler, str, str]
JSON = "application/json"
# A calendar of more is made off the event loop.
MANY_WINDOWS = 20


async def published(
    call: Call,
    name: str,
    media_type: str,
    render: Render,
    headers: dict[str, str] | None = None,
    *,
    large: bool = False,
) -> Response:
    """Return what programs read, also from pages of others; the gate takes that back where not everybody may see it."""
    made = partial(_in_its_language, render)
    return await answer(call, name, media_type, made, headers={**SHARED, **(headers or {})}, speaks=False, large=large)


def _in_its_language(render: Render, shown: Showing) -> bytes:
    """Render in the language of the page itself: what programs keep does not change with who asked first."""
    own = shown.page.config.language
    return render(shown._replace(language="en" if own == "auto" else own))


def _file(name: str) -> Handler:
    async def serve(call: Call) -> Response:
        return await published(call, f"v2/{name}", JSON, partial(statuspage.render, file=name))

    return serve


def _feed(name: str) -> Handler:
    async def serve(call: Call) -> Response:
        board = await call.engine.boards.board(admitted(call))
        component = _component(call.request, board)
        changed_at = feeds.modified_at(board)
        headers = {"Last-Modified": format_datetime(changed_at.astimezone(UTC), usegmt=True)}
        if _has_since(call.request, changed_at):
            return Response(status_code=304, headers={**SHARED, **headers, "Cache-Control": PUBLIC_CACHE})
        render = partial(feeds.render, name=name, component=component)
        return await published(call, f"{name}?{component}", feeds.MEDIA_TYPES[name], render, headers)

    return serve


async def _calendar(call: Call) -> Response:
    page, engine = admitted(call), call.engine
    now, concerned = engine.clock.now(), partial(engine.maintenance.concerned, page.id)
    windows, monitors = engine.maintenance.list(), [state.monitor for state in engine.live.states()]

    def render(shown: Showing) -> bytes:
        return calendar.render(shown, calendar.planned(page, windows, monitors, now, concerned), now)

    # The board does not hold what is far ahead: its name says as of which windows it is, and as of which day.
    name = f"maintenance.ics {engine.maintenance.version} {now:%Y-%m-%d}"
    return await published(call, name, calendar.MEDIA_TYPE, render, large=len(windows) > MANY_WINDOWS)


async def _embed(call: Call) -> Response:
    return await published(call, "embed.js", embed_js.MEDIA_TYPE, embed_js.render, embed_js.HEADERS)


def _component(request: Request, board: Board) -> int | None:
    """Return the component that a feed is asked for; raises Hidden when it is not on the page."""
    asked = request.query_params.get("component", "")
    if not asked:
        return None
    found = next((one.id for one in board.components if str(one.id) == asked), None)
    if found is None:
        raise Hidden
    return found


def _has_since(request: Request, changed_at: datetime) -> bool:
    """Return whether a client that keeps no tag has what was last changed at an instant."""
    given = request.headers.get("if-modified-since", "")
    if not given or "if-none-match" in request.headers:
        return False
    try:
        kept_at = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return False
    return (kept_at if kept_at.tzinfo else kept_at.replace(tzinfo=UTC)) >= changed_at


def v2_lines() -> Iterator[Line]:
    """Yield the files of Statuspage's API with their paths below a page."""
    for name in statuspage.FILES:
        yield f"api/v2/{name}.json", _file(name), f"{name}.json, as Statuspage has it", JSON


def lines() -> Iterator[Line]:
    """Yield everything else that programs read, with its path below a page."""
    for name, kind in (("history.rss", "RSS"), ("history.atom", "Atom"), ("feed.json", "JSON Feed")):
        yield name, _feed(name), f"What the page told, as {kind}", feeds.MEDIA_TYPES[name]
    yield "status.svg", badge.svg, "Badge of the page", badge.SVG
    yield "status.json", badge.shields, "Badge of the page, for shields.io", badge.JSON
    yield "maintenance.ics", _calendar, "Planned work as a calendar", calendar.MEDIA_TYPE
    yield "embed.js", _embed, "A script that shows on other pages when something is wrong", embed_js.MEDIA_TYPE
