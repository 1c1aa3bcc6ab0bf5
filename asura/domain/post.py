"""What a status page says in words: incidents written by people or by rule, notices, and their updates."""

from datetime import datetime
from enum import StrEnum
from typing import Literal

import msgspec

Impact = Literal["none", "minor", "major", "critical"]


class ComponentStatus(StrEnum):
    """How a component is, in the words of the page."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"
    MAINTENANCE = "maintenance"
    UNKNOWN = "unknown"


class PostKind(StrEnum):
    """Whether a post is about something wrong, or only says something."""

    INCIDENT = "incident"
    NOTICE = "notice"


class PostStatus(StrEnum):
    """How far people have come. A notice is always `monitoring` until it ends."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Affected(msgspec.Struct, frozen=True):
    """A component that a post is about, and how people say that it is."""

    component_id: int
    status: ComponentStatus


class PostUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said. `at` is from when it is shown; `text` is Markdown; `told_at` when subscribers were told.

    `components` holds all that are affected as of this update.
    """

    id: int = 0
    post_id: int = 0
    at: datetime
    status: PostStatus
    text: str
    components: tuple[Affected, ...] = ()
    created_by: str
    told_at: datetime | None = None


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """An incident or a notice of one page, with its updates, oldest first.

    Before `publish_at` nobody sees it. `started_at` is when what it is about began, None when that is its publication.
    `source` is the component that an automatic one is about, None when a person
    wrote it or has taken it over. A notice ends at `ends_at`, an incident when it is resolved.
    """

    id: int = 0
    page_id: int
    kind: PostKind
    title: str
    impact: Impact = "minor"
    publish_at: datetime
    started_at: datetime | None = None
    ends_at: datetime | None = None
    resolved_at: datetime | None = None
    postmortem: str = ""
    source: int | None = None
    created_by: str
    created_at: datetime
    updated_at: datetime
    updates: tuple[PostUpdate, ...] = ()
