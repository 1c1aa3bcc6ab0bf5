"""A monitor as configured: what is watched, how often, and what makes it fail."""

from datetime import datetime
from typing import Any, Literal

import msgspec

Severity = Literal["down", "degraded"]


class Assertion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One expectation: on what (`status`, `header`, `body`, `json`, …), compared how, with which value."""

    on: str
    op: str
    value: Any = None
    name: str = ""
    path: str = ""
    severity: Severity = "down"


class MonitorConfig(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about a monitor that a person decides. Durations are seconds, as at the wire.

    `settings` is what the check type's `Params` validated, as plain data; secrets in it are `Secret` values.
    """

    name: str
    type: str
    target: str = ""
    interval: float = 60
    timeout: float = 10
    retries: int = 1
    retry_interval: float = 20
    enabled: bool = True
    public: bool = False
    description: str = ""
    tags: tuple[str, ...] = ()
    group: str | None = None
    failure_threshold: int = 2
    success_threshold: int = 1
    latency_threshold_ms: float | None = None
    upside_down: bool = False
    reminder_interval: float = 0
    settings: dict[str, Any] = {}
    assertions: tuple[Assertion, ...] = ()
    assertions_match: Literal["all", "any"] = "all"
    regions: tuple[str, ...] = ()
    consensus: int | None = None
    depends_on: tuple[int, ...] = ()
    channel_ids: tuple[int, ...] = ()
    escalation_policy_id: int | None = None
    runbook_url: str | None = None
    # Of heartbeats alone: what is expected when, and how much later than that is forgiven.
    grace: float = 0
    cron: str = ""
    on_calendar: str = ""
    timezone: str = "UTC"
    max_runtime: float | None = None
    start_deadline: float | None = None


class Monitor(msgspec.Struct, frozen=True, kw_only=True):
    """A stored monitor. `generation` grows with each edit that makes older results meaningless."""

    id: int
    slug: str
    config: MonitorConfig
    generation: int
    managed_by: str | None
    created_at: datetime
    updated_at: datetime
    version: int = 1
