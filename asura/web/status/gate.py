"""Whether a visitor may see a status page: one rule for the page and for everything below it."""

from starlette.responses import Response

from asura.domain.page import Page
from asura.web.route import Call

OPEN = frozenset({"public", "unlisted"})


class Hidden(Exception):
    """What was asked for is not there, or not for this visitor: nobody can tell which."""


def not_found() -> Response:
    """Return what is said of everything that is hidden or missing."""
    return Response("not found", 404, media_type="text/plain")


def admitted(call: Call) -> Page:
    """Return the page that a request is about; raises Hidden unless its visitor may see it."""
    pages = call.engine.pages
    slug = call.request.path_params.get("slug")
    page = pages.main if slug is None else pages.find(str(slug))
    if page is None or (slug is not None and page.slug != slug) or page.config.visibility not in OPEN:
        raise Hidden
    return page
