"""Who has a vote changes with time: looks again at a monitor when a report of it gets too old, or a region is gone."""

import asyncio
import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice

from asura.clock import Clock
from asura.domain.consensus import Agreement, alone_at, changes_at, silence
from asura.domain.status import Status
from asura.engine.agreeing import reconsider
from asura.engine.draft import Draft
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.engine.lonely import Lonely
from asura.engine.monitor_state import MonitorState
from asura.store.db import Store

LOOKS_A_STEP = 500
LONGEST_SLEEP = timedelta(seconds=60)
SOONEST = timedelta(seconds=1)


class Voting:
    """Keeps one place in a heap for each monitor that is checked from elsewhere: when its next vote expires."""

    name = "voting"

    def __init__(self, store: Store, live: Live, judge: Judge, clock: Clock, *, url: str) -> None:
        self._live = live
        self._judge = judge
        self._clock = clock
        self._heap: list[tuple[datetime, int]] = []
        self._planned: dict[int, datetime] = {}
        self._waiting: dict[int, None] = {}
        # Monitors that fail from too few regions since the last look.
        self._divided: set[int] = set()
        self.lonely = Lonely(store, live, url=url)
        self.told = asyncio.Event()
        self.wake = asyncio.Event()
        judge.disagreed = self._disagreed

    def look_at(self, states: Iterable[MonitorState]) -> None:
        """Look at monitors again, soon: who checks them, or who of these has a vote, has changed."""
        now = self._clock.now()
        for state in states:
            if state.electorate.elsewhere and state.status is not Status.PAUSED:
                state.ask(now)
            self._waiting[state.monitor.id] = None
        self.wake.set()

    def look_at_region(self, regions: frozenset[str]) -> None:
        """Look again at every monitor that one of these regions checks."""
        self.look_at(state for state in self._live.states() if not regions.isdisjoint(state.electorate.regions))

    def _disagreed(self, monitor_id: int) -> None:
        self._divided.add(monitor_id)
        self.wake.set()

    async def tick(self, now: datetime) -> datetime | None:
        """Look at what has to be looked at, in steps of one commit, and return when the next vote expires."""
        for monitor_id in self._divided:
            state = self._live.state(monitor_id)
            if state is not None:
                self._plan(state, now)
                self.lonely.compare(state, now)
        self._divided.clear()
        self._collect(now)
        if self._waiting:
            await self._step(now)
        if self._waiting:
            # Between two steps the others have their turn at the lock.
            return now
        if await self.lonely.tell(now):
            self.told.set()
        at = min(self._heap[0][0], now + LONGEST_SLEEP) if self._heap else now + LONGEST_SLEEP
        return min(at, self.lonely.changes_at or at)

    def _collect(self, now: datetime) -> None:
        """Find those whose vote may have expired; where it was renewed meanwhile, only plan the next look."""
        while self._heap and self._heap[0][0] <= now:
            at, monitor_id = heapq.heappop(self._heap)
            if self._planned.get(monitor_id) != at:
                continue
            del self._planned[monitor_id]
            state = self._live.state(monitor_id)
            if state is None or not state.electorate.elsewhere:
                continue
            if self._votes_as_before(state, now):
                self._plan(state, now)
                self.lonely.compare(state, now)
            else:
                self._waiting[monitor_id] = None

    def _votes_as_before(self, state: MonitorState, now: datetime) -> bool:
        """Return whether every region that had a vote, and nobody else, has one."""
        verdict, fresh = state.verdict, timedelta(seconds=state.electorate.fresh_s)
        if verdict is None or verdict.reason in (Agreement.UNDECIDED, Agreement.NO_VOTE):
            return False
        voting = {one.region for one in state.reports(self._live.ears) if silence(one, fresh, now) is None}
        return voting == {*verdict.failing, *verdict.healthy}

    async def _step(self, now: datetime) -> None:
        async with self._judge.lock:
            chosen = list(islice(self._waiting, LOOKS_A_STEP))
            drafts = self._drafts(chosen)
            if drafts:
                await self._judge.settle(drafts, now)
            for monitor_id in chosen:
                self._waiting.pop(monitor_id, None)
                state = self._live.state(monitor_id)
                if state is not None and state.electorate.elsewhere:
                    self._plan(state, now)
                    self.lonely.compare(state, now)

    def _drafts(self, chosen: Iterable[int]) -> dict[int, Draft]:
        """Return what of these monitors moves by nothing but time."""
        known = self._judge.known
        drafts: dict[int, Draft] = {}
        for monitor_id in chosen:
            state = self._live.state(monitor_id)
            if state is None or state.status is Status.PAUSED:
                continue
            draft = Draft(state, self._live.incidents.get(state.incident_id or 0))
            reconsider(draft, known)
            if draft.moves or draft.switches or draft.regional_switches or _shows_another(draft, state):
                drafts[monitor_id] = draft
            else:
                state.verdict, state.regions = draft.verdict, draft.regions
        return drafts

    def _plan(self, state: MonitorState, now: datetime) -> None:
        """Take a place in the heap, unless there is an earlier one that is to come."""
        fresh, reports = timedelta(seconds=state.electorate.fresh_s), state.reports(self._live.ears)
        at = changes_at(reports, fresh, now) or now + fresh
        lonely_at = None if state.verdict is None else alone_at(state.verdict, reports, fresh, now)
        at = max(min(at, lonely_at or at), now + SOONEST)
        planned = self._planned.get(state.monitor.id)
        if planned is None or at < planned or planned <= now:
            self._planned[state.monitor.id] = at
            heapq.heappush(self._heap, (at, state.monitor.id))


def _shows_another(draft: Draft, state: MonitorState) -> bool:
    return (draft.status, draft.reason, draft.message) != (state.status, state.reason, state.message)
