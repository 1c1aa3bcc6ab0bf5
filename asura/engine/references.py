"""What refers to what: looked up by id or slug, and let go of when it is deleted."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol, TypeAlias

from msgspec.structs import replace

from asura.domain.monitor import Monitor
from asura.engine import trail
from asura.engine.live import Live
from asura.engine.prepare import Found, Reference
from asura.store import monitors
from asura.store.seal import Vault

# A monitor as it was, and as it is without the reference.
Freed: TypeAlias = tuple[Monitor, Monitor]


class Referrer(Protocol):
    """Something besides monitors that stands for monitors."""

    def without_monitor(
        self, monitor_id: int, now: datetime
    ) -> AbstractAsyncContextManager[Callable[[sqlite3.Connection], None]]:
        """Hold still and yield what lets go of a monitor, for the change that deletes it."""


def lookup(live: Live) -> Found:
    """Return how references of bodies are looked up among what is known."""

    def monitor(reference: Reference) -> int | None:
        view = live.find(reference)
        return view.monitor.id if view else None

    def channel(reference: Reference) -> int | None:
        for one in live.channels.values():
            if reference in (one.id, one.slug, str(one.id)):
                return one.id
        return None

    return Found(monitor, channel)


def without_channel(live: Live, channel_id: int, now: datetime) -> list[Freed]:
    """Return the monitors that list a channel, each as it is and as it is without it."""
    return [
        _edited(one, now, channel_ids=tuple(other for other in one.config.channel_ids if other != channel_id))
        for one in (state.monitor for state in live.states())
        if channel_id in one.config.channel_ids
    ]


def without_monitor(live: Live, monitor_id: int, now: datetime) -> list[Freed]:
    """Return the monitors that depend on another one, each as it is and as it is without it."""
    return [
        _edited(one, now, depends_on=tuple(other for other in one.config.depends_on if other != monitor_id))
        for one in (state.monitor for state in live.states())
        if monitor_id in one.config.depends_on and one.id != monitor_id
    ]


def store_freed(db: sqlite3.Connection, vault: Vault, freed: Sequence[Freed], now: datetime) -> None:
    """Store monitors without what they referred to, inside the change that deletes it."""
    for old, new in freed:
        monitors.update(db, vault, new)
        trail.monitor(db, old, new, now)


def _edited(monitor: Monitor, now: datetime, **fields: tuple[int, ...]) -> Freed:
    config = replace(monitor.config, **fields)
    return monitor, replace(monitor, config=config, version=monitor.version + 1, updated_at=now)
