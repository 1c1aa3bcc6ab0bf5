"""Takes in what probes deliver: each batch once, checked before anything of it counts, answered when it is on disk."""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import msgspec

from asura.clock import Clock, at_ms
from asura.domain import screening, wire
from asura.domain.probe import Probe
from asura.domain.result import Result
from asura.engine.delivery import Delivery
from asura.engine.dispatch import Dispatch
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.engine.receipts import Name, Pending, Receipts
from asura.engine.roster import Roster
from asura.errors import Invalid, StoreUnavailable
from asura.store.db import Store

# Of so many deliveries the quickest tells how long the way takes, and how far the clocks are apart.
SIGHTINGS = 32
# Instants travel as whole milliseconds.
NEAR = timedelta(milliseconds=5)


class Way(NamedTuple):
    """By how many milliseconds the times of a delivery are moved, and how many more it took than the quickest one."""

    shift_ms: int
    more_ms: int


class Process:
    """A process of a probe: by how many seconds its clock seemed to be behind, and how it said last that it does."""

    def __init__(self, boot: str) -> None:
        self.boot = boot
        self.behind: deque[float] = deque(maxlen=SIGHTINGS)
        self.newest = wire.Batch(boot=boot, seq=0)

    def way(self, behind: float) -> Way:
        """Return the way of a delivery that was received so many seconds after it was sent, as its sender says.

        That is how long it took and how far the clocks are apart: of late, the least of it.
        """
        self.behind.append(behind)
        least = min(self.behind)
        return Way(round(least * 1000), round((behind - least) * 1000))

    def latest(self, batch: wire.Batch) -> wire.Batch:
        """Return a batch with what is true now: of a backlog, how the probe did when it was made is long over."""
        if batch.seq >= self.newest.seq:
            self.newest = msgspec.structs.replace(batch, results=(), state=screening.sober(batch.state))
        return msgspec.structs.replace(batch, results=(), state=self.newest.state, bye=self.newest.bye)


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
        self._receipts = Receipts()
        # Of each probe the process that delivered last.
        self._processes: dict[int, Process] = {}
        self._waiting: dict[int, list[tuple[datetime, asyncio.Future[Result]]]] = {}
        dispatch.next_result = self._next_result

    async def start(self) -> None:
        """Read which batches were taken before the process began."""
        await self._receipts.load(self._store)

    async def take(
        self, probe: Probe, batch: wire.Batch, *, sent_at: float, wall: float | None, received_at: datetime
    ) -> wire.Taken:
        """Store a batch, and judge what is news in it; answers when it is on disk.

        1. What makes no sense is refused as a whole, and nothing of it counts.
        2. One that was taken before is known; one that is being stored waits for the same answer.
        3. Results that are news are judged, history is stored, and what is not the probe's to report is only counted.

        Raises Invalid where the batch makes no sense, StoreUnavailable where it cannot be stored now.
        """
        way = self._screen(probe, batch, sent_at, received_at)
        name = (probe.id, batch.boot, batch.seq)
        known, pending = self._receipts.has(name), self._receipts.pending(name)
        refused = 0
        if known or pending is not None:
            self._report(probe, batch, wall, refused=0)
            known = True
        else:
            news, past = self._sort(probe, batch.results, way.shift_ms, at_ms(received_at))
            refused = len(batch.results) - len(news) - len(past)
            self._report(probe, batch, wall, refused=refused)
            if news or past:
                pending = self._hand_over(name, Delivery(news, past), refused, received_at)
                pending.answer.add_done_callback(partial(self._tell, news, way))
        if pending is None:
            taken = wire.Taken(refused=refused)
        else:
            # Whoever waits may go: what is being stored is stored all the same.
            await asyncio.shield(pending.answer)
            taken = pending.taken
        tag, now = self._dispatch.tag(probe.id), self._clock.now().timestamp()
        return msgspec.structs.replace(taken, known=known, tag=tag, now=now)

    async def next_result(self, monitor_id: int, *, since: datetime, seconds: float) -> Result | None:
        """Return the first result of a monitor that comes in and began after `since`; None when none does in time."""
        waiting = self._waiting.setdefault(monitor_id, [])
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        mine = (since - NEAR, answer)
        waiting.append(mine)
        try:
            async with asyncio.timeout(seconds):
                return await answer
        except TimeoutError:
            return None
        finally:
            waiting.remove(mine)
            if not waiting:
                self._waiting.pop(monitor_id, None)

    def _screen(self, probe: Probe, batch: wire.Batch, sent_at: float, received_at: datetime) -> Way:
        """Return the way of a batch that makes sense; raises Invalid."""
        faults = screening.faults(batch, sent_at=sent_at)
        if faults:
            raise Invalid(*faults)
        process = self._processes.get(probe.id)
        if process is None or process.boot != batch.boot:
            process = self._processes[probe.id] = Process(batch.boot)
        way = process.way(received_at.timestamp() - sent_at)
        latest_ms = at_ms(received_at) + screening.FUTURE_MS - way.shift_ms
        fault = screening.senseless(batch.results, latest_ms=latest_ms)
        if fault is not None:
            raise Invalid(fault)
        return way

    def _sort(
        self, probe: Probe, found: Sequence[wire.Finding], shift_ms: int, received_ms: int
    ) -> tuple[list[Result], list[Result]]:
        """Return what is news, and what is history; the rest is not the probe's to report, or nobody's any more."""
        held, region, state_of = self._dispatch.held(probe.id), probe.region, self._live.state
        news: list[Result] = []
        past: list[Result] = []
        for one in found:
            state = state_of(one.monitor_id)
            # Nothing began after it was received.
            begun_ms = min(one.at + shift_ms, received_ms)
            age_ms = received_ms - begun_ms
            if state is None or one.generation > state.monitor.generation or age_ms > screening.OLDEST_MS:
                continue
            if one.monitor_id in held:
                current = one.generation == state.monitor.generation
                chosen = news if current and age_ms < state.electorate.fresh_s * 1000 else past
            elif self._dispatch.standing_of(probe.id, one.monitor_id) is not None:
                chosen = past
            else:
                continue
            chosen.append(screening.result_of(one, region=region, at_ms=begun_ms))
        return news, past

    def _hand_over(self, name: Name, delivery: Delivery, refused: int, now: datetime) -> Pending:
        """Give a delivery to the judge, and return what is to be known of it until it is stored."""
        taken = wire.Taken(news=len(delivery.news), history=len(delivery.past), refused=refused)
        pending = self._receipts.begin(name, delivery, taken, now)
        try:
            self._judge.hear(delivery)
        except StoreUnavailable as error:
            delivery.refuse(error)
        return pending

    def _tell(self, news: Sequence[Result], way: Way, answer: "asyncio.Future[None]") -> None:
        """Give those who wait for a monitor its first result, when it is stored.

        Whether it began before they asked is not known better than how long the way took: they are believed.
        """
        if not self._waiting or answer.cancelled() or answer.exception() is not None:
            return
        more = timedelta(milliseconds=way.more_ms)
        for result in news:
            for since, waiting in self._waiting.get(result.monitor_id, ()):
                if result.at + more >= since and not waiting.done():
                    waiting.set_result(result)

    async def _next_result(self, monitor_id: int, since: datetime, seconds: float) -> Result | None:
        return await self.next_result(monitor_id, since=since, seconds=seconds)

    def _report(self, probe: Probe, batch: wire.Batch, wall: float | None, *, refused: int) -> None:
        said = self._processes[probe.id].latest(batch)
        self._roster.report(probe.id, said, wall=wall, refused=refused)
