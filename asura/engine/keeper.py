"""Keeps to the maintenance windows: puts monitors under maintenance when one begins, and lets go when it ends."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from asura.clock import Clock
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.maintenance import Occurrence, Window, covers, occurrences
from asura.domain.monitor import Monitor
from asura.domain.status import Status
from asura.engine.dispatch import Dispatch
from asura.engine.draft import FAILING, Draft
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.engine.maintenance_desk import MaintenanceDesk
from asura.engine.monitor_state import MonitorState, Veil
from asura.engine.veil import lay, lift
from asura.errors import StoreUnavailable

log = logging.getLogger(__name__)

SWITCHES_A_STEP = 200


class _Open(NamedTuple):
    """A window that is open now."""

    window: Window
    now: Occurrence

    @property
    def veil(self) -> Veil:
        return Veil(self.window.config.name, self.now.ends_at)


class Keeper:
    """Sleeps until a window opens or closes, or is planned, or a monitor is edited; switches in steps of one commit."""

    name = "keeper"

    def __init__(self, desk: MaintenanceDesk, live: Live, judge: Judge, dispatch: Dispatch, clock: Clock) -> None:
        self._desk = desk
        self._live = live
        self._judge = judge
        self._dispatch = dispatch
        self._clock = clock
        # What was open when every monitor was looked at; as long as it is, only those that are edited have to be.
        self._seen: tuple[object, ...] | None = None
        self.wake = asyncio.Event()
        live.followers.append(self.wake)
        desk.keep = self.catch_up

    async def tick(self, now: datetime) -> datetime | None:
        """Switch what has to be, and return when a window opens or closes next."""
        more = await self._step(now)
        while more:
            # Between two steps the others have their turn at the lock.
            more = await self._step(now)
        return self._desk.changes_at(now)

    async def catch_up(self) -> None:
        """Switch what has to be, for somebody who waits for it; what cannot be stored now is made up for later."""
        try:
            await self.tick(self._clock.now())
        except StoreUnavailable as error:
            log.warning("monitors could not be put under maintenance or taken out yet: %s", error)
            self.wake.set()

    async def _step(self, now: datetime) -> bool:
        """Switch some monitors in one commit, and return whether there are more."""
        async with self._judge.lock:
            opened = [_Open(one, phase.current) for one, phase in self._desk.phases(now) if phase.current is not None]
            seen, touched = (self._desk.version, *opened), frozenset(self._live.touched)
            known = (self._live.state(one) for one in touched) if seen == self._seen else self._live.states()
            due = list(islice(self._due(known, opened), SWITCHES_A_STEP + 1))
            await self._switch(due[:SWITCHES_A_STEP], now)
            if len(due) > SWITCHES_A_STEP:
                return True
            self._seen = seen
            self._live.touched -= touched
            return False

    async def _switch(self, due: list[tuple[MonitorState, _Open | None]], now: datetime) -> None:
        if not due:
            return
        ended = _Ended(self._desk.list(), now)
        drafts: dict[int, Draft] = {}
        again: list[Monitor] = []
        for state, one in due:
            draft = drafts[state.monitor.id] = Draft(state, self._live.incidents.get(state.incident_id or 0))
            if one is not None:
                lay(draft, one.veil, _began_at(state, one, now), now)
            elif lift(draft, ended.at(state), now):
                again.append(state.monitor)
        await self._judge.settle(drafts, now)
        for monitor_id in drafts:
            self._look(monitor_id, now)
        self._check(again)

    def _due(
        self, states: Iterable[MonitorState | None], opened: list[_Open]
    ) -> Iterator[tuple[MonitorState, _Open | None]]:
        """Yield each monitor that has to be switched, with the window that covers it now."""
        for state in states:
            if state is None or not state.monitor.config.enabled or state.status is Status.PAUSED:
                continue
            one = _covering(opened, state.monitor)
            if (state.status is Status.MAINTENANCE) is (one is None):
                yield state, one
            elif one is not None and state.veil != one.veil:
                self._rename(state, one.veil)

    def _rename(self, state: MonitorState, veil: Veil) -> None:
        """Say the new name or end; what is believed and stored is the same."""
        last = state.last
        meanwhile = last.message if last is not None and state.believed in FAILING else ""
        state.veil, state.message = veil, f"{veil.sentence} {meanwhile}".strip()
        self._judge.broadcast.show(state, self._clock.now())

    def _look(self, monitor_id: int, now: datetime) -> None:
        """Look at a heartbeat again: it may have come to be late meanwhile."""
        beat = self._judge.beats.get(monitor_id)
        if beat is not None:
            self._judge.beats.plan_at(beat, now)

    def _check(self, again: Iterable[Monitor]) -> None:
        """Check at once what is believed to fail, now that people are told of it."""
        for monitor in again:
            if monitor.config.type == HEARTBEAT:
                continue
            self._dispatch.place(monitor, at_once=True)


class _Ended:
    """When windows let go of monitors: at their end, however late we notice, or when somebody changed something."""

    def __init__(self, windows: list[Window], now: datetime) -> None:
        self._windows = windows
        self._now = now
        self._known: dict[tuple[int, datetime], datetime | None] = {}

    def at(self, state: MonitorState) -> datetime:
        """Return when a monitor came out of maintenance."""
        monitor = state.monitor
        ends = [
            max(end, window.updated_at, monitor.updated_at)
            for window in self._windows
            if covers(window.config, monitor.id, monitor.config)
            and (end := self._last(window, state.since)) is not None
        ]
        at = max(ends, default=self._now)
        begun = state.spans[-1].from_at if state.spans else state.since
        return min(max(at, begun), self._now)

    def _last(self, window: Window, since: datetime) -> datetime | None:
        key = window.id, since
        if key not in self._known:
            ends = (one.ends_at for one in occurrences(window, since, self._now) if one.ends_at <= self._now)
            self._known[key] = max(ends, default=None)
        return self._known[key]


def _covering(opened: list[_Open], monitor: Monitor) -> _Open | None:
    """Return the window that covers a monitor for the longest, of those that are open."""
    found = [one for one in opened if covers(one.window.config, monitor.id, monitor.config)]
    return max(found, key=lambda one: (one.now.ends_at, one.window.id), default=None)


def _began_at(state: MonitorState, one: _Open, now: datetime) -> datetime:
    """Return since when a monitor is under maintenance: since the window began, unless something changed later."""
    begun = state.spans[-1].from_at if state.spans else state.since
    return min(max(one.now.starts_at, one.window.updated_at, state.monitor.updated_at, begun), now)
