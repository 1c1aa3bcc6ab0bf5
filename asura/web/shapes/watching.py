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
    """One check. `counted` is false for a try that was to be retried; under `maintenance` nobody was told."""

    at: Instant
    region: str
    status: StatusWord
    latency_ms: float | None
    code: int
    reason: str
    message: str
    phases_ms: PhasesMs
    counted: bool = True
    maintenance: bool = False


class CheckedResult(Result):
    """A check that somebody asked for, with what was seen."""

    evidence: dict[str, Any] | None = None


class RunView(msgspec.Struct):
    """A run that has started and not finished: how far it is, and when it should end by what earlier runs took."""

    run_id: str
    started_at: Instant
    overdue: bool
    expected_end_at: Instant | None
    step: int | None
    of: int | None
    step_name: str
    step_at: Instant | None


class Heartbeat(msgspec.Struct):
    """What is known of a job from its pings. Token, UUID and address are stars for those who may not edit."""

    token: str
    uuid: str
    ping_url: str
    grace: float
    status: Literal["pending", "up", "started", "late", "down"]
    pings: int
    last_ping_at: Instant | None
    last_success_at: Instant | None
    last_start_at: Instant | None
    last_duration_s: float | None
    last_exit_status: int | None
    expected_at: Instant | None
    deadline_at: Instant | None
    runs: list[RunView]


class Monitor(msgspec.Struct):
    """A monitor as configured, and how it is. Secret settings are stars. `checked_from` are the regions that check it;
    `region_warning` says where nobody does who was to.
    """

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
    certificate_days: float | None
    checked_from: tuple[str, ...]
    region_warning: str | None
    created_at: Instant
    updated_at: Instant
    # Of heartbeats alone.
    grace: float | msgspec.UnsetType = msgspec.UNSET
    cron: str | msgspec.UnsetType = msgspec.UNSET
    on_calendar: str | msgspec.UnsetType = msgspec.UNSET
    timezone: str | msgspec.UnsetType = msgspec.UNSET
    max_runtime: float | msgspec.UnsetType | None = msgspec.UNSET
    start_deadline: float | msgspec.UnsetType | None = msgspec.UNSET
    heartbeat: Heartbeat | msgspec.UnsetType = msgspec.UNSET


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
    # When asked for; null where no result is kept.
    phases_ms: PhasesMs | msgspec.UnsetType | None = msgspec.UNSET


class Series(msgspec.Struct):
    """Figures of a monitor over time, oldest first; `step` is in seconds. `regions` are those it has results of."""

    points: list[Point]
    step: float
    regions: list[str]


class Day(msgspec.Struct):
    """One day of a monitor: seconds in each state, and the most notable one; `no_data` when nothing is known of it."""

    date: str
    uptime_ratio: Ratio | None
    worst: str
    seconds: dict[str, float]


class Days(msgspec.Struct):
    """The last days of a monitor in a zone, oldest first; the last one is today, as far as it has come."""

    zone: str
    data: list[Day]


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


class Ping(msgspec.Struct):
    """One ping. `n` is its number among those of its monitor; of a body that was cut, `body_bytes` is what was sent."""

    n: int
    at: Instant
    kind: Literal["success", "fail", "start", "log", "ignored"]
    duration_s: float | None
    exit_status: int | None
    run_id: str
    source: str
    method: str
    user_agent: str
    note: str
    step: int | None
    of: int | None
    step_name: str
    body_bytes: int
    body_cut: bool


class Suggestion(msgspec.Struct):
    """What fits the pings that came. Without a suggestion, `why` says what is missing."""

    interval: float | None
    cron: str | None
    timezone: str
    grace: float | None
    max_runtime: float | None
    explains_ratio: Ratio | None
    pings: int
    why: str


class PingKey(msgspec.Struct):
    """The key of the addresses with a slug, and what they begin with."""

    ping_key: str
    url: str


class BadgeSnippets(msgspec.Struct):
    """One badge: its address, and what to paste. It is answered only while the monitor is public."""

    kind: str
    image: str
    public: bool
    markdown: str
    html: str
    restructuredtext: str
    asciidoc: str


class Badges(msgspec.Struct):
    """Every badge of a monitor."""

    data: list[BadgeSnippets]
