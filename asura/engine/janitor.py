"""Keeps the store small and the past readable: packs closed hours, sweeps what is too old, notes that we live."""

import asyncio
import sqlite3
from datetime import datetime, timedelta

from asura.domain.reason import Reason
from asura.domain.span import Gap
from asura.store import gaps, meta, retention
from asura.store.db import Store
from asura.store.retention import Retention

ALIVE_EVERY = timedelta(seconds=10)
# Jobs may call in often and with much to say: what is too much of that goes soon.
SWEEP_EVERY = timedelta(minutes=15)
STEP = 20
LAST_ALIVE = "last_alive_at"
# A restart shorter than this is not worth a gap: no check was missed by much.
SHORTEST_GAP = timedelta(seconds=15)


class Janitor:
    """Works in steps of some 20 ms, each its own transaction, so that nobody waits for it."""

    name = "janitor"

    def __init__(self, store: Store, keep: Retention) -> None:
        self._store = store
        self._keep = keep
        self._sweep_at: datetime | None = None
        # Whether there is more to pack or to sweep at once.
        self.busy = False
        self.wake = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        """Pack a few monitors' closed hours, sweep a little when it is time, and say that we are alive."""
        await self.note_alive(now)
        more = await self._store.write(lambda db: self._store.results.pack(db, now, limit=STEP))
        if self._sweep_at is None or now >= self._sweep_at:
            left = await self._store.write(lambda db: retention.sweep(db, now, self._keep, limit=500))
            self._sweep_at = None if left else now + SWEEP_EVERY
            more = more or left
        self.busy = more
        return now + (timedelta(milliseconds=50) if more else ALIVE_EVERY)

    async def note_alive(self, now: datetime) -> None:
        """Keep the instant at which we were last alive; our absence is counted from there at the next start."""
        await self._store.write(lambda db: meta.put(db, LAST_ALIVE, now.isoformat()))


async def note_our_absence(store: Store, now: datetime) -> Gap | None:
    """Record the stretch since we were last alive as our own gap, at the start, and return it.

    After a quick restart no check was missed by much, but a ping may have knocked in vain: such a gap counts for
    heartbeats alone.
    """
    async with store.read() as reader:
        text = await meta.get(reader, LAST_ALIVE)
    if text is None:
        return None
    last = datetime.fromisoformat(text)
    if now <= last:
        return None
    reason = Reason.NOT_RUNNING if now - last >= SHORTEST_GAP else Reason.RESTARTED
    absence = Gap(last, now, reason.value)

    def change(db: sqlite3.Connection) -> None:
        gap_id = gaps.begin(db, absence.from_at, absence.reason)
        gaps.end(db, gap_id, now)

    await store.write(change)
    return absence
