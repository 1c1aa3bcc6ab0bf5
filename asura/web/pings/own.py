"""asura's own form: /api/v1/heartbeat/TOKEN, and what may stand behind it."""

from asura.domain.heartbeat_params import HTTP_BODY
from asura.domain.ping import BODY_LIMIT, NOTE_LIMIT, PingKind
from asura.web.pings.door import Reply, Visit, not_found
from asura.web.pings.signals import Signal, parts_of, read_signal, step_of

OK = b"OK"
LIMIT = ((b"ping-body-limit", b"%d" % BODY_LIMIT),)


async def ping(visit: Visit) -> Reply:
    """Take a ping: success, /start, /fail, /log or /{exit status}."""
    token, signal = visit.parts[0], read_signal(visit.parts[1:])
    if signal is None:
        return not_found()
    if isinstance(signal, str):
        return Reply(400, signal.encode())
    monitor_id = visit.engine.pings.by_secret(token)
    if monitor_id is None:
        return not_found()
    return await record(visit, monitor_id, signal)


async def record(visit: Visit, monitor_id: int, signal: Signal) -> Reply:
    """Store a ping of the own form and say so; raises StoreUnavailable."""
    query = visit.query
    taken = await visit.ping(
        kind=signal.kind,
        exit_status=signal.exit_status,
        run_id=query.get("rid", "")[:64],
        note=query.get("msg", "")[:NOTE_LIMIT],
        step=step_of(query, visit.engine.clock.now()),
    )
    parts = parts_of(taken, HTTP_BODY) if signal.kind is PingKind.SUCCESS and signal.plain else None
    await visit.engine.pings.ping(monitor_id, taken, parts=parts)
    return Reply(200, OK, headers=LIMIT)
