"""What anybody may read of a status page: every field that leaves is named here, and none of them is internal."""

from typing import Literal

import msgspec

from asura.web.shapes.common import Instant, Ratio

ComponentWord = Literal["operational", "degraded", "partial_outage", "major_outage", "maintenance", "unknown"]
ImpactWord = Literal["none", "minor", "major", "critical"]
StageWord = Literal["investigating", "identified", "monitoring", "resolved"]
WorstWord = Literal[
    "pending", "up", "late", "degraded", "down", "unreachable", "maintenance", "paused", "unknown", "no_data"
]


class PublicDay(msgspec.Struct, omit_defaults=True):
    """A day of a component: the share of it that was up (null: nothing is known), and the worst that happened.

    `incident_ids` and `response_ms` (an average) are there where there is something to say.
    """

    date: str
    uptime_ratio: Ratio | None
    worst: WorstWord
    incident_ids: list[int] = []
    response_ms: float | None = None


class PublicComponent(msgspec.Struct):
    """A component of a page; `days` are oldest first, the last one is today in the zone of the page."""

    id: int
    name: str
    description: str
    group: str | None
    status: ComponentWord
    since: Instant
    uptime_ratio: Ratio | None
    uptime_90d_ratio: Ratio | None
    days: list[PublicDay]


class PublicGroup(msgspec.Struct):
    """A heading with its components, in the order of the page; the first has no name when some have none."""

    name: str | None
    description: str
    component_ids: list[int]


class PublicAffected(msgspec.Struct):
    """A component that an update is about, and how it is."""

    component_id: int
    status: ComponentWord


class PublicUpdate(msgspec.Struct):
    """One thing that was said: `text` is Markdown, `html` the same, safe to show."""

    id: int
    at: Instant
    status: StageWord
    text: str
    html: str
    components: list[PublicAffected]


class PublicPost(msgspec.Struct):
    """An incident or a notice, its updates newest first."""

    id: int
    title: str
    status: StageWord
    impact: ImpactWord
    started_at: Instant
    updated_at: Instant
    resolved_at: Instant | None
    url: str
    component_ids: list[int]
    postmortem: str
    postmortem_html: str
    updates: list[PublicUpdate]


class PublicIncidents(msgspec.Struct):
    """The incidents that are open, and those that ended in the days that the page shows, newest first."""

    active: list[PublicPost]
    past: list[PublicPost]


class PublicMaintenance(msgspec.Struct):
    """One time of planned work."""

    id: int
    title: str
    text: str
    html: str
    status: Literal["scheduled", "in_progress", "completed"]
    starts_at: Instant
    ends_at: Instant
    component_ids: list[int]


class PublicStatus(msgspec.Struct):
    """A status page for programs, the same in every language.

    `as_of` is when this was known to hold (in a 304: `Last-Modified`), `updated_at` when something last changed.
    """

    title: str
    description: str
    slug: str
    url: str
    timezone: str
    status: ComponentWord
    as_of: Instant
    updated_at: Instant
    groups: list[PublicGroup]
    components: list[PublicComponent]
    incidents: PublicIncidents
    notices: list[PublicPost]
    maintenance: list[PublicMaintenance]
