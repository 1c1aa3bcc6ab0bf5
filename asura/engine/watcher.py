"""Sleeps until a heartbeat may change: silence is noticed when it is over, not at the next poll."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from asura.clock import Clock
from asura.domain.span import Gap
from asura.engine.beats import Beats
from asura.engine.hearing import Look
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.store import gaps, heartbeats
from asura.store.db import Store

# What arrived in time may still be at the door when its deadline passes.
SETTLE = timedelta(milliseconds=100)
# Woken so much later than planned, we were held up, and so were pings: they get their turn first.
HELD_UP = timedelta(milliseconds=500)
# The same after a start, when the first pings knock.
FIRST_LOOK = timedelta(seconds=2)
LOOKS_A_TICK = 500
SAVE_EVERY = timedelta(seconds=60)
SAVE_AT_PINGS = 20_000
SAVES_A_STEP = 500


class Watcher:
    """Watches every heartbeat with one place in memory, and keeps what is known of them on disk, now and then."""

    name = "watcher"

    def __init__(self, store: Store, live: Live, judge: Judge, clock: Clock, *, longest_sleep: timedelta) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._beats: Beats = judge.beats
        self._clock = clock
        self._longest_sleep = longest_sleep
        self._planned_at: datetime | None = None
        self._not_before = clock.now() + FIRST_LOOK
        self._save_at = clock.now() + SAVE_EVERY
        self.looks = 0
        self.wake = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        """Look at what is due, save a little, and return when the next heartbeat may change."""
        self._beats.hear_of(self._live.gaps)
        if self._planned_at is not None and now - self._planned_at > HELD_UP:
            self._not_before = max(self._not_before, now + HELD_UP)
        at = await self._look(now)
        saved_at = await self._save(now)
        # Whatever was overlooked (a clock that was set, a change without a wake-up) is found this late at the latest.
        self._planned_at = min(at, saved_at, now + self._longest_sleep)
        return self._planned_at

    async def flush(self) -> None:
        """Save everything that is known, for the end of the process."""
        while self._beats.unsaved:
            await self._save_some()

    async def _look(self, now: datetime) -> datetime:
        if self._beats.deaf:
            # Nobody is late while we hear nothing; what was due then is due later.
            return now + timedelta(seconds=1)
        if now < self._not_before:
            return self._not_before
        due = self._beats.due(now - SETTLE, most=LOOKS_A_TICK)
        if due:
            self.looks += len(due)
            try:
                for beat in due:
                    self._judge.hear(Look(beat.monitor_id))
                await self._judge.judge(now)
            finally:
                # Looks that could not be judged are due again.
                for beat in due:
                    if beat.planned_at is None and self._beats.get(beat.monitor_id) is beat:
                        self._beats.plan(beat, now - SETTLE * 2)
        next_at = self._beats.next_change_at
        return now + self._longest_sleep if next_at is None else max(now, next_at + SETTLE)

    async def _save(self, now: datetime) -> datetime:
        if self._judge.unsaved_gaps:
            unsaved, self._judge.unsaved_gaps = self._judge.unsaved_gaps, []
            await self._store.write(lambda db: _save_gaps(db, unsaved))
        if now < self._save_at and len(self._beats.unsaved) < SAVE_AT_PINGS:
            return self._save_at
        if self._beats.unsaved:
            await self._save_some()
        if self._beats.unsaved:
            return now + timedelta(milliseconds=50)
        self._save_at = now + SAVE_EVERY
        return self._save_at

    async def _save_some(self) -> None:
        """Save the state of some heartbeats; pings that come meanwhile make them unsaved again."""
        chosen = [self._beats.get(monitor_id) for monitor_id in list(self._beats.unsaved)[:SAVES_A_STEP]]
        beats = [beat for beat in chosen if beat is not None]
        self._beats.unsaved.difference_update(beat.monitor_id for beat in beats)
        rows = [heartbeats.saved(beat.monitor_id, beat.heart) for beat in beats]
        try:
            await self._store.write(lambda db: heartbeats.save_states(db, rows))
        except BaseException:
            self._beats.unsaved.update(beat.monitor_id for beat in beats)
            raise
        for beat, row in zip(beats, rows, strict=True):
            beat.saved_id = row.upto


def _save_gaps(db: sqlite3.Connection, unsaved: Sequence[Gap]) -> None:
    for gap in unsaved:
        gap_id = gaps.begin(db, gap.from_at, gap.reason)
        if gap.to_at is not None:
            gaps.end(db, gap_id, gap.to_at)
