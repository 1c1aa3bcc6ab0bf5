"""Who subscribed to status pages: addresses and tokens sealed, and looked up by what cannot be turned back."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

import aiosqlite
import msgspec

from asura.domain.fields import Secret
from asura.domain.instant import at_ms
from asura.domain.subscription import UNCONFIRMED_FOR, Kind, Subscriber, identity
from asura.errors import Conflict
from asura.store import columns
from asura.store.seal import Vault

FIELDS = (
    "page_id, kind, address, components, language, token, created_at, confirmed_at, letter_at, failing_since, "
    "address_hash, token_hash"
)
READ = "id, page_id, kind, address, components, language, token, created_at, confirmed_at, letter_at, failing_since"
INSERT = f"INSERT INTO subscribers ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
SELECT = f"SELECT {READ} FROM subscribers"
GET = f"{SELECT} WHERE id = ?"
BY_ADDRESS = f"{SELECT} WHERE page_id = ? AND kind = ? AND address_hash = ?"
BY_TOKEN = f"{SELECT} WHERE token_hash = ?"
PAGE = f"{SELECT} WHERE page_id = ? AND id > ? ORDER BY id LIMIT ?"
COUNT = "SELECT count(*) FROM subscribers WHERE page_id = ?"
COUNTS = """
    SELECT kind, confirmed_at IS NOT NULL, count(*) FROM subscribers WHERE page_id = ? GROUP BY kind, 2 ORDER BY kind
"""
CONFIRM = "UPDATE subscribers SET confirmed_at = ? WHERE id = ? AND confirmed_at IS NULL"
CHOOSE = "UPDATE subscribers SET components = ? WHERE id = ?"
LETTER = "UPDATE subscribers SET letter_at = ?, components = ?, language = ? WHERE id = ?"
FAILING = "UPDATE subscribers SET failing_since = ? WHERE id = ? AND failing_since IS NULL"
WORKING = "UPDATE subscribers SET failing_since = NULL WHERE id = ? AND failing_since IS NOT NULL"
DELETE = "DELETE FROM subscribers WHERE id = ?"
# An index of those alone who did not confirm: the page takes no time however many subscribed.
SWEEP = """
    DELETE FROM subscribers WHERE id IN (
        SELECT id FROM subscribers WHERE confirmed_at IS NULL AND created_at < ? LIMIT ?)
