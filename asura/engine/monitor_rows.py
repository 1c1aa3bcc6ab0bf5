"""New monitors inside a change: the row, the first span, and the heartbeat of one that waits for pings."""

import sqlite3
from datetime import datetime
from typing import NamedTuple

import msgspec

from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.span import Span
from asura.engine import trail
from asura.engine.beat_rows import BeatRows
from asura.engine.beats import Beat
from asura.engine.live import initial_reason
from asura.engine.monitor_state import DAY
from asura.store import monitors, spans
from asura.store.seal import Vault

# Edits of these do not change what a check means: results on their way stay valid.
_COSMETIC = frozenset(
    {
        "name",
        "public",
        "description",
        "tags",
        "group",
        "reminder_interval",
        "depends_on",
        "channel_ids",
        "escalation_policy_id",
        "runbook_url",
        "failure_threshold",
        "success_threshold",
    }
)


class Created(NamedTuple):
    """A monitor that was stored: its believed states of the last day, and its heartbeat if it is one."""

    monitor: Monitor
    history: list[Span]
    beat: Beat | None


class MonitorRows:
    """Stores new monitors. Called on the writer's thread."""

    def __init__(self, vault: Vault, beat_rows: BeatRows) -> None:
        self._vault = vault
        self._beat_rows = beat_rows

    def create(
        self, db: sqlite3.Connection, slug: str, config: MonitorConfig, now: datetime, *, managed_by: str | None
    ) -> Created:
        """Store a new monitor with its first span; one that the file names again comes back with its history."""
        old = monitors.find_archived(db, self._vault, slug) if managed_by else None
        if old is None:
            monitor = monitors.insert(db, self._vault, slug=slug, config=config, now=now, managed_by=managed_by)
        else:
            monitor = self._bring_back(db, old, config, now, managed_by=managed_by)
        trail.monitor(db, old, monitor, now, action="" if old is None else "restore")
        beat = self._beat_rows.create(db, monitor, now)
        status, reason = initial_reason(monitor)
        spans.switch(db, monitor.id, "", status, reason, now)
        if old is None:
            return Created(monitor, [Span(monitor.id, "", status, reason, now)], beat)
        recent = spans.recent(db, now - DAY)
        return Created(monitor, [one for one in recent if (one.monitor_id, one.region) == (monitor.id, "")], beat)

    def _bring_back(
        self, db: sqlite3.Connection, old: Monitor, config: MonitorConfig, now: datetime, *, managed_by: str | None
    ) -> Monitor:
        monitors.unarchive(db, old.id, now)
        grown = {"generation": old.generation + 1, "version": old.version + 1, "updated_at": now}
        back = msgspec.structs.replace(old, config=config, managed_by=managed_by, **grown)
        monitors.update(db, self._vault, back)
        return back


def changed(old: MonitorConfig, new: MonitorConfig) -> set[str]:
    """Return the names of the fields that differ."""
    return {name for name in MonitorConfig.__struct_fields__ if getattr(old, name) != getattr(new, name)}


def remakes(names: set[str]) -> bool:
    """Return whether an edit of these fields makes older results meaningless."""
    return bool(names - _COSMETIC)
