"""Rows of the audit log, written inside the changes that they tell of. Who acts is what `acting` says."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from asura.domain.channel import Channel, Notification
from asura.domain.incident import Incident
from asura.domain.monitor import Monitor
from asura.domain.trail import difference
from asura.engine.acting import CONFIGURATION, acting, who
from asura.errors import NotFound
from asura.store import audit, outbox
from asura.store.audit import Entry
from asura.store.db import Store

# What an incident is after a person did something about it.
_OF_INCIDENTS = ("status", "severity", "acknowledged_by", "resolved_by", "snoozed_until")


def record(
    db: sqlite3.Connection,
    action: str,
    entity: str,
    *,
    at: datetime,
    id: int | None = None,
    name: str = "",
    old: Any = None,
    new: Any = None,
    actor: str | None = None,
) -> Entry:
    """Write one row: what was done to what, and which fields of `old` and `new` (structs or mappings) differ.

    `actor` is for those who prove only by this who they are: somebody who signs in.
    """
    before, after = difference(old, new)
    by = who()
    entry = Entry(
        at=at,
        actor=actor or by.name,
        address=by.address,
        action=action,
        entity=entity,
        entity_id=id,
        name=name,
        before=before,
        after=after,
    )
    return audit.append(db, entry)


def monitor(db: sqlite3.Connection, old: Monitor | None, new: Monitor | None, at: datetime, action: str = "") -> None:
    """Write what became of a monitor; None is before it was made, or after it was deleted."""
    _configured(db, "monitor", old, new, at, action=action)


def channel(db: sqlite3.Connection, old: Channel | None, new: Channel | None, at: datetime) -> None:
    """Write what became of a channel; None is before it was made, or after it was deleted."""
    _configured(db, "channel", old, new, at)


def incident(
    db: sqlite3.Connection, action: str, old: Incident, new: Incident, at: datetime, *, note: str = ""
) -> None:
    """Write what a person did about an incident."""
    was, is_ = ({name: getattr(one, name) for name in _OF_INCIDENTS} for one in (old, new))
    noted = {"note": note} if note else {}
    record(db, action, "incident", at=at, id=old.id, name=old.title, old=was, new=is_ | noted)


async def reloaded(store: Store, at: datetime) -> None:
    """Write that the configuration was read again; what came of it has rows of its own."""
    with acting(CONFIGURATION):
        await store.write(lambda db: record(db, "reload", "configuration", at=at))


async def retry(
    store: Store, notification_id: int, at: datetime, *, allowed: Callable[[int | None], bool] = lambda _: True
) -> Notification:
    """Make a notification due again, and write who did; Conflict when it is neither failed nor dead.

    NotFound when there is none, or it tells of a monitor that is not `allowed`.
    """

    def change(db: sqlite3.Connection) -> Notification:
        if not allowed(outbox.monitor_of(db, notification_id)):
            raise NotFound(f"there is no notification {notification_id}")
        found = outbox.retry(db, notification_id, at)
        record(db, "retry", "notification", at=at, id=found.id, name=found.event)
        return found

    return await store.write(change)


def _configured(
    db: sqlite3.Connection,
    entity: str,
    old: Monitor | Channel | None,
    new: Monitor | Channel | None,
    at: datetime,
    *,
    action: str = "",
) -> None:
    known = new or old
    if known is None:
        return
    was, is_ = _fields(old), _fields(new)
    record(db, action or _action(was, is_), entity, at=at, id=known.id, name=known.config.name, old=was, new=is_)


def _fields(stored: Monitor | Channel | None) -> dict[str, Any] | None:
    if stored is None:
        return None
    config = stored.config
    written = {name: getattr(config, name) for name in config.__struct_fields__}
    return {"slug": stored.slug, **written, "managed_by": stored.managed_by}


def _action(was: dict[str, Any] | None, is_: dict[str, Any] | None) -> str:
    if was is None or is_ is None:
        return "create" if was is None else "delete"
    if [name for name in was if was[name] != is_[name]] == ["enabled"]:
        return "resume" if is_["enabled"] else "pause"
    return "update"
