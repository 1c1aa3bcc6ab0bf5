"""Tells people which probes are gone, back or blind, once each, also over a restart."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from asura.domain.attendance import SETTLE, Tell
from asura.domain.probe import Probe
from asura.engine.attending import Register
from asura.engine.live import Live
from asura.engine.notice import tell
from asura.engine.probe_desk import ProbeDesk
from asura.engine.probe_words import Left, News, compose, greetings
from asura.store import meta
from asura.store.db import Store

MISSED = "probes_missed"
# Whoever lets many probes come, one after the other, sends no more messages than this.
GREET_EVERY = timedelta(minutes=1)


class Missed(msgspec.Struct):
    """What people know of probes: which are gone, which cannot see, which have come. It is kept over restarts."""

    gone: list[int] = []
    blind: list[int] = []
    # The newest probe that came by a key that several have, of those that people know to have come.
    newest: int = 0


class Teller:
    """Turns what the registers owe into notices, and notes in the same commit what people know by them."""

    def __init__(
        self,
        store: Store,
        live: Live,
        desk: ProbeDesk,
        *,
        presence: Register,
        sight: Register,
        why: Callable[[int], str],
        url: str,
    ) -> None:
        self._store = store
        self._live = live
        self._desk = desk
        self._presence, self._sight = presence, sight
        # Returns why a probe cannot see.
        self._why = why
        self._url = url
        self._newest = 0
        self._greeted_at: datetime | None = None

    async def missed(self) -> Missed:
        """Return what people knew when the process before this one ended."""
        async with self._store.read() as reader:
            text = await meta.get(reader, MISSED)
        known = msgspec.json.decode(text, type=Missed) if text else Missed()
        self._newest = known.newest
        return known

    def owes(self, now: datetime) -> bool:
        """Return whether anything is to be told now."""
        return any(self._due(now)) or bool(self._new(now))

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when those that have come are to be told of, unless that is now."""
        at = self._new_at(now)
        return at if at is not None and at > now else None

    async def tell(self, now: datetime) -> bool:
        """Tell what is due, and return whether anybody is told."""
        (presence, sight), new = self._due(now), self._new(now)
        if not presence and not sight and not new:
            return False
        gone, blind = self._presence.told(presence), self._sight.told(sight)
        newest = max((probe.id for probe in new), default=self._newest)
        missed = Missed(self._presence.missed(gone), self._sight.missed(blind), newest)
        notices = greetings(new, now) + compose(
            self._news(self._presence, presence), self._news(self._sight, sight), self._left(), now
        )
        channels = list(self._live.channels.values())

        def change(db: sqlite3.Connection) -> int:
            meta.put(db, MISSED, msgspec.json.encode(missed).decode())
            return sum(tell(db, notice, channels, now, url=self._url) for notice in notices)

        told = await self._store.write(change)
        self._presence.keep(gone)
        self._sight.keep(blind)
        if new:
            self._newest, self._greeted_at = newest, now
        return told > 0

    def _due(self, now: datetime) -> tuple[Mapping[int, Tell], Mapping[int, Tell]]:
        """Return what is to be told of who is there, and of who sees; one that is gone is not told to be blind."""
        sight = self._sight.due(now)
        return self._presence.due(now), {one: what for one, what in sight.items() if self._presence.has(one)}

    def _new(self, now: datetime) -> list[Probe]:
        """Return who has come and is to be told of now: everybody, once the first of them is due."""
        at = self._new_at(now)
        return self._newcomers() if at is not None and at <= now else []

    def _new_at(self, now: datetime) -> datetime | None:
        """Return when those that have come are to be told of; at once where the clock was set back since."""
        came_at = min((probe.created_at for probe in self._newcomers()), default=None)
        if came_at is None:
            return None
        ready = [came_at + SETTLE] if came_at <= now else []
        if self._greeted_at is not None and self._greeted_at <= now:
            ready.append(self._greeted_at + GREET_EVERY)
        return max(ready, default=now)

    def _newcomers(self) -> list[Probe]:
        return [probe for probe in self._desk.list() if probe.hash is None and probe.id > self._newest]

    def _news(self, register: Register, due: Mapping[int, Tell]) -> list[News]:
        return [
            News(
                self._desk.get(probe_id),
                what,
                there=register.has(probe_id),
                left_at=register.left_at(probe_id),
                away_s=register.away_s(probe_id),
                blind=self._why(probe_id),
            )
            for probe_id, what in sorted(due.items())
        ]

    def _left(self) -> Left:
        joined = [probe for probe in self._desk.list() if probe.id in self._presence]
        there = [probe for probe in joined if self._presence.has(probe.id)]
        seeing: dict[str, list[str]] = {}
        for probe in there:
            if self._sight.has(probe.id):
                seeing.setdefault(probe.region, []).append(probe.name)
        return Left(seeing, len(joined), len(there), self._live.region_rule.local)
