"""What comes in from jobs: which heartbeat is meant, what the ping says, and an answer once it is stored."""

import asyncio
import re
import secrets
import sqlite3
from collections.abc import Mapping
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

import msgspec

from asura.clock import Clock
from asura.domain.fields import Secret
from asura.domain.heartbeat import Heartbeat
from asura.domain.heartbeat_params import uuid_text
from asura.domain.monitor import Monitor
from asura.domain.ping import Logged, Ping, PingKind
from asura.domain.waiting import Condition, condition, deadline
from asura.engine import trail
from asura.engine.beat_rows import ADOPTABLE, BeatRows, adopted
from asura.engine.beats import Beat, uuid_of
from asura.engine.hearing import Knock
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.errors import Conflict, NotFound, StoreUnavailable
from asura.running import phrases
from asura.store import heartbeats, meta, monitors, pings
from asura.store.db import Store

# Longer than any commit takes; whoever pings has hung up by then.
PATIENCE_S = 20.0
# Texts longer than this are searched on a thread of their own.
THREAD_FROM = 4_096
PING_KEY = "ping_key"
_STRANGE = re.compile(r"[/_., #+&]")
ON_ITS_OWN = frozenset({"GET", "HEAD"})


class BeatView(NamedTuple):
    """A heartbeat for readers."""

    heart: Heartbeat
    condition: Condition
    deadline_at: datetime | None


