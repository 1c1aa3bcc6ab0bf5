"""Maintenance windows in answers."""

import msgspec

from asura.web.shapes.common import Instant


class Occurrence(msgspec.Struct):
    """One time that a window is open."""

    starts_at: Instant
    ends_at: Instant


class Window(msgspec.Struct):
    """A maintenance window. `current` is the time for which it is open now, `next` the one after that; `monitors` are
    the ids of what it covers, none when it is over; `warning` says which of its tags and groups nothing has.
    """

    id: int
    name: str
    description: str
    monitor_ids: list[int]
    tags: list[str]
    groups: list[str]
    starts_at: Instant | None
    ends_at: Instant | None
    cron: str | None
    rrule: str | None
    duration_s: float | None
    timezone: str
    public: bool
    announce_s: float
    active: bool
    current: Occurrence | None
    next: Occurrence | None
    monitors: list[int]
    warning: str | None
    created_by: str
    created_at: Instant
    updated_at: Instant


class WindowTimes(msgspec.Struct):
    """When an unsaved window would be open, the next ten times."""

    data: list[Occurrence]
