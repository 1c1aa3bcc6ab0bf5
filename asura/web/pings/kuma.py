"""Uptime Kuma's push API: /api/push/TOKEN?status=&msg=&ping=, any verb, everything in the query."""

import re

import msgspec

from asura.domain.ping import NOTE_LIMIT, PingKind
from asura.errors import NotFound
from asura.web.pings.door import JSON, Reply, Visit

OK = b'{"ok":true}'
NOT_ACTIVE = "Monitor not found or not active."
OUT_OF_RANGE = "Invalid ping value. Must be between 0 and 100000000000 ms."
LONGEST_MS = 100_000_000_000
# What JavaScript's parseFloat reads at the beginning of a text.
NUMBER = re.compile(r"\s*([+-]?(?:[0-9]{1,30}\.?[0-9]{0,30}|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?)")


async def push(visit: Visit) -> Reply:
    """Take a push: exactly `up` is up, anything else is down."""
    monitor_id = visit.engine.pings.by_secret(visit.parts[0]) if _is_whole(visit) else None
    if monitor_id is None or not visit.engine.pings.monitor(monitor_id).config.enabled:
        return _refused(NOT_ACTIVE)
    query = visit.query
    milliseconds = _number(query.get("ping", ""))
    if milliseconds is not None and not 0 <= milliseconds <= LONGEST_MS:
        return _refused(OUT_OF_RANGE)
    up = (query.get("status") or "up") == "up"
    taken = await visit.ping(
        kind=PingKind.SUCCESS if up else PingKind.FAIL,
        note=(query.get("msg") or "OK")[:NOTE_LIMIT],
        duration_s=None if not milliseconds else milliseconds / 1000,
    )
    try:
        await visit.engine.pings.ping(monitor_id, taken)
    except NotFound:
        return _refused(NOT_ACTIVE)
    return Reply(200, OK, JSON)


def _is_whole(visit: Visit) -> bool:
    return len(visit.parts) == 1 or visit.parts[1:] == [""]


def _number(text: str) -> float | None:
    found = NUMBER.match(text)
    return float(found[1]) if found else None


def _refused(message: str) -> Reply:
    return Reply(404, msgspec.json.encode({"ok": False, "msg": message}), JSON)
