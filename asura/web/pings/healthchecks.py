"""Healthchecks' ping API: /ping/UUID and /ping/PING_KEY/SLUG, answered as it answers (hc/api/views.py)."""

import re
from typing import Any

from asura.domain.fields import is_slug
from asura.domain.heartbeat_params import HTTP_BODY, uuid_text
from asura.domain.ping import BODY_LIMIT, PingKind
from asura.errors import Conflict, Invalid
from asura.web.pings.door import Reply, Visit, not_found
from asura.web.pings.signals import INVALID_URL, Signal, parts_of, read_signal, step_of

INVALID_UUID = "invalid uuid format"
LIMIT = ((b"ping-body-limit", b"%d" % BODY_LIMIT),)
SLUG = re.compile(r"[a-z0-9_-]{1,64}")
DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]+)?)([smhd]?)")
UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
# What Healthchecks gives a check that a ping creates.
PERIOD, GRACE = 86_400.0, 3_600.0


async def ping(visit: Visit) -> Reply:
    """Take a ping by UUID (or token), or by ping key and slug."""
    first = visit.parts[0]
    if uuid_text(first) is not None or visit.engine.pings.by_secret(first) is not None:
        return await _by_secret(visit, first)
    if len(visit.parts) < 2 or not visit.engine.pings.is_ping_key(first):
        return not_found()
    return await _by_slug(visit, visit.parts[1])


async def _by_secret(visit: Visit, secret: str) -> Reply:
    signal = read_signal(visit.parts[1:])
    monitor_id = visit.engine.pings.by_secret(secret)
    if monitor_id is None or signal is None:
        return not_found()
    return await _record(visit, monitor_id, signal)


async def _by_slug(visit: Visit, slug: str) -> Reply:
    signal = read_signal(visit.parts[2:])
    if signal is None:
        return not_found()
    if not SLUG.fullmatch(slug):
        return Reply(400, INVALID_URL.encode())
    monitor_id = visit.engine.pings.by_slug(_ours(slug))
    if monitor_id is not None:
        return await _record(visit, monitor_id, signal)
    if visit.query.get("create") != "1":
        return not_found()
    # What would be refused creates nothing.
    refused = _refusal(visit, signal)
    if refused is not None:
        return refused
    if not visit.may_create():
        return Reply(429, b"too many new checks", headers=((b"retry-after", b"60"),))
    try:
        monitor_id = await _create(visit, slug)
    except Invalid as error:
        return Reply(400, str(error).encode("utf-8", "replace"))
    except Conflict:
        # Somebody was faster with the same slug; or it is another kind of monitor.
        monitor_id = visit.engine.pings.by_slug(_ours(slug))
        return not_found() if monitor_id is None else await _record(visit, monitor_id, signal)
    return await _record(visit, monitor_id, signal, created=True)


def _refusal(visit: Visit, signal: Signal | str) -> Reply | None:
    if isinstance(signal, str):
        return Reply(400, signal.encode())
    rid = visit.query.get("rid")
    if rid is not None and uuid_text(rid) is None:
        return Reply(400, INVALID_UUID.encode())
    return None


async def _record(visit: Visit, monitor_id: int, signal: Signal | str, *, created: bool = False) -> Reply:
    refused = _refusal(visit, signal)
    if refused is not None or isinstance(signal, str):
        return refused or not_found()
    await _wake(visit, monitor_id)
    query = visit.query
    taken = await visit.ping(
        kind=signal.kind,
        exit_status=signal.exit_status,
        run_id=uuid_text(query.get("rid", "")) or "",
        step=step_of(query, visit.engine.clock.now()),
    )
    parts = parts_of(taken, HTTP_BODY) if signal.kind is PingKind.SUCCESS and signal.plain else None
    await visit.engine.pings.ping(monitor_id, taken, parts=parts)
    return Reply(201, b"Created", headers=LIMIT) if created else Reply(200, b"OK", headers=LIMIT)


async def _wake(visit: Visit, monitor_id: int) -> None:
    """Resume a paused check, as a ping does there; one that waits for a person, or for its file, stays paused."""
    monitor = visit.engine.pings.monitor(monitor_id)
    if monitor.config.enabled or monitor.managed_by is not None or monitor.config.settings.get("manual_resume"):
        return
    await visit.engine.monitors.resume(monitor_id)


async def _create(visit: Visit, slug: str) -> int:
    """Create a heartbeat as the query says; `period`, `grace`, `schedule`, `tz` and `tags` are our extension."""
    query, desk = visit.query, visit.engine.monitors
    body: dict[str, Any] = {"name": slug, "type": "heartbeat", "grace": _seconds(query.get("grace"), GRACE)}
    if query.get("tags"):
        body["tags"] = [tag[:64] for tag in re.split(r"[\s,]+", query["tags"]) if tag][:50]
    if query.get("tz"):
        body["timezone"] = query["tz"]
    if query.get("schedule"):
        body["cron" if is_cron(query["schedule"]) else "on_calendar"] = query["schedule"]
    else:
        body["interval"] = _seconds(query.get("period"), PERIOD)
    monitor = await desk.create(desk.prepare(body), slug=_ours(slug) if is_slug(_ours(slug)) else None)
    return monitor.id


def is_cron(schedule: str) -> bool:
    """Return whether a schedule is written as cron lines, and not as OnCalendar."""
    lines = [line for line in schedule.splitlines() if line.strip()]
    return all((len(line.split()) == 5 and ":" not in line) or line.strip().startswith("@") for line in lines)


def _seconds(text: str | None, default: float) -> float:
    if not text:
        return default
    found = DURATION.fullmatch(text.strip().lower())
    # What is no duration is left to the validation, which says so.
    return float(found[1]) * UNITS[found[2]] if found else -1.0


def _ours(slug: str) -> str:
    """Return a slug as asura writes it: without underscores."""
    return slug.replace("_", "-")
