"""Takes in what probes deliver: each batch once, checked before anything of it counts, answered when it is on disk."""

from datetime import datetime

from asura.clock import Clock
from asura.domain import wire
from asura.domain.probe import Probe
from asura.domain.result import Result
from asura.engine.dispatch import Dispatch
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.engine.roster import Roster
from asura.store.db import Store


class Intake:
    """From a batch to results: news for the judge, history for the store, or refused."""

    def __init__(
        self, store: Store, live: Live, judge: Judge, dispatch: Dispatch, roster: Roster, clock: Clock
    ) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._dispatch = dispatch
        self._roster = roster
        self._clock = clock

    async def start(self) -> None:
        """Read which batches were taken before the process began."""
        return

    async def take(
        self, probe: Probe, batch: wire.Batch, *, sent_at: float, wall: float | None, received_at: datetime
    ) -> wire.Taken:
        """Store a batch, and judge what is news in it; answers when it is on disk.

        Raises Invalid where the batch makes no sense, StoreUnavailable where it cannot be stored now.
        """
        raise NotImplementedError

    async def next_result(self, monitor_id: int, *, since: datetime, seconds: float) -> Result | None:
        """Return the first result of a monitor that comes in and began after `since`; None when none does in time."""
        raise NotImplementedError
