"""Delivers what the outbox holds: one lane a channel, in order per incident, until it is told or given up."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
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
from asura.engine.live import Live
from asura.errors import AsuraError, DeliveryError, StoreUnavailable
from asura.store import incidents, outbox
from asura.store.db import Store

log = logging.getLogger(__name__)

SEND_DEADLINE_S = 45.0
BATCH = 200
SAFETY_NET = timedelta(seconds=60)
LONGEST_PAUSE_S = 3600.0

Sender = Callable[[Channel, Message], Awaitable[str]]


class Notifier:
    """Takes due notifications, asks routing what to do with each, and records every attempt with the answer.

    1. What this process claimed before a crash is pending again (released at the start).
    2. A claim and its release are commits; the sending between them is not, so a crash repeats at most one message,
       under the same key.
    3. A lane is one task per channel: a slow channel delays only itself.
    """

    name = "notifier"

    def __init__(self, store: Store, live: Live, events: EventHub, clock: Clock, send: Sender, *, boot_id: str) -> None:
        self._store = store
        self._live = live
        self._events = events
        self._clock = clock
        self._send = send
        self._boot_id = boot_id
        self._lanes: dict[int, asyncio.Task[None]] = {}
        # Claims that could not be given back because the store could not commit.
        self._stranded: set[int] = set()
        self.wake = asyncio.Event()
        self.sent = 0
        self.failed = 0

    async def tick(self, now: datetime) -> datetime | None:
        """Start a lane for each channel with due notifications; return when the next one is due."""
        self._lanes = {channel_id: lane for channel_id, lane in self._lanes.items() if not lane.done()}
        busy, stranded = set(self._lanes), set(self._stranded)
        due = await self._store.write(lambda db: self._claim(db, now, busy, stranded))
        self._stranded -= stranded
        by_channel: dict[int, list[Notification]] = {}
        for notification in due:
            by_channel.setdefault(notification.channel_id, []).append(notification)
        for channel_id, notifications in by_channel.items():
            lane = asyncio.create_task(self._lane(notifications))
            self._lanes[channel_id] = lane
            lane.add_done_callback(self._lane_ended)
        if len(due) == BATCH:
            # There may be more, of channels that have no lane yet: those that have one are left out the next time.
            return now
        upcoming = await self._store.write(outbox.next_at)
        if upcoming is None or upcoming <= now:
            # What is due now belongs to a lane that is still busy and wakes us when it ends.
            return now + SAFETY_NET
        return upcoming

    async def drain(self) -> None:
        """Wait until every lane has ended."""
        while any(not lane.done() for lane in self._lanes.values()):
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def _claim(self, db: sqlite3.Connection, now: datetime, busy: set[int], stranded: set[int]) -> list[Notification]:
        outbox.unclaim(db, stranded)
        due = outbox.due(db, now, busy=busy, limit=BATCH)
        outbox.claim(db, [one.id for one in due], self._boot_id)
        return due

    def _lane_ended(self, lane: asyncio.Task[None]) -> None:
        if not lane.cancelled() and lane.exception() is not None:
            log.error("a channel's lane failed", exc_info=lane.exception())
        self.wake.set()

    async def _lane(self, notifications: list[Notification]) -> None:
        """Handle one message of each incident; the store gives the next of an incident only after the one before."""
        waiting = [notification.id for notification in notifications]
        try:
            for notification in notifications:
                pause_s = await self._handle_alone(notification)
                waiting.remove(notification.id)
                if pause_s:
                    # The provider asked for quiet: that is meant for everything that waits here.
                    await self._hold(waiting, pause_s)
                    waiting.clear()
                    break
        finally:
            if waiting:
                await self._give_back(waiting)

    async def _handle_alone(self, notification: Notification) -> float:
        """Handle one message so that it fails alone: what we cannot even record is put off, not tried in circles."""
        try:
            return await self._handle(notification)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("notification %d could not be handled", notification.id)
            await self._hold([notification.id], SAFETY_NET.total_seconds())
            return 0.0

    async def _hold(self, ids: Sequence[int], pause_s: float) -> None:
        until = self._clock.now() + timedelta(seconds=min(pause_s, LONGEST_PAUSE_S))

        def change(db: sqlite3.Connection) -> None:
            for one in ids:
                outbox.hold(db, one, until)

        await self._store.write(change)

    async def _give_back(self, ids: Sequence[int]) -> None:
        """Give back what was not handled, so that no claim holds it until the next start."""
        try:
            await asyncio.shield(self._store.write(lambda db: outbox.unclaim(db, ids)))
        except StoreUnavailable:
            self._stranded.update(ids)
            raise

    async def _handle(self, notification: Notification) -> float:
        """Do what routing decides about a message; return for how many seconds the channel wants to be left alone."""
        now = self._clock.now()
        channel = self._live.channels.get(notification.channel_id)
        incident = await self._incident(notification.incident_id)
        decision = routing.decide(notification, now, channel=channel, incident=incident)
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
