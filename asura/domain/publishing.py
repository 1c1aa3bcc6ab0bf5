"""What of the posts of a page is public at an instant, and when that changes next."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from asura.domain.component import worse
from asura.domain.post import Affected, ComponentStatus, Post, PostKind, PostStatus, PostUpdate


def ordered(updates: Iterable[PostUpdate]) -> tuple[PostUpdate, ...]:
    """Return updates in the order in which they are shown, oldest first; back-dated ones stand where they belong."""
    return tuple(sorted(updates, key=lambda update: (update.at, update.id)))


def visible(post: Post, now: datetime) -> bool:
    """Return whether a post is published: before that nobody sees anything of it."""
    return post.publish_at <= now


def visible_updates(post: Post, now: datetime) -> tuple[PostUpdate, ...]:
    """Return the updates that are public, oldest first."""
    return _said(post, now) if visible(post, now) else ()


def seen(post: Post, now: datetime) -> Post | None:
    """Return a post as visitors see it at an instant: without what is still to come; None before it is published."""
    if not visible(post, now):
        return None
    return msgspec.structs.replace(post, updates=_said(post, now), resolved_at=resolved_at(post, now))


def status(post: Post, now: datetime) -> PostStatus:
    """Return how far a post has come: an incident by its last update, a notice as long as it has not ended."""
    if post.kind is PostKind.NOTICE:
        return PostStatus.RESOLVED if resolved_at(post, now) is not None else PostStatus.MONITORING
    told = _said(post, now) or post.updates[:1]
    return told[-1].status if told else PostStatus.INVESTIGATING


def started_at(post: Post) -> datetime:
    """Return when what a post is about began: as somebody says, else when the first of it was said."""
    return post.started_at or min([post.publish_at, *(update.at for update in post.updates)])


def resolved_at(post: Post, now: datetime) -> datetime | None:
    """Return when a post was over: when its last updates began to say so, or a notice came to its end.

    None while it is open; an update of another status opens it again.
    """
    began = resolution(_said(post, now))
    ended = post.ends_at if post.ends_at is not None and post.ends_at <= now else None
    return min((at for at in (began, ended) if at is not None), default=None)


def resolution(updates: Iterable[PostUpdate]) -> datetime | None:
    """Return since when updates (oldest first) say that it is resolved; None when the last of them does not."""
    since: datetime | None = None
    for update in updates:
        if update.status is not PostStatus.RESOLVED:
            since = None
        elif since is None:
            since = update.at
    return since


def is_open(post: Post, now: datetime) -> bool:
    """Return whether a post is published and not over."""
    return visible(post, now) and resolved_at(post, now) is None


def affected(post: Post, now: datetime) -> tuple[Affected, ...]:
    """Return the components that a post is about, as of its last update (before the first one: as of that)."""
    told = _said(post, now) or post.updates[:1]
    return told[-1].components if told else ()


def claims(posts: Iterable[Post], now: datetime) -> dict[int, ComponentStatus]:
    """Return the worst status of each component that open, published incidents say it is in, by component id."""
    found: dict[int, ComponentStatus] = {}
    for post in posts:
        if post.kind is not PostKind.INCIDENT or not is_open(post, now):
            continue
        for one in affected(post, now):
            before = found.get(one.component_id)
            found[one.component_id] = one.status if before is None else worse(before, one.status)
    return found


def changes_at(posts: Iterable[Post], now: datetime) -> datetime | None:
    """Return when next something becomes public or ends; None when nothing will by itself."""
    return min((at for post in posts for at in _instants(post) if at > now), default=None)


def untold(posts: Iterable[Post], now: datetime) -> list[tuple[Post, PostUpdate]]:
    """Return the updates that are public and that subscribers were not told of, in the order to tell them."""
    found = [(post, one) for post in posts for one in visible_updates(post, now) if one.told_at is None]
    return sorted(found, key=lambda pair: (pair[1].at, pair[1].id))


def _said(post: Post, now: datetime) -> tuple[PostUpdate, ...]:
    return tuple(update for update in post.updates if update.at <= now)


def _instants(post: Post) -> Iterator[datetime]:
    yield post.publish_at
    if post.ends_at is not None:
        yield post.ends_at
    # Before the post itself is published, an update shows nothing.
    yield from (update.at for update in post.updates if update.at > post.publish_at)
