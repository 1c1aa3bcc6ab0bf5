"""Planned work: when a window is open, and when that changes next."""

from datetime import datetime

import msgspec


class WindowConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a window that a person decides: once (`starts_at`, `ends_at`), or again and again.

    Again and again is `cron` or `rrule` (RFC 5545) in `timezone`, each time for `duration_s`; `starts_at` is then from
    when on, `ends_at` until when. It covers monitors by id, tag or group. `description` is Markdown for status pages;
    `announce_s` is how long before its beginning they tell of it.
    """

    name: str
    description: str = ""
    monitor_ids: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    cron: str | None = None
    rrule: str | None = None
    duration_s: float | None = None
    timezone: str = "UTC"
    public: bool = True
    announce_s: float = 604_800


class Occurrence(msgspec.Struct, frozen=True, order=True):
    """One time that a window is open, in UTC: from `starts_at` up to, and not including, `ends_at`."""

    starts_at: datetime
    ends_at: datetime


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A stored window. `ended` has the occurrences that were ended early, with the end that they had."""

    id: int = 0
    config: WindowConfig
    ended: tuple[Occurrence, ...] = ()
    created_by: str
    created_at: datetime
    updated_at: datetime
