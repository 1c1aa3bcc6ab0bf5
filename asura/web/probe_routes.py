"""The routes of probes and regions, for people; and the two that probes themselves call."""

from asura.domain import wire
from asura.web import params
from asura.web.api import internal, probes, regions
from asura.web.probe_bodies import NewProbe, ProbePatch
from asura.web.route import PROBE, Param, Route, rights
from asura.web.shapes import Page, probing

V1 = "/api/v1"
PROBES, ONE = f"{V1}/probes", f"{V1}/probes/{{id}}"

_viewer = rights("viewer", "read")
_seer = rights("viewer", "read", tagged=True)
_admin = rights("admin", "write")
_machine = rights(PROBE, "probe")

VERSION = {"type": "integer", "minimum": 1, "maximum": internal.NEWEST_WIRE, "default": wire.WIRE}
WHO = (
    Param("region", "Where the probe is; needed by the key of all, else that of the key."),
    Param("name", "Which of that region, by the key of all."),
)
ASKED = (
    Param("boot", "What names this process of the probe.", required=True),
    Param("version", "Its version, to be shown."),
    Param("wire", "Which version of these messages it speaks.", VERSION),
    Param("needs", "The oldest version that it understands.", VERSION),
    *WHO,
    Param("wait", "Seconds to wait for a change.", {"type": "integer", "minimum": 0, "maximum": 30, "default": 0}),
    Param("visits", "It comes for one round, and is not missed when it has gone.", {"type": "boolean"}),
    Param("since", "The `tag` of what it has, also as `If-None-Match`; everything when missing."),
)

# fmt: off
PROBE_ROUTES: tuple[Route, ...] = (
    _viewer("GET", PROBES, probes.index, "Probes, and how they do", params=params.PAGE, answer=Page[probing.Probe]),
    _admin("POST", PROBES, probes.create, "Enrol a probe; its key is shown this once", body=NewProbe,
           answer=probing.ProbeWithKey, statuses=(201, 409), body_required=True),
    _viewer("GET", ONE, probes.show, "One probe", answer=probing.Probe),
    _admin("PATCH", ONE, probes.patch, "Rename a probe", body=ProbePatch, answer=probing.Probe, statuses=(200, 409),
           body_required=True),
    _admin("DELETE", ONE, probes.delete, "Revoke a probe, at once; what it found stays", statuses=(204,)),
    _admin("POST", f"{ONE}/rotate", probes.rotate, "Another key, shown this once; the old one ends",
           answer=probing.ProbeWithKey),

    _seer("GET", f"{V1}/regions", regions.index, "Where monitors are checked from", answer=probing.Regions),
    _seer("GET", f"{V1}/monitors/{{id}}/regions", regions.of_monitor, "What each region says of a monitor",
          answer=probing.MonitorRegions),

    _machine("GET", f"{V1}/internal/monitors", internal.monitors, "What a probe is to check", params=ASKED,
             answer=wire.Assigned, statuses=(200, 304, 404, 409, 426, 429), limited=False),
    _machine("POST", f"{V1}/internal/results", internal.results, "What a probe found", params=WHO, body=wire.Batch,
             answer=wire.Taken, statuses=(200, 404, 409, 426, 429), body_required=True, limited=False, own_body=True),
)
# fmt: on
