"""What status pages say in words: posts and their updates."""

import sqlite3
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import aiosqlite
import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.domain.post import Affected, Post, PostKind, PostStatus, PostUpdate
from asura.errors import NotFound
from asura.store import columns

FIELDS = (
    "page_id, kind, title, impact, publish_at, started_at, ends_at, resolved_at, postmortem, source, "
    "created_by, created_at, updated_at"
)
UPDATE_FIELDS = "post_id, at, status, text, components, created_by, told_at"
INSERT = f"INSERT INTO posts ({FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
SAVE = f"UPDATE posts SET ({FIELDS}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id = ?"
DELETE = "DELETE FROM posts WHERE id = ?"
ADD_UPDATE = f"INSERT INTO post_updates ({UPDATE_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
SAVE_UPDATE = f"UPDATE post_updates SET ({UPDATE_FIELDS}) = (?, ?, ?, ?, ?, ?, ?) WHERE id = ?"
DELETE_UPDATE = "DELETE FROM post_updates WHERE id = ?"
MARK_TOLD = "UPDATE post_updates SET told_at = ? WHERE id = ? AND told_at IS NULL"
RECENT = f"""
    SELECT id, {FIELDS} FROM posts
    WHERE (resolved_at IS NULL AND ends_at IS NULL) OR resolved_at >= :since OR ends_at >= :since ORDER BY id
"""
UPDATES = f"""
    SELECT id, {UPDATE_FIELDS} FROM post_updates WHERE post_id IN (SELECT value FROM json_each(?))
    ORDER BY post_id, at, id
"""
GET = f"SELECT id, {FIELDS} FROM posts WHERE id = ?"
SWEEP_RESOLVED = "DELETE FROM posts WHERE id IN (SELECT id FROM posts WHERE resolved_at < ? LIMIT ?)"
SWEEP_ENDED = "DELETE FROM posts WHERE id IN (SELECT id FROM posts WHERE ends_at < ? LIMIT ?)"
# Older ones are read when somebody asks for them.
REMEMBERED = timedelta(days=400)


def insert(db: sqlite3.Connection, post: Post) -> Post:
    """Store a new post with its updates, and return it with its ids."""
    cursor = db.execute(INSERT, _values(post))
    made = msgspec.structs.replace(post, id=int(cursor.lastrowid or 0))
    updates = tuple(add_update(db, msgspec.structs.replace(one, post_id=made.id)) for one in post.updates)
    return msgspec.structs.replace(made, updates=updates)


def save(db: sqlite3.Connection, post: Post) -> None:
    """Store a post as it is now, without its updates; NotFound when it is gone."""
    if not db.execute(SAVE, (*_values(post), post.id)).rowcount:
        raise NotFound(f"there is no post {post.id}")


def delete(db: sqlite3.Connection, post_id: int) -> None:
    """Delete a post with its updates; NotFound when it is gone."""
    if not db.execute(DELETE, (post_id,)).rowcount:
        raise NotFound(f"there is no post {post_id}")


def add_update(db: sqlite3.Connection, update: PostUpdate) -> PostUpdate:
    """Store a new update, and return it with its id."""
    cursor = db.execute(ADD_UPDATE, _update_values(update))
    return msgspec.structs.replace(update, id=int(cursor.lastrowid or 0))


def save_update(db: sqlite3.Connection, update: PostUpdate) -> None:
    """Store an update as it is now; NotFound when it is gone."""
    if not db.execute(SAVE_UPDATE, (*_update_values(update), update.id)).rowcount:
        raise NotFound(f"there is no update {update.id}")


def delete_update(db: sqlite3.Connection, update_id: int) -> None:
    """Delete an update; NotFound when it is gone."""
    if not db.execute(DELETE_UPDATE, (update_id,)).rowcount:
        raise NotFound(f"there is no update {update_id}")


def mark_told(db: sqlite3.Connection, update_id: int, now: datetime) -> bool:
    """Note that subscribers were told of an update; return whether it was this call that noted it."""
    return bool(db.execute(MARK_TOLD, (at_ms(now), update_id)).rowcount)


def load(db: sqlite3.Connection, now: datetime) -> list[Post]:
    """Return the posts that are open, to come, or over for no longer than REMEMBERED, by id."""
    rows = db.execute(RECENT, {"since": at_ms(now - REMEMBERED)}).fetchall()
    said = _by_post(db.execute(UPDATES, (_ids(row[0] for row in rows),)))
    return [_post(row, said.get(row[0], ())) for row in rows]


async def get(reader: aiosqlite.Connection, post_id: int) -> Post | None:
    """Return a post, however old; None when there is no such."""
    rows = list(await reader.execute_fetchall(GET, (post_id,)))
    said = _by_post(await reader.execute_fetchall(UPDATES, (_ids([post_id]),)))
    return _post(rows[0], said.get(post_id, ())) if rows else None


def sweep(db: sqlite3.Connection, before: datetime, *, limit: int) -> bool:
    """Delete up to `limit` posts that were over before an instant; return whether there were any."""
    return any(db.execute(query, (at_ms(before), limit)).rowcount for query in (SWEEP_RESOLVED, SWEEP_ENDED))


def _ids(ids: Iterable[int]) -> str:
    return columns.to_json(list(ids)).decode()


def _by_post(rows: Iterable[Any]) -> dict[int, Collection[PostUpdate]]:
    updates = [_update(row) for row in rows]
    return {post_id: tuple(own) for post_id, own in groupby(updates, key=lambda one: one.post_id)}


def _values(post: Post) -> tuple[Any, ...]:
    return (
        post.page_id,
        post.kind.value,
        post.title,
        post.impact,
        at_ms(post.publish_at),
        columns.ms(post.started_at),
        columns.ms(post.ends_at),
        columns.ms(post.resolved_at),
        post.postmortem,
        post.source,
        columns.text(post.created_by),
        at_ms(post.created_at),
        at_ms(post.updated_at),
    )


def _update_values(update: PostUpdate) -> tuple[Any, ...]:
    return (
        update.post_id,
        at_ms(update.at),
        update.status.value,
        update.text,
        columns.to_json(update.components),
        columns.text(update.created_by),
        columns.ms(update.told_at),
    )


def _post(row: Any, updates: Collection[PostUpdate]) -> Post:
    return Post(
        id=row[0],
        page_id=row[1],
        kind=PostKind(row[2]),
        title=row[3],
        impact=row[4],
        publish_at=from_ms(row[5]),
        started_at=columns.instant(row[6]),
        ends_at=columns.instant(row[7]),
        resolved_at=columns.instant(row[8]),
        postmortem=row[9],
        source=row[10],
        created_by=row[11],
        created_at=from_ms(row[12]),
        updated_at=from_ms(row[13]),
        updates=tuple(updates),
    )


def _update(row: Any) -> PostUpdate:
    return PostUpdate(
        id=row[0],
        post_id=row[1],
        at=from_ms(row[2]),
        status=PostStatus(row[3]),
        text=row[4],
        components=msgspec.json.decode(row[5], type=tuple[Affected, ...]),
        created_by=row[6],
        told_at=columns.instant(row[7]),
    )
