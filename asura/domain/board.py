"""A status page as its visitors see it: one value from which HTML, JSON, feeds and badges are made."""

from datetime import date, datetime
from typing import Literal

import msgspec

from asura.domain.post import Affected, ComponentStatus, Impact, PostKind, PostStatus

# `unknown` only where nothing is known of any component.
Overall = Literal["operational", "degraded", "partial_outage", "major_outage", "maintenance", "unknown"]


class Bar(msgspec.Struct, frozen=True, gc=False):
    """A day of a component. `ratio` is None and `worst` is `no_data` where nothing is known, or it was not there yet.

    `worst` is a word of `Status`; `bad_s` are the seconds that count against it; `post_ids` what was said of that day.
    """

    date: date
    ratio: float | None
    worst: str
    bad_s: float = 0.0
    post_ids: tuple[int, ...] = ()


class BoardComponent(msgspec.Struct, frozen=True, kw_only=True):
    """A component as shown. `bars` are its days, oldest first, the last one today; `ratio` is over all of them.

    `ratio_90d` is over the last 90 days, however many are shown; neither is there, nor any bar, where the page does not
    show uptimes. `since` is when what it stands for was first watched. `response_ms` has one average a day where the
    page shows response times, else nothing.
    """

    id: int
    name: str
    description: str = ""
    group: str = ""
    status: ComponentStatus
    ratio: float | None
    ratio_90d: float | None = None
    bars: tuple[Bar, ...] = ()
    response_ms: tuple[float | None, ...] = ()
    since: datetime


class BoardGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A heading with its components; the first group has no name when some components have none."""

    name: str
    description: str = ""
    collapsed: bool = False
    component_ids: tuple[int, ...]


class BoardUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was said; `html` is safe to show, `text` is the Markdown that it was made of."""

    id: int
    at: datetime
    status: PostStatus
    text: str
    html: str
    components: tuple[Affected, ...] = ()


class BoardPost(msgspec.Struct, frozen=True, kw_only=True):
    """A published incident or notice; its updates newest first."""

    id: int
    kind: PostKind
    title: str
    status: PostStatus
    impact: Impact
    started_at: datetime
    updated_at: datetime
    created_at: datetime
    resolved_at: datetime | None = None
    postmortem_html: str = ""
    postmortem: str = ""
    updates: tuple[BoardUpdate, ...] = ()
    component_ids: tuple[int, ...] = ()


class BoardMaintenance(msgspec.Struct, frozen=True, kw_only=True):
    """One occurrence of planned work; `announced_at` is from when on it was to be seen.

    `more` is how many times of the same window are announced after it, the last of which begins at `more_until`.
    """

    window_id: int
    title: str
    text: str = ""
    html: str = ""
    status: Literal["scheduled", "in_progress", "completed"]
    starts_at: datetime
    ends_at: datetime
    announced_at: datetime | None = None
    more: int = 0
    more_until: datetime | None = None
    created_at: datetime
    updated_at: datetime
    component_ids: tuple[int, ...] = ()


class Board(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a page shows. Holds nothing that its visitors may not see.

    `as_of` is when it was made; `active`, `notices` and `maintenance` are what is or is to come, `past` and
    `past_maintenance` what ended in the days that the page shows, newest first.
    """

    page_id: int
    slug: str
    title: str
    description: str = ""
    timezone: str = "UTC"
    status: Overall
    as_of: datetime
    updated_at: datetime
    groups: tuple[BoardGroup, ...] = ()
    components: tuple[BoardComponent, ...] = ()
    notices: tuple[BoardPost, ...] = ()
    active: tuple[BoardPost, ...] = ()
    past: tuple[BoardPost, ...] = ()
    maintenance: tuple[BoardMaintenance, ...] = ()
    past_maintenance: tuple[BoardMaintenance, ...] = ()
