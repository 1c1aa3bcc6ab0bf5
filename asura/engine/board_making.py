"""Puts a board together: states, days, words and planned work of one page at one instant."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from asura.domain import component as components
from asura.domain import markup, publishing
from asura.domain.board import Bar, Board, BoardComponent, BoardGroup, BoardMaintenance, BoardPost, BoardUpdate
from asura.domain.concern import Concern
from asura.domain.maintenance import Occurrence, Window
from asura.domain.page import Page, PageConfig
from asura.domain.post import ComponentStatus, Post, PostKind, PostUpdate
from asura.domain.status import Status
from asura.engine.board_subjects import QUARTER
from asura.engine.board_work import Planned
from asura.engine.day_reading import Subject
from asura.engine.page_days import PageDays

# After so many components others have their turn.
_AT_ONCE = 50

# An incident, and the first and last day of it.
Said: TypeAlias = tuple[int, date, date]


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """What a board is made of. `since` is when the newest state of a monitor began."""

    page: Page
    now: datetime
    subjects: tuple[Subject, ...]
    states: Mapping[int, Status]
    since: datetime | None
    posts: Sequence[Post]
    work: Sequence[Planned]
    days: PageDays


async def make(given: Making) -> Board:
    """Return what a page shows; nothing in it is more than its visitors may see."""
    page, now, config = given.page, given.now, given.page.config
    earliest = now - timedelta(days=config.show.past_incidents_days)
    listed = {one.component.id for one in given.subjects}
    seen = [post for post in (publishing.seen(post, now) for post in given.posts) if post is not None]
    claims, said_of = publishing.claims(given.posts, now), _said_of(seen, given)
    shown: list[BoardComponent] = []
    for index, subject in enumerate(given.subjects, start=1):
        shown.append(_component(given, subject, claims, said_of.get(subject.component.id, ())))
        if index % _AT_ONCE == 0:
            await asyncio.sleep(0)
    posts = [shown_post(post, now, listed) for post in seen if post.resolved_at is None or post.resolved_at > earliest]
    posts.sort(key=lambda post: (post.started_at, post.id), reverse=True)
    concern = concern_of(given.subjects)
    work = [one for one in (shown_work(concern, now, *planned) for planned in given.work) if one is not None]
    opened = [post for post in posts if post.resolved_at is None]
    active = tuple(post for post in opened if post.kind is PostKind.INCIDENT)
    # Those that name components speak by them.
    impacts = [post.impact for post in active if not post.component_ids]
    return Board(
        page_id=page.id,
        slug=page.slug,
        title=config.title,
        description=config.description,
        timezone=config.timezone,
        status=components.overall((one.status for one in shown), impacts),
        as_of=now,
        updated_at=_updated_at(given, posts, work),
        groups=_groups(config, shown),
        components=tuple(shown),
        notices=tuple(post for post in opened if post.kind is PostKind.NOTICE),
        active=active,
        past=tuple(post for post in posts if post.resolved_at is not None),
        maintenance=tuple(one for one in work if one.status != "completed"),
        past_maintenance=tuple(one for one in reversed(work) if one.status == "completed"),
    )


def _component(
    given: Making, subject: Subject, claims: Mapping[int, ComponentStatus], said: Sequence[Said]
) -> BoardComponent:
    own = subject.component
    states = {view.monitor.id: given.states.get(view.monitor.id, Status.PENDING) for view in subject.views}
    days, show = given.days.shown(given.page.id, subject, given.now), given.page.config.show
    ratio = days.ratio(show.days) if show.uptime else None
    return BoardComponent(
        id=own.id,
        name=own.name or _name(subject),
        description=own.description,
        group=own.group,
        status=components.status_of(own, states, claims.get(own.id)),
        ratio=ratio,
        ratio_90d=days.ratio(QUARTER) if show.uptime and show.days != QUARTER else ratio,
        bars=tuple(_with_posts(days.bars[-show.days :], said)) if show.uptime else (),
        response_ms=days.response_ms[-show.days :],
        since=min((view.monitor.created_at for view in subject.views), default=given.page.created_at),
    )


def _name(subject: Subject) -> str:
    own = subject.component
    return own.monitor_group or own.tag or next((view.monitor.config.name for view in subject.views), "")


def _said_of(posts: Iterable[Post], given: Making) -> dict[int, list[Said]]:
    """Return the incidents of each component, with the first and the last day of each."""
    zone = ZoneInfo(given.page.config.timezone)
    found: dict[int, list[Said]] = {}
    for post in posts:
        if post.kind is PostKind.INCIDENT:
            first = publishing.started_at(post).astimezone(zone).date()
            last = (post.resolved_at or given.now).astimezone(zone).date()
            for component_id in _affected(post):
                found.setdefault(component_id, []).append((post.id, first, last))
    return found


def _with_posts(bars: list[Bar], said: Sequence[Said]) -> list[Bar]:
    """Return bars with the incidents of their days, oldest first."""
    if not bars:
        return bars
    ids: dict[int, list[int]] = {}
    for post_id, first, last in said:
        begin, end = (first - bars[0].date).days, (last - bars[0].date).days
        for index in range(max(0, begin), min(len(bars) - 1, end) + 1):
            ids.setdefault(index, []).append(post_id)
    for index, found in ids.items():
        bars[index] = msgspec.structs.replace(bars[index], post_ids=tuple(sorted(found)))
    return bars


def _affected(post: Post) -> tuple[int, ...]:
    """Return the components that a post is about: as of its last update that names any."""
    named = next((update.components for update in reversed(post.updates) if update.components), ())
    return tuple(dict.fromkeys(one.component_id for one in named))


def shown_post(post: Post, now: datetime, listed: Collection[int]) -> BoardPost:
    """Return a post, of which only what is public is left, as it is shown."""
    said = [post.publish_at, *(update.at for update in post.updates)]
    if post.postmortem:
        said.append(post.updated_at)
    return BoardPost(
        id=post.id,
        kind=post.kind,
        title=post.title,
        status=publishing.status(post, now),
        impact=post.impact,
        started_at=publishing.started_at(post),
        updated_at=max(said),
        created_at=post.created_at,
        resolved_at=post.resolved_at,
        postmortem=post.postmortem,
        postmortem_html=markup.html(post.postmortem) if post.postmortem else "",
        updates=tuple(_update(update, listed) for update in reversed(publishing.ordered(post.updates))),
        component_ids=tuple(one for one in _affected(post) if one in listed),
    )


def _update(update: PostUpdate, listed: Collection[int]) -> BoardUpdate:
    return BoardUpdate(
        id=update.id,
        at=update.at,
        status=update.status,
        text=update.text,
        html=markup.html(update.text),
        components=tuple(one for one in update.components if one.component_id in listed),
    )


def concern_of(subjects: Iterable[Subject]) -> Concern:
    """Return what tells which components windows are about."""
    return Concern((one.component.id, view.monitor.id, view.monitor.config) for one in subjects for view in one.views)


def shown_work(
    concern: Concern,
    now: datetime,
    window: Window,
    when: Occurrence,
    more: int = 0,
    more_until: datetime | None = None,
) -> BoardMaintenance | None:
    """Return an occurrence as it is shown; None when it is about nothing that stands on the page."""
    config = window.config
    concerned = concern.of(config)
    if not concerned:
        return None
    status: Literal["scheduled", "in_progress", "completed"] = "scheduled"
    instants = [min(window.updated_at, now)]
    if when.starts_at <= now:
        status = "in_progress"
        instants.append(when.starts_at)
    if when.ends_at <= now:
        status = "completed"
        instants.append(when.ends_at)
    return BoardMaintenance(
        window_id=window.id,
        title=config.name,
        text=config.description,
        html=markup.html(config.description) if config.description else "",
        status=status,
        starts_at=when.starts_at,
        ends_at=when.ends_at,
        announced_at=max(window.created_at, when.starts_at - timedelta(seconds=config.announce_s)),
        more=more,
        more_until=more_until,
        created_at=window.created_at,
        updated_at=max(instants),
        component_ids=concerned,
    )


def _groups(config: PageConfig, shown: Sequence[BoardComponent]) -> tuple[BoardGroup, ...]:
    """Return the headings in their order: first what has none, then the configured ones, then all others."""
    by_name: dict[str, list[int]] = {}
    for one in shown:
        by_name.setdefault(one.group, []).append(one.id)
    known = {group.name: group for group in config.groups}
    order = dict.fromkeys(["", *known, *by_name])
    return tuple(
        BoardGroup(
            name=name,
            description=known[name].description if name in known else "",
            collapsed=name in known and known[name].collapsed,
            component_ids=tuple(by_name[name]),
        )
        for name in order
        if name in by_name
    )


def _updated_at(given: Making, posts: Iterable[BoardPost], work: Iterable[BoardMaintenance]) -> datetime:
    """Return when something of the page last changed: its configuration, a state, a word, or planned work."""
    said = [post.updated_at for post in posts] + [one.updated_at for one in work]
    return min(given.now, max([given.page.updated_at, *said, *([given.since] if given.since else [])]))
