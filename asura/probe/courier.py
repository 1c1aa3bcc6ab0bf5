"""Takes results to the primary: what is new at once, what is left over from an outage with pauses, all of it once."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from asura.domain import wire
from asura.domain.result import Result
from asura.probe.client import Client
from asura.probe.clock import ProbeClock
from asura.probe.link import Link
from asura.probe.reporting import Report, batch
from asura.probe.spool import Packet, Spool, packed
from asura.probe.trouble import Kind, Trouble

log = logging.getLogger(__name__)

LANE = "deliver"
# Who was not asked yet is not told anything.
NOT_YET_S = 60.0
# Of the time that there is to say goodbye, so much is for what is left over.
LEFTOVERS = 0.6


class Courier:
    """Gathers results into batches and delivers them, one at a time. `state` tells how this probe does."""

    def __init__(
        self,
        client: Client,
        clock: ProbeClock,
        link: Link,
        *,
        boot: str,
        state: Callable[[], wire.State],
        taken: Callable[[wire.Taken], None] = lambda taken: None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._link = link
        self._boot = boot
        self._state = state
        self._taken = taken
        self._wake = asyncio.Event()
        self._report_from = float("-inf")
        self.report = Report(clock.boottime)
        self.spool = Spool()
        self.report_every = 5.0
        self.delivered = 0

    @property
    def waiting(self) -> int:
        """Return how many results the primary does not have yet."""
        return len(self.report) + self.spool.results

    def age_s(self) -> float:
        """Return how old the oldest result is that the primary does not have yet."""
        return max(self.report.age_s(), self.spool.age_s(self._clock.boottime()))

    def add(self, result: Result) -> None:
        """Take a result along."""
        self.report.add(result)
        if self.report.full:
            self._seal()
        self._wake.set()

    def hurry(self) -> None:
        """Report at once how this probe does."""
        self._report_from = float("-inf")
        self._wake.set()

    def nudge(self) -> None:
        """Look again at what is due: the connection is another one."""
        self._wake.set()

    async def run(self) -> None:
        """Deliver for ever; raises Trouble where there is no hope."""
        while True:
            await self._until_due()
            packet = self._next()
            if packet is not None:
                await self._deliver(packet)

    async def finish(self, *, within: float) -> bool:
        """Deliver what is there, newest first and without pauses, then say goodbye; return whether all arrived."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within * LEFTOVERS):
                while (packet := self.spool.newest()) is not None and await self._try(packet):
                    continue
        # What is gathered travels with the goodbye, so that most processes end with one request.
        goodbye = self._packet(bye=True)
        self._keep(goodbye)
        with suppress(TimeoutError):
            async with asyncio.timeout(within * (1 - LEFTOVERS)):
                await self._try(goodbye)
        return not self.waiting and not self.spool.lost

    async def _until_due(self) -> None:
        while True:
            now = self._clock.boottime()
            self._drop_old(now)
            at = self._due_at(now)
            if at <= now:
                return
            self._wake.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(at - now):
                    await self._wake.wait()

    def _due_at(self, now: float) -> float:
        """Return the steady second at which something has to go: gathered results, packed ones, or a sign of life."""
        if not self._link.contacted:
            # Nothing can be reported before there is anything to check; who is asked first is who gives that out.
            return now + NOT_YET_S
        wishes = (self.report.due_at(), self.spool.ready_at(now), self._report_from + self.report_every)
        return min(one for one in wishes if one is not None)

    def _next(self) -> Packet | None:
        now = self._clock.boottime()
        due_at = self.report.due_at()
        if due_at is not None and due_at <= now:
            self._seal()
        ready_at = self.spool.ready_at(now)
        if ready_at is not None and ready_at <= now:
            return self.spool.newest()
        # A sign of life is not kept: a later one says more.
        return self._packet() if now >= self._report_from + self.report_every else None

    async def _deliver(self, packet: Packet) -> None:
        began = self._clock.boottime()
        try:
            taken = await self._client.deliver(packet)
        except Trouble as trouble:
            if trouble.kind is not Kind.SENSELESS:
                await self._link.bad(LANE, trouble)
                return
            self._refused(packet, trouble)
        else:
            self._arrived(packet, taken)
        self._report_from = began
        self._link.good(LANE)

    async def _try(self, packet: Packet) -> bool:
        try:
            self._arrived(packet, await self._client.deliver(packet))
        except Trouble as trouble:
            if trouble.kind is not Kind.SENSELESS:
                log.warning("%s", trouble.sentence)
                return False
            self._refused(packet, trouble)
        return True

    def _arrived(self, packet: Packet, taken: wire.Taken) -> None:
        self.spool.went(packet, self._clock.boottime())
        self.spool.done(packet.seq)
        self.delivered += packet.results
        self._taken(taken)

    def _refused(self, packet: Packet, trouble: Trouble) -> None:
        self.spool.give_up(packet.seq)
        log.error("%d results are lost. %s", packet.results, trouble.sentence)

    def _seal(self) -> None:
        """Make a batch of what is gathered, which from now on stays as it is."""
        if len(self.report):
            self._keep(self._packet())

    def _packet(self, *, bye: bool = False) -> Packet:
        gathered, seq = self.report.take(), self.spool.number()
        body = packed(batch(self._boot, seq, gathered, self._state(), bye=bye))
        return Packet(seq, body, len(gathered.results), gathered.since, self._clock.boottime())

    def _keep(self, packet: Packet) -> None:
        lost = self.spool.lost
        self.spool.add(packet, self._clock.boottime())
        self._tell_lost(self.spool.lost - lost)

    def _drop_old(self, now: float) -> None:
        self._tell_lost(self.spool.trim(now))

    def _tell_lost(self, lost: int) -> None:
        if lost:
            log.warning("%d results were given up: they waited for an hour, or there was no room for more", lost)
