"""What forms are made of: types with the schemas of their settings, and when a schedule comes next."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response

from asura.domain.fault import Fault
from asura.domain.schedule import Schedule, parse
from asura.engine.monitor_body import MonitorBody, MonitorDefaults
from asura.engine.prepare import defaults_of
from asura.engine.prepare_channel import ChannelBody
from asura.errors import Invalid
from asura.web import shapes
from asura.web.answers import json_answer
from asura.web.openapi import type_schema
from asura.web.present import instant
from asura.web.route import Call

LONGEST = 5_000


async def check_types(call: Call) -> Response:
    """Answer each check type with the schema of its settings, and what all monitors share."""
    return json_answer(described_checks(call.engine.check_types(), call.engine.defaults))


async def channel_types(call: Call) -> Response:
    """Answer each channel type with the schema of its settings, and what all channels share."""
    return json_answer(described_channels(call.engine.channel_types()))


def described_checks(views: Mapping[str, Any], defaults: MonitorDefaults) -> shapes.CheckTypes:
    """Return every check type, and the fields of a monitor with their defaults."""
    rows = [
        _described(
            view,
            target_help=view.target_help,
            passive=view.passive,
            assertable=sorted(view.assertable),
            operators=view.operators,
            defaults=msgspec.to_builtins(defaults_of(view.name, defaults)),
        )
        for view in views.values()
    ]
    return shapes.CheckTypes(rows, type_schema(MonitorBody))


def described_channels(views: Mapping[str, Any]) -> shapes.ChannelTypes:
    """Return every channel type, and the fields of a channel."""
    return shapes.ChannelTypes([_described(view) for view in views.values()], type_schema(ChannelBody))


def _described(view: Any, **more: Any) -> dict[str, Any]:
    return {"name": view.name, "title": view.title, **more, "settings": type_schema(view.params)}


async def occurrences(call: Call) -> Response:
    """Answer when a schedule comes next; 422 names what is wrong with it."""
    asked = call.asked()
    count = asked.integer("count", 5, low=1, high=100)
    zone = asked.text("timezone", longest=100) or "UTC"
    asked.done()
    cron, on_calendar = _lines(call, "cron"), _lines(call, "on_calendar")
    schedule, faults = parse(cron, on_calendar, zone)
    if faults:
        raise Invalid(*faults)
    if schedule is None:
        raise Invalid(Fault("cron", "is required, or on_calendar"))
    found = _next(schedule, call.engine.clock.now(), count)
    return json_answer(shapes.Occurrences(zone, [instant(one) for one in found]))


def _lines(call: Call, name: str) -> str:
    text = "\n".join(call.request.query_params.getlist(name))
    if len(text) > LONGEST:
        raise Invalid(Fault(name, f"must have at most {LONGEST} characters"))
    return text


def _next(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    found: list[datetime] = []
    while len(found) < count and (at := schedule.next_after(found[-1] if found else after)) is not None:
        found.append(at)
    return found
