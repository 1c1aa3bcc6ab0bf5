"""Takes everything that has arrived, steps each state in memory, and commits once."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from asura.clock import Clock
from asura.domain.confirm import is_steady
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.domain.status import Status
from asura.engine.beats import Beats
from asura.engine.believing import Known
from asura.engine.broadcast import Broadcast
from asura.engine.delivery import Delivery
from asura.engine.draft import Draft, Switch
from asura.engine.events import EventHub
from asura.engine.hearing import Hearing, Knock, Look
from asura.engine.inbox import Inbox, give_up, halves, monitors_of, refuse, weight
from asura.engine.ledger import Move, Recorded, record
from asura.engine.live import Live
from asura.engine.stepping import Excuses, Item, Stepper, Work
from asura.errors import StoreUnavailable
from asura.store import spans
from asura.store.db import Store

log = logging.getLogger(__name__)

PLAIN_WAIT_S = 1.0
ENOUGH = 2000
# A commit that fails once is tried again before anybody sees it.
HIDE_AFTER_S = 5.0
INBOX_LIMIT = 500_000
# What our own fault does not hide: it does so already, or planned work does.
_NOT_HIDDEN = frozenset({Status.UNKNOWN, Status.MAINTENANCE})


class Judge:
    """The one place where results change what is believed. `lock` is held by whoever changes monitors or incidents."""

    name = "judge"

    def __init__(
        self,
        store: Store,
        live: Live,
        events: EventHub,
        clock: Clock,
        excuses: Excuses,
        *,
        beats: Beats,
        url: str,
        region: str = "local",
    ) -> None:
        self._store = store
        self.beats = beats
        self._region = region
        self._stepper = Stepper(live, excuses)
        self._live = live
        self.broadcast = Broadcast(live, events)
        self._clock = clock
        self._excuses = excuses
        self._url = url
        self._inbox = Inbox()
        self._urgent = False
        self._since = 0.0
        self._failing_since: float | None = None
        self._retry: asyncio.Task[None] | None = None
        self.failure = ""
        self.lock = asyncio.Lock()
        self.wake = asyncio.Event()
        self.told = asyncio.Event()
        # Set when a state or an incident has moved: what follows from it may be public.
        self.moved = asyncio.Event()
        # Called with each monitor that fails from too few regions.
        self.disagreed: Callable[[int], None] = lambda monitor_id: None
        self.stale = 0
        self.overflowed = 0
        self.refused = 0
        # Stretches in which no ping could be taken, which the watcher writes down.
        self.unsaved_gaps: list[Gap] = []

    def failing_s(self, now: float) -> float:
        """Return for how long (at a monotonic second) nothing could be stored; 0 when the last pass could."""
        return max(now - self._failing_since, 1e-9) if self._failing_since is not None else 0.0

    @property
    def known(self) -> Known:
        """Return what a pass knows besides the monitors; for who judges without any result."""
        return Known(self._clock.now(), self._live.gaps, self._live.ears)

    @property
    def waiting(self) -> int:
        """Return how many results wait for a pass."""
        return self._inbox.waiting

    def offer(self, result: Result) -> None:
        """Take a result in. One that may change something is judged at once, the others within a second."""
        if self._inbox.waiting >= INBOX_LIMIT:
            self.overflowed += self._inbox.let_go()
        if not self._inbox:
            self._since = self._clock.monotonic()
        self._inbox.add(result)
        state = self._live.state(result.monitor_id)
        if state is not None and not is_steady(state.streak(result.region), result.finding):
            self._urgent = True
            self.wake.set()
        elif len(self._inbox) == 1:
            self.wake.set()

    def hear(self, item: Knock | Look | Delivery) -> None:
        """Take in what is judged at once: a ping or a delivery, for which somebody waits, or a heartbeat to look at."""
        if self._inbox.waiting >= INBOX_LIMIT:
            raise StoreUnavailable("too much waits to be stored")
        if not self._inbox:
            self._since = self._clock.monotonic()
        self._inbox.add(item)
        self._urgent = True
        self.wake.set()
        if self._failing_since is not None and self._retry is None:
            # The loop has paused after failures; whoever waits at the door is told at once, one way or the other.
            self._retry = asyncio.ensure_future(self._try_again())

    async def _try_again(self) -> None:
        try:
            await self.judge(self._clock.now())
        except StoreUnavailable:
            log.debug("still nothing can be stored")
        finally:
            self._retry = None

    async def tick(self, now: datetime) -> datetime | None:
        """Judge what has arrived; plain results may wait a second for company."""
        if not self._inbox:
            return None
        left = self._since + PLAIN_WAIT_S - self._clock.monotonic()
        if not self._urgent and self._inbox.waiting < ENOUGH and left > 0:
            return now + timedelta(seconds=left)
        await self.judge(now)
        return self._clock.now() if self._inbox and self._urgent else None

    async def judge(self, now: datetime) -> None:
        """Judge everything in the inbox, whatever it is.

        A pass goes on when whoever asked for it no longer waits: its commit may come true, and memory has to follow.
        """
        await asyncio.shield(asyncio.ensure_future(self._pass(now)))

    async def _pass(self, now: datetime) -> None:
        """Judge the inbox in one commit. Where one monitor spoils it, halve until only that one is left out."""
        async with self.lock:
            groups = self._inbox.groups()
            self._inbox, self._urgent = Inbox(), False
            while groups:
                group = groups.pop()
                try:
                    work = self._step(group, now)
                    recorded = await self._store.write(lambda db, work=work: self._commit(db, work, now))  # type: ignore[misc]
                except StoreUnavailable as error:
                    self._put_back([group, *reversed(groups)], error)
                    self._cannot_store(work, str(error), now)
                    raise
                except Exception as error:
                    groups.extend(self._halves(group, error))
                    continue
                self._publish(work, recorded, now)

    def _cannot_store(self, work: Work, why: str, now: datetime) -> None:
        """Show as unknown, in memory alone, what was checked and for a while cannot be stored; judged when it can."""
        monotonic = self._clock.monotonic()
        if self._failing_since is None:
            self._failing_since = monotonic
        self.failure = text = f"asura cannot store what it finds: {why}."
        if self.failing_s(monotonic) < HIDE_AFTER_S:
            return
        for result in work.results:
            state = self._live.state(result.monitor_id)
            if state is None or state.status in _NOT_HIDDEN or result.monitor_id in work.hearing.heard:
                continue
            state.status, state.reason, state.message, state.since = Status.UNKNOWN, Reason.OWN_STORE.value, text, now
            self.broadcast.show(state, now)

    def _put_back(self, groups: Sequence[Sequence[Item]], error: Exception) -> None:
        """Keep results for later; pings and deliveries are refused: who waits for one knows, and tries again."""
        items = [item for group in groups for item in group]
        refuse(items, error)
        self._inbox = Inbox([item for item in items if isinstance(item, Result)] + self._inbox.rest())
        self._urgent = True

    def _halves(self, group: Sequence[Item], error: Exception) -> list[list[Item]]:
        """Return a group that cannot be stored as two, each monitor whole; nothing when it is of one monitor only."""
        parts = halves(group)
        if all(parts):
            return parts
        log.error("what was found of monitors %s cannot be judged or stored", monitors_of(group), exc_info=error)
        self.refused += sum(weight(item) for item in group)
        give_up(group, error)
        return []

    async def settle(self, drafts: dict[int, Draft], now: datetime) -> None:
        """Store what was drafted without any result, and make it known. The caller holds the lock."""
        work = Work(Hearing(self.beats, region=self._region, deaf=False), drafts=drafts)
        self._publish(work, await self._store.write(lambda db: self._commit(db, work, now)), now)

    async def apply(
        self,
        moves: Sequence[Move],
        switches: Sequence[Switch] = (),
        *,
        also: Callable[[sqlite3.Connection], object] | None = None,
    ) -> list[Recorded]:
        """Store transitions that no result caused, and what belongs to them. The caller holds the lock."""
        now = self._clock.now()

        def change(db: sqlite3.Connection) -> list[Recorded]:
            for switch in switches:
                spans.switch(db, switch.monitor_id, switch.region, switch.status, switch.reason, switch.at)
            if also is not None:
                also(db)
            return self.record_in(db, moves, now)

        recorded = await self._store.write(change)
        self.announce(recorded)
        return recorded

    def announce(self, recorded: Sequence[Recorded]) -> None:
        """Make stored transitions known: to readers, listeners, and the notifier."""
        self.moved.set()
        for one in recorded:
            self._live.set_incident(one.incident)
            self.broadcast.incident(one.incident)
            if one.notified:
                self.told.set()

    def _step(self, batch: Sequence[Item], now: datetime) -> Work:
        gaps = self._excuses.gaps()
        self.beats.hear_of(self._live.gaps)
        hearing = Hearing(self.beats, region=self._region, deaf=self._failing_since is not None)
        return self._stepper.step(batch, hearing, now, gaps=gaps)

    def _commit(self, db: sqlite3.Connection, work: Work, now: datetime) -> list[Recorded]:
        work.hearing.store(db)
        for delivery in work.deliveries:
            delivery.note(db)
        self._store.results.append(db, work.results)
        recorded: list[Recorded] = []
        for draft in work.drafts.values():
            for switch in (*draft.switches, *draft.regional_switches):
                spans.switch(db, switch.monitor_id, switch.region, switch.status, switch.reason, switch.at)
            recorded.extend(self.record_in(db, draft.moves, now))
        return recorded

    def record_in(self, db: sqlite3.Connection, moves: Sequence[Move], now: datetime) -> list[Recorded]:
        """Store transitions inside a change of the caller's, who holds the lock and announces them after it."""
        channels = list(self._live.channels.values())
        recorded: list[Recorded] = []
        known: dict[int | None, int] = {}
        for move in moves:
            incident = move.incident
            monitor_id = move.monitor_id
            if incident.id == 0 and move.was_active and monitor_id in known:
                # Opened and moved on within one pass: the second move belongs to the row that the first one made.
                move = msgspec.structs.replace(move, incident=msgspec.structs.replace(incident, id=known[monitor_id]))
            one = record(db, move, now, channels=channels, url=self._url)
            known[monitor_id] = one.incident.id
            recorded.append(one)
        return recorded

    def _publish(self, work: Work, recorded: list[Recorded], now: datetime) -> None:
        self._end_failing(now)
        self.stale += work.stale
        for result in work.lasts.values():
            state = self._live.state(result.monitor_id)
            if state is not None:
                state.repeat(result)
        for draft in work.drafts.values():
            draft.apply(now)
            if draft.divides:
                self.disagreed(draft.monitor.id)
        if work.drafts:
            self.announce(recorded)
        self.broadcast.show_all(work.drafts, work.lasts.values(), now)
        work.hearing.publish(now, self.broadcast.ping)
        for delivery in work.deliveries:
            delivery.publish()

    def _end_failing(self, now: datetime) -> None:
        """Note that we can store again; meanwhile no ping was taken, so no deadline was running."""
        if self._failing_since is None:
            return
        seconds = self._clock.monotonic() - self._failing_since
        self._failing_since = None
        gap = Gap(now - timedelta(seconds=seconds), self._clock.now(), Reason.OWN_STORE.value)
        self.beats.remember([gap])
        self.unsaved_gaps.append(gap)
