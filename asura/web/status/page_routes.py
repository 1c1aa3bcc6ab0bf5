"""The routes by which status pages are made and kept."""

from asura.web import page_bodies as bodies
from asura.web import params
from asura.web.api import status_pages as pages
from asura.web.route import PUBLIC, Param, Route, rights
from asura.web.shapes import Page
from asura.web.shapes.pages import StatusPage

PAGES, PAGE = "/api/v1/status-pages", "/api/v1/status-pages/{id}"
DOMAIN = Param("domain", "A host name.", required=True)

_public = rights(PUBLIC, None)
_viewer = rights("viewer", "read")
_editor = rights("editor", "write")

# fmt: off
PAGE_ROUTES: tuple[Route, ...] = (
    _viewer("GET", PAGES, pages.index, "Status pages", params=params.PAGE, answer=Page[StatusPage]),
    _editor("POST", PAGES, pages.create, "Make a status page", body=bodies.NewStatusPage, answer=StatusPage,
            statuses=(201, 409), body_required=True),
    _public("GET", f"{PAGES}/ask", pages.ask, "Is this the host name of a page (for certificates on demand)",
            params=(DOMAIN,), media_type="text/plain", limited=False, statuses=(200, 404), refusals=("text/plain",)),
    _viewer("GET", PAGE, pages.show, "One status page", answer=StatusPage),
    _editor("PUT", PAGE, pages.put, "Replace a status page", body=bodies.StatusPageBody, answer=StatusPage,
            statuses=(200, 409, 412), body_required=True),
    _editor("PATCH", PAGE, pages.patch, "Change fields of a status page", body=bodies.StatusPagePatch,
            answer=StatusPage, statuses=(200, 409, 412), body_required=True),
    _editor("DELETE", PAGE, pages.delete, "Delete a status page with its posts and subscribers",
            statuses=(204, 409, 412)),
)
# fmt: on
