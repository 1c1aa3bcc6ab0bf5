"""Answers about what status pages say in words."""

from typing import Literal

import msgspec

from asura.web.shapes.common import Instant

KindWord = Literal["incident", "notice"]
ImpactWord = Literal["none", "minor", "major", "critical"]
ProgressWord = Literal["investigating", "identified", "monitoring", "resolved"]
ComponentWord = Literal["operational", "degraded", "partial_outage", "major_outage", "maintenance", "unknown"]


class AffectedComponent(msgspec.Struct):
    """A component of the page, and how it is said to be."""

    component_id: int
    status: ComponentWord


class PostUpdate(msgspec.Struct):
    """One thing that was said: shown from `at` on; `told_at` is when subscribers were told, or that they are not.

    `text` is Markdown, `html` the same as the page shows it.
    """

    id: int
    at: Instant
    status: ProgressWord
    text: str
    html: str
    components: list[AffectedComponent]
    created_by: str
    told_at: Instant | None


class Post(msgspec.Struct):
    """An incident or a notice of a page as of now, its updates oldest first, those to come among them.

    `started_at` is when what it is about began, null when that is its publication. `automatic` is one that a rule
    keeps: it ends with the outage, until somebody says something in it.
    """

    id: int
    page_id: int
    kind: KindWord
    title: str
    status: ProgressWord
    impact: ImpactWord
    publish_at: Instant
    published: bool
    started_at: Instant | None
    ends_at: Instant | None
    resolved_at: Instant | None
    postmortem: str
    postmortem_html: str
    automatic: bool
    components: list[AffectedComponent]
    created_by: str
    created_at: Instant
    updated_at: Instant
    updates: list[PostUpdate]
