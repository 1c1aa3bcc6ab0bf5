"""Whether the secrets that a database holds open with the key beside it."""

import contextlib
import sqlite3
from pathlib import Path

import msgspec

from asura.errors import StoreUnavailable
from asura.store import connections, folder
from asura.store.seal import KEY_BYTES, SEALED, Vault

# Configurations hold sealed secrets inside their JSON.
IN_JSON = {
    "channels": """SELECT config FROM channels WHERE instr(CAST(config AS TEXT), '"$sealed"') > 0""",
    "monitors": """SELECT config FROM monitors WHERE instr(CAST(config AS TEXT), '"$sealed"') > 0""",
    "users": """SELECT totp FROM users WHERE instr(CAST(totp AS TEXT), '"$sealed"') > 0""",
    "subscribers": """SELECT address FROM subscribers WHERE instr(CAST(address AS TEXT), '"$sealed"') > 0""",
}
# These are one sealed secret each.
TOKENS = {
    "heartbeats": "SELECT token FROM heartbeats",
    "meta": "SELECT value FROM meta WHERE key = 'ping_key'",
}
HAS_TABLE = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?"


def verify(database: Path) -> int:
    """Open every stored secret with the key file beside a database, and return how many there are.

    StoreUnavailable when one does not open, or the key file is none, also where nothing is sealed yet. An older schema
    lacks some of the tables.
    """
    key = database.with_name(folder.KEY)
    if key.exists() and key.stat().st_size != KEY_BYTES:
        raise StoreUnavailable(f"{key}: not a key of {KEY_BYTES} bytes. Put the right key file back.")
    vault, count = Vault(database.parent), 0
    with contextlib.closing(connections.open_reader(database)) as db:
        for table, statement in IN_JSON.items():
            for (raw,) in db.execute(statement) if has(db, table) else ():
                vault.unseal(msgspec.json.decode(raw))
                count += 1
        for table, statement in TOKENS.items():
            for (raw,) in db.execute(statement) if has(db, table) else ():
                _open(vault, raw, database)
                count += 1
    return count


def has(db: sqlite3.Connection, table: str) -> bool:
    """Return whether a database has a table: an older schema lacks some."""
    return bool(db.execute(HAS_TABLE, (table,)).fetchone()[0])


def _open(vault: Vault, raw: bytes | str, database: Path) -> None:
    try:
        vault.unseal({SEALED: raw.decode("ascii") if isinstance(raw, bytes) else raw})
    except ValueError:
        raise StoreUnavailable(f"{database}: a stored secret is damaged") from None
