"""The form for the password of a status page, and the way out again; needs no script."""

from starlette.responses import Response

from asura.domain.board import Board
from asura.domain.page import Page, PageConfig
from asura.errors import TooMany
from asura.web.route import Call
from asura.web.status import hosts, html
from asura.web.status.gate import HTML, not_found, page_of, too_many
from asura.web.status.showing import Showing, language


async def log_in(call: Call) -> Response:
    """Let somebody see a page who gives its password; the form again when it is wrong."""
    page = _with_password(call)
    if page is None:
        return not_found()
    given = call.body.get("password", "")
    try:
        right = isinstance(given, str) and await call.site.passing.check(call, page, given)
    except TooMany as error:
        answer = form(call, fault="wait", status=429)
        answer.headers["Retry-After"] = too_many(error).headers["Retry-After"]
        return answer
    if not right:
        return form(call, fault="wrong_password")
    answer = _to_page(call, page)
    call.site.passing.let_in(call, answer, page, path=hosts.root_of(call, page) or "/")
    return answer


async def log_out(call: Call) -> Response:
    """Forget that somebody gave the password of a page."""
    page = _with_password(call)
    if page is None:
        return not_found()
    answer = _to_page(call, page)
    call.site.passing.put_out(call, answer, page, path=hosts.root_of(call, page) or "/")
    return answer


def form(call: Call, *, fault: str = "", status: int = 401) -> Response:
    """Return the form; it tells nothing of the page but its title. `fault` is the key of what was wrong."""
    page = page_of(call)
    if page is None:
        return not_found()
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}
    return Response(html.login(_closed(call, page), fault), status, headers, HTML)


def _with_password(call: Call) -> Page | None:
    page = page_of(call)
    return page if page is not None and page.config.visibility == "password" else None


def _to_page(call: Call, page: Page) -> Response:
    headers = {"Location": hosts.root_of(call, page) or "/", "Cache-Control": "no-store"}
    return Response(status_code=303, headers=headers)


def _closed(call: Call, page: Page) -> Showing:
    """Return a page with nothing on it, in the language and the colours that it has."""
    config, now = page.config, call.engine.clock.now()
    bare = Page(
        id=page.id,
        slug=page.slug,
        config=PageConfig(
            title=config.title,
            visibility="password",
            language=config.language,
            theme=config.theme,
            powered_by=config.powered_by,
            subscribe=(),
        ),
        created_at=page.created_at,
        updated_at=page.updated_at,
    )
    board = Board(
        page_id=page.id,
        slug=page.slug,
        title=config.title,
        timezone=config.timezone,
        status="operational",
        as_of=now,
        updated_at=now,
    )
    accepted = call.request.headers.get("accept-language", "")
    return Showing(bare, board, hosts.root_of(call, page), hosts.url_of(call, page), language(page, accepted))
