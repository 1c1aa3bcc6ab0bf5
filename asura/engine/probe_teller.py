"""Tells people which probes are gone, back or blind, once each, also over a restart."""

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from asura.domain.attendance import Tell
from asura.engine.attending import Register
from asura.engine.live import Live
from asura.engine.notice import tell
from asura.engine.probe_desk import ProbeDesk
from asura.engine.probe_words import Left, News, compose
from asura.store import meta
from asura.store.db import Store

MISSED = "probes_missed"


class Missed(msgspec.Struct):
    """Of which probes people know that they are gone, or cannot see: kept over restarts."""

    gone: list[int] = []
    blind: list[int] = []


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

    async def missed(self) -> Missed:
        """Return what people knew when the process before this one ended."""
        async with self._store.read() as reader:
            text = await meta.get(reader, MISSED)
        return msgspec.json.decode(text, type=Missed) if text else Missed()

    def owes(self, now: datetime) -> bool:
        """Return whether anything is to be told now."""
        return any(self._due(now))

    async def tell(self, now: datetime) -> bool:
        """Tell what is due, and return whether anybody is told."""
        presence, sight = self._due(now)
        if not presence and not sight:
            return False
        gone, blind = self._presence.told(presence), self._sight.told(sight)
        missed = msgspec.json.encode(Missed(self._presence.missed(gone), self._sight.missed(blind))).decode()
        notices = compose(self._news(self._presence, presence), self._news(self._sight, sight), self._left(), now)
        channels = list(self._live.channels.values())

        def change(db: sqlite3.Connection) -> int:
            meta.put(db, MISSED, missed)
            return sum(tell(db, notice, channels, now, url=self._url) for notice in notices)

        told = await self._store.write(change)
        self._presence.keep(gone)
        self._sight.keep(blind)
        return told > 0

    def _due(self, now: datetime) -> tuple[Mapping[int, Tell], Mapping[int, Tell]]:
        """Return what is to be told of who is there, and of who sees; one that is gone is not told to be blind."""
        sight = self._sight.due(now)
        return self._presence.due(now), {one: what for one, what in sight.items() if self._presence.has(one)}

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
