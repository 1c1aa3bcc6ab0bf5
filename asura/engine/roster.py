"""Which probes are there, how they do, and which regions have a vote."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from asura.clock import Clock
from asura.domain import wire
from asura.domain.probe import Standing
from asura.engine.dispatch import Dispatch
from asura.engine.live import Live
from asura.engine.probe_desk import ProbeDesk
from asura.store.db import Store

REPORT_EVERY = timedelta(seconds=5)
# Silent for three reports: it is gone.
OFFLINE_AFTER = REPORT_EVERY * 3


class Roster:
    """Follows every probe; says when one is gone or back, and takes the vote of a region that nobody speaks for."""

    name = "roster"

    def __init__(
        self, store: Store, live: Live, desk: ProbeDesk, dispatch: Dispatch, clock: Clock, *, url: str
    ) -> None:
        self._store = store
        self._live = live
        self._desk = desk
        self._dispatch = dispatch
        self._clock = clock
        self._url = url
        # Called with the regions that lost or got back their vote.
        self.lost: Callable[[frozenset[str]], None] = lambda regions: None
        self.told = asyncio.Event()
        self.wake = asyncio.Event()

    async def start(self, now: datetime) -> None:
        """Begin: end the gaps of regions that were open when the process ended; every probe has its time to call."""
        return

    async def tick(self, now: datetime) -> datetime | None:
        """Look who has fallen silent or come back, and return when the next one would fall silent."""
        return now + REPORT_EVERY

    def greet(self, probe_id: int, boot: str, version: str, *, wall: float | None) -> None:
        """Take in that a process of a probe asks for its monitors; raises Conflict while another one is at it."""
        raise NotImplementedError

    def polling(self, probe_id: int, boot: str, *, begins: bool) -> None:
        """Note that a process of a probe began or ended to wait for changes: while it waits, it is there."""
        raise NotImplementedError

    def report(self, probe_id: int, batch: wire.Batch, *, wall: float | None, refused: int) -> None:
        """Take in how a probe does."""
        raise NotImplementedError

    def standing(self, probe_id: int) -> Standing:
        """Return how a probe does."""
        return Standing()
