"""Notifications: what was told to whom, every attempt, and trying again."""

from datetime import timedelta

from starlette.responses import Response

from asura.domain.channel import NotificationStatus
from asura.engine import trail
from asura.store import outbox
from asura.store.tallies import of_channels
from asura.web import find, present, shapes
from asura.web.answers import json_answer
from asura.web.query import parse_id
from asura.web.route import Call

DAY = timedelta(days=1)
STATUSES = frozenset(status.value for status in NotificationStatus)


async def index(call: Call) -> Response:
    """Answer one page of notifications, newest first."""
    asked = call.asked()
    statuses = [NotificationStatus(word) for word in asked.many("status", STATUSES)]
    ref, incident_id = asked.text("channel_id"), asked.identifier("incident_id")
    limit, after = asked.limit(), asked.text("cursor", longest=500)
    asked.done()
    async with call.engine.store.read() as reader:
        page, more = await outbox.page(
            reader,
            statuses=statuses or None,
            channel_id=None if ref is None else _channel_id(call, ref),
            incident_id=incident_id,
            within=call.reach.monitor_ids(),
            cursor=after,
            limit=limit,
        )
    return json_answer(shapes.Page([present.notification(one, attempts) for one, attempts in page], more))


def _channel_id(call: Call, ref: str) -> int:
    channel = find.maybe_channel(call, ref)
    return channel.id if channel is not None else parse_id(ref) or 0


async def tallies(call: Call) -> Response:
    """Answer how each channel fares: its last attempt, and what became of the messages of 24 hours."""
    ids = [one.id for one in call.engine.channels.list()]
    async with call.engine.store.read() as reader:
        found = await of_channels(reader, ids, since=call.engine.clock.now() - DAY)
    return json_answer(shapes.ChannelTallies([present.tally(one) for one in found]))


async def retry(call: Call) -> Response:
    """Try a notification that is not delivered again, now."""
    number, now = find.number(call), call.engine.clock.now()
    stored = await trail.retry(call.engine.store, number, now, allowed=call.reach.sees_monitor)
    call.engine.notifier.wake.set()
    return json_answer(present.notification(stored, ()))
