"""Answers about those who ask, and about asura itself."""

from typing import Any, Literal

import msgspec

from asura.web.shapes.common import Instant, RoleWord


class Key(msgspec.Struct):
    """An API key, without the key."""

    id: int
    name: str
    role: RoleWord
    scopes: tuple[str, ...]
    created_at: Instant
    last_used_at: Instant | None
    expires_at: Instant | None
    # Requests a second; null: as everybody.
    rate_per_sec: float | None


class NewKey(Key):
    """An API key that was just made: the only time that `key` is shown."""

    key: str = ""


class Health(msgspec.Struct):
    """The process is alive."""

    status: str
    version: str
    uptime_s: float


class Readiness(msgspec.Struct):
    """Whether each part does its work; `detail` is shown to those who have a key."""

    status: Literal["ok", "failing"]
    checks: dict[str, dict[str, Any]]
