"""Takes due messages out of the outbox and handles them in lanes, so that a slow receiver delays only itself."""

import asyncio
import logging
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime, timedelta

from asura.clock import Clock
from asura.domain.channel import Notification
from asura.errors import StoreUnavailable
from asura.store import outbox
from asura.store.db import Store

log = logging.getLogger(__name__)

SAFETY_NET = timedelta(seconds=60)
LONGEST_PAUSE_S = 3600.0


class Lanes(ABC):
    """What those who deliver share: claims, lanes, and giving back what was not handled.

    1. What this process claimed before a crash is pending again (released at the start).
    2. A claim and its release are commits; the sending between them is not, so a crash repeats at most one message,
       under the same key.
    """

    def __init__(self, store: Store, clock: Clock, *, boot_id: str) -> None:
        self._store = store
        self._clock = clock
        self._boot_id = boot_id
        self._lanes: dict[int, asyncio.Task[None]] = {}
        # Claims that could not be given back because the store could not commit.
        self._stranded: set[int] = set()
        # Nothing is taken out while messages are held after a restore.
        self.held = False
        self.wake = asyncio.Event()
        self.sent = 0
        self.failed = 0

    async def tick(self, now: datetime) -> datetime | None:
        """Start a lane for each receiver with due messages; return when the next one is due."""
        if self.held:
            return None
        self._lanes = {number: lane for number, lane in self._lanes.items() if not lane.done()}
        busy, stranded = set(self._lanes), set(self._stranded)
        due = await self._store.write(lambda db: self._claim(db, now, busy, stranded))
        self._stranded -= stranded
        by_lane: dict[int, list[Notification]] = {}
        for notification in due:
            by_lane.setdefault(self._lane_of(notification), []).append(notification)
        for number, notifications in by_lane.items():
            lane = asyncio.create_task(self._lane(notifications))
            self._lanes[number] = lane
            lane.add_done_callback(self._lane_ended)
        if self._may_be_more(due):
            return now
        upcoming = await self._store.write(lambda db: self._next_at(db, now))
        if upcoming is None or upcoming <= now:
            # What is due now belongs to a lane that is still busy and wakes us when it ends.
            return now + SAFETY_NET
        return upcoming

    def go_on(self) -> None:
        """Look again at what waits."""
        self.wake.set()

    async def drain(self) -> None:
        """Wait until every lane has ended."""
        while any(not lane.done() for lane in self._lanes.values()):
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    @abstractmethod
    def _due(self, db: sqlite3.Connection, now: datetime, busy: set[int]) -> list[Notification]:
        """Return messages whose turn it is, none of a lane that is busy."""

    @abstractmethod
    def _next_at(self, db: sqlite3.Connection, now: datetime) -> datetime | None:
        """Return when the next message falls due."""

    @abstractmethod
    async def _handle(self, notification: Notification) -> float:
        """Do what is to be done about a message; return for how many seconds its lane is to be left alone."""

    def _lane_of(self, notification: Notification) -> int:
        return notification.channel_id

    def _may_be_more(self, due: list[Notification]) -> bool:
        """Return whether there may be more that is due, in lanes that are not busy."""
        return False

    def _claim(self, db: sqlite3.Connection, now: datetime, busy: set[int], stranded: set[int]) -> list[Notification]:
        outbox.unclaim(db, stranded)
        due = self._due(db, now, busy)
        outbox.claim(db, [one.id for one in due], self._boot_id)
        return due

    def _lane_ended(self, lane: asyncio.Task[None]) -> None:
        if not lane.cancelled() and lane.exception() is not None:
            log.error("a lane of the %s failed", type(self).__name__.lower(), exc_info=lane.exception())
        self.wake.set()

    async def _lane(self, notifications: list[Notification]) -> None:
        """Handle one message of each subject; the store gives the next of a subject only after the one before."""
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
