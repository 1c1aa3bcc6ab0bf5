"""Looks at the clocks every half second: our own stalls, sleeps and clock jumps are never the target's fault."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from asura.clock import Clock
from asura.domain.audit import Irregularity, Reading, audit
from asura.domain.reason import STALL_REASONS, Reason
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.domain.status import Finding
from asura.engine.live import Live
from asura.store import gaps as gap_rows
from asura.store.db import Store

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
# A check that ended this soon after a stall may have failed because of it.
AFTERMATH = timedelta(seconds=1)
# A stall shorter than this excuses failures, but is no gap in what is known.
GAP_FROM_S = 5.0


class Auditor:
    """Notices what happened to this process, records it as a gap, and excuses results that suffered from it."""

    name = "auditor"

    def __init__(self, store: Store, live: Live, clock: Clock, *, clock_was_set: Callable[[], None]) -> None:
        self._store = store
        self._live = live
        self._clock = clock
        self._clock_was_set = clock_was_set
        self._reading = self._read()
        self._excused: Gap | None = None
        self._unsaved: list[Gap] = []
        self.wake = asyncio.Event()
        self.irregularities = 0
        self.lag_s = 0.0
        self.lag_max_s = 0.0

    async def tick(self, now: datetime) -> datetime | None:
        """Look, store what was noticed, and come back in half a second."""
        self.observe()
        while self._unsaved:
            gap = self._unsaved[0]
            await self._store.write(lambda db, gap=gap: _save(db, gap))  # type: ignore[misc]
            self._unsaved.pop(0)
        self._live.forget_gaps(now)
        return now + timedelta(seconds=LOOK_EVERY_S)

    def observe(self) -> None:
        """Compare the clocks with the last look; the judge calls this before each pass."""
        reading = self._read()
        self.lag_s = max(0.0, reading.monotonic - self._reading.monotonic - LOOK_EVERY_S)
        self.lag_max_s = max(self.lag_max_s, self.lag_s)
        found = audit(self._reading, reading, expected_s=LOOK_EVERY_S)
        if found is not None:
            self._note(found, reading)
        if found is not None or reading.monotonic - self._reading.monotonic >= LOOK_EVERY_S * 0.9:
            self._reading = reading

    def excuse(self, result: Result) -> Result:
        """Return a failing result as unknown when it ran into a stretch in which we did not run smoothly."""
        hit = self._excused
        if hit is None or hit.to_at is None or result.reason not in STALL_REASONS:
            return result
        ended_at = result.at + timedelta(milliseconds=result.latency_ms or 0.0)
        if ended_at < hit.from_at or result.at > hit.to_at or ended_at > hit.to_at + AFTERMATH:
            return result
        text = f"Not counted: asura itself was held up meanwhile. The check said: {result.message}"
        return msgspec.structs.replace(result, finding=Finding.UNKNOWN, reason=Reason(hit.reason), message=text)

    def _note(self, found: Irregularity, reading: Reading) -> None:
        self.irregularities += 1
        log.warning("%s", found.message)
        now = self._clock.now()
        self._excused = Gap(now - timedelta(seconds=found.seconds + LOOK_EVERY_S), now, found.reason.value)
        if found.reason is Reason.OWN_CLOCK:
            self._clock_was_set()
            return
        if found.seconds >= GAP_FROM_S:
            self._live.gaps.append(self._excused)
            self._unsaved.append(self._excused)
            self._clock_was_set()

    def _read(self) -> Reading:
        return Reading(self._clock.now().timestamp(), self._clock.monotonic(), self._clock.boottime())


def _save(db: sqlite3.Connection, gap: Gap) -> None:
    gap_id = gap_rows.begin(db, gap.from_at, gap.reason)
    if gap.to_at is not None:
        gap_rows.end(db, gap_id, gap.to_at)
