"""Status pages as configured, and their pictures."""

import sqlite3
from typing import Any

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.domain.page import Page, PageConfig, PageFile
from asura.errors import Conflict, NotFound
from asura.store import columns, meta

INSERT = (
    "INSERT INTO status_pages (slug, config, password, managed_by, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)"
)
UPDATE = "UPDATE status_pages SET config = ?, password = ?, managed_by = ?, updated_at = ? WHERE id = ?"
DELETE = "DELETE FROM status_pages WHERE id = ?"
ALL = "SELECT id, slug, config, password, managed_by, created_at, updated_at FROM status_pages ORDER BY id"
FILES = "SELECT page_id, name, media_type, body FROM page_files ORDER BY page_id, name"
PUT_FILE = "INSERT OR REPLACE INTO page_files (page_id, name, media_type, body) VALUES (?, ?, ?, ?)"
DELETE_FILE = "DELETE FROM page_files WHERE page_id = ? AND name = ?"
# The last id that a component was given. It is never given again, because posts and feeds name components by it.
LAST_COMPONENT = "last_component_id"


def insert(db: sqlite3.Connection, page: Page) -> Page:
    """Store a new page with its pictures and return it with its id; Conflict when the slug is taken."""
    stamps = at_ms(page.created_at), at_ms(page.updated_at)
    try:
        cursor = db.execute(INSERT, (page.slug, _json(page.config), page.password, page.managed_by, *stamps))
    except sqlite3.IntegrityError:
        raise Conflict(f"the slug {page.slug!r} is taken by another status page") from None
    stored = msgspec.structs.replace(page, id=int(cursor.lastrowid or 0))
    for file in page.files:
        put_file(db, stored.id, file)
    return stored


def update(db: sqlite3.Connection, page: Page) -> None:
    """Store a page as it is now, without its pictures; NotFound when it is gone."""
    values = (_json(page.config), page.password, page.managed_by, at_ms(page.updated_at), page.id)
    if not db.execute(UPDATE, values).rowcount:
        raise NotFound(f"there is no status page {page.id}")


def put_file(db: sqlite3.Connection, page_id: int, file: PageFile) -> None:
    """Store a picture of a page, in place of the one of that name."""
    db.execute(PUT_FILE, (page_id, file.name, file.media_type, file.body))


def delete_file(db: sqlite3.Connection, page_id: int, name: str) -> None:
    """Delete a picture of a page."""
    db.execute(DELETE_FILE, (page_id, name))


def delete(db: sqlite3.Connection, page_id: int) -> None:
    """Delete a page with everything that belongs to it: pictures, posts, subscribers."""
    db.execute(DELETE, (page_id,))


def load_all(db: sqlite3.Connection) -> list[Page]:
    """Return all pages with their pictures, by id."""
    files: dict[int, list[PageFile]] = {}
    for page_id, name, media_type, body in db.execute(FILES):
        files.setdefault(page_id, []).append(PageFile(name=name, media_type=media_type, body=body))
    return [_page(row, tuple(files.get(row[0], ()))) for row in db.execute(ALL)]


def next_component_ids(db: sqlite3.Connection, count: int) -> range:
    """Return so many ids for new components, of whatever page, that no component ever had."""
    first = int(meta.stored(db, LAST_COMPONENT) or 0) + 1
    if count:
        meta.put(db, LAST_COMPONENT, str(first + count - 1))
    return range(first, first + count)


def _json(config: PageConfig) -> bytes:
    columns.refuse_unstorable(msgspec.to_builtins(config))
    return msgspec.json.encode(config)


def _page(row: tuple[Any, ...], files: tuple[PageFile, ...]) -> Page:
    page_id, slug, config, password, managed_by, created_at, updated_at = row
    return Page(
        id=page_id,
        slug=slug,
        config=msgspec.json.decode(config, type=PageConfig),
        password=password,
        managed_by=managed_by,
        created_at=from_ms(created_at),
        updated_at=from_ms(updated_at),
        files=files,
    )
