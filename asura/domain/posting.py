"""Rules of writing on status pages: what may be said, and what a change makes of a post."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from asura.domain import publishing
from asura.domain.fault import Fault
from asura.domain.post import Affected, ComponentStatus, Impact, Post, PostKind, PostStatus, PostUpdate

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
MOST_UPDATES = 500
MOST_COMPONENTS = 500
OF_NOTICES = frozenset({PostStatus.MONITORING, PostStatus.RESOLVED})
# The times of one post differ, so that each of its versions has a tag of its own.
_NEXT = timedelta(milliseconds=1)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A post as somebody writes it, with the first thing that it says; None is what suits its kind."""

    kind: PostKind = PostKind.INCIDENT
    title: str
    impact: Impact | None = None
    status: PostStatus | None = None
    text: str = ""
    components: tuple[Affected, ...] = ()
    publish_at: datetime | None = None
    started_at: datetime | None = None
    ends_at: datetime | None = None
    tell: bool = True


class Saying(msgspec.Struct, frozen=True, kw_only=True):
    """An update as somebody writes it. No components: as before; no `at`: now. `tell` None leaves it as it is."""

    status: PostStatus
    text: str = ""
    components: tuple[Affected, ...] | None = None
    at: datetime | None = None
    tell: bool | None = None


def drafted(draft: Draft, page_id: int, *, by: str, now: datetime) -> Post:
    """Return the post that a draft becomes; its first update is shown with it."""
    notice = draft.kind is PostKind.NOTICE
    publish_at = draft.publish_at or now
    first = PostUpdate(
        at=publish_at,
        status=draft.status or (PostStatus.MONITORING if notice else PostStatus.INVESTIGATING),
        text=draft.text,
        components=draft.components,
        created_by=by,
        told_at=None if draft.tell else now,
    )
    return settled(
        Post(
            page_id=page_id,
            kind=draft.kind,
            title=draft.title.strip(),
            impact=draft.impact or ("none" if notice else "minor"),
            publish_at=publish_at,
            started_at=draft.started_at,
            ends_at=draft.ends_at,
            created_by=by,
            created_at=now,
            updated_at=now,
            updates=(first,),
        )
    )


def edited(post: Post, changes: dict[str, Any], now: datetime) -> Post:
    """Return a post with other fields; `components` are those of what it says last.

    As long as it is not published, its first update moves with it.
    """
    fields = {name: value for name, value in changes.items() if name != "components"}
    made = msgspec.structs.replace(post, **fields)
    if made.publish_at != post.publish_at:
        moved = (
            msgspec.structs.replace(one, at=made.publish_at) if one.at == post.publish_at else one
            for one in post.updates
        )
        made = msgspec.structs.replace(made, updates=tuple(moved))
    if "components" in changes and tuple(changes["components"]) != publishing.affected(post, now):
        made = msgspec.structs.replace(made, updates=_with_components(made, changes["components"], now), source=None)
    return stamped(post, settled(made), now)


def said(post: Post, saying: Saying, *, by: str, now: datetime) -> PostUpdate:
    """Return the update that a saying becomes."""
    at = saying.at or (now if publishing.visible(post, now) else post.publish_at)
    return PostUpdate(
        post_id=post.id,
        at=at,
        status=saying.status,
        text=saying.text,
        components=_components(post, saying, at),
        created_by=by,
        told_at=now if saying.tell is False else None,
    )


def resaid(post: Post, update: PostUpdate, saying: Saying, now: datetime) -> PostUpdate:
    """Return an update in other words; whoever was told is not told again."""
    at = saying.at or update.at
    told_at = now if saying.tell is False and update.told_at is None else update.told_at
    components = update.components if saying.components is None else saying.components
    return msgspec.structs.replace(
        update, at=at, status=saying.status, text=saying.text, components=components, told_at=told_at
    )


def with_updates(post: Post, updates: Iterable[PostUpdate], now: datetime) -> Post:
    """Return a post that says other things: it belongs to whoever says them, no longer to a rule."""
    made = msgspec.structs.replace(post, updates=tuple(updates), source=None)
    return stamped(post, settled(made), now)


def settled(post: Post) -> Post:
    """Return a post whose updates stand in their order, and whose end is what they say."""
    updates = publishing.ordered(post.updates)
    return msgspec.structs.replace(post, updates=updates, resolved_at=publishing.resolution(updates))


def stamped(old: Post, new: Post, now: datetime) -> Post:
    """Return a changed post with the time of its change, which is later than that of the change before."""
    return msgspec.structs.replace(new, updated_at=max(now, old.updated_at + _NEXT))


