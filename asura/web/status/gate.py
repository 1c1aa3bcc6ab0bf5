"""Whether a visitor may see a status page: one rule for the page and for everything below it."""

import functools
from collections.abc import Iterable
from typing import cast

import msgspec
from starlette.responses import Response

from asura.domain import page_rules
from asura.domain.page import MAIN_SLUG, Page
from asura.errors import TooMany
from asura.web.route import PUBLIC, Call, Handler, Route
from asura.web.status import hosts, passing
from asura.web.status.nothing import Nothing

OPEN = frozenset({"public", "unlisted"})
# What only some may see stays with them, and depends on who they are.
PRIVATE = "private, no-cache"
HTML = "text/html"


class Hidden(Exception):
    """What was asked for is not there, or not for this visitor: nobody can tell which."""


class Locked(Hidden):
    """What was asked for is there for those who know its password."""


def not_found() -> Response:
    """Return what is said of everything that is hidden or missing."""
    return Nothing()


def page_of(call: Call) -> Page | None:
    """Return the page that the address and the host name of a request stand for, whoever asks; None: there is none."""
    pages = call.engine.pages
    slug = call.request.path_params.get("slug")
    bound = hosts.bound(call.request.scope)
    if slug is None:
        page = pages.main
    elif slug == MAIN_SLUG:
        # Its address is `/status` alone; this form is that of its own host name, and of the list of pages.
        page = pages.main if bound is not None or call.route.path.startswith("/api/v1/status-pages/") else None
    else:
        page = pages.find(str(slug))
        page = page if page is not None and page.slug == slug else None
    return None if page is None or (bound is not None and page.id != bound) else page


def admitted(call: Call) -> Page:
    """Return the page that a request is about; raises Hidden unless its visitor may see it."""
    page = page_of(call)
    if page is None:
        raise Hidden
    if hosts.EXPORT in call.request.scope:
        return page
    match page.config.visibility:
        case "public" | "unlisted":
            return page
        case "networks" if page_rules.within(call.address, page.config.networks):
            return page
        case "signed_in" if _reads(call):
            return page
        case "password":
            if call.site.passing.passed(call, page):
                return page
            raise Locked
    raise Hidden


def _reads(call: Call) -> bool:
    """Return whether somebody is signed in, or has a key, and may read all that there is."""
    actor = call.actor
    if actor is None or actor.must or actor.tags:
        return False
    return not actor.scopes or "read" in actor.scopes


# What is the same for every page and tells nothing of any, and what lets people in, have rules of their own.
# So has what the links in mails lead to: who ends a subscription need not be let in for that.
UNGUARDED = frozenset(
    {"asset", "log_in", "log_out", "confirm_form", "confirm", "leave_form", "leave", "choose_form", "choose"}
)


def guarded(routes: Iterable[Route]) -> tuple[Route, ...]:
    """Return routes of which those below pages stand behind the gate, whatever their handlers do."""
    return tuple(_guarded(route) if _is_below(route) else route for route in routes)


def _is_below(route: Route) -> bool:
    below = route.path.startswith(("/status", "/api/v2/")) or route.path in (
        "/api/v1/status",
        "/api/v1/status/{slug}",
        "/api/v1/status-pages/{slug}/subscribe",
    )
    return below and route.role == PUBLIC and route.handler.__name__ not in UNGUARDED


def _guarded(route: Route) -> Route:
    inner = cast(Handler, route.handler)

    @functools.wraps(inner)
    async def handler(call: Call) -> Response:
        try:
            await _prove(call)
            page = admitted(call)
            response = await inner(call)
        except Locked:
            return _locked(call, route)
        except Hidden:
            return not_found()
        except TooMany as error:
            return too_many(error)
        return _dressed(page, response)

    return msgspec.structs.replace(route, handler=handler)


async def _prove(call: Call) -> None:
    """Find out, where it takes a while, what the visitor brings along: a password, or the word of a proxy."""
    page = page_of(call)
    if page is None:
        return
    if page.config.visibility == "password":
        await call.site.passing.try_basic(call, page)
    elif page.config.visibility == "signed_in" and call.actor is None:
        call.actor = await call.site.vouched_for(call)


def _dressed(page: Page, response: Response) -> Response:
    """Put the headers on an answer that depend on who may see the page."""
    headers, visibility = response.headers, page.config.visibility
    if response.status_code == 404:
        return not_found()
    if headers.get("content-type", "").startswith(HTML):
        # Without it the forms of a page over plain HTTP would come from nowhere.
        headers.setdefault("Referrer-Policy", "same-origin")
    if visibility == "public":
        return response
    headers["X-Robots-Tag"] = "noindex"
    if visibility in OPEN:
        return response
    for name in ("Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy"):
        if name in headers:
            del headers[name]
    headers["Cache-Control"] = PRIVATE if headers.get("etag") else "no-store"
    varies = [one.strip() for one in headers.get("vary", "").split(",") if one.strip()]
    headers["Vary"] = ", ".join(dict.fromkeys([*varies, "Cookie", "Authorization"]))
    return response


def _locked(call: Call, route: Route) -> Response:
    """Return the way in: a form for people, a challenge for programs."""
    if route.media_type == HTML and call.request.method in ("GET", "HEAD"):
        from asura.web.status import login

        return login.form(call)
    headers = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    # To what a page of ours loads a browser would answer with a window of its own, over our form.
    if call.request.headers.get("sec-fetch-mode", "navigate") == "navigate":
        headers["WWW-Authenticate"] = f'Basic realm="{passing.REALM}", charset="UTF-8"'
    return Response("password needed", 401, headers, "text/plain")


def too_many(error: TooMany) -> Response:
    """Return what is said to those who tried too many passwords."""
    return Response(
        "too many attempts", 429, {"Retry-After": str(max(1, round(error.retry_after + 0.5)))}, "text/plain"
    )
