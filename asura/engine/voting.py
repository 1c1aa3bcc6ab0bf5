"""Who has a vote changes with time: looks again at a monitor when a report of it gets too old, or a region is gone."""

import asyncio
import heapq
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from asura.clock import Clock, at_ms
from asura.domain.consensus import Silence, changes_at, is_alone
from asura.domain.incident import EventType
from asura.domain.status import Status
from asura.engine.agreeing import reconsider
from asura.engine.draft import Draft
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.engine.monitor_state import MonitorState
from asura.engine.notice import Notice, tell
from asura.store.db import Store

LOOKS_A_STEP = 500
LONGEST_SLEEP = timedelta(seconds=60)
SOONEST = timedelta(seconds=1)
SHOWN_NAMES = 5

# Monitors by the region that is told of.
Told = dict[str, list[MonitorState]]


class Voting:
    """Keeps one place in a heap for each monitor that several regions check: when its next vote expires."""

    name = "voting"

    def __init__(self, store: Store, live: Live, judge: Judge, clock: Clock, *, url: str) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._clock = clock
        self._url = url
        self._heap: list[tuple[datetime, int]] = []
        self._planned: set[int] = set()
        self._waiting: dict[int, None] = {}
        self.told = asyncio.Event()
        self.wake = asyncio.Event()

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

    async def tick(self, now: datetime) -> datetime | None:
        """Look at what has to be looked at, in steps of one commit, and return when the next vote expires."""
        while self._heap and self._heap[0][0] <= now:
            _, monitor_id = heapq.heappop(self._heap)
            self._planned.discard(monitor_id)
            self._waiting[monitor_id] = None
        if self._waiting:
            await self._step(now)
        if self._waiting:
            # Between two steps the others have their turn at the lock.
            return now
        return min(self._heap[0][0], now + LONGEST_SLEEP) if self._heap else now + LONGEST_SLEEP

    async def _step(self, now: datetime) -> None:
        async with self._judge.lock:
            chosen = list(islice(self._waiting, LOOKS_A_STEP))
            drafts = self._drafts(chosen)
            if drafts:
                await self._judge.settle(drafts, now)
            notices = self._after(chosen, now)
        if notices:
            channels = list(self._live.channels.values())

            def change(db: sqlite3.Connection) -> int:
                return sum(tell(db, notice, channels, now, url=self._url) for notice in notices)

            await self._store.write(change)
            self.told.set()

    def _drafts(self, chosen: Iterable[int]) -> dict[int, Draft]:
        """Return what of these monitors moves by nothing but time."""
        known = self._judge.known
        drafts: dict[int, Draft] = {}
        for monitor_id in chosen:
            state = self._live.state(monitor_id)
            if state is None or state.status is Status.PAUSED:
                continue
            draft = Draft(state, self._live.incidents.get(state.incident_id or 0))
            if state.electorate.elsewhere:
                reconsider(draft, known)
            else:
                draft.verdict = None
            if draft.moves or draft.switches or draft.regional_switches or _shows_another(draft, state):
                drafts[monitor_id] = draft
            else:
                state.verdict = draft.verdict
        return drafts

    def _after(self, chosen: Iterable[int], now: datetime) -> list[Notice]:
        """Plan the next look at each, and return what is to be told of regions that fail alone."""
        alone, again = Told(), Told()
        for monitor_id in chosen:
            self._waiting.pop(monitor_id, None)
            state = self._live.state(monitor_id)
            if state is not None and state.electorate.elsewhere:
                self._plan(state, now)
                _compare(state, self._live.mute, now, alone=alone, again=again)
        notices = [_alone(region, states, now) for region, states in alone.items()]
        return notices + [_again(region, states, now) for region, states in again.items()]

    def _plan(self, state: MonitorState, now: datetime) -> None:
        if state.monitor.id in self._planned:
            return
        fresh = timedelta(seconds=state.electorate.fresh_s)
        at = changes_at(state.reports(self._live.mute), fresh, now) or now + fresh
        self._planned.add(state.monitor.id)
        heapq.heappush(self._heap, (max(at, now + SOONEST), state.monitor.id))


def _shows_another(draft: Draft, state: MonitorState) -> bool:
    return (draft.status, draft.reason, draft.message) != (state.status, state.reason, state.message)


def _compare(state: MonitorState, mute: Mapping[str, Silence], now: datetime, *, alone: Told, again: Told) -> None:
    """Note which regions of a monitor fail alone and were not told of yet, and which do no more."""
    verdict, fresh = state.verdict, timedelta(seconds=state.electorate.fresh_s)
    if verdict is None:
        return
    for region, regional in state.regions.items():
        lonely = is_alone(verdict, regional.report(region, mute), fresh, now)
        if lonely and not regional.told and state.status is Status.UP:
            regional.told = True
            alone.setdefault(region, []).append(state)
        elif regional.told and not lonely:
            regional.told = False
            if region in verdict.healthy:
                again.setdefault(region, []).append(state)


def _alone(region: str, states: Sequence[MonitorState], now: datetime) -> Notice:
    since = min((state.regions[region].since or now for state in states), default=now)
    text = (
        f"From {region} alone {_names(states)} cannot be reached since {since:%Y-%m-%d %H:%M} UTC. "
        "The other regions reach it: no incident was opened."
    )
    title = f"{region} alone cannot reach {_names(states)}"
    return Notice(
        event=EventType.REGION_FAILING,
        number=at_ms(since),
        title=title,
        text=text,
        reason="region_failing_alone",
        subject=region,
    )


def _again(region: str, states: Sequence[MonitorState], now: datetime) -> Notice:
    title = f"{region} reaches {_names(states)} again"
    return Notice(
        event=EventType.REGION_RECOVERED,
        number=at_ms(now),
        title=title,
        text=f"{title}.",
        reason="region_recovered",
        subject=region,
    )


def _names(states: Sequence[MonitorState]) -> str:
    names = [state.monitor.config.name for state in states[:SHOWN_NAMES]]
    more = len(states) - len(names)
    return f"{', '.join(names)} and {more} more" if more else ", ".join(names)
