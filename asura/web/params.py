"""The query parameters that routes share, as the documentation shows them."""

from asura.domain.channel import NotificationStatus
from asura.domain.incident import IncidentStatus
from asura.domain.status import Finding, Status
from asura.web.route import Param

INSTANT = {"type": "string", "format": "date-time"}

LIMIT = Param("limit", "How many rows.", {"type": "integer", "minimum": 1, "maximum": 500, "default": 100})
CURSOR = Param("cursor", "The `next_cursor` of the page before.")
FROM = Param("from", "Beginning of the range.", INSTANT)
TO = Param("to", "End of the range; now when missing.", INSTANT)
REGION = Param("region", "Only this region.")
DAYS = Param("days", "How many, the last one today.", {"type": "integer", "minimum": 1, "maximum": 365, "default": 90})
ZONE = Param("zone", "The zone whose days are meant; UTC when missing.", {"type": "string", "default": "UTC"})
PHASES = Param("phases", "Whether each point has the average of each phase.", {"type": "boolean", "default": False})
SEVERITY = Param("severity", "Only of this severity.", {"type": "string", "enum": ["critical", "warning"]})
STEP = Param("step", "Seconds a point; chosen by the range when missing.", {"type": "integer", "minimum": 1})
IDS = Param("ids", "Ids or slugs with commas between them, 500 at most.", required=True)
Q = Param("q", "Words in name, target, slug, group, tags or description.")
PUBLIC_ONLY = Param("public", "Only public or only private ones.", {"type": "boolean"})
TYPE = Param("type", "Only these types; repeatable.", many=True)
TAG = Param("tag", "Only with one of these tags; repeatable.", many=True)
CHANNEL = Param("channel_id", "Id or slug of a channel; of monitors, those that name it.")
MONITOR = Param("monitor_id", "Id or slug of a monitor.")
NEXT = Param("next", "Path of the dashboard to come back to.", {"type": "string", "default": "/"})
USER = Param("user_id", "Id of a user; one's own when missing.", {"type": "integer", "minimum": 1})
INCIDENT = Param("incident_id", "Id of an incident.", {"type": "integer", "minimum": 1})

SECRETS_FROM = Param("secrets_from", "Id or slug of the one whose stored secrets stand where the body has stars.")
SCHEDULE = (
    Param("cron", "A cron line; repeatable.", many=True),
    Param("on_calendar", "An OnCalendar line; repeatable.", many=True),
    Param("timezone", "The zone of the lines; UTC when missing."),
    Param("count", "How many.", {"type": "integer", "minimum": 1, "maximum": 100, "default": 5}),
)


def _words(help: str, words: list[str]) -> Param:
    return Param("status", help, {"type": "string", "enum": words}, many=True)


STATUS = _words("Only in these states; repeatable.", [status.value for status in Status])
FINDING = _words("Only these findings; repeatable.", [finding.name.lower() for finding in Finding])
INCIDENT_STATUS = _words("Repeatable; `open` excludes acknowledged.", [status.value for status in IncidentStatus])
NOTIFICATION_STATUS = _words("Repeatable.", [status.value for status in NotificationStatus])

WINDOW_STATUS = _words("Only these; repeatable.", ["active", "upcoming", "over"])
WINDOW_AT_ONCE = (
    Param("for", "How long from now on, like `20m`, `1h30m` or `2d`; 30 days at most."),
    Param("monitor", "Id or slug of a monitor; repeatable.", many=True),
    Param("tag", "What carries this tag; `*` is everything; repeatable.", many=True),
    Param("group", "What is in this group; repeatable.", many=True),
    Param("name", "What it is called; status pages show it."),
)

CHANGED = (FROM, TO, LIMIT)
AUDITED = (
    Param("actor", "Only what somebody of this name did."),
    Param("entity", "Only changes of this kind of object: monitor, channel, incident, user, key, …"),
    Param("entity_id", "Only changes of the object with this id.", {"type": "integer", "minimum": 1}),
    Param("action", "Only this kind of change: create, update, delete, …"),
    FROM,
    TO,
)
PAGE = (LIMIT, CURSOR)
RANGE = (FROM, TO, REGION)
