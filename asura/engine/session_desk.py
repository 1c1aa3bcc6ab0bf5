"""Sessions of signed-in browsers: begun, recognised by their cookie, and ended; all of them are also in memory."""

import secrets
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from asura.clock import Clock
from asura.domain.instant import kept
from asura.engine import account_trail
from asura.engine.key_desk import TOUCH_EVERY, hash_token
from asura.errors import NotFound
from asura.store import sessions
from asura.store.db import Store
from asura.store.sessions import Session

TOKEN_BYTES = 32
LONGEST_TOKEN = 64
MOST_PER_USER = 50
LONGEST_AGENT = 300


class SessionRule(msgspec.Struct, frozen=True):
    """How long a session lasts at most, and how long without being used."""

    lifetime: timedelta = timedelta(days=30)
    idle: timedelta = timedelta(days=7)


class Visit(NamedTuple):
    """From where somebody comes, and with which browser."""

    address: str = ""
    user_agent: str = ""


class Kept(NamedTuple):
    """A session that goes on when all others of its user end, with the cookie that it has from then on."""

    session_id: int
    token: str

    def change(self, db: sqlite3.Connection) -> None:
        """Inside a change: give the session its new cookie."""
        sessions.rehash(db, self.session_id, hash_token(self.token))


class SessionDesk:
    """Begins, recognises and ends sessions. Who changes a user ends sessions in the same transaction: see UserDesk."""

    def __init__(self, store: Store, clock: Clock, rule: SessionRule | None = None) -> None:
        self._store = store
        self._clock = clock
        self._rule = rule or SessionRule()
        self._by_hash: dict[str, Session] = {}
        self._by_id: dict[int, Session] = {}

    async def load(self) -> None:
        """Read the stored sessions; those that are over are deleted."""
        found = await self._store.write(sessions.load_all)
        over = [one for one in found if self._is_over(one)]
        if over:
            await self._store.write(lambda db: _delete(db, over))
        self._by_hash, self._by_id = {}, {}
        for one in found:
            if one not in over:
                self._put(one)

    def find(self, token: str) -> Session | None:
        """Return the session of a cookie; None when it is unknown, ended or over."""
        session = self._by_hash.get(hash_token(token)) if len(token) <= LONGEST_TOKEN else None
        return None if session is None or self._is_over(session) else session

    def get(self, session_id: int) -> Session | None:
        """Return a session by its id, unless it is over."""
        session = self._by_id.get(session_id)
        return None if session is None or self._is_over(session) else session

    def all(self, user_id: int | None = None) -> list[Session]:
        """Return the live sessions (of a user), by id."""
        found = (one for one in self._by_id.values() if user_id in (None, one.user_id) and not self._is_over(one))
        return sorted(found, key=lambda one: one.id)

    def ends_at(self, session: Session) -> datetime:
        """Return when a session ends that is not used any more."""
        return min(session.expires_at, session.last_used_at + self._rule.idle)

    async def begin(self, user_id: int, visit: Visit, *, instead_of: str | None = None) -> tuple[Session, str]:
        """Begin a session and return it with its cookie, which is shown this once.

        The session that the same browser had ends; so does the oldest when there are too many, and what is over.
        """
        token, now = secrets.token_urlsafe(TOKEN_BYTES), kept(self._clock.now())
        fresh = Session(
            user_id=user_id,
            hash=hash_token(token),
            created_at=now,
            last_used_at=now,
            expires_at=now + self._rule.lifetime,
            address=visit.address,
            user_agent=visit.user_agent[:LONGEST_AGENT],
        )
        gone = self._making_room(user_id, instead_of)

        def change(db: sqlite3.Connection) -> Session:
            _delete(db, gone)
            made = sessions.insert(db, fresh)
            account_trail.began(db, made)
            return made

        session = await self._store.write(change)
        self._drop(gone)
        self._put(session)
        return session, token

    def keeping(self, session_id: int | None) -> Kept | None:
        """Return a session that is to go on with another cookie; None when there is none."""
        session = self.get(session_id) if session_id is not None else None
        return None if session is None else Kept(session.id, secrets.token_urlsafe(TOKEN_BYTES))

    async def end(self, session_id: int, *, action: str = "revoke") -> None:
        """End one session at once; `action` is what the audit log calls it."""
        session, now = self._known(session_id), self._clock.now()

        def change(db: sqlite3.Connection) -> None:
            sessions.delete(db, session_id)
            account_trail.ended(db, session, now, action)

        await self._store.write(change)
        self._drop([session])

    async def end_of(self, user_id: int, *, but: int = 0) -> None:
        """End every session of a user, but one."""
        now = self._clock.now()

        def change(db: sqlite3.Connection) -> None:
            account_trail.others_ended(db, user_id, sessions.delete_of_user(db, user_id, but=but), now)

        await self._store.write(change)
        self.forget(user_id, but=but)

    def forget(self, user_id: int, *, but: int = 0) -> None:
        """Forget the sessions of a user, but one: they were deleted in the transaction of somebody else."""
        self._drop([one for one in self._by_id.values() if one.user_id == user_id and one.id != but])

    def turned(self, turned: Kept) -> None:
        """Know a session by its new cookie alone: it was stored in the transaction of somebody else."""
        session = self._by_id.get(turned.session_id)
        if session is not None:
            self._drop([session])
            self._put(msgspec.structs.replace(session, hash=hash_token(turned.token)))

    async def used(self, session_id: int, address: str = "") -> None:
        """Note that a session was used, at most once a minute."""
        session, now = self._by_id.get(session_id), kept(self._clock.now())
        if session is None or now - session.last_used_at < TOUCH_EVERY:
            return
        where = address or session.address
        self._put(msgspec.structs.replace(session, last_used_at=now, address=where))
        await self._store.write(lambda db: sessions.touch(db, session_id, now, where), urgent=False)

    def _is_over(self, session: Session) -> bool:
        return self._clock.now() >= self.ends_at(session)

    def _making_room(self, user_id: int, instead_of: str | None) -> list[Session]:
        gone = [one for one in self._by_id.values() if self._is_over(one)]
        replaced = self.find(instead_of) if instead_of else None
        if replaced is not None:
            gone.append(replaced)
        left = [one for one in self._by_id.values() if one.user_id == user_id and one not in gone]
        left.sort(key=lambda one: (one.last_used_at, one.id))
        return gone + left[: max(0, len(left) - MOST_PER_USER + 1)]

    def _known(self, session_id: int) -> Session:
        session = self._by_id.get(session_id)
        if session is None:
            raise NotFound(f"there is no session {session_id}")
        return session

    def _put(self, session: Session) -> None:
        self._by_hash[session.hash] = self._by_id[session.id] = session

    def _drop(self, gone: Iterable[Session]) -> None:
        for session in gone:
            self._by_id.pop(session.id, None)
            self._by_hash.pop(session.hash, None)


def _delete(db: sqlite3.Connection, gone: Iterable[Session]) -> None:
    for session in gone:
        sessions.delete(db, session.id)
