"""API keys: kept as hashes, never as themselves."""

import sqlite3
from datetime import datetime

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.errors import Conflict
from asura.store import columns

INSERT = "INSERT INTO keys (name, role, scopes, hash, created_at, expires_at, rate) VALUES (?, ?, ?, ?, ?, ?, ?)"
DELETE = "DELETE FROM keys WHERE id = ?"
ALL = "SELECT id, name, role, scopes, hash, created_at, last_used_at, expires_at, rate FROM keys ORDER BY id"
TOUCH = "UPDATE keys SET last_used_at = ? WHERE id = ?"


class ApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """A stored key. `hash` is the SHA-256 of the token, in hex; without scopes it may do all that its role may."""

    id: int = 0
    name: str
    role: str
    scopes: tuple[str, ...] = ()
    hash: str
    created_at: datetime
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    # Requests a second; None: as everybody.
    rate_per_sec: float | None = None

    def __repr__(self) -> str:
        return f"ApiKey(id={self.id}, name={self.name!r}, role={self.role!r})"


def insert(db: sqlite3.Connection, key: ApiKey) -> ApiKey:
    """Store a new key and return it with its id."""
    values = (key.name, key.role, columns.to_json(key.scopes), key.hash, at_ms(key.created_at))
    try:
        cursor = db.execute(INSERT, (*values, columns.ms(key.expires_at), key.rate_per_sec))
    except sqlite3.IntegrityError:
        raise Conflict("this key is already stored") from None
    return msgspec.structs.replace(key, id=int(cursor.lastrowid or 0))


def delete(db: sqlite3.Connection, key_id: int) -> bool:
    """Delete a key; return whether there was one."""
    return db.execute(DELETE, (key_id,)).rowcount > 0


def load_all(db: sqlite3.Connection) -> list[ApiKey]:
    """Return all keys, by id."""
    return [
        ApiKey(
            id=key_id,
            name=name,
            role=role,
            scopes=tuple(columns.from_json(scopes)),
            hash=digest,
            created_at=from_ms(created_at),
            last_used_at=columns.instant(last_used_at),
            expires_at=columns.instant(expires_at),
            rate_per_sec=rate,
        )
        for key_id, name, role, scopes, digest, created_at, last_used_at, expires_at, rate in db.execute(ALL)
    ]


def touch(db: sqlite3.Connection, key_id: int, at: datetime) -> None:
    """Note when a key was last used; callers do so once a minute at most."""
    db.execute(TOUCH, (at_ms(at), key_id))
