"""What a page has told, newest first: every update of a post, and every turn of planned work."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from markupsafe import escape

from asura.domain.board import Board, BoardMaintenance, BoardPost

# How long before its beginning planned work is told of when nothing says otherwise.
ANNOUNCED = timedelta(days=7)
_BEGUN = {"en": "The work has begun.", "de": "Die Arbeiten haben begonnen.", "zh": "维护已开始。"}
_DONE = {"en": "The work is done.", "de": "Die Arbeiten sind beendet.", "zh": "维护已完成。"}


class Turn(NamedTuple):
    """One thing that planned work came to: `scheduled`, `in_progress` or `completed`."""

    status: str
    at: datetime
    text: str
    html: str


class Happening(NamedTuple):
    """One thing that was told. `id` stays the same for ever; `post_id` is None for planned work."""

    id: str
    at: datetime
    title: str
    status: str
    text: str
    html: str
    post_id: int | None
    component_ids: tuple[int, ...]
    work: BoardMaintenance | None = None


def announced_at(work: BoardMaintenance) -> datetime:
    """Return from when on an occurrence was to be seen: not years ago where a window comes again and again."""
    return work.announced_at or max(work.created_at, work.starts_at - ANNOUNCED)


def turns(work: BoardMaintenance, language: str) -> tuple[Turn, ...]:
    """Return what an occurrence has come to so far, newest first."""
    found = [Turn("scheduled", announced_at(work), work.text, work.html)]
    if work.status != "scheduled":
        found.append(_turn("in_progress", max(work.starts_at, found[0].at), _BEGUN[language]))
    if work.status == "completed":
        found.append(_turn("completed", work.ends_at, _DONE[language]))
    return tuple(reversed(found))


def happenings(board: Board, language: str, *, component: int | None = None) -> list[Happening]:
    """Return everything that a page has told, or what it told of one component, newest first."""
    posts = (*board.notices, *board.active, *board.past)
    found = [one for post in posts for one in _of_post(post)]
    found += [one for work in (*board.maintenance, *board.past_maintenance) for one in _of_work(work, language)]
    if component is not None:
        found = [one for one in found if component in one.component_ids]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)


def _of_post(post: BoardPost) -> Iterator[Happening]:
    # A component belongs to every update of a post that is about it, also to the one that says that it is well.
    for one in post.updates:
        yield Happening(
            f"post-{post.id}-{one.id}",
            one.at,
            post.title,
            one.status.value if post.kind == "incident" else "",
            one.text,
            one.html,
            post.id,
            post.component_ids,
        )
    if post.postmortem:
        yield Happening(
            f"post-{post.id}-postmortem",
            post.updated_at,
            post.title,
            "postmortem",
            post.postmortem,
            post.postmortem_html,
            post.id,
            post.component_ids,
        )


def _of_work(work: BoardMaintenance, language: str) -> Iterator[Happening]:
    base = f"maintenance-{work.window_id}-{int(work.starts_at.timestamp())}"
    for turn in turns(work, language):
        yield Happening(
            f"{base}-{turn.status}",
            turn.at,
            work.title,
            turn.status,
            turn.text,
            turn.html,
            None,
            work.component_ids,
            work,
        )


def _turn(status: str, at: datetime, text: str) -> Turn:
    return Turn(status, at, text, f"<p>{escape(text)}</p>")
