"""Posts and updates for the tests of what pages say."""

from datetime import datetime, timedelta
from typing import Any

from asura.domain.post import Affected, ComponentStatus, Post, PostKind, PostStatus, PostUpdate
from tests.store.kit import START

INVESTIGATING, IDENTIFIED = PostStatus.INVESTIGATING, PostStatus.IDENTIFIED
MONITORING, RESOLVED = PostStatus.MONITORING, PostStatus.RESOLVED
MAJOR, PARTIAL, DEGRADED = ComponentStatus.MAJOR_OUTAGE, ComponentStatus.PARTIAL_OUTAGE, ComponentStatus.DEGRADED


def minute(number: float) -> datetime:
    """Return an instant so many minutes after the start."""
    return START + timedelta(minutes=number)


def update(
    at: float = 0, status: PostStatus = INVESTIGATING, *about: tuple[int, ComponentStatus], **more: Any
) -> PostUpdate:
    """Return what was said in a minute, about which components."""
    values: dict[str, Any] = {"text": "We look into it.", "created_by": "ann"} | more
    components = tuple(Affected(id_, claimed) for id_, claimed in about)
    return PostUpdate(at=minute(at), status=status, components=components, **values)


def post(*updates: PostUpdate, publish_at: float = 0, **more: Any) -> Post:
    """Return an incident that says this; a notice with `kind`."""
    values: dict[str, Any] = {
        "id": 1,
        "page_id": 1,
        "kind": PostKind.INCIDENT,
        "title": "The shop is slow",
        "created_by": "ann",
        "created_at": START,
        "updated_at": START,
    }
    return Post(publish_at=minute(publish_at), updates=updates or (update(publish_at),), **(values | more))
