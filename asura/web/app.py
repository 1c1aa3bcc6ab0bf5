"""Every route of asura in one list, and the application made of it."""

from typing import TYPE_CHECKING, Any

from asura.web import bodies, params, shapes
from asura.web.account_routes import ACCOUNT_ROUTES
from asura.web.api import (
    actions,
    audit,
    backups,
    badges,
    channels,
    discovery,
    evidence,
    forms,
    heartbeats,
    history,
    incidents,
    keys,
    monitors,
    notifications,
    overview,
    system,
)
from asura.web.api.healthchecks import handlers as managing
from asura.web.metrics import MEDIA_TYPE as PROMETHEUS
from asura.web.options import WebOptions
from asura.web.pings import cronitor, gatus, healthchecks, kuma, own
from asura.web.probe_routes import PROBE_ROUTES
from asura.web.route import PUBLIC, DoorHandler, Handler, Route, rights
from asura.web.shapes import Page
from asura.web.site import Site
from asura.web.status.routes import STATUS_ROUTES

if TYPE_CHECKING:
    from asura.engine.engine import Engine

__all__ = ["ROUTES", "WebOptions", "create_app"]


_public = rights(PUBLIC, None)
_viewer = rights("viewer", "read")
_editor = rights("editor", "write")
# Open also to those who are limited to tags: what these reach, handlers ask `call.reach`.
_seer = rights("viewer", "read", tagged=True)
_hand = rights("editor", "write", tagged=True)
_admin = rights("admin", "write")
_inspector = rights("admin", "read")
_scrape = rights("viewer", "metrics")


def _pings(
    dialect: DoorHandler, path: str, summary: str, *, ending: str = "", methods: tuple[str, ...] = ("GET", "POST")
) -> tuple[Route, ...]:
    """Return the lines of one form in which jobs call in; the door takes every verb and whatever stands behind."""
    paths = ((path, summary), (path + ending, f"{summary}, with a signal: start, fail, log or an exit status"))
    return tuple(
        _public(
            method,
            one,
            dialect,
            text,
            media_type="text/plain",
            limited=False,
            door=True,
            statuses=(200, 404, 503),
            refusals=("text/plain", "application/json"),
        )
        for one, text in (paths if ending else paths[:1])
        for method in methods
    )


def _theirs() -> tuple[Route, ...]:
    """Return the lines of Healthchecks' management API; it knows its own rights, errors and versions."""
    base = "/api/{version}"
    one, body = f"{base}/checks/{{uuid}}", {"body": bodies.HealthchecksCheck, "any_type": True}
    lines: tuple[tuple[str, str, Handler, str, tuple[int, ...], dict[str, Any]], ...] = (
        ("GET", f"{base}/checks/", managing.index, "Checks, as Healthchecks lists them", (200, 401), {}),
        ("POST", f"{base}/checks/", managing.create, "Create a check, or change the one found", (201, 200, 401), body),
        ("GET", one, managing.show, "One check", (200, 401), {}),
        ("POST", one, managing.update, "Change a check", (200, 401), body),
        ("DELETE", one, managing.delete, "Delete a check", (200, 401), {}),
        ("POST", f"{one}/pause", managing.pause, "Pause a check", (200, 401), body),
        ("POST", f"{one}/resume", managing.resume, "Resume a check", (200, 401, 409), body),
        ("GET", f"{one}/pings/", managing.pings, "Pings of a check", (200, 401), {}),
        ("GET", f"{one}/pings/{{n}}/body", managing.ping_body, "What a job said", (200, 401), {}),
        ("GET", f"{one}/flips/", managing.flips, "When a check went up and down", (200, 401), {}),
        ("GET", f"{base}/channels/", managing.channels, "Channels, as Healthchecks lists them", (200, 401), {}),
        ("GET", f"{base}/badges/", managing.badges, "Badges of tags", (200, 401), {}),
        ("GET", f"{base}/status/", managing.status, "Does it work", (200,), {}),
    )
    return tuple(
        _public(
            method,
            path,
            handler,
            summary,
            answer=dict[str, Any],
            statuses=statuses,
            refusals=("application/json",),
            **more,
        )
        for method, path, handler, summary, statuses, more in lines
    )


