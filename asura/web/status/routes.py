"""The routes of status pages and of maintenance: for their visitors, for programs, and for those who keep them."""

from asura.web.route import PUBLIC, Route, rights

V1 = "/api/v1"
PAGES, PAGE = f"{V1}/status-pages", f"{V1}/status-pages/{{id}}"
MAINTENANCE, WINDOW = f"{V1}/maintenance", f"{V1}/maintenance/{{id}}"

_public = rights(PUBLIC, None)
_viewer = rights("viewer", "read")
_editor = rights("editor", "write")
_planner = rights("editor", "maintenance")

# fmt: off
# What is below a page, and at `/status` for the one of the configuration: path, handler, summary, media type.
_BELOW: tuple[tuple[str, object, str, str], ...] = ()

STATUS_ROUTES: tuple[Route, ...] = ()
# fmt: on
