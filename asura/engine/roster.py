"""Which probes are there, how they do, and which regions have a vote."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from asura.clock import Clock
from asura.domain import wire
from asura.domain.attendance import SETTLE
from asura.domain.probe import Standing
from asura.engine.ability import Ability
from asura.engine.attending import Register
from asura.engine.dispatch import Dispatch
from asura.engine.live import Live
from asura.engine.muting import Muting
from asura.engine.probe_calls import Listening, Polls, Process
from asura.engine.probe_desk import NOTE_EVERY, ProbeDesk
from asura.engine.probe_teller import Teller
from asura.engine.region_gaps import RegionGaps, Silenced, silenced
from asura.errors import Conflict
from asura.store.db import Store

REPORT_EVERY = timedelta(seconds=5)
# Silent for three reports: it is gone.
OFFLINE_AFTER = REPORT_EVERY * 3
REPORT_EVERY_S, OFFLINE_AFTER_S = REPORT_EVERY.total_seconds(), OFFLINE_AFTER.total_seconds()
# A process that was heard this lately, and waits for changes, does not give way to another one.
ALIVE_S = REPORT_EVERY_S * 1.5
# Whoever was away for so long has left: its region is none until it calls again, and raises no quorum.
LEAVES_AFTER = timedelta(days=1)
# One that cannot see for so long is told of, as asura tells when it cannot itself.
BLIND_FOR = timedelta(minutes=10)
SOONEST_S = 1.0
NOBODY = Process("")

# Those that are enrolled and have called, with their regions; who of them is there; who of these sees.
Division = tuple[list[tuple[int, str]], frozenset[int], frozenset[int]]


class Roster:
    """Follows every probe; says when one is gone or back, and takes the vote of a region that nobody speaks for.

    A probe is there while it is heard: an open connection says nothing of a process that hangs. One that says that it
    ends hands its monitors over at once, and has the same time to be back as one that falls silent. A region has its
    say from the first call of a probe of it.
    """

    name = "roster"

    def __init__(
        self, store: Store, live: Live, desk: ProbeDesk, dispatch: Dispatch, clock: Clock, *, url: str
    ) -> None:
        self._live = live
        self._desk = desk
        self._dispatch = dispatch
        self._clock = clock
        self._processes: dict[int, Process] = {}
        # When each was last heard, by the wall's clock and by the steady one.
        self._heard_at: dict[int, datetime] = {}
        self._heard: dict[int, float] = {}
        self._presence, self._sight = Register(SETTLE), Register(BLIND_FOR)
        # Who has not said goodbye, and who sees: as far as either has held.
        self._stays, self._sees = Ability(at_once=True), Ability()
        self.polls = Polls()
        self._listening = Listening(clock, live)
        self._gaps = RegionGaps(store)
        self._muting = Muting(live, desk, presence=self._presence, sight=self._sight)
        self._teller = Teller(
            store, live, desk, presence=self._presence, sight=self._sight, why=self._why_blind, url=url
        )
        self._divided: Division | None = ([], frozenset(), frozenset())
        # Called with the regions that lost or got back their vote.
        self.lost: Callable[[frozenset[str]], None] = lambda regions: None
        # Called when a probe is gone or back, sees or does not, or people did something with one.
        self.moved: Callable[[], None] = lambda: None
        self.told = asyncio.Event()
        self.wake = asyncio.Event()
        desk.changed, desk.listed = self._enrolled, self._muting.listed
        dispatch.named = self._muting.name
        desk.revoked.append(self._let_go)

    async def start(self, now: datetime) -> None:
        """Begin: end the gaps of regions that were open when the process ended; every probe has its time to call."""
        missed = await self._teller.missed()
        seen = {probe.id: probe.last_seen_at for probe in self._desk.list()}
        self._heard_at = {one: at for one, at in seen.items() if at is not None and now - at < LEAVES_AFTER}
        self._presence.open(self._heard_at, missed.gone, now)
        self._sight.open(self._heard_at, missed.blind, now)
        self._listening.open()
        if self._desk.list():
            # Those that have never called are divided among nobody: that has to be said once.
            self._divided = None
        self._follow()
        await self._gaps.start(self._silenced(now), now)

    async def tick(self, now: datetime) -> datetime | None:
        """Look who has fallen silent or come back, and return when the next one would fall silent.

        1. Who is silent for too long is gone: votes and monitors go to others at once.
        2. The gaps of regions are stored, and people are told what lasts. 3. It is noted who was heard.
        """
        self._listening.look(now)
        self._look(now)
        await self._gaps.keep(self._silenced(now), now)
        if not self._listening.doubtful(OFFLINE_AFTER_S) and await self._teller.tell(now):
            self.told.set()
        await self._note()
        return self._next_at(now)

    def greet(self, probe_id: int, boot: str, version: str, *, wall: float | None, visits: bool = False) -> None:
        """Take in that a process of a probe asks for its monitors; raises Conflict while another one is at it.

        `visits`: it comes for one round, and nobody is to miss it.
        """
        new = probe_id not in self._presence
        known = self._processes.get(probe_id)
        if known is not None and known.boot != boot and self._holds(probe_id, known):
            raise Conflict("another process uses this key; make one for each probe")
        process = self._hear(probe_id, boot, wall)
        process.version, process.visits = version, visits and (new or process.visits)

    def polling(self, probe_id: int, boot: str, *, begins: bool) -> None:
        """Note that a process of a probe began or ended to wait for changes: while it does, none takes its place."""
        process = self._processes.get(probe_id)
        if process is not None and process.boot == boot:
            process.polls = max(0, process.polls + (1 if begins else -1))

    def report(self, probe_id: int, batch: wire.Batch, *, wall: float | None, refused: int) -> None:
        """Take in how a probe does; raises Conflict when another process has taken its place."""
        known = self._processes.get(probe_id)
        if known is not None and known.boot != batch.boot:
            raise Conflict("another process has taken the place of this one")
        process = self._hear(probe_id, batch.boot, wall)
        process.refused += refused
        process.report(batch.state, ends=batch.bye)
        at = self._clock.monotonic()
        leaves = self._stays.note(probe_id, not batch.bye, at)
        blinded = self._sees.note(probe_id, not process.blind, at)
        if blinded:
            self._sight.note(probe_id, False, self._clock.now())
        if leaves or blinded:
            self._follow()
        if leaves or blinded or self._waits(probe_id):
            self.wake.set()

    def shown(self, probe_id: int) -> tuple[bool, str]:
        """Return whether a probe is online, and why it cannot see, if it cannot."""
        return self._is_online(probe_id), self._why_blind(probe_id)

    def standing(self, probe_id: int) -> Standing:
        """Return how a probe does; raises NotFound."""
        probe, process = self._desk.get(probe_id), self._processes.get(probe_id, NOBODY)
        state = process.state
        return Standing(
            online=self._is_online(probe_id),
            blind=process.blind,
            version=process.version or probe.version,
            last_seen_at=self._heard_at.get(probe_id, probe.last_seen_at),
            clock_skew_s=process.skew_s,
            lag_s=state.lag_s,
            late_s=state.late_s,
            checks_per_s=state.checks_per_s,
            in_flight=state.in_flight,
            spooled=state.spooled,
            lost=state.lost,
            refused=process.refused,
        )

    def _hear(self, probe_id: int, boot: str, wall: float | None) -> Process:
        """Take in a request of a process, which speaks for its probe from now; raises NotFound."""
        self._desk.get(probe_id)
        now, before = self._clock.now(), self._processes.get(probe_id)
        process = before if before is not None and before.boot == boot else Process(boot)
        self._processes[probe_id] = process
        process.set_clock(wall, now)
        self._heard_at[probe_id], self._heard[probe_id] = now, self._clock.monotonic()
        if probe_id not in self._sight:
            self._sight.note(probe_id, True, now)
        turned = self._presence.note(probe_id, True, now)
        if not process.ended:
            self._stays.note(probe_id, True, self._clock.monotonic())
        if turned or self._settle():
            self._follow()
            self.wake.set()
        elif self._waits(probe_id):
            self.wake.set()
        return process

    def _waits(self, probe_id: int) -> bool:
        return self._sees.waits(probe_id) or self._stays.waits(probe_id)

    def _holds(self, probe_id: int, process: Process) -> bool:
        """Return whether a process is alive, as far as we can tell, and so keeps its place."""
        lately = self._clock.monotonic() - self._heard.get(probe_id, -ALIVE_S) < ALIVE_S
        return process.polls > 0 and lately and not process.ended

    def _is_online(self, probe_id: int) -> bool:
        process = self._processes.get(probe_id)
        return self._presence.has(probe_id) and not (process is not None and process.ended)

    def _why_blind(self, probe_id: int) -> str:
        return self._processes.get(probe_id, NOBODY).blind

    def _silent_s(self, probe_id: int) -> float:
        """Return for how long nothing was heard of a probe, of the time in which we could hear."""
        return self._clock.monotonic() - max(self._heard.get(probe_id, self._listening.since), self._listening.since)

    def _look(self, now: datetime) -> None:
        silent = [one for one in self._heard_at if self._presence.has(one) and self._silent_s(one) >= OFFLINE_AFTER_S]
        for probe_id in silent:
            self._presence.note(probe_id, False, now, left_at=self._heard_at[probe_id])
        lost = [one for one, at in self._heard_at.items() if now - at >= LEAVES_AFTER and not self._presence.has(one)]
        lost += [one for one, process in self._processes.items() if process.visits and process.ended]
        for probe_id in lost:
            self._forget(probe_id)
        if self._settle() or silent or lost:
            self._follow()

    def _settle(self) -> bool:
        """Take in who sees again, or is back for good; return whether there is anybody."""
        now, at = self._clock.now(), self._clock.monotonic()
        seeing = self._sees.settle(at)
        for probe_id in seeing:
            self._sight.note(probe_id, True, now)
        return bool(self._stays.settle(at) or seeing)

    def _enrolled(self) -> None:
        """Follow what people did with probes."""
        ids = {probe.id for probe in self._desk.list()}
        for probe_id in self._heard_at.keys() - ids:
            self._forget(probe_id)
        self._follow()
        self.wake.set()

    def _forget(self, probe_id: int) -> None:
        """Know nothing of a probe any more: its region has no say by it until it calls again."""
        for known in (self._heard_at, self._heard, self._processes):
            known.pop(probe_id, None)
        for kept in (self._presence, self._sight, self._sees, self._stays):
            kept.forget(probe_id)

    def _let_go(self, probe_id: int) -> None:
        """End what a process does whose key has ended: another one may take its place at once."""
        self._processes.pop(probe_id, None)

    def _follow(self) -> None:
        """Divide the monitors among those that are there, and take or give votes, where that has changed."""
        joined = [probe for probe in self._desk.list() if probe.id in self._presence]
        online = frozenset(probe.id for probe in joined if self._presence.has(probe.id) and self._stays.has(probe.id))
        able = frozenset(probe_id for probe_id in online if self._sight.has(probe_id))
        divided = ([(probe.id, probe.region) for probe in joined], online, able)
        if divided != self._divided:
            self._divided = divided
            self._dispatch.divide(joined, able, online)
        moved = self._muting.follow()
        if moved:
            self.lost(moved)
        self.moved()

    def _silenced(self, now: datetime) -> dict[str, Silenced]:
        return silenced(self._desk.list(), self._heard_at, self._live.mute, now)

    async def _note(self) -> None:
        """Note once a minute which probes were heard."""
        late = []
        for probe_id, process in self._processes.items():
            if process.visits:
                continue
            at, noted_at = self._heard_at[probe_id], self._desk.get(probe_id).last_seen_at
            # Where the clock was set back, it is long ago too.
            if noted_at is None or abs(at - noted_at) >= NOTE_EVERY:
                late.append(self._desk.seen(probe_id, process.version, at))
        await asyncio.gather(*late)

    def _next_at(self, now: datetime) -> datetime | None:
        """Return when the next one would fall silent, or something is to be told; None: when somebody calls."""
        waits = [OFFLINE_AFTER_S - self._silent_s(one) for one in self._heard_at if self._presence.has(one)]
        away = (at for one, at in self._heard_at.items() if not self._presence.has(one))
        waits += [(at + LEAVES_AFTER - now).total_seconds() for at in away]
        turns = (self._presence.changes_at(now), self._sight.changes_at(now), self._teller.changes_at(now))
        steady = self._clock.monotonic()
        waits += [*self._sees.waits_s(steady), *self._stays.waits_s(steady)]
        waits += [(at - now).total_seconds() for at in turns if at is not None]
        if self._teller.owes(now):
            # It is held back, and whatever holds it back does not wake anybody.
            waits.append(REPORT_EVERY_S)
        if not waits:
            return None
        seconds = max(min(waits), SOONEST_S)
        self._listening.expect(seconds)
        return now + timedelta(seconds=seconds)
