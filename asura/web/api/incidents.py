"""Incidents: what is wrong, what was seen, who was told, and what people do about it."""

from typing import cast

from starlette.responses import Response

from asura.domain.incident import Incident, IncidentStatus, Severity
from asura.errors import Fault, Invalid
from asura.store import incidents as stored
from asura.web import find, present, shapes
from asura.web.answers import json_answer
from asura.web.bodies import Note, OptionalNote, Snooze
from asura.web.body import shaped
from asura.web.query import parse_id, parse_instant
from asura.web.route import Call

STATUSES = frozenset(status.value for status in IncidentStatus)
SEVERITIES = frozenset({"critical", "warning"})


async def index(call: Call) -> Response:
    """Answer one page of incidents, newest first."""
    asked = call.asked()
    statuses = [IncidentStatus(word) for word in asked.many("status", STATUSES)]
    ref, from_at, to_at = asked.text("monitor_id"), asked.instant("from"), asked.instant("to")
    severity = cast("Severity | None", asked.choice("severity", SEVERITIES))
    limit, after = asked.limit(), asked.text("cursor", longest=500)
    if from_at is not None and to_at is not None and from_at >= to_at:
        asked.wrong("from", "must lie before to")
    asked.done()
    monitor_id = None if ref is None else _monitor_id(call, ref)
    async with call.engine.store.read() as reader:
        page, more = await stored.page(
            reader,
            statuses=statuses or None,
            severity=severity,
            monitor_id=monitor_id,
            within=call.reach.monitor_ids(),
            from_at=from_at,
            to_at=to_at,
            cursor=after,
            limit=limit,
        )
    shown = [call.reach.incident(one) for one in page if call.reach.sees_incident(one)]
    return json_answer(shapes.Page([present.incident(one) for one in shown], more))


def _monitor_id(call: Call, ref: str) -> int:
    # A monitor that is gone may have left incidents: its id still finds them, a slug that is unknown finds nothing.
    view = find.maybe_monitor(call, ref)
    if view is not None:
        return view.monitor.id
    return 0 if call.reach.limited else parse_id(ref) or 0


async def show(call: Call) -> Response:
    """Answer one incident with its timeline."""
    number = find.number(call)
    async with call.engine.store.read() as reader:
        incident = call.reach.incident(await stored.get(reader, number))
        events = await stored.events(reader, number)
    return json_answer(present.incident_with_events(incident, events))


async def acknowledge(call: Call) -> Response:
    """Tell the others that somebody is at it."""
    wanted, number = shaped(call.body, OptionalNote), await find.incident(call)
    return _shown(call, await call.engine.incidents.acknowledge(number, call.who, wanted.note))


async def resolve(call: Call) -> Response:
    """End an incident by hand."""
    wanted, number = shaped(call.body, OptionalNote), await find.incident(call)
    desk = call.engine.incidents
    if wanted.note:
        await desk.note(number, call.who, wanted.note)
    return _shown(call, await desk.resolve(number, call.who))


async def note(call: Call) -> Response:
    """Add to the timeline what a person knows."""
    wanted, number = shaped(call.body, Note), await find.incident(call)
    return _shown(call, await call.engine.incidents.note(number, call.who, wanted.note))


async def snooze(call: Call) -> Response:
    """Send no reminders until an instant."""
    wanted, number = shaped(call.body, Snooze), await find.incident(call)
    try:
        until = parse_instant(wanted.until)
    except ValueError as error:
        raise Invalid(Fault("until", str(error))) from None
    if until <= call.engine.clock.now():
        raise Invalid(Fault("until", "must lie ahead"))
    return _shown(call, await call.engine.incidents.snooze(number, until, call.who))


def _shown(call: Call, incident: Incident) -> Response:
    return json_answer(present.incident(call.reach.incident(incident)))


async def explain(call: Call) -> Response:
    """Answer each decision about an incident: rule, outcome, reason, who was told, what the provider said."""
    return json_answer(shapes.Records(present.readable(await call.engine.explain(await find.incident(call)))))
