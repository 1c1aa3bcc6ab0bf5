"""API keys: from the configuration and from the store, known by their hash alone."""

import secrets
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from asura.clock import Clock
from asura.engine import trail
from asura.errors import Fault, Invalid, NotFound
from asura.store import keys
from asura.store.db import Store
from asura.store.keys import ApiKey

# Name, hash, role and scopes of a key that the configuration declares.
Configured = tuple[str, str, str, tuple[str, ...]]
ROLES = ("admin", "editor", "viewer")
SCOPES = frozenset({"read", "write", "ping", "maintenance", "metrics", "probe"})
TOUCH_EVERY = timedelta(minutes=1)
PREFIX = "asura_"
MOST_RATE = 10_000


class Actor(msgspec.Struct, frozen=True):
    """Who asks, and what they may do. No scopes: everything that the role may. No tags: every monitor."""

    name: str
    role: str
    scopes: frozenset[str] = frozenset()
    key_id: int | None = None
    # Of somebody who signed in: the user, and the session (None behind a proxy that vouches for the user).
    user_id: int | None = None
    session_id: int | None = None
    tags: frozenset[str] = frozenset()
    # What somebody who signed in has to do before anything else is allowed.
    must: frozenset[str] = frozenset()
    # Requests a second that a key may make; 0: as everybody.
    rate: float = 0.0

    def sees(self, tags: Iterable[str]) -> bool:
        """Return whether a monitor with these tags is within reach."""
        return not self.tags or not self.tags.isdisjoint(tags)


def new_token() -> str:
    """Return a fresh key: 192 random bits."""
    return PREFIX + secrets.token_urlsafe(24)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a key in hex, which is all that is kept of it."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


class KeyDesk:
    """Makes, revokes and recognises API keys."""

    def __init__(self, store: Store, clock: Clock, configured: Iterable[Configured] = ()) -> None:
        self._store = store
        self._clock = clock
        self._stored: dict[str, ApiKey] = {}
        self._configured: dict[str, Actor] = {}
        self._touched: dict[int, datetime] = {}
        self._when_used: dict[str, Callable[[], None]] = {}
        self.configure(configured)

    async def load(self) -> None:
        """Read the stored keys."""
        self._stored = {key.hash: key for key in await self._store.write(keys.load_all)}

    def configure(self, configured: Iterable[Configured]) -> None:
        """Exchange the keys of the configuration."""
        self._configured = {
            digest.lower(): Actor(name, role, frozenset(scopes)) for name, digest, role, scopes in configured
        }

    def when_used(self, digest: str, act: Callable[[], None]) -> None:
        """Do something once, when the key with this hash is first used."""
        self._when_used[digest] = act

    @property
    def any(self) -> bool:
        """Return whether there is any key at all."""
        return bool(self._stored or self._configured)

    def list(self) -> list[ApiKey]:
        """Return the stored keys, oldest first."""
        return sorted(self._stored.values(), key=lambda key: key.id)

    def verify(self, token: str) -> Actor | None:
        """Return who a token belongs to; None when nobody, or no longer."""
        digest = hash_token(token)
        act = self._when_used.pop(digest, None)
        if act is not None:
            act()
        configured = self._configured.get(digest)
        if configured is not None:
            return configured
        key = self._stored.get(digest)
        if key is None or (key.expires_at is not None and key.expires_at <= self._clock.now()):
            return None
        return Actor(key.name, key.role, frozenset(key.scopes), key.id, rate=key.rate_per_sec or 0.0)

    async def used(self, actor: Actor) -> None:
        """Note that a key was used, at most once a minute."""
        key = next((one for one in self._stored.values() if one.id == actor.key_id), None)
        now = self._clock.now()
        if key is None or now - self._touched.get(key.id, datetime.min.replace(tzinfo=now.tzinfo)) < TOUCH_EVERY:
            return
        self._touched[key.id] = now
        self._stored[key.hash] = msgspec.structs.replace(key, last_used_at=now)
        await self._store.write(lambda db: keys.touch(db, key.id, now), urgent=False)

    async def create(
        self,
        name: str,
        role: str,
        scopes: Iterable[str] = (),
        *,
        expires_at: datetime | None = None,
        rate_per_sec: float | None = None,
        token: str | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key and return it with its token, which is shown this once. No rate (or 0): as everybody."""
        wanted = frozenset(scopes)
        faults = []
        if not 1 <= len(name.strip()) <= 200:
            faults.append(Fault("name", "must be 1 to 200 characters"))
        if role not in ROLES:
            faults.append(Fault("role", f"must be one of {', '.join(ROLES)}"))
        if wanted - SCOPES:
            faults.append(Fault("scopes", f"unknown: {', '.join(sorted(wanted - SCOPES))}"))
        if expires_at is not None and expires_at <= self._clock.now():
            faults.append(Fault("expires_at", "must lie in the future"))
        if not 0 <= (rate_per_sec or 0) <= MOST_RATE:
            faults.append(Fault("rate_per_sec", f"must be 0 to {MOST_RATE} requests a second"))
        if faults:
            raise Invalid(*faults)
        token = token or new_token()
        fresh = ApiKey(
            name=name.strip(),
            role=role,
            scopes=tuple(sorted(wanted)),
            hash=hash_token(token),
            created_at=self._clock.now(),
            expires_at=expires_at,
            rate_per_sec=rate_per_sec or None,
        )

        def change(db: sqlite3.Connection) -> ApiKey:
            made = keys.insert(db, fresh)
            trail.record(db, "create", "key", at=made.created_at, id=made.id, name=made.name, new=_shown(made))
            return made

        key = await self._store.write(change)
        self._stored[key.hash] = key
        return key, token

    async def revoke(self, key_id: int) -> None:
        """End a key at once."""
        key = next((one for one in self._stored.values() if one.id == key_id), None)
        if key is None:
            raise NotFound(f"there is no key {key_id}")

        now = self._clock.now()

        def change(db: sqlite3.Connection) -> None:
            keys.delete(db, key_id)
            trail.record(db, "delete", "key", at=now, id=key_id, name=key.name, old=_shown(key))

        await self._store.write(change)
        self._stored.pop(key.hash, None)


def _shown(key: ApiKey) -> dict[str, Any]:
    """Return what the audit log may tell of a key: never its hash."""
    return {name: getattr(key, name) for name in ("name", "role", "scopes", "expires_at", "rate_per_sec")}
