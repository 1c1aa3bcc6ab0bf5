"""The routes by which work is planned."""

from asura.web import maintenance_bodies as bodies
from asura.web import params
from asura.web.api import maintenance
from asura.web.route import Route, rights
from asura.web.shapes import Page
from asura.web.shapes.planning import Window, WindowTimes

WINDOWS, WINDOW = "/api/v1/maintenance", "/api/v1/maintenance/{id}"

_viewer = rights("viewer", "read")
# A key that is narrowed to `maintenance` plans, and can do nothing else.
_planner = rights("editor", "maintenance")

# fmt: off
MAINTENANCE_ROUTES: tuple[Route, ...] = (
    _viewer("GET", WINDOWS, maintenance.index, "Maintenance windows, newest first",
            params=(params.WINDOW_STATUS, *params.PAGE), answer=Page[Window]),
    _planner("POST", WINDOWS, maintenance.create, "Plan a maintenance; by `for` it begins now and needs no body",
             body=bodies.WindowBody, params=params.WINDOW_AT_ONCE, answer=Window, statuses=(201, 409)),
    _planner("POST", f"{WINDOWS}/preview", maintenance.preview, "When an unsaved window would be open, ten times",
             body=bodies.TriedWindow, answer=WindowTimes, body_required=True),
    _viewer("GET", WINDOW, maintenance.show, "One maintenance window", answer=Window),
    _planner("PUT", WINDOW, maintenance.put, "Replace a maintenance window", body=bodies.WindowBody, answer=Window,
             statuses=(200, 412), body_required=True),
    _planner("PATCH", WINDOW, maintenance.patch, "Change fields of a maintenance window", body=bodies.WindowPatch,
             answer=Window, statuses=(200, 412), body_required=True),
    _planner("DELETE", WINDOW, maintenance.delete, "Delete a maintenance window; if it is open, it ends",
             statuses=(204, 412)),
    _planner("POST", f"{WINDOW}/end", maintenance.end, "End it now, before its time", answer=Window,
             statuses=(200, 409)),
)
# fmt: on