def _badges(handler: Handler, path: str, summary: str) -> tuple[Route, ...]:
    """Return the lines of a badge: as a picture, and as JSON for shields.io."""
    kinds = ((".svg", "image/svg+xml"), (".json", "application/json"))
    return tuple(
        _public(
            "GET",
            path + ending,
            handler,
            summary,
            media_type=kind,
            limited=False,
            statuses=(200, 304, 404),
            refusals=("text/plain",),
        )
        for ending, kind in kinds
    )


V1 = "/api/v1"
MONITORS, MONITOR = f"{V1}/monitors", f"{V1}/monitors/{{id}}"
INCIDENTS, INCIDENT = f"{V1}/incidents", f"{V1}/incidents/{{id}}"
BACKUPS, BACKUP = f"{V1}/backups", f"{V1}/backups/{{name}}"
CHANNELS, CHANNEL = f"{V1}/channels", f"{V1}/channels/{{id}}"
PAGE, RANGE = params.PAGE, params.RANGE
LISTED = (params.STATUS, params.TYPE, params.TAG, params.Q, params.PUBLIC_ONLY, params.CHANNEL, *PAGE)
HAPPENED = (params.INCIDENT_STATUS, params.SEVERITY, params.MONITOR, params.FROM, params.TO, *PAGE)
TOLD = (params.NOTIFICATION_STATUS, params.CHANNEL, params.INCIDENT, *PAGE)
LENT = (params.SECRETS_FROM,)
CREATED, CHANGED, DONE = (201, 409), (200, 409, 412), (200, 409)

