"""Answers about what is watched: monitors, results, figures over time."""

from typing import Annotated, Any, Literal

import msgspec

from asura.domain.monitor import Assertion
from asura.web.shapes.common import Instant, Ratio, StatusWord


class PhasesMs(msgspec.Struct):
    """How long each phase of a check took, in milliseconds."""

    dns: float | None
    connect: float | None
    tls: float | None
    ttfb: float | None
    transfer: float | None


class Result(msgspec.Struct):
    """One check. `counted` is false for a try that was to be retried."""

    at: Instant
    region: str
    status: StatusWord
    latency_ms: float | None
    code: int
    reason: str
    message: str
    phases_ms: PhasesMs
    counted: bool = True


class CheckedResult(Result):
    """A check that somebody asked for, with what was seen."""

    evidence: dict[str, Any] | None = None


class Monitor(msgspec.Struct):
    """A monitor as configured, and how it is. Secret settings are stars."""

    id: int
    slug: str
    name: str
    type: str
    target: str
    interval: float
    timeout: float
    retries: int
    retry_interval: float
    enabled: bool
    public: bool
    description: str
    tags: tuple[str, ...]
    group: str | None
    failure_threshold: int
    success_threshold: int
    latency_threshold_ms: float | None
    upside_down: bool
    reminder_interval: float
    settings: dict[str, Any]
    assertions: tuple[Assertion, ...]
    assertions_match: Literal["all", "any"]
    regions: tuple[str, ...]
    consensus: int | None
    depends_on: tuple[int, ...]
    channel_ids: tuple[int, ...]
    escalation_policy_id: int | None
    runbook_url: str | None
    managed_by: str | None
    status: StatusWord
    status_reason: str
    status_message: str
    since: Instant
    last_result: Result | None
    incident_id: int | None
    uptime_24h_ratio: Ratio | None
    created_at: Instant
    updated_at: Instant


class OverviewRow(msgspec.Struct, omit_defaults=True):
    """One monitor in the overview. `strip` is the last 24 hours as 60 letters, oldest first.

    `message` is left out when there is nothing to say: in thousands of rows that counts.
    """

    id: int
    slug: str
    name: str
    type: str
    target: str
    status: StatusWord
    reason: str
    since: Instant
    last_ms: float | None
    uptime_24h_ratio: Ratio | None
    strip: Annotated[str, msgspec.Meta(min_length=60, max_length=60)]
    tags: tuple[str, ...]
    group: str | None
    message: str = ""


class Overview(msgspec.Struct):
    """All monitors in one answer, by name."""

    counts: dict[str, int]
    monitors: list[OverviewRow]
    incidents_open: int


class Point(msgspec.Struct):
    """One step of a series."""

    at: Instant
    up_ratio: Ratio | None
    avg_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    checks: int
    failures: int


class Series(msgspec.Struct):
    """Figures of a monitor over time, oldest first; `step` is in seconds."""

    points: list[Point]
    step: float


class Span(msgspec.Struct, rename={"from_at": "from", "to_at": "to"}):
    """A stretch of time in one state; `to` is null for the one that lasts."""

    status: StatusWord
    from_at: Instant
    to_at: Instant | None
    reason: str


class Spans(msgspec.Struct):
    """The spans of a range, oldest first."""

    data: list[Span]


class Uptime(msgspec.Struct):
    """How long a monitor was in which state; the seconds sum to the range."""

    uptime_ratio: Ratio | None
    seconds: dict[str, float]


class BulkOutcome(msgspec.Struct):
    """What became of one monitor of a bulk action."""

    id: int
    ok: bool
    error: str | None = None


class BulkOutcomes(msgspec.Struct):
    """What became of each monitor, in the order asked."""

    data: list[BulkOutcome]
