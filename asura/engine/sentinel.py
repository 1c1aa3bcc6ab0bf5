"""The primary's lookout: it keeps the gap in which we were blind, remembers who answered, and pages when it lasts."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from asura.clock import Clock
from asura.domain.blindness import Sighting
from asura.domain.incident import EventType
from asura.domain.monitor import MonitorConfig
from asura.domain.region import LOCAL
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.engine.live import Live
from asura.engine.notice import Notice, tell
from asura.running.lookout import CanaryTarget, Lookout, sightings
from asura.store import gaps as gap_rows
from asura.store import meta
from asura.store.db import Store

PAGE_AFTER = timedelta(minutes=10)
ANSWERED = "canaries_answered"


class Sentinel(Lookout):
    """Looks at our own connection all the time. While we are blind, one gap tells why."""

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
        super().__init__(clock, canaries=canaries, ask=ask, sightings=self._own_sightings)
        self._store = store
        self._live = live
        self._url = url
        # Who is known to the store as having answered; None: not read yet.
        self._stored: set[str] | None = None
        self._gap_id: int | None = None
        self._gap: Gap | None = None
        self._paged = False
        self.told = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        """Look, begin or end our gap, and page once when it lasts."""
        if self._stored is None:
            self._stored = await self._remembered()
            self.answered |= self._stored
        await self.look_around()
        await self._remember()
        await self._keep_gap(now)
        gap = self._gap
        if gap is not None and not self._paged and now - gap.from_at >= PAGE_AFTER:
            await self._page(gap, now)
        return now + self.pause

    async def _remembered(self) -> set[str]:
        """Return who answered before the last restart: after a power cut we may start before the router does."""
        async with self._store.read() as reader:
            text = await meta.get(reader, ANSWERED)
        return set(msgspec.json.decode(text, type=list[str])) if text else set()

    async def _remember(self) -> None:
        """Store who has answered, when somebody is new among them."""
        answered = set(self.answered)
        if answered == self._stored:
            return
        text = msgspec.json.encode(sorted(answered)).decode()
        await self._store.write(lambda db: meta.put(db, ANSWERED, text))
        self._stored = answered

    def _own_sightings(self, now: datetime) -> list[Sighting]:
        """Return what this process saw: what probes see from elsewhere says nothing of our connection."""
        seen = ((state.monitor.config.target, state.last_of(LOCAL)) for state in self._live.states())
        return sightings(seen, now)

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