# fmt: off
ROUTES: tuple[Route, ...] = (
    _public("GET", f"{V1}/health", discovery.health, "Is the process alive", answer=shapes.Health, limited=False),
    _public("GET", f"{V1}/health/ready", discovery.ready, "Does each part do its work", answer=shapes.Readiness,
            statuses=(200, 503), own_statuses=(503,), limited=False),
    _public("GET", f"{V1}/openapi.json", discovery.openapi, "This contract as OpenAPI 3.1", answer=dict[str, Any]),
    _public("GET", "/api/docs", discovery.docs, "This contract for a person", media_type="text/html"),
    _public("GET", f"{V1}/check-types", forms.check_types, "What can be checked", answer=shapes.CheckTypes),
    _public("GET", f"{V1}/channel-types", forms.channel_types, "How people can be told",
            answer=shapes.ChannelTypes),
    _scrape("GET", "/metrics", discovery.metrics, "Figures about asura itself", media_type=PROMETHEUS, limited=False),
    _seer("GET", f"{V1}/events", discovery.events, "What changes, as it changes", media_type="text/event-stream",
            statuses=(200, 422, 503)),

    _seer("GET", f"{V1}/overview", overview.overview, "All monitors at a glance", answer=shapes.Overview,
            statuses=(200, 304)),
    _seer("GET", f"{V1}/sparklines", history.sparklines, "60 latencies of the last 24 hours", params=(params.IDS,),
            answer=dict[str, list[float | None]]),
    _hand("POST", f"{V1}/checks", actions.try_out, "Check an unsaved monitor once", body=bodies.TriedMonitor,
            params=LENT, answer=shapes.CheckedResult, body_required=True),
    _seer("GET", f"{V1}/schedules/next", forms.occurrences, "When a schedule comes next", params=params.SCHEDULE,
            answer=shapes.Occurrences),

    _seer("GET", MONITORS, monitors.index, "Monitors", params=LISTED, answer=Page[shapes.Monitor]),
    _hand("POST", MONITORS, monitors.create, "Create a monitor", body=bodies.NewMonitor, answer=shapes.Monitor,
            params=LENT, statuses=CREATED, body_required=True),
    _hand("POST", f"{MONITORS}/bulk", actions.bulk, "Do one thing to many monitors", body=bodies.Bulk,
            answer=shapes.BulkOutcomes, body_required=True),
    _seer("GET", MONITOR, monitors.show, "One monitor", answer=shapes.Monitor),
    _hand("PUT", MONITOR, monitors.put, "Replace a monitor, or create it under a free slug", body=bodies.NewMonitor,
            answer=shapes.Monitor, statuses=(200, 201, 409, 412), body_required=True),
    _hand("PATCH", MONITOR, monitors.patch, "Change fields of a monitor", body=bodies.MonitorPatch,
            answer=shapes.Monitor, statuses=CHANGED, body_required=True),
    _hand("DELETE", MONITOR, monitors.delete, "Delete a monitor with its history", statuses=(204, 409, 412)),
    _hand("POST", f"{MONITOR}/pause", actions.pause, "Stop checking", answer=shapes.Monitor, statuses=DONE),
    _hand("POST", f"{MONITOR}/resume", actions.resume, "Check again", answer=shapes.Monitor, statuses=DONE),
    _hand("POST", f"{MONITOR}/clone", actions.clone, "Create a copy", body=bodies.Clone, answer=shapes.Monitor,
            statuses=CREATED),
    _hand("POST", f"{MONITOR}/check-now", actions.check_now, "Check now", answer=shapes.CheckedResult, statuses=DONE),
    _seer("GET", f"{MONITOR}/badges", badges.snippets, "Badges, and what to paste to show them",
            answer=shapes.Badges),
    _seer("GET", f"{MONITOR}/pings", heartbeats.pings, "Pings of a heartbeat, newest first", params=PAGE,
            answer=Page[shapes.Ping]),
    _seer("GET", f"{MONITOR}/pings/{{n}}/body", heartbeats.body, "What a job said", media_type="text/plain"),
    _hand("POST", f"{MONITOR}/heartbeat/rotate", heartbeats.rotate, "Another token; the old one ends",
            answer=shapes.Monitor, statuses=DONE),
    _seer("GET", f"{MONITOR}/heartbeat/suggestion", heartbeats.suggestion, "What schedule fits the pings",
            answer=shapes.Suggestion),
    _admin("GET", f"{V1}/heartbeat-key", heartbeats.ping_key, "The key of addresses with a slug",
           answer=shapes.PingKey),
    _seer("GET", f"{MONITOR}/results", history.results, "Results, newest first",
            params=(*RANGE, params.FINDING, *PAGE), answer=Page[shapes.Result]),
    _seer("GET", f"{MONITOR}/series", history.series, "Figures over time",
            params=(*RANGE, params.STEP, params.PHASES), answer=shapes.Series),
    _seer("GET", f"{MONITOR}/days", history.days, "How it was on each of the last days",
            params=(params.DAYS, params.ZONE, params.REGION), answer=shapes.Days),
    _seer("GET", f"{MONITOR}/spans", history.spans, "Stretches of time in one state", params=RANGE,
            answer=shapes.Spans),
    _seer("GET", f"{MONITOR}/uptime", history.uptime, "Seconds in each state", params=RANGE, answer=shapes.Uptime),

    _seer("GET", f"{MONITOR}/changes", audit.changes, "Who changed what of a monitor, newest first",
            params=params.CHANGED, answer=shapes.Changes),

    *ACCOUNT_ROUTES,
    *PROBE_ROUTES,
    *STATUS_ROUTES,
    *_theirs(),

    *_badges(badges.everything, f"{V1}/badge", "Badge of everything public"),
    *_badges(badges.tag, f"{V1}/badge/tag/{{tag}}", "Badge of what is public and has a tag"),
    *_badges(badges.state, f"{V1}/badge/{{id}}", "Badge of a monitor"),
    *_badges(badges.figure, f"{V1}/badge/{{id}}/{{kind}}", "Badge of uptime, response, cert or heartbeat"),

    *_pings(own.ping, f"{V1}/heartbeat/{{token}}", "Call in", ending="/{signal}"),
    *_pings(healthchecks.ping, "/ping/{uuid}", "Call in as to Healthchecks", ending="/{signal}"),
    *_pings(kuma.push, "/api/push/{token}", "Call in as to Uptime Kuma"),
    *_pings(gatus.external, f"{V1}/endpoints/{{key}}/external", "Call in as to Gatus", methods=("POST",)),
    *_pings(cronitor.telemetry, "/p/{api_key}/{monitor_key}", "Call in as to Cronitor"),

    _seer("GET", INCIDENTS, incidents.index, "Incidents, newest first", params=HAPPENED,
            answer=Page[shapes.Incident]),
    _seer("GET", INCIDENT, incidents.show, "One incident with its timeline", answer=shapes.IncidentWithEvents),
    _hand("POST", f"{INCIDENT}/ack", incidents.acknowledge, "Say that somebody is at it", body=bodies.OptionalNote,
            answer=shapes.Incident, statuses=DONE),
    _hand("POST", f"{INCIDENT}/resolve", incidents.resolve, "End it by hand", body=bodies.OptionalNote,
            answer=shapes.Incident, statuses=DONE),
    _hand("POST", f"{INCIDENT}/note", incidents.note, "Add a note to the timeline", body=bodies.Note,
            answer=shapes.Incident, statuses=DONE, body_required=True),
    _hand("POST", f"{INCIDENT}/snooze", incidents.snooze, "No reminders until an instant", body=bodies.Snooze,
            answer=shapes.Incident, statuses=DONE, body_required=True),
    _seer("GET", f"{INCIDENT}/evidence", evidence.index, "What was seen, by region", answer=shapes.Sightings),
    _seer("GET", f"{INCIDENT}/explain", incidents.explain, "Each decision and its reason", answer=shapes.Records),

    _seer("GET", CHANNELS, channels.index, "Channels", params=PAGE, answer=Page[shapes.Channel]),
    _editor("POST", CHANNELS, channels.create, "Create a channel", body=bodies.NewChannel, answer=shapes.Channel,
            params=LENT, statuses=CREATED, body_required=True),
    _editor("POST", f"{CHANNELS}/test", channels.try_out, "Send a test by an unsaved channel", params=LENT,
            body=bodies.TriedChannel, answer=shapes.TestOutcome, body_required=True),
    _seer("GET", CHANNEL, channels.show, "One channel", answer=shapes.Channel),
    _editor("PUT", CHANNEL, channels.put, "Replace a channel", body=bodies.ChannelBody, answer=shapes.Channel,
            statuses=CHANGED, body_required=True),
    _editor("PATCH", CHANNEL, channels.patch, "Change fields of a channel", body=bodies.ChannelPatch,
            answer=shapes.Channel, statuses=CHANGED, body_required=True),
    _editor("DELETE", CHANNEL, channels.delete, "Delete a channel", statuses=(204, 409, 412)),
    _editor("POST", f"{CHANNEL}/test", channels.test, "Send a test message", answer=shapes.TestOutcome),
    _seer("GET", f"{V1}/notifications", notifications.index, "What was told to whom", params=TOLD,
            answer=Page[shapes.Notification]),
    _viewer("GET", f"{V1}/notifications/tallies", notifications.tallies, "How each channel fares",
            answer=shapes.ChannelTallies),
    _hand("POST", f"{V1}/notifications/{{id}}/retry", notifications.retry, "Try to deliver again, now",
            answer=shapes.Notification, statuses=DONE),

    _admin("GET", f"{V1}/keys", keys.index, "API keys", params=PAGE, answer=Page[shapes.Key]),
    _admin("POST", f"{V1}/keys", keys.create, "Make an API key, which is shown this once", body=bodies.NewKey,
           answer=shapes.NewKey, statuses=(201,), body_required=True),
    _admin("DELETE", f"{V1}/keys/{{id}}", keys.delete, "Revoke an API key", statuses=(204,)),

    _viewer("GET", f"{V1}/system", system.show, "How asura itself is", answer=shapes.System),
    _inspector("GET", BACKUPS, backups.index, "Backups, newest first, and how far one is that is being made",
               answer=shapes.Backups),
    _admin("POST", BACKUPS, backups.create, "Make a backup now", answer=shapes.BackupState, statuses=(202, 409)),
    _admin("GET", BACKUP, backups.download, "One backup that is encrypted, as it is", media_type=backups.MEDIA_TYPE,
           statuses=(200, 409)),
    _admin("DELETE", BACKUP, backups.delete, "Delete a backup", statuses=(204,)),
    _admin("POST", f"{V1}/system/release", system.release, "Send again what a restored database holds back",
           body=bodies.ReleaseBody, answer=shapes.Released),
    _inspector("GET", f"{V1}/audit", audit.index, "Who changed what, newest first", params=(*params.AUDITED, *PAGE),
               answer=Page[shapes.AuditRow]),
    _inspector("GET", f"{V1}/audit/export", audit.export, "The whole log as JSON lines that can be verified",
               media_type=audit.JSON_LINES),
    _inspector("GET", f"{V1}/audit/verify", audit.verify, "Is every row as it was written",
               answer=shapes.AuditVerdict),
)
# fmt: on


def create_app(engine: "Engine", options: WebOptions) -> Site:
    """Return the ASGI application of an engine."""
    return Site(engine, options, ROUTES)
