"""Who comes in by a database that was restored: what had been revoked since the backup works again."""

import sqlite3

import msgspec

from asura.store import sealed

# What was open at the time of the backup: browsers that were signed in, and links that work once.
ENDED = {"sessions": "DELETE FROM sessions", "invitations": "DELETE FROM invitations"}
KEYS = "SELECT id, name, role FROM keys ORDER BY id"
USERS = "SELECT name, role, disabled_at IS NOT NULL FROM users ORDER BY id"
PROBES = "SELECT region || '/' || name FROM probes ORDER BY id"


class Access(msgspec.Struct, frozen=True):
    """Who comes in, in words."""

    keys: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()


def end_what_is_open(db: sqlite3.Connection) -> None:
    """End sessions and links; an older schema has none."""
    for table, statement in ENDED.items():
        if sealed.has(db, table):
            db.execute(statement)


def read(db: sqlite3.Connection) -> Access:
    """Return who comes in by stored keys and accounts."""
    users = db.execute(USERS) if sealed.has(db, "users") else ()
    probes = db.execute(PROBES) if sealed.has(db, "probes") else ()
    return Access(
        keys=tuple(f"{key_id} {name} ({role})" for key_id, name, role in db.execute(KEYS)),
        users=tuple(f"{name} ({role}{', disabled' if disabled else ''})" for name, role, disabled in users),
        probes=tuple(str(name) for (name,) in probes),
    )
