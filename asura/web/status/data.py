"""A status page as JSON: `/api/v1/status` and `/api/v1/status/{slug}`."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain, zip_longest
from typing import cast

from starlette.responses import Response

from asura.domain.board import Bar, BoardComponent, BoardMaintenance, BoardPost, BoardUpdate
from asura.domain.post import PostKind
from asura.web.answers import ENCODER
from asura.web.present import instant, maybe_instant
from asura.web.route import Call
from asura.web.shapes.public import (
    PublicAffected,
    PublicComponent,
    PublicDay,
    PublicGroup,
    PublicIncidents,
    PublicMaintenance,
    PublicPost,
    PublicStatus,
    PublicUpdate,
    WorstWord,
)
from asura.web.status.gate import OPEN, Hidden, admitted, not_found
from asura.web.status.showing import SHARED, Showing, answer

# More digits would only make two answers of a bad day differ.
DIGITS = 6


async def status(call: Call) -> Response:
    """Answer a page as JSON."""
    try:
        page = admitted(call)
    except Hidden:
        return not_found()
    shared = SHARED if page.config.visibility in OPEN else {}
    return await answer(call, "api/v1/status", "application/json", render, headers=shared, timeless=True, speaks=False)


def render(shown: Showing) -> bytes:
    """Return a page as JSON."""
    return ENCODER.encode(of(shown))


def of(shown: Showing) -> PublicStatus:
    """Return what a page tells programs."""
    board = shown.board
    past = [post for post in board.past if post.kind is PostKind.INCIDENT]
    return PublicStatus(
        title=board.title,
        description=board.description,
        slug=board.slug,
        url=shown.url,
        timezone=board.timezone,
        status=board.status,
        as_of=instant(board.as_of),
        updated_at=instant(board.updated_at),
        groups=[
            PublicGroup(name=group.name or None, description=group.description, component_ids=list(group.component_ids))
            for group in board.groups
        ],
        components=[_component(one) for one in board.components],
        incidents=PublicIncidents(active=list(_posts(board.active, shown)), past=list(_posts(past, shown))),
        notices=list(_posts(board.notices, shown)),
        maintenance=[_work(one) for one in chain(board.maintenance, board.past_maintenance)],
    )


def _component(one: BoardComponent) -> PublicComponent:
    return PublicComponent(
        id=one.id,
        name=one.name,
        description=one.description,
        group=one.group or None,
        status=one.status.value,
        since=instant(one.since),
        uptime_ratio=_ratio(one.ratio),
        uptime_90d_ratio=_ratio(one.ratio_90d),
        days=list(_days(one)),
    )


def _days(one: BoardComponent) -> Iterator[PublicDay]:
    for bar, average in zip_longest(one.bars, one.response_ms[: len(one.bars)]):
        yield _quiet(bar) if average is None and not bar.post_ids else _day(bar, average)


@lru_cache(maxsize=4096)
def _quiet(bar: Bar) -> PublicDay:
    """Return a day of which nothing more is to say: most days of most components are the same."""
    return _day(bar, None)


def _day(bar: Bar, average: float | None) -> PublicDay:
    return PublicDay(
        date=bar.date.isoformat(),
        uptime_ratio=_ratio(bar.ratio),
        worst=cast(WorstWord, bar.worst),
        incident_ids=list(bar.post_ids),
        response_ms=average,
    )


def _posts(posts: Iterable[BoardPost], shown: Showing) -> Iterator[PublicPost]:
    for post in posts:
        yield PublicPost(
            id=post.id,
            title=post.title,
            status=post.status.value,
            impact=post.impact,
            started_at=instant(post.started_at),
            updated_at=instant(post.updated_at),
            resolved_at=maybe_instant(post.resolved_at),
            url=f"{shown.url}/incidents/{post.id}",
            component_ids=list(post.component_ids),
            postmortem=post.postmortem,
            postmortem_html=post.postmortem_html,
            updates=[_update(update) for update in post.updates],
        )


def _update(update: BoardUpdate) -> PublicUpdate:
    return PublicUpdate(
        id=update.id,
        at=instant(update.at),
        status=update.status.value,
        text=update.text,
        html=update.html,
        components=[
            PublicAffected(component_id=one.component_id, status=one.status.value) for one in update.components
        ],
    )


def _work(one: BoardMaintenance) -> PublicMaintenance:
    return PublicMaintenance(
        id=one.window_id,
        title=one.title,
        text=one.text,
        html=one.html,
        status=one.status,
        starts_at=instant(one.starts_at),
        ends_at=instant(one.ends_at),
        component_ids=list(one.component_ids),
    )


def _ratio(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
