"""Delivers what the outbox holds: one lane a channel, in order per incident, until it is told or given up."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

import msgspec

from asura.channels import channel_types
from asura.clock import Clock
from asura.domain import routing, wording
from asura.domain.channel import Channel, Delivery, Notification, NotificationStatus
from asura.domain.fields import convert
from asura.domain.incident import Incident
from asura.domain.message import Message
from asura.engine.events import EventHub
from asura.engine.lanes import Lanes
from asura.engine.live import Live
from asura.errors import AsuraError, DeliveryError
from asura.store import incidents, outbox
from asura.store.db import Store

log = logging.getLogger(__name__)

SEND_DEADLINE_S = 45.0
BATCH = 200

Sender = Callable[[Channel, Message], Awaitable[str]]


class Notifier(Lanes):
    """Takes due notifications, asks routing what to do with each, and records every attempt with the answer.

    A lane is one task per channel: a slow channel delays only itself.
    """

    name = "notifier"

    def __init__(self, store: Store, live: Live, events: EventHub, clock: Clock, send: Sender, *, boot_id: str) -> None:
        super().__init__(store, clock, boot_id=boot_id)
        self._live = live
        self._events = events
        self._send = send
        self.demo = False
        self.dead = 0

    def _due(self, db: sqlite3.Connection, now: datetime, busy: set[int]) -> list[Notification]:
        return outbox.due(db, now, busy=busy, limit=BATCH)

    def _next_at(self, db: sqlite3.Connection, now: datetime) -> datetime | None:
        return outbox.next_at(db)

    def _may_be_more(self, due: list[Notification]) -> bool:
        return len(due) == BATCH

    async def _handle(self, notification: Notification) -> float:
        """Do what routing decides about a message; return for how many seconds the channel wants to be left alone."""
        now = self._clock.now()
        channel = self._live.channels.get(notification.channel_id)
        incident = await self._incident(notification.incident_id)
        decision = routing.decide(notification, now, channel=channel, incident=incident, demo=self.demo)
        if isinstance(decision, routing.Drop) or channel is None:
            reason = decision.reason.value
            await self._store.write(lambda db: outbox.drop(db, notification.id, reason, now))
        elif isinstance(decision, routing.Hold):
            until = decision.until
            await self._store.write(lambda db: outbox.hold(db, notification.id, until))
        else:
            return await self._deliver(notification, channel)
        return 0.0

    async def _deliver(self, notification: Notification, channel: Channel) -> float:
        payload = convert(notification.payload, Message)
        message = wording.addressed(payload, notification_id=notification.id, key=notification.key)
        began, at = self._clock.monotonic(), self._clock.now()
        error: DeliveryError | None = None
        answer = ""
        try:
            async with asyncio.timeout(SEND_DEADLINE_S):
                answer = await self._send(channel, message)
        except TimeoutError:
            error = DeliveryError(f"{channel.config.name} did not answer within {SEND_DEADLINE_S:.0f} s")
        except DeliveryError as refused:
            error = refused
        except AsuraError as wrong:
            error = DeliveryError(str(wrong), permanent=True)
        except Exception as bug:
            log.exception("the %s channel failed in our own code", channel.config.type)
            error = DeliveryError(f"asura itself failed: {type(bug).__name__}")
        took = (self._clock.monotonic() - began) * 1000
        told = Delivery(
            notification_id=notification.id,
            at=at,
            ok=error is None,
            answer=(error.reason if error else answer)[:500],
            duration_ms=took,
        )
        await self._record(notification, told, error)
        return error.retry_after or 0.0 if error is not None else 0.0

    async def _record(self, notification: Notification, delivery: Delivery, error: DeliveryError | None) -> None:
        now = self._clock.now()
        status, again = NotificationStatus.SENT, None
        if error is not None:
            self.failed += 1
            if not error.permanent:
                chance = random.random()
                again = routing.retry_at(notification, now, retry_after=error.retry_after, chance=chance)
            status = NotificationStatus.FAILED if again else NotificationStatus.DEAD
            self.dead += again is None
        else:
            self.sent += 1
        await self._store.write(
            lambda db: outbox.finish(db, notification.id, delivery, status=status, next_attempt_at=again)
        )
        if notification.incident_id is not None:
            about = () if notification.monitor_id is None else (notification.monitor_id,)
            self._events.publish("incident", {"id": notification.incident_id}, monitors=about)

    async def _incident(self, incident_id: int | None) -> Incident | None:
        if incident_id is None:
            return None
        active = self._live.incidents.get(incident_id)
        if active is not None:
            return active
        async with self._store.read() as reader:
            return await incidents.get(reader, incident_id)


def parameters(channel_type: str, settings: dict[str, Any]) -> Any:
    """Return a channel's parameters; DeliveryError when they no longer fit its type."""
    kind = channel_types().get(channel_type)
    if kind is None:
        raise DeliveryError(f"there is no channel type {channel_type}", permanent=True)
    try:
        return convert(settings, kind.params)
    except msgspec.ValidationError as wrong:
        raise DeliveryError(f"the settings of this channel do not fit: {wrong}", permanent=True) from None
