"""Looks at our own uplink and resolver before a target is blamed for what may be our fault."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from asura.clock import Clock
from asura.domain.blindness import Blindness, Canary, Sighting, blindness, is_near, place
from asura.domain.incident import EventType
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import NETWORK_REASONS, RESOLVER_REASONS, Reason
from asura.domain.region import LOCAL
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.domain.status import Finding
from asura.engine.live import Live
from asura.engine.notice import Notice, tell
from asura.store import gaps as gap_rows
from asura.store import meta
from asura.store.db import Store

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=10)
LOOK_WHEN_BLIND = timedelta(seconds=3)
FRESH_S = 1.0
RECENT = timedelta(seconds=120)
PAGE_AFTER = timedelta(minutes=10)
# A check that begins this soon after we could see again may still wait for what was asked before, as a name's look-up.
AFTERMATH = timedelta(seconds=2)
ANSWERED = "canaries_answered"
SERVFAIL = 2
_NO_RESOLVER = frozenset({Reason.CONNECT_REFUSED, Reason.CONNECT_RESET, Reason.CONNECTION_CLOSED})


class CanaryTarget(msgspec.Struct, frozen=True):
    """One canary: its name, whether it is a `resolver` or a `host`, and the check that asks it."""

    name: str
    kind: str
    # None: it should be there, and is not (no default route): silent without being asked.
    config: MonitorConfig | None


class Sentinel:
    """Knows whether we can see. While we cannot, failing results are unknown and one gap tells why."""

    name = "sentinel"

    def __init__(
        self,
        store: Store,
        live: Live,
        clock: Clock,
        *,
        canaries: Callable[[], Sequence[CanaryTarget]],
        ask: Callable[[MonitorConfig], Awaitable[Result]],
        url: str,
    ) -> None:
        self._store = store
        self._live = live
        self._clock = clock
        self._canaries = canaries
        self._ask = ask
        self._url = url
        self._answered: set[str] | None = None
        self._looked_at = float("-inf")
        self._look_began = datetime.min.replace(tzinfo=UTC)
        # How we were blind last, and until when results may have suffered from it.
        self._was: tuple[Blindness, datetime] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._gap_id: int | None = None
        self._gap: Gap | None = None
        self._paged = False
        self.blind: Blindness | None = None
        self.told = asyncio.Event()
        self.wake = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        """Look, begin or end our gap, and page once when it lasts."""
        if self._answered is None:
            self._answered = await self._remembered()
        await self._look(everybody=True)
        await self._keep_gap(now)
        gap = self._gap
        if gap is not None and not self._paged and now - gap.from_at >= PAGE_AFTER:
            await self._page(gap, now)
        return now + (LOOK_WHEN_BLIND if self.blind else LOOK_EVERY)

    async def look(self, since: datetime | None = None) -> None:
        """Ask the canaries, unless that was done within the last second; all who ask at once share one look.

        A look that began before `since`, when the check in question did, says nothing about that check.
        """
        fresh = self._clock.monotonic() - self._looked_at < FRESH_S
        if fresh and (since is None or self._look_began >= since):
            return
        if self._looking is None:
            # Those without a vote are asked by the tick: no result waits for them.
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
        answered = self._answered or set()
        targets = [target for target in self._canaries() if everybody or target.name in answered]
        seen = await asyncio.gather(*(self._canary(target) for target in targets))
        self._looked_at, self._look_began = self._clock.monotonic(), began
        before, self.blind = self.blind, blindness(seen, self._sightings(self._clock.now()))
        if before is not None and self.blind is None:
            self._was = before, self._clock.now() + AFTERMATH
        if (before is None) != (self.blind is None):
            log.warning("%s", self.blind.message if self.blind else "Our own connection works again.")
            self.wake.set()

    async def _canary(self, target: CanaryTarget) -> Canary:
        before = target.name in (self._answered or ())
        if target.config is None:
            return Canary(target.name, target.kind, False, before)
        result = await self._ask(target.config)
        answers = _answers(result, target.kind)
        if answers and not before:
            await self._remember(target.name)
        # A canary that we failed to ask says nothing: it has no vote this time.
        return Canary(target.name, target.kind, answers, before and result.finding is not Finding.UNKNOWN)

    async def _remembered(self) -> set[str]:
        """Return who answered before the last restart: after a power cut we may start before the router does."""
        async with self._store.read() as reader:
            text = await meta.get(reader, ANSWERED)
        return set(msgspec.json.decode(text, type=list[str])) if text else set()

    async def _remember(self, name: str) -> None:
        self._answered = (self._answered or set()) | {name}
        text = msgspec.json.encode(sorted(self._answered)).decode()
        await self._store.write(lambda db: meta.put(db, ANSWERED, text))

    def _sightings(self, now: datetime) -> list[Sighting]:
        found = []
        for state in self._live.states():
            last = state.last_of(LOCAL)
            if last is not None and last.finding is not Finding.UNKNOWN and now - last.at < RECENT:
                where = place(state.monitor.config.target)
                if where is not None:
                    found.append(Sighting(where.name, where.named, last.finding is Finding.DOWN, last.reason))
        return found

    async def _keep_gap(self, now: datetime) -> None:
        gap, gap_id = self._gap, self._gap_id
        if self.blind is not None and gap is None:
            opened = Gap(now, None, self.blind.reason.value)
            self._gap_id = await self._store.write(lambda db: gap_rows.begin(db, now, opened.reason))
            self._gap = opened
            self._live.gaps.append(opened)
            self._paged = False
        elif self.blind is None and gap is not None and gap_id is not None:
            await self._store.write(lambda db: gap_rows.end(db, gap_id, now))
            # Others may have noted gaps of theirs behind it meanwhile.
            ended = msgspec.structs.replace(gap, to_at=now)
            self._live.gaps = [ended if one is gap else one for one in self._live.gaps]
            self._gap = None

    async def _page(self, gap: Gap, now: datetime) -> None:
        blind = self.blind
        hidden = sum(state.reason == gap.reason for state in self._live.states())
        if blind is None:
            return
        text = f"{blind.message} {hidden} monitors are unknown since {gap.from_at:%H:%M:%S} UTC. No target is blamed."

        notice = Notice(
            event=EventType.BLIND,
            number=int(gap.from_at.timestamp()),
            title="asura cannot see: its own connection is at fault",
            text=text,
            reason="blind_for_ten_minutes",
        )
        channels = list(self._live.channels.values())
        await self._store.write(lambda db: tell(db, notice, channels, now, url=self._url))
        self._paged = True
        self.told.set()


def _answers(result: Result, kind: str) -> bool:
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
