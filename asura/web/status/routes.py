"""The routes of status pages and of maintenance: for their visitors, for programs, and for those who keep them."""

from typing import Any

from asura.web.route import PUBLIC, Route, rights
from asura.web.shapes.public import PublicStatus
from asura.web.status import assets, data, files, login, visits
from asura.web.status.gate import guarded
from asura.web.status.machine import JSON, Line, lines, v2_lines
from asura.web.status.maintenance_routes import MAINTENANCE_ROUTES
from asura.web.status.page_routes import PAGE_ROUTES
from asura.web.status.post_routes import POST_ROUTES
from asura.web.status.subscriber_routes import SUBSCRIBER_ROUTES

V1 = "/api/v1"
PAGES, PAGE = f"{V1}/status-pages", f"{V1}/status-pages/{{id}}"
MAINTENANCE, WINDOW = f"{V1}/maintenance", f"{V1}/maintenance/{{id}}"

_public = rights(PUBLIC, None)
_viewer = rights("viewer", "read")
_editor = rights("editor", "write")
_planner = rights("editor", "maintenance")


def _served(path: str, line: Line) -> Route:
    """Return the route of something that is below a page, at one of its addresses."""
    _, handler, summary, media_type = line
    answer = dict[str, Any] if media_type == JSON else None
    return _public("GET", path, handler, summary, answer=answer, media_type=media_type, limited=False,
                   statuses=(200, 304, 404), refusals=("text/plain",))  # fmt: skip


# fmt: off
# What is below a page, and at `/status` for the one of the configuration: path, handler, summary, media type.
_BELOW: tuple[Line, ...] = (
    ("", visits.page, "A status page", visits.MEDIA_TYPE),
    ("history", visits.history, "What was told in a month", visits.MEDIA_TYPE),
    ("incidents/{n}", visits.incident, "What is said about one incident or notice", visits.MEDIA_TYPE),
    ("embed", visits.frame, "How everything is, for a frame of another page", visits.MEDIA_TYPE),
    ("assets/{name}", assets.asset, "A file of status pages", "text/css"),
    ("theme.css", files.theme, "Colour and CSS of a page", "text/css"),
    ("logo", files.logo, "The logo of a page", "image/*"),
    ("favicon", files.favicon, "The icon of a page", "image/*"),
)

STATUS_ROUTES: tuple[Route, ...] = guarded((
    *(_public("GET", f"{V1}/status{which}", data.status, f"{whose} for programs", answer=PublicStatus, limited=False,
              statuses=(200, 304, 404), refusals=("text/plain",))
      for which, whose in (("", "The status page of the configuration"), ("/{slug}", "A status page"))),
    *PAGE_ROUTES,
    *POST_ROUTES,
    *MAINTENANCE_ROUTES,
    *SUBSCRIBER_ROUTES,
    *(_served(f"/{line[0]}", line) for line in v2_lines()),
    *(_served(f"{below}/{line[0]}".rstrip("/"), line) for line in (*_BELOW, *v2_lines(), *lines())
      for below in ("/status", "/status/{slug}")),
    *(_public("POST", f"{below}/{name}", handler, summary, media_type="text/html", form=True, answer=None,
              statuses=(303, 401, 404), refusals=("text/html", "text/plain"))
      for below in ("/status", "/status/{slug}")
      for name, handler, summary in (("login", login.log_in, "Give the password of a page"),
                                     ("logout", login.log_out, "Forget that the password was given"))),
))
# fmt: on
