"""What a page says, as bulletins for its subscribers."""

from datetime import datetime

from asura.domain import publishing
from asura.domain.instant import at_ms
from asura.domain.maintenance import Occurrence, Window
from asura.domain.post import Post, PostUpdate
from asura.engine.bulletin import Bulletin


def update(post: Post, said: PostUpdate) -> Bulletin:
    """Return the bulletin of an update."""
    return Bulletin(
        page_id=post.page_id,
        event="notice" if post.kind == "notice" else "incident",
        subject_id=post.id,
        key=f"post-{post.id}-{said.id}",
        thread=f"post-{post.id}",
        at=said.at,
        title=post.title,
        status=said.status.value,
        impact=post.impact,
        text=said.text,
        components=tuple(one.component_id for one in said.components),
        starts_at=publishing.started_at(post),
        ends_at=post.ends_at,
    )


def postmortem(post: Post, now: datetime) -> Bulletin:
    """Return the bulletin of a postmortem that was just published."""
    return Bulletin(
        page_id=post.page_id,
        event="postmortem",
        subject_id=post.id,
        key=f"post-{post.id}-postmortem",
        thread=f"post-{post.id}",
        at=now,
        title=post.title,
        status="postmortem",
        impact=post.impact,
        text=post.postmortem,
        components=tuple(one.component_id for one in publishing.affected(post, now)),
        starts_at=publishing.started_at(post),
        ends_at=publishing.resolved_at(post, now),
    )


def maintenance(
    page_id: int,
    window: Window,
    occurrence: Occurrence,
    what: str,
    *,
    at: datetime,
    components: tuple[int, ...],
    again: bool = False,
) -> Bulletin:
    """Return the bulletin of planned work that is announced (`scheduled`), begins, is over, or does not come.

    With `again` it may be told another time: what is announced, cancelled and announced after all.
    """
    thread = f"maintenance-{window.id}-{at_ms(occurrence.starts_at)}"
    return Bulletin(
        page_id=page_id,
        event="maintenance",
        subject_id=window.id,
        key=f"{thread}-{what}-{at_ms(at)}" if again else f"{thread}-{what}",
        thread=thread,
        at=at,
        title=window.config.name,
        status=what,
        text=window.config.description,
        components=components,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
    )
