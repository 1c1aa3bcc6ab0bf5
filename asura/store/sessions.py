"""Sessions of signed-in browsers: the cookie is kept as its hash alone."""

import sqlite3
from datetime import datetime

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.store import columns

INSERT = """
INSERT INTO sessions (user_id, hash, created_at, last_used_at, expires_at, address, user_agent)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
ALL = """
SELECT id, user_id, hash, created_at, last_used_at, expires_at, address, user_agent FROM sessions ORDER BY id
"""
DELETE = "DELETE FROM sessions WHERE id = ?"
DELETE_OF_USER = "DELETE FROM sessions WHERE user_id = ? AND id != ?"
TOUCH = "UPDATE sessions SET last_used_at = ?, address = ? WHERE id = ?"
REHASH = "UPDATE sessions SET hash = ? WHERE id = ?"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One signed-in browser. `hash` is the SHA-256 of its cookie in hex; `expires_at` is the end whatever happens."""

    id: int = 0
    user_id: int
    hash: str
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    address: str = ""
    user_agent: str = ""

    def __repr__(self) -> str:
        return f"Session(id={self.id}, user_id={self.user_id})"


def insert(db: sqlite3.Connection, session: Session) -> Session:
    """Store a new session and return it with its id."""
    instants = (session.created_at, session.last_used_at, session.expires_at)
    told = (columns.text(session.address), columns.text(session.user_agent))
    values = (session.user_id, session.hash, *(at_ms(instant) for instant in instants), *told)
    return msgspec.structs.replace(session, id=int(db.execute(INSERT, values).lastrowid or 0))


def delete(db: sqlite3.Connection, session_id: int) -> bool:
    """End one session; return whether there was one."""
    return db.execute(DELETE, (session_id,)).rowcount > 0


def delete_of_user(db: sqlite3.Connection, user_id: int, *, but: int = 0) -> int:
    """End every session of a user, but one; return how many."""
    return db.execute(DELETE_OF_USER, (user_id, but)).rowcount


def touch(db: sqlite3.Connection, session_id: int, at: datetime, address: str) -> None:
    """Note when and from where a session was last used; callers do so once a minute at most."""
    db.execute(TOUCH, (at_ms(at), columns.text(address), session_id))


def rehash(db: sqlite3.Connection, session_id: int, digest: str) -> None:
    """Give a session another cookie."""
    db.execute(REHASH, (digest, session_id))


def load_all(db: sqlite3.Connection) -> list[Session]:
    """Return all sessions, by id."""
    return [
        Session(
            id=session_id,
            user_id=user_id,
            hash=digest,
            created_at=from_ms(created_at),
            last_used_at=from_ms(last_used_at),
            expires_at=from_ms(expires_at),
            address=address,
            user_agent=user_agent,
        )
        for session_id, user_id, digest, created_at, last_used_at, expires_at, address, user_agent in db.execute(ALL)
    ]