"""


class Count(NamedTuple):
    """How many subscribed in one way, confirmed or not."""

    kind: str
    confirmed: bool
    number: int


def insert(db: sqlite3.Connection, vault: Vault, subscriber: Subscriber) -> Subscriber:
    """Store a new one and return it with its id; Conflict when the page tells this address already."""
    values = (
        subscriber.page_id,
        subscriber.kind,
        vault.dump(subscriber.address),
        columns.to_json(subscriber.components),
        subscriber.language,
        vault.dump(subscriber.token),
        at_ms(subscriber.created_at),
        columns.ms(subscriber.confirmed_at),
        columns.ms(subscriber.letter_at),
        columns.ms(subscriber.failing_since),
        _fingerprint(vault, subscriber.kind, subscriber.address),
        hashed(subscriber.token),
    )
    try:
        cursor = db.execute(INSERT, values)
    except sqlite3.IntegrityError as error:
        if "FOREIGN KEY" in str(error):
            raise Conflict("the page is not there any more") from None
        raise Conflict("this address is subscribed already") from None
    return msgspec.structs.replace(subscriber, id=int(cursor.lastrowid or 0))


def by_address(db: sqlite3.Connection, vault: Vault, *, page_id: int, kind: Kind, address: Secret) -> Subscriber | None:
    """Return whoever has this address on a page, or None."""
    return _one(vault, db.execute(BY_ADDRESS, (page_id, kind, _fingerprint(vault, kind, address))).fetchone())


def by_token(db: sqlite3.Connection, vault: Vault, token: Secret) -> Subscriber | None:
    """Return whose links hold a token, or None."""
    return _one(vault, db.execute(BY_TOKEN, (hashed(token),)).fetchone())


def get(db: sqlite3.Connection, vault: Vault, subscriber_id: int) -> Subscriber | None:
    """Return one by id, or None."""
    return _one(vault, db.execute(GET, (subscriber_id,)).fetchone())


def count(db: sqlite3.Connection, page_id: int) -> int:
    """Return how many a page has, confirmed or not."""
    return int(db.execute(COUNT, (page_id,)).fetchone()[0])


def confirm(db: sqlite3.Connection, subscriber_id: int, now: datetime) -> bool:
    """Let one be told from now on; return whether it was not before."""
    return db.execute(CONFIRM, (at_ms(now), subscriber_id)).rowcount > 0


def choose(db: sqlite3.Connection, subscriber_id: int, components: Sequence[int]) -> None:
    """Keep of which components one wants to hear."""
    db.execute(CHOOSE, (columns.to_json(components), subscriber_id))


def lettered(db: sqlite3.Connection, subscriber: Subscriber) -> None:
    """Keep when a letter was written to one, with what was wished at that occasion."""
    wished = (columns.ms(subscriber.letter_at), columns.to_json(subscriber.components), subscriber.language)
    db.execute(LETTER, (*wished, subscriber.id))


def failing(db: sqlite3.Connection, subscriber_id: int, since: datetime) -> None:
    """Keep from when on nothing reaches one, unless that is known already."""
    db.execute(FAILING, (at_ms(since), subscriber_id))


def working(db: sqlite3.Connection, subscriber_id: int) -> None:
    """Keep that one is reached again."""
    db.execute(WORKING, (subscriber_id,))


def delete(db: sqlite3.Connection, subscriber_id: int) -> bool:
    """Delete one with everything in the outbox for it; return whether it was there."""
    return db.execute(DELETE, (subscriber_id,)).rowcount > 0


def sweep(db: sqlite3.Connection, now: datetime, *, limit: int) -> bool:
    """Delete some who did not confirm in time; return whether there were any."""
    return db.execute(SWEEP, (at_ms(now - UNCONFIRMED_FOR), limit)).rowcount > 0


async def find(reader: aiosqlite.Connection, vault: Vault, token: Secret) -> Subscriber | None:
    """Return whose links hold a token, or None."""
    rows = list(await reader.execute_fetchall(BY_TOKEN, (hashed(token),)))
    return _one(vault, rows[0] if rows else None)


async def read(reader: aiosqlite.Connection, vault: Vault, subscriber_id: int) -> Subscriber | None:
    """Return one by id, or None."""
    rows = list(await reader.execute_fetchall(GET, (subscriber_id,)))
    return _one(vault, rows[0] if rows else None)


async def page(
    reader: aiosqlite.Connection, vault: Vault, page_id: int, *, after: int = 0, limit: int = 100
) -> list[Subscriber]:
    """Return subscribers of a page by id, those after one."""
    rows = await reader.execute_fetchall(PAGE, (page_id, after, limit))
    return [_subscriber(vault, row) for row in rows]


async def counts(reader: aiosqlite.Connection, page_id: int) -> list[Count]:
    """Return how many a page has, by kind, those who confirmed and those who did not."""
    rows = await reader.execute_fetchall(COUNTS, (page_id,))
    return [Count(kind, bool(confirmed), number) for kind, confirmed, number in rows]


def hashed(token: Secret) -> bytes:
    """Return what a token is looked up by."""
    return sha256(token.reveal().encode("utf-8", "surrogatepass")).digest()


def _fingerprint(vault: Vault, kind: Kind, address: Secret) -> bytes:
    return vault.fingerprint(f"{kind}:{identity(kind, address.reveal())}")


def _one(vault: Vault, row: Any) -> Subscriber | None:
    return None if row is None else _subscriber(vault, row)


def _subscriber(vault: Vault, row: Any) -> Subscriber:
    values = dict(zip(READ.split(", "), row, strict=True))
    for name in ("address", "token"):
        values[name] = vault.load(values[name], Secret)
    values["components"] = tuple(columns.from_json(values["components"]))
    for name in ("created_at", "confirmed_at", "letter_at", "failing_since"):
        values[name] = columns.instant(values[name])
    return Subscriber(**values)
