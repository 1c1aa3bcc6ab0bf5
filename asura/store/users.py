"""Users: who may sign in. Passwords as PHC strings, TOTP secrets sealed, recovery codes as hashes."""

import sqlite3
from typing import Any

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.domain.user import Origin, Profile, User
from asura.errors import Conflict
from asura.store import columns
from asura.store.seal import Vault

INSERT = """
INSERT INTO users (name, email, role, tags, origin, subject, password, totp, totp_step, recovery, profile,
    created_at, updated_at, last_login_at, disabled_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
UPDATE = """
UPDATE users SET name = ?, email = ?, role = ?, tags = ?, origin = ?, subject = ?, password = ?, totp = ?,
    totp_step = ?, recovery = ?, profile = ?, created_at = ?, updated_at = ?, last_login_at = ?, disabled_at = ?
WHERE id = ?
"""
DELETE = "DELETE FROM users WHERE id = ?"
ALL = """
SELECT id, name, email, role, tags, origin, subject, password, totp, totp_step, recovery, profile, created_at,
    updated_at, last_login_at, disabled_at FROM users ORDER BY id
"""
ANY = "SELECT EXISTS (SELECT 1 FROM users ORDER BY id LIMIT 1)"
NAME_OF = "SELECT name FROM users WHERE id = ?"
OTHER_ADMINS = "SELECT EXISTS (SELECT 1 FROM users WHERE id != ? AND role = 'admin' AND disabled_at IS NULL)"


def insert(db: sqlite3.Connection, vault: Vault, user: User) -> User:
    """Store a new user and return it with its id; Conflict when the name or the subject is taken."""
    try:
        cursor = db.execute(INSERT, _values(vault, user))
    except sqlite3.IntegrityError:
        raise Conflict("this name is taken") from None
    return msgspec.structs.replace(user, id=int(cursor.lastrowid or 0))


def update(db: sqlite3.Connection, vault: Vault, user: User) -> None:
    """Store a changed user; Conflict when the name or the subject is taken."""
    try:
        db.execute(UPDATE, (*_values(vault, user), user.id))
    except sqlite3.IntegrityError:
        raise Conflict("this name is taken") from None


def delete(db: sqlite3.Connection, user_id: int) -> bool:
    """Delete a user with sessions and links; return whether there was one."""
    return db.execute(DELETE, (user_id,)).rowcount > 0


def any_user(db: sqlite3.Connection) -> bool:
    """Return whether there is any user at all."""
    return bool(db.execute(ANY).fetchone()[0])


def other_admins(db: sqlite3.Connection, user_id: int) -> bool:
    """Return whether an admin is left who can come in when this user is not counted."""
    return bool(db.execute(OTHER_ADMINS, (user_id,)).fetchone()[0])


def name_of(db: sqlite3.Connection, user_id: int) -> str:
    """Return the name of a user; empty when there is none."""
    row = db.execute(NAME_OF, (user_id,)).fetchone()
    return "" if row is None else str(row[0])


def load_all(db: sqlite3.Connection, vault: Vault) -> list[User]:
    """Return all users, by id."""
    return [_user(row, vault) for row in db.execute(ALL)]


def _values(vault: Vault, user: User) -> tuple[Any, ...]:
    return (
        user.name,
        user.email,
        user.role,
        columns.to_json(user.tags),
        user.origin.value,
        user.subject,
        user.password,
        None if user.totp is None else vault.dump(user.totp),
        user.totp_step,
        columns.to_json(user.recovery),
        columns.to_json(user.profile),
        at_ms(user.created_at),
        at_ms(user.updated_at),
        columns.ms(user.last_login_at),
        columns.ms(user.disabled_at),
    )


def _user(row: Any, vault: Vault) -> User:
    user_id, name, email, role, tags, origin, subject, password, totp, step, recovery, profile, *instants = row
    created_at, updated_at, last_login_at, disabled_at = instants
    return User(
        id=user_id,
        name=name,
        email=email,
        role=role,
        tags=tuple(columns.from_json(tags)),
        origin=Origin(origin),
        subject=subject,
        password=password,
        totp=None if totp is None else vault.unseal(columns.from_json(totp)),
        totp_step=step,
        recovery=tuple(columns.from_json(recovery)),
        profile=msgspec.json.decode(profile, type=Profile),
        created_at=from_ms(created_at),
        updated_at=from_ms(updated_at),
        last_login_at=columns.instant(last_login_at),
        disabled_at=columns.instant(disabled_at),
    )
