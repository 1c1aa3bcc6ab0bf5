"""Rows of the audit log about status pages: never a password, of style sheets and pictures only that they differ."""

import sqlite3
from datetime import datetime
from hashlib import blake2b
from typing import Any

from asura.domain.fields import Secret, plain
from asura.domain.page import Page
from asura.engine import trail


def page(db: sqlite3.Connection, old: Page | None, new: Page | None, at: datetime) -> None:
    """Write what became of a page; None is before it was made, or after it was deleted."""
    known = new or old
    if known is None:
        return
    was, is_ = _fields(old), _fields(new)
    if was != is_:
        action = "create" if old is None else "delete" if new is None else "update"
        trail.record(db, action, "status_page", at=at, id=known.id, name=known.config.title, old=was, new=is_)


def _fields(stored: Page | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    found = {"slug": stored.slug, **plain(stored.config), "managed_by": stored.managed_by}
    found["css"] = _mark(stored.config.css.encode("utf-8", "replace"))
    # Stars on both sides when it changed.
    found["password"] = Secret(stored.password) if stored.password else None
    for name in ("logo", "favicon"):
        found[name] = next((f"{one.media_type}, {_mark(one.body)}" for one in stored.files if one.name == name), None)
    return found


def _mark(content: bytes) -> str:
    """Return what tells one content from another without showing it."""
    return f"{len(content)} bytes, {blake2b(content, digest_size=6).hexdigest()}" if content else ""
