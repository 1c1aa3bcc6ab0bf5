"""Channels as configured."""

import sqlite3
from datetime import datetime

from asura.domain.channel import Channel, ChannelConfig
from asura.domain.instant import at_ms, from_ms
from asura.errors import Conflict, NotFound
from asura.store.seal import Vault

COLUMNS = "id, slug, config, managed_by, created_at, updated_at"
INSERT = "INSERT INTO channels (slug, config, managed_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?)"
UPDATE = "UPDATE channels SET slug = ?, config = ?, managed_by = ?, updated_at = ? WHERE id = ?"
ALL = f"SELECT {COLUMNS} FROM channels ORDER BY id"
DELETE = "DELETE FROM channels WHERE id = ?"
# What it was still to tell is dropped; what it told stays on record.
DROP = """
    UPDATE notifications SET status = 'dropped', reason = 'channel_deleted', boot = NULL, finished_at = next_attempt_at
    WHERE channel_id = ? AND status IN ('pending', 'failed')
"""


def insert(
    db: sqlite3.Connection,
    vault: Vault,
    *,
    slug: str,
    config: ChannelConfig,
    now: datetime,
    managed_by: str | None = None,
) -> Channel:
    """Store a new channel; Conflict when the slug is taken."""
    stamp = at_ms(now)
    try:
        cursor = db.execute(INSERT, (slug, vault.dump(config), managed_by, stamp, stamp))
    except sqlite3.IntegrityError:
        raise Conflict(f"the slug {slug!r} is taken by another channel") from None
    return Channel(
        id=int(cursor.lastrowid or 0),
        slug=slug,
        config=config,
        managed_by=managed_by,
        created_at=from_ms(stamp),
        updated_at=from_ms(stamp),
    )


def update(db: sqlite3.Connection, vault: Vault, channel: Channel) -> None:
    """Store a channel as it is now; Conflict when its slug is taken, NotFound when it is gone."""
    values = (channel.slug, vault.dump(channel.config), channel.managed_by, at_ms(channel.updated_at), channel.id)
    try:
        changed = db.execute(UPDATE, values).rowcount
    except sqlite3.IntegrityError:
        raise Conflict(f"the slug {channel.slug!r} is taken by another channel") from None
    if not changed:
        raise NotFound(f"there is no channel {channel.id}")


def delete(db: sqlite3.Connection, channel_id: int) -> None:
    """Delete a channel; what it was still to tell is dropped with that reason."""
    db.execute(DROP, (channel_id,))
    db.execute(DELETE, (channel_id,))


def load_all(db: sqlite3.Connection, vault: Vault) -> list[Channel]:
    """Return all channels, by id."""
    return [
        Channel(
            id=channel_id,
            slug=slug,
            config=vault.load(config, ChannelConfig),
            managed_by=managed_by,
            created_at=from_ms(created_at),
            updated_at=from_ms(updated_at),
        )
        for channel_id, slug, config, managed_by, created_at, updated_at in db.execute(ALL)
    ]
