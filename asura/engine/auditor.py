"""The primary's look at its own clocks: a stall or sleep that lasted becomes a gap in what is known."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

from asura.clock import Clock
from asura.domain.audit import Irregularity
from asura.domain.reason import Reason
from asura.domain.span import Gap
from asura.engine.live import Live
from asura.running.steadiness import LOOK_EVERY_S, Steadiness
from asura.store import gaps as gap_rows
from asura.store.db import Store

# A stall shorter than this excuses failures, but is no gap in what is known.
GAP_FROM_S = 5.0


class Auditor(Steadiness):
    """Looks at the clocks every half second, also before each pass of the judge, and stores the gaps that it finds."""

    name = "auditor"

    def __init__(self, store: Store, live: Live, clock: Clock, *, clock_was_set: Callable[[], None]) -> None:
        super().__init__(clock, noticed=self._keep)
        self._store = store
        self._live = live
        self._clock_was_set = clock_was_set
        self._unsaved: list[Gap] = []
        self.wake = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        """Look, store what was noticed, and come back in half a second."""
        self.observe()
        while self._unsaved:
            gap = self._unsaved[0]
            await self._store.write(lambda db, gap=gap: _save(db, gap))  # type: ignore[misc]
            self._unsaved.pop(0)
        self._live.forget_gaps(now)
        return now + timedelta(seconds=LOOK_EVERY_S)

    def _keep(self, found: Irregularity, stretch: Gap) -> None:
        if found.reason is Reason.OWN_CLOCK:
            self._clock_was_set()
            return
        if found.seconds >= GAP_FROM_S:
            self._live.gaps.append(stretch)
            self._unsaved.append(stretch)
            self._clock_was_set()


def _save(db: sqlite3.Connection, gap: Gap) -> None:
    gap_id = gap_rows.begin(db, gap.from_at, gap.reason)
    if gap.to_at is not None:
        gap_rows.end(db, gap_id, gap.to_at)
