"""Links that work once: an invitation, or a new password for a user; kept as the hash of what the link holds."""

import sqlite3
from datetime import datetime
from typing import Any

import aiosqlite
import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.store import columns

COLUMNS = "id, hash, user_id, email, role, tags, ends_totp, created_by, created_at, expires_at"
INSERT = """
INSERT INTO invitations (hash, user_id, email, role, tags, ends_totp, created_by, created_at, expires_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
BY_HASH = f"SELECT {COLUMNS} FROM invitations WHERE hash = ?"
OPEN = f"SELECT {COLUMNS} FROM invitations WHERE user_id IS NULL AND id > ? AND expires_at > ? ORDER BY id LIMIT ?"
DELETE = "DELETE FROM invitations WHERE id = ?"
WITHDRAW = "DELETE FROM invitations WHERE id = ? AND user_id IS NULL"
DELETE_OF_USER = "DELETE FROM invitations WHERE user_id = ?"
SWEEP = "DELETE FROM invitations WHERE expires_at <= ?"
COUNT = "SELECT count(*) FROM invitations"


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """One open link. With a `user_id` it is for a new password of that user, and may end the second factor."""

    id: int = 0
    hash: str
    user_id: int | None = None
    email: str = ""
    role: str
    tags: tuple[str, ...] = ()
    ends_totp: bool = False
    created_by: str
    created_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"Invitation(id={self.id}, role={self.role!r})"


def insert(db: sqlite3.Connection, invitation: Invitation) -> Invitation:
    """Store a new link and return it with its id."""
    values = (
        invitation.hash,
        invitation.user_id,
        invitation.email,
        invitation.role,
        columns.to_json(invitation.tags),
        invitation.ends_totp,
        invitation.created_by,
        at_ms(invitation.created_at),
        at_ms(invitation.expires_at),
    )
    return msgspec.structs.replace(invitation, id=int(db.execute(INSERT, values).lastrowid or 0))


def take(db: sqlite3.Connection, digest: str, now: datetime) -> Invitation | None:
    """Use a link up: return it and delete it, or None when it is unknown, used or over."""
    row = db.execute(BY_HASH, (digest,)).fetchone()
    if row is None:
        return None
    found = _invitation(row)
    db.execute(DELETE, (found.id,))
    return found if found.expires_at > now else None


def withdraw(db: sqlite3.Connection, invitation_id: int) -> bool:
    """Delete an invitation; return whether there was one. Links for passwords are none."""
    return db.execute(WITHDRAW, (invitation_id,)).rowcount > 0


def delete_of_user(db: sqlite3.Connection, user_id: int) -> None:
    """Delete the links for a new password of a user."""
    db.execute(DELETE_OF_USER, (user_id,))


def sweep(db: sqlite3.Connection, now: datetime) -> None:
    """Delete what is over."""
    db.execute(SWEEP, (at_ms(now),))


def count(db: sqlite3.Connection) -> int:
    """Return how many links there are."""
    return int(db.execute(COUNT).fetchone()[0])


async def find(reader: aiosqlite.Connection, digest: str, now: datetime) -> Invitation | None:
    """Return an open link by its hash, or None."""
    rows = list(await reader.execute_fetchall(BY_HASH, (digest,)))
    found = _invitation(rows[0]) if rows else None
    return found if found is not None and found.expires_at > now else None


async def load_open(reader: aiosqlite.Connection, now: datetime, *, after: int, limit: int) -> list[Invitation]:
    """Return open invitations by id, those for passwords left out."""
    return [_invitation(row) for row in await reader.execute_fetchall(OPEN, (after, at_ms(now), limit))]


def _invitation(row: Any) -> Invitation:
    invitation_id, digest, user_id, email, role, tags, ends_totp, created_by, created_at, expires_at = row
    return Invitation(
        id=invitation_id,
        hash=digest,
        user_id=user_id,
        email=email,
        role=role,
        tags=tuple(columns.from_json(tags)),
        ends_totp=bool(ends_totp),
        created_by=created_by,
        created_at=from_ms(created_at),
        expires_at=from_ms(expires_at),
    )
