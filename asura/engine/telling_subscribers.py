"""Tells subscribers of status pages what the outbox holds for them, beside what operators are told, and slower."""

import asyncio
import logging
import random
import sqlite3
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from asura.clock import Clock
from asura.domain import subscription, throttle
from asura.domain.channel import Delivery, Notification, NotificationStatus
from asura.domain.fields import convert
from asura.domain.page import Page
from asura.domain.subscription import CONFIRM, KNOWN, LETTER_LANE, MAIL_LANE, Subscriber
from asura.domain.throttle import Attempts, Rule
from asura.engine import trail
from asura.engine.bulletin import Bulletin
from asura.engine.lanes import Lanes
from asura.engine.page_desk import PageDesk
from asura.engine.subscriber_courier import Courier, Gone, ServerTrouble
from asura.engine.subscriber_desk import SubscriberDesk
from asura.errors import AsuraError, DeliveryError
from asura.store import bulletins, outbox, subscribers
from asura.store.db import Store

log = logging.getLogger(__name__)

MAILS_AT_ONCE = 4
MOST_MAILS = 40
HOOKS_AT_ONCE = 32
# A mail server that takes nothing is asked again after this, then after twice as long, and so on.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0


class Addressed(NamedTuple):
    """A message with what the store knows of it when its turn has come."""

    notification: Notification
    to: Subscriber
    page: Page
    payload: Any


