"""Gatus' external endpoints: POST /api/v1/endpoints/KEY/external?success=&error=&duration= with the token as Bearer."""

import re
from decimal import Decimal

from asura.domain.ping import NOTE_LIMIT, PingKind
from asura.web.pings.door import Reply, Visit, not_found

NO_SUCCESS = b"missing or invalid success query parameter"
NO_HEADER = b"invalid Authorization header"
NO_TOKEN = b"bearer token must not be empty"
WRONG_TOKEN = b"invalid token"
DURATION = re.compile(r"[+-]?(?:[0-9]*\.?[0-9]*(?:ns|us|µs|μs|ms|s|m|h))+")
PART = re.compile(r"([0-9]*\.?[0-9]*)(ns|us|µs|μs|ms|s|m|h)")
UNITS = {
    "ns": Decimal("1e-9"),
    "us": Decimal("1e-6"),
    "µs": Decimal("1e-6"),
    "μs": Decimal("1e-6"),
    "ms": Decimal("1e-3"),
    "s": Decimal(1),
    "m": Decimal(60),
    "h": Decimal(3600),
}
LONGEST = 100


async def external(visit: Visit) -> Reply:
    """Take a result that somebody else found; refusals come in Gatus' order (api/external_endpoint.go)."""
    if visit.method != "POST" or visit.parts[1:] != ["external"]:
        return not_found()
    query = visit.query
    if query.get("success") not in ("true", "false"):
        return Reply(400, NO_SUCCESS)
    scheme, _, token = visit.header(b"authorization").partition(" ")
    if scheme != "Bearer":
        return Reply(401, NO_HEADER)
    if not token.strip():
        return Reply(401, NO_TOKEN)
    monitor_id = visit.engine.pings.by_key(visit.parts[0])
    if monitor_id is None:
        return not_found()
    if visit.engine.pings.by_secret(token.strip()) != monitor_id:
        return Reply(401, WRONG_TOKEN)
    seconds = go_duration(query["duration"]) if query.get("duration") else 0.0
    if seconds is None:
        text = query["duration"][:LONGEST]
        return Reply(400, f'invalid duration: time: invalid duration "{text}"'.encode("utf-8", "replace"))
    good = query["success"] == "true"
    taken = await visit.ping(
        kind=PingKind.SUCCESS if good else PingKind.FAIL,
        note="" if good else query.get("error", "")[:NOTE_LIMIT],
        duration_s=seconds if seconds > 0 else None,
    )
    await visit.engine.pings.ping(monitor_id, taken)
    return Reply(200, b"")


def go_duration(text: str) -> float | None:
    """Return the seconds in a duration as Go writes it (`1m30s`, `250ms`, `1.5h`); None when it is none."""
    if text in ("0", "+0", "-0"):
        return 0.0
    if len(text) > LONGEST or not DURATION.fullmatch(text):
        return None
    total = Decimal(0)
    for number, unit in PART.findall(text):
        if number in ("", "."):
            return None
        total += Decimal(number) * UNITS[unit]
    # Go counts nanoseconds in 63 bits.
    return None if total > Decimal(9_223_372_036) else float(-total if text[0] == "-" else total)
