"""Whether the secrets that a database holds open with the key beside it."""

import contextlib
import sqlite3
from pathlib import Path

import msgspec

from asura.errors import StoreUnavailable
from asura.store import connections
from asura.store.seal import SEALED, Vault

# Configurations hold sealed secrets inside their JSON, tokens are one sealed secret; older schemas lack some tables.
IN_JSON = (("channels", "config"), ("monitors", "config"), ("users", "totp"), ("subscribers", "address"))
TOKENS = (("heartbeats", "token"), ("meta", "value"))
HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
_PING_KEY = "key = 'ping_key'"


def verify(database: Path) -> int:
    """Open every stored secret with the key file beside a database, and return how many there are.

    StoreUnavailable when one does not open.
    """
    vault, count = Vault(database.parent), 0
    with contextlib.closing(connections.open_reader(database)) as db:
        for table, column in IN_JSON:
            if _has(db, table):
                mark = f"instr(CAST({column} AS TEXT), '\"{SEALED}\"') > 0"
                for (raw,) in db.execute(f"SELECT {column} FROM {table} WHERE {mark}"):
                    vault.unseal(msgspec.json.decode(raw))
                    count += 1
        for table, column in TOKENS:
            if _has(db, table):
                where = _PING_KEY if table == "meta" else "1"
                for (raw,) in db.execute(f"SELECT {column} FROM {table} WHERE {where}"):
                    _open(vault, raw, database)
                    count += 1
    return count


def _has(db: sqlite3.Connection, table: str) -> bool:
    return db.execute(HAS_TABLE, (table,)).fetchone() is not None


def _open(vault: Vault, raw: bytes | str, database: Path) -> None:
    try:
        vault.unseal({SEALED: raw.decode("ascii") if isinstance(raw, bytes) else raw})
    except ValueError:
        raise StoreUnavailable(f"{database}: a stored secret is damaged") from None