class TellingSubscribers(Lanes):
    """One lane for the mail server, one for each webhook; nothing of it can hold up what operators are told.

    1. A minute has so many mails; letters about subscriptions themselves go first, because somebody waits for them.
    2. A mail server that takes nothing is left alone for a while, and only the mails that were tried count a try.
    3. A webhook that is gone, or has taken nothing for a week, is no subscriber any more.
    """

    name = "subscribers"

    def __init__(
        self,
        store: Store,
        pages: PageDesk,
        desk: SubscriberDesk,
        courier: Courier,
        clock: Clock,
        *,
        mails_per_minute: int,
        boot_id: str,
    ) -> None:
        super().__init__(store, clock, boot_id=boot_id)
        self._pages = pages
        self._desk = desk
        self._courier = courier
        self.wake = desk.told
        self._rule = Rule(mails_per_minute / 60, max(1, mails_per_minute // 6))
        self._attempts: Attempts | None = None
        self._allowed = 0
        self._mails_from: datetime | None = None
        self._troubles = 0

    async def tick(self, now: datetime) -> datetime | None:
        """Start a lane for each receiver with due messages; return when the next one is due."""
        self._desk.listen()
        self._allowed = self._allowance(now)
        return await super().tick(now)

    def _allowance(self, now: datetime) -> int:
        """Return how many mails may go out now, and keep from when on more may."""
        if self._troubles and self._mails_from is not None and self._mails_from > now:
            return 0
        at = self._clock.monotonic()
        left = int(throttle.left_at(self._attempts, self._rule, at))
        self._mails_from = now + timedelta(seconds=throttle.wait_s(self._attempts, self._rule, at) + 0.001)
        return min(left, MOST_MAILS)

    def _due(self, db: sqlite3.Connection, now: datetime, busy: set[int]) -> list[Notification]:
        mails = bulletins.due_mails(db, now, limit=self._allowed) if self._allowed and MAIL_LANE not in busy else []
        for _ in mails:
            self._attempts = throttle.taken(self._attempts, self._rule, self._clock.monotonic())
        free = HOOKS_AT_ONCE - len(busy - {MAIL_LANE})
        return mails + (bulletins.due_hooks(db, now, busy=busy, limit=free) if free > 0 else [])

    def _next_at(self, db: sqlite3.Connection, now: datetime) -> datetime | None:
        upcoming = bulletins.next_at(db, now)
        if self._allowed or self._mails_from is None:
            return upcoming
        return min(upcoming, self._mails_from) if upcoming is not None else self._mails_from

    def _lane_of(self, notification: Notification) -> int:
        return MAIL_LANE if notification.channel_id == LETTER_LANE else notification.channel_id

    async def _lane(self, notifications: list[Notification]) -> None:
        if self._lane_of(notifications[0]) == MAIL_LANE:
            await self._mail_lane(notifications)
        else:
            await super()._lane(notifications)

    async def _mail_lane(self, notifications: list[Notification]) -> None:
        """Send a few mails side by side; when the server takes none, give the rest back."""
        waiting = {one.id for one in notifications}
        try:
            for first in range(0, len(notifications), MAILS_AT_ONCE):
                few = notifications[first : first + MAILS_AT_ONCE]
                # Each comes to its end, also when the store fails beside another.
                ended = await asyncio.gather(*(self._handle_alone(one) for one in few), return_exceptions=True)
                waiting -= {one.id for one, came in zip(few, ended, strict=True) if isinstance(came, float)}
                if failed := [came for came in ended if isinstance(came, BaseException)]:
                    raise failed[0]
                pauses = [came for came in ended if isinstance(came, float)]
                if any(pauses):
                    self._troubles += 1
                    own = min(FIRST_PAUSE_S * 2.0 ** min(self._troubles - 1, 10), LONGEST_PAUSE_S)
                    self._mails_from = self._clock.now() + timedelta(seconds=max(own, *pauses))
                    break
                self._troubles = 0
        finally:
            if waiting:
                await self._give_back(sorted(waiting))

    async def _handle(self, notification: Notification) -> float:
        found = await self._store.write(lambda db: self._addressed(db, notification))
        if found is None:
            return 0.0
        began, at = self._clock.monotonic(), self._clock.now()
        error: DeliveryError | None = None
        answer = ""
        try:
            answer = await self._send(found)
        except DeliveryError as refused:
            error = refused
        except AsuraError as wrong:
            error = DeliveryError(str(wrong), permanent=True)
        except Exception as bug:
            log.exception("a message to subscriber %d failed in our own code", found.to.id)
            error = DeliveryError(f"asura itself failed: {type(bug).__name__}")
        told = Delivery(
            notification_id=notification.id,
            at=at,
            ok=error is None,
            answer=(error.reason if error else answer)[:500],
            duration_ms=(self._clock.monotonic() - began) * 1000,
        )
        await self._record(found, told, error)
        return max(1.0, error.retry_after or 0.0) if isinstance(error, ServerTrouble) else 0.0

    def _addressed(self, db: sqlite3.Connection, notification: Notification) -> Addressed | None:
        """Return a message with all that belongs to it, or drop it, with the reason."""
        now = self._clock.now()
        to = subscribers.get(db, self._store.vault, notification.subscriber_id or 0)
        page = self._pages.find(to.page_id) if to is not None else None
        payload = notification.payload
        if "bulletin" in payload:
            payload = bulletins.payload(db, payload["bulletin"])
        offered = page is not None and to is not None and to.kind in self._desk.ways(page) and payload is not None
        why = subscription.untold(notification, to, now, offered=offered)
        if why is not None or to is None or page is None:
            outbox.drop(db, notification.id, (why or subscription.Untold.GONE).value, now)
            return None
        return Addressed(notification, to, page, payload)

    async def _send(self, found: Addressed) -> str:
        one = found.notification
        if one.event in (CONFIRM, KNOWN):
            return await self._courier.letter(
                found.to, found.page, one.event, at=one.created_at, key=one.key, thread=one.thread
            )
        said = convert(found.payload, Bulletin)
        return await self._courier.bulletin(found.to, found.page, said, key=one.key, thread=one.thread)

    async def _record(self, found: Addressed, delivery: Delivery, error: DeliveryError | None) -> None:
        now = self._clock.now()
        status, again = NotificationStatus.SENT, None
        if error is None:
            self.sent += 1
        else:
            self.failed += 1
            if not error.permanent:
                again = subscription.retry_at(
                    found.notification, now, retry_after=error.retry_after, chance=random.random()
                )
            status = NotificationStatus.FAILED if again else NotificationStatus.DEAD

        def change(db: sqlite3.Connection) -> None:
            outbox.finish(db, found.notification.id, delivery, status=status, next_attempt_at=again)
            self._note_health(db, found.to, now, error, given_up=status is NotificationStatus.DEAD)

        await self._store.write(change)

    def _note_health(
        self, db: sqlite3.Connection, to: Subscriber, now: datetime, error: DeliveryError | None, *, given_up: bool
    ) -> None:
        """Keep whether somebody is reached, and end the subscription of a webhook that is not any more."""
        if error is None:
            if to.failing_since is not None:
                subscribers.working(db, to.id)
        elif subscription.is_over(to, now, gone=isinstance(error, Gone), given_up=given_up):
            subscribers.delete(db, to.id)
            trail.record(db, "end", "subscriber", at=now, id=to.id, old={"page_id": to.page_id, "kind": to.kind})
            log.info("the subscription %d of a %s has ended: nothing reaches it any more", to.id, to.kind)
        elif to.kind != "email" and to.failing_since is None:
            subscribers.failing(db, to.id, now)
