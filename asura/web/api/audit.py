"""The audit log: who changed what, from where, and whether anybody touched the log itself."""

from datetime import datetime

from starlette.responses import Response, StreamingResponse

from asura.domain import trail
from asura.store import audit
from asura.store.audit import Entry, Wanted
from asura.web import find, present, shapes
from asura.web.answers import json_answer
from asura.web.query import Asked
from asura.web.route import Call

JSON_LINES = "application/x-ndjson"


async def index(call: Call) -> Response:
    """Answer one page of changes, newest first."""
    asked = call.asked()
    from_at, to_at = _range(asked)
    wanted = Wanted(
        actor=asked.text("actor"),
        action=asked.text("action"),
        entity=asked.text("entity"),
        entity_id=asked.identifier("entity_id"),
        from_at=from_at,
        to_at=to_at,
    )
    limit, after = asked.limit(), asked.text("cursor", longest=500)
    asked.done()
    async with call.engine.store.read() as reader:
        page, more = await audit.page(reader, wanted, cursor=after, limit=limit)
    return json_answer(shapes.Page([_row(one) for one in page], more))


async def changes(call: Call) -> Response:
    """Answer what was changed of a monitor, without what it was changed from and to."""
    monitor, asked = find.monitor(call).monitor, call.asked()
    from_at, to_at = _range(asked)
    wanted = Wanted(entity="monitor", entity_id=monitor.id, from_at=from_at, to_at=to_at)
    limit = asked.limit()
    asked.done()
    async with call.engine.store.read() as reader:
        page, _ = await audit.page(reader, wanted, limit=limit)
    return json_answer(shapes.Changes([_change(one) for one in page]))


async def export(call: Call) -> Response:
    """Answer the whole log as JSON lines, which can be verified without asura."""
    headers = {"Content-Disposition": 'attachment; filename="asura-audit.jsonl"', "Cache-Control": "no-store"}
    return StreamingResponse(audit.export(call.engine.store), headers=headers, media_type=JSON_LINES)


async def verify(call: Call) -> Response:
    """Answer whether every row is as it was written."""
    found = await audit.verify(call.engine.store)
    return json_answer(shapes.AuditVerdict(found.ok, found.rows, found.broken_at, found.hash))


def _range(asked: Asked) -> tuple[datetime | None, datetime | None]:
    from_at, to_at = asked.instant("from"), asked.instant("to")
    if from_at is not None and to_at is not None and from_at >= to_at:
        asked.wrong("from", "must lie before to")
    return from_at, to_at


def _row(entry: Entry) -> shapes.AuditRow:
    return shapes.AuditRow(
        id=entry.id,
        at=present.instant(entry.at),
        actor=entry.actor,
        address=entry.address,
        action=entry.action,
        entity=entry.entity,
        entity_id=entry.entity_id,
        name=entry.name,
        before=entry.before,
        after=entry.after,
        hash=entry.hash,
    )


def _change(entry: Entry) -> shapes.Change:
    fields = trail.names(entry.before, entry.after)
    return shapes.Change(present.instant(entry.at), entry.actor, entry.action, fields)