class PingDesk:
    """Takes pings and tells of them."""

    def __init__(self, store: Store, live: Live, judge: Judge, beat_rows: BeatRows, clock: Clock) -> None:
        self._store = store
        self._live = live
        self._judge = judge
        self._beats = judge.beats
        self._rows = beat_rows
        self._clock = clock
        # Of the form with a slug; an empty one opens nothing.
        self.ping_key = Secret("")
        self._keys: dict[str, int] = {}
        self._keys_next_at = 0.0
        self.taken = dict.fromkeys(PingKind, 0)

    async def read_key(self, configured: Secret | None) -> None:
        """Know the ping key: the configured one, else the one that was made; none while nobody has asked for it."""
        async with self._store.read() as reader:
            kept = await meta.get(reader, PING_KEY)
        made = Secret("") if kept is None or configured else heartbeats.unseal_token(self._store.vault, kept.encode())
        self.ping_key = configured or made

    async def show_key(self) -> Secret:
        """Return the ping key; it is made when somebody asks for it the first time."""

        def read_or_make(db: sqlite3.Connection) -> Secret:
            kept = meta.stored(db, PING_KEY)
            if kept is not None:
                return heartbeats.unseal_token(self._store.vault, kept.encode())
            made = Secret(secrets.token_urlsafe(16))
            meta.put(db, PING_KEY, heartbeats.seal_token(self._store.vault, made).decode())
            return made

        if not self.ping_key:
            self.ping_key = await self._store.write(read_or_make)
        return self.ping_key

    def is_ping_key(self, text: str) -> bool:
        """Return whether a text is the ping key; takes the same time for every text."""
        key = self.ping_key.reveal()
        return bool(key) and compare_digest(text.encode("utf-8", "surrogatepass"), key.encode())

    def by_secret(self, secret: str) -> int | None:
        """Return the monitor that a token or a UUID (in any case, with or without dashes) belongs to."""
        found = self._beats.find(secret)
        if found is None:
            uuid = uuid_text(secret)
            found = self._beats.find(uuid) if uuid is not None and uuid != secret else None
        return found

    def by_slug(self, slug: str) -> int | None:
        """Return the heartbeat of a slug."""
        view = self._live.find(slug)
        found = view.monitor if view is not None else None
        return found.id if found is not None and found.slug == slug and self._beats.get(found.id) else None

    def by_key(self, key: str) -> int | None:
        """Return the heartbeat of a key made of group and name, as Gatus makes it (config/key/key.go)."""
        monitor_id = self._keys.get(key)
        if monitor_id is None or self._key(monitor_id) != key:
            # A storm of wrong keys shall cost a hundredth of our time, and not a look at every monitor each.
            now = self._clock.monotonic()
            if now < self._keys_next_at:
                return None
            self._keys = {found: beat.monitor_id for beat in self._beats if (found := self._key(beat.monitor_id))}
            self._keys_next_at = now + max(1.0, 100 * (self._clock.monotonic() - now))
            monitor_id = self._keys.get(key)
        return monitor_id

    def _key(self, monitor_id: int) -> str | None:
        state = self._live.state(monitor_id)
        return None if state is None else group_key(state.monitor.config.group or "", state.monitor.config.name)

    def monitor(self, monitor_id: int) -> Monitor:
        """Return the monitor of a heartbeat; NotFound when it is none."""
        state = self._live.state(monitor_id)
        if state is None or self._beats.get(monitor_id) is None:
            raise NotFound("no such heartbeat")
        return state.monitor

    async def ping(self, monitor_id: int, ping: Ping, *, parts: Mapping[str, str] | None = None) -> Logged:
        """Return a ping as it is stored, durably, with what follows from it; StoreUnavailable when it cannot be.

        `parts` are the texts in which a plain ping's meaning is looked for (see `phrases.meaning`).
        """
        settings = self.monitor(monitor_id).config.settings
        if settings.get("methods") == "post" and ping.method in ON_ITS_OWN:
            ping = _ignored(ping, "Only POST counts here.")
        elif parts and ping.kind is PingKind.SUCCESS and phrases.has_phrases(settings):
            kind = await self._meaning(settings, parts)
            ping = _ignored(ping, "None of the phrases was found.") if kind is PingKind.IGNORED else _meant(ping, kind)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Logged] = loop.create_future()
        self._judge.hear(Knock(monitor_id, ping, answer))
        # A plain timer costs a third of a `timeout`, and thousands a second come by here.
        patience = loop.call_later(PATIENCE_S, _give_up, answer)
        try:
            logged = await answer
        finally:
            patience.cancel()
        self.taken[logged.ping.kind] += 1
        return logged

    async def log(self, monitor_id: int, *, limit: int, before: int | None = None) -> list[Logged]:
        """Return the pings of a heartbeat, newest first, without their bodies; `before` is a number to start below."""
        beat = self._beat(monitor_id)
        async with self._store.read() as reader:
            return await pings.chain(reader, monitor_id, beat.heart.last_id, limit=limit, before=before)

    async def body(self, monitor_id: int, number: int) -> tuple[bytes, int] | None:
        """Return the body of a ping as far as it is kept, and how long it was; None for a ping that is not there."""
        beat = self._beat(monitor_id)
        async with self._store.read() as reader:
            return await pings.body(reader, monitor_id, beat.heart.last_id, number)

    def view(self, monitor_id: int, now: datetime) -> BeatView:
        """Return a heartbeat as it stands."""
        beat = self._beat(monitor_id)
        return BeatView(
            beat.heart,
            condition(beat.heart, beat.rule, now, self._beats.push),
            deadline(beat.heart, beat.rule, self._beats.push),
        )

    def secrets(self, monitor_id: int) -> tuple[str, str]:
        """Return the token and the UUID under which a heartbeat is pinged, for those who may edit it."""
        token = self._rows.token(self._beat(monitor_id))
        return token, uuid_text(adopted(self.monitor(monitor_id), "uuid") or "") or uuid_of(token)

    async def rotate(self, monitor_id: int) -> None:
        """Give a heartbeat a new token and UUID; the old ones are unknown at once."""
        async with self._judge.lock:
            beat, old = self._beat(monitor_id), self.monitor(monitor_id)
            taken_over = any(adopted(old, name) for name in ADOPTABLE)
            if taken_over and old.managed_by is not None:
                raise Conflict("the token stands in the configuration file; change it there")
            settings = {name: value for name, value in old.config.settings.items() if name not in ADOPTABLE}
            config = msgspec.structs.replace(old.config, settings=settings)
            now = self._clock.now()
            monitor = msgspec.structs.replace(old, config=config, version=old.version + 1, updated_at=now)

            def change(db: sqlite3.Connection) -> Beat:
                monitors.update(db, self._store.vault, monitor)
                trail.monitor(db, old, monitor, now, action="rotate")
                return self._rows.rotate(db, monitor, beat.heart)

            rotated = await self._store.write(change)
            self._live.set_monitor(monitor)
            self._beats.put(rotated, now)

    def _beat(self, monitor_id: int) -> Beat:
        beat = self._beats.get(monitor_id)
        if beat is None:
            raise NotFound("no such heartbeat")
        return beat

    async def _meaning(self, settings: Mapping[str, object], parts: Mapping[str, str]) -> PingKind:
        if sum(len(text) for text in parts.values()) > THREAD_FROM:
            return await asyncio.to_thread(phrases.meaning, settings, parts)
        return phrases.meaning(settings, parts)


def group_key(group: str, name: str) -> str:
    """Return the key of a name in a group: both in small letters, what addresses cannot hold as dashes."""
    return f"{_part(group)}_{_part(name)}"


def _part(text: str) -> str:
    return _STRANGE.sub("-", text.strip().lower())


def _give_up(answer: "asyncio.Future[Logged]") -> None:
    if not answer.done():
        answer.set_exception(StoreUnavailable("the ping could not be stored in time"))


def _ignored(ping: Ping, why: str) -> Ping:
    return msgspec.structs.replace(ping, kind=PingKind.IGNORED, note=ping.note or why)


def _meant(ping: Ping, kind: PingKind) -> Ping:
    return msgspec.structs.replace(ping, kind=kind)
