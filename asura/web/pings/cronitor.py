"""Cronitor's telemetry: /p/KEY/MONITOR?state=run|complete|fail|ok&message=&metric=&series=&status_code=."""

from asura.domain.fields import slug_of
from asura.domain.ping import NOTE_LIMIT, RUN_ID_LIMIT, PingKind
from asura.errors import Conflict, Invalid
from asura.web.pings.door import Reply, Visit, not_found

STATES = {
    "": PingKind.SUCCESS,
    "run": PingKind.START,
    "complete": PingKind.SUCCESS,
    "fail": PingKind.FAIL,
    "ok": PingKind.SUCCESS,
}
OK = b"OK"


async def telemetry(visit: Visit) -> Reply:
    """Take an event of a monitor; one that is not known is created."""
    parts = visit.parts[:-1] if visit.parts[-1] == "" else visit.parts
    if len(parts) != 2 or not parts[1] or not _may_ping(visit, parts[0]):
        return not_found()
    query = visit.query
    kind = STATES.get(query.get("state", "").lower())
    if kind is None:
        return Reply(400, b"invalid state")
    monitor_id = visit.engine.pings.by_slug(slug_of(parts[1])) or await _create(visit, parts[1])
    if monitor_id is None:
        return Reply(429, b"too many new monitors", headers=((b"retry-after", b"60"),))
    status = query.get("status_code", "")
    told = (query.get("host", ""), query.get("env", ""), query.get("message", ""))
    taken = await visit.ping(
        kind=kind,
        exit_status=int(status) if status.isascii() and status.isdecimal() and len(status) < 4 else None,
        run_id=query.get("series", "")[:RUN_ID_LIMIT],
        duration_s=_duration(query.get("metric", "")),
        note=" ".join(text for text in told if text)[:NOTE_LIMIT],
    )
    await visit.engine.pings.ping(monitor_id, taken)
    return Reply(200, OK)


def _may_ping(visit: Visit, key: str) -> bool:
    """Return whether a key opens this door: the ping key, or an API key that may write or ping."""
    if visit.engine.pings.is_ping_key(key):
        return True
    actor = visit.engine.keys.verify(key) if 0 < len(key) <= 512 else None
    if actor is None:
        return False
    return "ping" in actor.scopes or (actor.role != "viewer" and not actor.scopes)


async def _create(visit: Visit, name: str) -> int | None:
    if not visit.may_create():
        return None
    desk = visit.engine.monitors
    try:
        config = desk.prepare({"name": name[:200], "type": "heartbeat"})
        return (await desk.create(config, slug=slug_of(name))).id
    except (Conflict, Invalid):
        # Somebody was faster; or the name belongs to a monitor that is checked.
        return visit.engine.pings.by_slug(slug_of(name))


def _duration(metric: str) -> float | None:
    name, _, value = metric.partition(":")
    try:
        seconds = float(value) if name == "duration" else -1.0
    except ValueError:
        return None
    return seconds if 0 <= seconds < 1e9 else None
