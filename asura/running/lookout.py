"""Whether this process can see: its uplink and resolver are looked at before a target is blamed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from asura.clock import Clock
from asura.domain.blindness import Blindness, Canary, Sighting, blindness, is_near, place
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import NETWORK_REASONS, RESOLVER_REASONS, Reason
from asura.domain.result import Outcome, Result
from asura.domain.status import Finding

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=10)
LOOK_WHEN_BLIND = timedelta(seconds=3)
FRESH_S = 1.0
RECENT = timedelta(seconds=120)
# A check that begins this soon after we could see again may still wait for what was asked before, as a name's look-up.
AFTERMATH = timedelta(seconds=2)
SERVFAIL = 2
_NO_RESOLVER = frozenset({Reason.CONNECT_REFUSED, Reason.CONNECT_RESET, Reason.CONNECTION_CLOSED})


class CanaryTarget(msgspec.Struct, frozen=True):
    """One canary: its name, whether it is a `resolver` or a `host`, and the check that asks it."""

    name: str
    kind: str
    # None: it should be there, and is not (no default route): silent without being asked.
    config: MonitorConfig | None


class Lookout:
    """Knows whether this process can see. While it cannot, failing results are unknown.

    `canaries` are asked for at each look, because networks change while we run; `ask` runs one check; `sightings` tells
    what this process itself saw of its targets of late. `wake` is set when it begins or ends to be blind.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        canaries: Callable[[], Sequence[CanaryTarget]],
        ask: Callable[[MonitorConfig], Awaitable[Result]],
        sightings: Callable[[datetime], Iterable[Sighting]],
    ) -> None:
        self._clock = clock
        self._canaries = canaries
        self._ask = ask
        self._sightings = sightings
        self._looked_at = float("-inf")
        self._look_began = datetime.min.replace(tzinfo=UTC)
        # How we were blind last, and until when results may have suffered from it.
        self._was: tuple[Blindness, datetime] | None = None
        self._looking: asyncio.Task[None] | None = None
        # The canaries that ever answered: only they have a vote, and who keeps them over a restart adds them here.
        self.answered: set[str] = set()
        self.blind: Blindness | None = None
        self.wake = asyncio.Event()

    @property
    def pause(self) -> timedelta:
        """Return how long to wait before the next look around."""
        return LOOK_WHEN_BLIND if self.blind else LOOK_EVERY

    async def look_around(self) -> None:
        """Ask every canary, also those without a vote: what a loop does now and then, and no result waits for."""
        await self._look(everybody=True)

    async def look(self, since: datetime | None = None) -> None:
        """Ask the canaries, unless that was done within the last second; all who ask at once share one look.

        A look that began before `since`, when the check in question did, says nothing about that check.
        """
        fresh = self._clock.monotonic() - self._looked_at < FRESH_S
        if fresh and (since is None or self._look_began >= since):
            return
        if self._looking is None:
            self._looking = asyncio.create_task(self._look(everybody=False))
            self._looking.add_done_callback(self._looked)
        await asyncio.shield(self._looking)

    def suspicious(self, result: Result) -> bool:
        """Return whether a result asks for a look at ourselves first."""
        return result.finding is not Finding.UNKNOWN and result.reason in NETWORK_REASONS and not _is_near(result)

    def excuse(self, result: Result) -> Result:
        """Return a failing result as unknown when we were blind, in the way that it failed, while it was made."""
        blind = self.blind
        if blind is None and self._was is not None and result.at <= self._was[1]:
            blind = self._was[0]
        if blind is None or not self.suspicious(result) or not blind.covers(result.reason):
            return result
        text = f"{blind.message} The check said: {result.message}"
        return msgspec.structs.replace(result, finding=Finding.UNKNOWN, reason=blind.reason, message=text)

    def _looked(self, task: asyncio.Task[None]) -> None:
        self._looking = None
        if not task.cancelled() and task.exception() is not None:
            log.error("looking at the canaries failed", exc_info=task.exception())

    async def _look(self, *, everybody: bool) -> None:
        began = self._clock.now()
        targets = [target for target in self._canaries() if everybody or target.name in self.answered]
        seen = await asyncio.gather(*(self._canary(target) for target in targets))
        self._looked_at, self._look_began = self._clock.monotonic(), began
        before, self.blind = self.blind, blindness(seen, self._sightings(self._clock.now()))
        if before is not None and self.blind is None:
            self._was = before, self._clock.now() + AFTERMATH
        if (before is None) != (self.blind is None):
            log.warning("%s", self.blind.message if self.blind else "Our own connection works again.")
            self.wake.set()

    async def _canary(self, target: CanaryTarget) -> Canary:
        before = target.name in self.answered
        if target.config is None:
            return Canary(target.name, target.kind, False, before)
        result = await self._ask(target.config)
        answers = is_there(result, target.kind)
        if answers:
            self.answered.add(target.name)
        # A canary that we failed to ask says nothing: it has no vote this time.
        return Canary(target.name, target.kind, answers, before and result.finding is not Finding.UNKNOWN)


def sightings(seen: Iterable[tuple[str, Result | None]], now: datetime) -> list[Sighting]:
    """Return what the newest result of each target says of the way outside; those that are old or near say nothing."""
    found = []
    for target, last in seen:
        if last is not None and last.finding is not Finding.UNKNOWN and now - last.at < RECENT:
            where = place(target)
            if where is not None:
                found.append(Sighting(where.name, where.named, last.finding is Finding.DOWN, last.reason))
    return found


def is_there(result: Result | Outcome, kind: str) -> bool:
    """Return whether a canary answered at all; what it said does not matter.

    A host that refuses is there. A resolver that refuses, or fails on the root itself, resolves nothing for us.
    """
    if result.finding is Finding.UNKNOWN:
        return False
    if kind == "resolver" and (
        result.reason in _NO_RESOLVER or (result.reason, result.code) == (Reason.DNS_RCODE, SERVFAIL)
    ):
        return False
    silent = NETWORK_REASONS - (RESOLVER_REASONS - {Reason.DNS_TIMEOUT, Reason.DNS_FAILED})
    return result.finding is not Finding.DOWN or result.reason not in silent


def _is_near(result: Result) -> bool:
    return result.evidence is not None and is_near(result.evidence.address)