def faults_of(post: Post, known: Collection[int], now: datetime, *, old: Post | None = None) -> list[Fault]:
    """Return what is wrong with a post; `known` are the components of its page, those that it had are fine too."""
    faults = []
    if not 1 <= len(post.title) <= LONGEST_TITLE:
        faults.append(Fault("title", f"must have 1 to {LONGEST_TITLE} characters"))
    faults += _faults_of_times(post, now, old)
    faults += _faults_of_start(post, now, old)
    faults += _faults_of_postmortem(post, now, old)
    if len(post.updates) > MOST_UPDATES:
        faults.append(Fault("", f"a post can have {MOST_UPDATES} updates"))
    before = {one.component_id for update in (old.updates if old else ()) for one in update.components}
    for update in post.updates:
        if old is None or update not in old.updates:
            faults += faults_of_update(post, update, {*known, *before})
    return faults


def faults_of_update(post: Post, update: PostUpdate, known: Collection[int]) -> list[Fault]:
    """Return what is wrong with one update."""
    faults = []
    if len(update.text) > LONGEST_TEXT:
        faults.append(Fault("text", f"must have at most {LONGEST_TEXT} characters"))
    if post.kind is PostKind.NOTICE and update.status not in OF_NOTICES:
        faults.append(Fault("status", "of a notice is monitoring, or resolved at its end"))
    if len(update.components) > MOST_COMPONENTS:
        return [*faults, Fault("components", f"must be at most {MOST_COMPONENTS}")]
    ids = [one.component_id for one in update.components]
    for index, id_ in enumerate(ids):
        path = f"components[{index}].component_id"
        if id_ not in known:
            faults.append(Fault(path, "is no component of this page"))
        elif id_ in ids[:index]:
            faults.append(Fault(path, "is given twice"))
    return faults


def _faults_of_times(post: Post, now: datetime, old: Post | None) -> list[Fault]:
    faults = []
    if post.kind is PostKind.INCIDENT and post.ends_at is not None:
        faults.append(Fault("ends_at", "is of notices; an incident ends by an update that says resolved"))
    if post.kind is PostKind.NOTICE and post.ends_at is not None and post.ends_at <= post.publish_at:
        faults.append(Fault("ends_at", "must lie behind its publication"))
    if old is not None and publishing.visible(old, now) and not publishing.visible(post, now):
        faults.append(Fault("publish_at", "it is published: that can only be moved within the past"))
    return faults


def _faults_of_start(post: Post, now: datetime, old: Post | None) -> list[Fault]:
    """Return what is wrong with the beginning; when it was fine, what was said since is at fault."""
    if post.started_at is None:
        return []
    known = old is not None and old.started_at == post.started_at
    if post.kind is PostKind.NOTICE:
        return [Fault("started_at", "is of incidents; a notice is shown from its publication on")]
    if post.started_at > now and not known:
        return [Fault("started_at", "must not lie in the future")]
    if post.resolved_at is not None and post.resolved_at <= post.started_at:
        return (
            [Fault("at", "must lie behind the beginning")]
            if known
            else [Fault("started_at", "must lie before its end")]
        )
    return []


def _faults_of_postmortem(post: Post, now: datetime, old: Post | None) -> list[Fault]:
    if not post.postmortem or post.postmortem == (old.postmortem if old else ""):
        return []
    if len(post.postmortem) > LONGEST_TEXT:
        return [Fault("postmortem", f"must have at most {LONGEST_TEXT} characters")]
    if post.kind is PostKind.INCIDENT and publishing.resolved_at(post, now) is not None:
        return []
    return [Fault("postmortem", "can be written about an incident that is resolved")]


def _with_components(post: Post, components: Iterable[Affected], now: datetime) -> tuple[PostUpdate, ...]:
    """Return the updates of a post, of which the last one that is said is about other components."""
    last = max(0, sum(one.at <= now for one in post.updates) - 1)
    changed = msgspec.structs.replace(post.updates[last], components=tuple(components))
    return (*post.updates[:last], changed, *post.updates[last + 1 :])


def _components(post: Post, saying: Saying, at: datetime) -> tuple[Affected, ...]:
    """Return what an update is about: what the one before it was, all well when it says so."""
    if saying.components is not None:
        return saying.components
    before = publishing.affected(post, at)
    if saying.status is not PostStatus.RESOLVED:
        return before
    return tuple(Affected(one.component_id, ComponentStatus.OPERATIONAL) for one in before)
