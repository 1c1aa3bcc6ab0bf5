"""Takes in what probes deliver: each batch once, checked before anything of it counts, answered when it is on disk."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from asura.clock import Clock
from asura.domain import screening, wire
from asura.domain.instant import at_ms
from asura.domain.probe import Probe
from asura.domain.result import Result
from asura.engine.allowance import Allowance
from asura.engine.delivery import Delivery
from asura.engine.dispatch import Dispatch
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.engine.monitor_state import MonitorState
from asura.engine.probe_desk import ProbeDesk
from asura.engine.receipts import Name, Pending, Receipts
from asura.engine.roster import Roster
from asura.engine.vault import Vault
from asura.engine.way import Process, Way
from asura.errors import Invalid, NotFound, StoreUnavailable
from asura.store.db import Store

# Instants travel as whole milliseconds.
NEAR = timedelta(milliseconds=5)
READERS = 2


class Intake:
    """From a batch to results: news for the judge, history for the store, or refused."""

    def __init__(
        self,
        store: Store,
        live: Live,
        judge: Judge,
        dispatch: Dispatch,
        roster: Roster,
        desk: ProbeDesk,
        clock: Clock,
    ) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._dispatch = dispatch
        self._roster = roster
        self._desk = desk
        self._clock = clock
        self._receipts = Receipts()
        # Of each probe the process that delivered last.
        self._processes: dict[int, Process] = {}
        # Of each probe what it may still tell.
        self._allowances: dict[int, Allowance] = {}
        self._vault = Vault()
        # What bodies become is large: so few of them are read at the same time.
        self.reading = asyncio.Semaphore(READERS)
        self._waiting: dict[int, list[tuple[datetime, asyncio.Future[Result]]]] = {}
        dispatch.next_result = self._next_result
        desk.revoked.append(self._forget)

    async def start(self) -> None:
        """Read which batches were taken before the process began."""
        await self._receipts.load(self._store)

    def allowance(self, probe_id: int) -> Allowance:
        """Return what a probe may still tell, and how often it may call."""
        known = self._allowances.get(probe_id)
        if known is None:
            known = self._allowances[probe_id] = Allowance()
        known.tidy(self._clock.monotonic())
        return known

    async def take(
        self, probe: Probe, batch: wire.Batch, *, sent_at: float, wall: float | None, received_at: datetime
    ) -> wire.Taken:
        """Store a batch, and judge what is news in it; answers when it is on disk.

        1. What makes no sense is refused as a whole, and nothing of it counts.
        2. One that was taken before is known; one that is being stored waits for the same answer.
        3. Results that are news are judged, history is stored, and what is not the probe's to report, or more than can
           come of checks, is only counted.

        Raises Invalid where the batch makes no sense, StoreUnavailable where it cannot be stored now.
        """
        way = self._screen(probe, batch, sent_at, received_at)
        name = (probe.id, batch.boot, batch.seq)
        known, pending = self._receipts.has(name), self._receipts.pending(name)
        refused = 0
        self._report(probe, batch, wall, refused=0)
        if known or pending is not None:
            known = True
        else:
            news, past = self._sort(probe, batch.results, way.shift_ms, at_ms(received_at))
            refused = len(batch.results) - len(news) - len(past)
            if refused:
                self._report(probe, batch, wall, refused=refused)
            if news or past:
                pending = self._hand_over(name, Delivery(news, past), refused, received_at)
                pending.answer.add_done_callback(partial(self._tell, news, way))
                pending.answer.add_done_callback(partial(self._give_back, probe.id, news, past))
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

    def _forget(self, probe_id: int) -> None:
        """Forget a probe that is none any more; one with a new key goes on where it was."""
        try:
            self._desk.get(probe_id)
        except NotFound:
            self._processes.pop(probe_id, None)
            self._allowances.pop(probe_id, None)
            self._receipts.forget(probe_id)

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
        allowance, now = self.allowance(probe.id), self._clock.monotonic()
        news: list[Result] = []
        past: list[Result] = []
        for one in found:
            state = state_of(one.monitor_id)
            # Nothing began after it was received.
            begun_ms = min(one.at + shift_ms, received_ms)
            age_ms = received_ms - begun_ms
            if state is None or one.generation > state.monitor.generation or age_ms > screening.OLDEST_MS:
                continue
            monitor, counted = state.monitor, one.counted
            mine = one.monitor_id in held
            if not mine and self._dispatch.standing_of(probe.id, one.monitor_id) is None:
                continue
            if mine and one.generation == monitor.generation and age_ms < state.electorate.fresh_s * 1000:
                # What comes too late to be judged takes nothing from what comes in time.
                late = _is_late(state, region, begun_ms, received_ms)
                chosen = news if late or allowance.news(monitor.id, monitor.config, now) else past
            else:
                late, chosen = False, past
            if chosen is past or late:
                if not allowance.history(monitor.id, monitor.config, now):
                    continue
            else:
                counted = allowance.counts(monitor.id, monitor.config, counted)
            result = screening.result_of(one, region=region, at_ms=begun_ms, counted=counted)
            chosen.append(self._vault.without_secrets(monitor, result))
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

    def _give_back(
        self, probe_id: int, news: Sequence[Result], past: Sequence[Result], answer: "asyncio.Future[None]"
    ) -> None:
        """Take what was not stored for not told: it comes again."""
        allowance = self._allowances.get(probe_id)
        if allowance is None or answer.cancelled() or answer.exception() is None:
            return
        for result in news:
            allowance.give_back_news(result.monitor_id)
        for result in past:
            allowance.give_back_history(result.monitor_id)

    async def _next_result(self, monitor_id: int, since: datetime, seconds: float) -> Result | None:
        return await self.next_result(monitor_id, since=since, seconds=seconds)

    def _report(self, probe: Probe, batch: wire.Batch, wall: float | None, *, refused: int) -> None:
        said = self._processes[probe.id].latest(batch)
        self._roster.report(probe.id, said, wall=wall, refused=refused)


def _is_late(state: MonitorState, region: str, begun_ms: int, received_ms: int) -> bool:
    """Return whether something newer of a region was judged already; what is of the future is no such thing."""
    last = state.last_of(region)
    return last is not None and begun_ms < at_ms(last.at) <= received_ms
