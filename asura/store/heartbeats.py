"""The rows of heartbeats: the hashes under which they are pinged, the sealed token, the state as it was saved last."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from asura.domain.fields import Secret
from asura.domain.heartbeat import Heartbeat
from asura.errors import Conflict, NotFound
from asura.store import pings
from asura.store.seal import SEALED, Vault

COLUMNS = "monitor_id, token, token_hash, uuid_hash, state, upto, pings"
INSERT = f"INSERT INTO heartbeats ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
# An older state never replaces a newer one.
SAVE = "UPDATE heartbeats SET state = ?, upto = max(upto, ?), pings = ? WHERE monitor_id = ? AND pings <= ?"
SET_TOKEN = "UPDATE heartbeats SET token = ?, token_hash = ?, uuid_hash = ? WHERE monitor_id = ?"
DELETE = "DELETE FROM heartbeats WHERE monitor_id = ?"
ALL = f"SELECT {COLUMNS} FROM heartbeats ORDER BY monitor_id"
ONE = f"SELECT {COLUMNS} FROM heartbeats WHERE monitor_id = ?"

_STATE = msgspec.json.Decoder(Heartbeat)
_ENCODE = msgspec.json.Encoder().encode


class Saved(NamedTuple):
    """A state as it is stored: `upto` is the newest ping in it, `pings` how many there were."""

    monitor_id: int
    state: bytes
    upto: int
    pings: int


class Stored(NamedTuple):
    """One row. The token stays sealed until somebody may see it."""

    monitor_id: int
    sealed: bytes
    token_hash: bytes
    uuid_hash: bytes
    state: bytes
    upto: int
    pings: int = 0


def saved(monitor_id: int, heart: Heartbeat) -> Saved:
    """Return a state ready to be stored."""
    return Saved(monitor_id, _ENCODE(heart), heart.last_id, heart.pings)


def state_of(row: Stored) -> Heartbeat:
    """Return the state in a row."""
    return _STATE.decode(row.state)


def insert(db: sqlite3.Connection, row: Stored) -> None:
    """Store a new heartbeat; Conflict when its token or UUID belongs to another one.

    Nothing that is in the log already is its own: there may be pings of an earlier heartbeat of this monitor.
    """
    row = row._replace(upto=max(row.upto, pings.next_id(db) - 1))
    try:
        db.execute(INSERT, row)
    except sqlite3.IntegrityError:
        raise _taken() from None


def set_token(db: sqlite3.Connection, row: Stored) -> None:
    """Exchange the token and UUID of a heartbeat; Conflict when another one has them, NotFound without a row."""
    try:
        changed = db.execute(SET_TOKEN, (row.sealed, row.token_hash, row.uuid_hash, row.monitor_id)).rowcount
    except sqlite3.IntegrityError:
        raise _taken() from None
    if not changed:
        raise NotFound(f"there is no heartbeat {row.monitor_id}")


def save_states(db: sqlite3.Connection, rows: Sequence[Saved]) -> None:
    """Save states; one whose heartbeat is gone is nobody's."""
    db.executemany(SAVE, [(row.state, row.upto, row.pings, row.monitor_id, row.pings) for row in rows])


def delete(db: sqlite3.Connection, monitor_id: int) -> None:
    """Delete a heartbeat; its pings go with the sweep."""
    db.execute(DELETE, (monitor_id,))


def load_all(db: sqlite3.Connection) -> list[Stored]:
    """Return every heartbeat, archived monitors' too."""
    return [Stored(*row) for row in db.execute(ALL)]


def load(db: sqlite3.Connection, monitor_id: int) -> Stored | None:
    """Return one heartbeat."""
    row = db.execute(ONE, (monitor_id,)).fetchone()
    return None if row is None else Stored(*row)


def seal_token(vault: Vault, token: Secret) -> bytes:
    """Return a token as it is stored."""
    return vault.seal(token)[SEALED].encode("ascii")


def unseal_token(vault: Vault, sealed: bytes) -> Secret:
    """Return a stored token."""
    token: Secret = vault.unseal({SEALED: sealed.decode("ascii")})
    return token


def _taken() -> Conflict:
    return Conflict("the token or UUID belongs to another heartbeat")
