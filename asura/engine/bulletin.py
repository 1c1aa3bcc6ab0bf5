"""What subscribers of a status page are told: one value that each way of telling renders in its own way."""

from datetime import datetime
from typing import Literal

import msgspec


class Bulletin(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a page says. `key` is the same for every try, `thread` for everything about one subject.

    `components` are ids of the page's components that it is about; none is the whole page. `text` is Markdown.
    """

    page_id: int
    event: Literal["incident", "notice", "maintenance", "postmortem"]
    subject_id: int
    key: str
    thread: str
    at: datetime
    title: str
    status: str
    impact: str = "none"
    text: str
    components: tuple[int, ...] = ()
    starts_at: datetime | None = None
    ends_at: datetime | None = None
