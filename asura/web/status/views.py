"""What the templates of status pages are given: a board, sorted and put into words."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import msgspec
from markupsafe import Markup, escape

from asura.domain.board import Board, BoardMaintenance, BoardPost
from asura.domain.post import ComponentStatus, PostKind
from asura.web.status.rows import Rows
from asura.web.status.showing import Showing
from asura.web.status.writing import Writing

_DAY = timedelta(days=1)
# From the worst to the best, as a group or a sentence names them.
WORST_FIRST = ("major_outage", "partial_outage", "degraded", "maintenance", "unknown", "operational")
# How bad an incident looks, in the shapes of states.
LOOKS = {"critical": "major_outage", "major": "partial_outage", "minor": "degraded", "none": "notice"}
# So many days without anything are told as one.
FOLDED = 2


class Group(msgspec.Struct, frozen=True):
    """A heading with its components, and the worst of their states."""

    name: str
    description: str
    collapsed: bool
    open: bool
    state: str
    count: int
    rows: Markup


class DayOf(NamedTuple):
    """What is told of a day, or of several of which there is nothing to tell."""

    first: date
    last: date
    posts: tuple[BoardPost, ...] = ()
    works: tuple[BoardMaintenance, ...] = ()
    also: tuple[tuple[str, int], ...] = ()
    # Whether something was that is still open: the page tells of it further up.
    above: bool = False

    @property
    def told(self) -> bool:
        """Return whether there is something to tell here."""
        return bool(self.posts or self.works or self.also)


def look(post: BoardPost) -> str:
    """Return the state whose shape and colour a post has."""
    return "notice" if post.kind is PostKind.NOTICE else LOOKS[post.impact]


def titles(board: Board) -> dict[int, str]:
    """Return the titles of what is said on a board, by id."""
    return {post.id: post.title for post in (*board.notices, *board.active, *board.past)}


def state_of(board: Board) -> str:
    """Return the state of the whole; `empty` when there is nothing that could have one."""
    return "empty" if not (board.components or board.active or board.maintenance) else board.status


def shape_of(board: Board) -> str:
    """Return the state whose shape and colour the whole has."""
    state = state_of(board)
    return "unknown" if state == "empty" else state


def sentence(board: Board, writing: Writing) -> Markup:
    """Return what is affected, with the way there; or how much works when all does."""
    if not board.components:
        return escape(writing("empty_text")) if state_of(board) == "empty" else Markup()
    bad = [one for one in board.components if one.status is not ComponentStatus.OPERATIONAL]
    if not bad:
        return escape(writing("all_of", n=len(board.components))) if board.status == "operational" else Markup()
    bad.sort(key=lambda one: WORST_FIRST.index(one.status.value))
    # What people wait for is named, and then not what was planned or what is not known.
    bad = [one for one in bad if one.status.value in WORST_FIRST[:3] or one.status is bad[0].status]
    links = [Markup('<a href="#system-{}">{}</a>').format(one.id, one.name) for one in bad]
    key = {"maintenance": "maintained", "unknown": "not_known"}.get(bad[0].status.value, "affected")
    return Markup(writing(key, names=writing.names(links)))


def upcoming(board: Board) -> list[BoardMaintenance]:
    """Return the next time of each window that is to come; those that follow it are only counted."""
    found: dict[int, BoardMaintenance] = {}
    planned = sorted((one for one in board.maintenance if one.status == "scheduled"), key=lambda one: one.starts_at)
    for one in planned:
        known = found.setdefault(one.window_id, one)
        # A board tells how many there are, also of those that it does not hold.
        if known is not one and not (known.more_until and known.more_until >= one.starts_at):
            found[one.window_id] = msgspec.structs.replace(known, more=known.more + 1, more_until=one.starts_at)
    return list(found.values())


def groups(showing: Showing, writing: Writing, rows: Rows) -> tuple[Group, ...]:
    """Return the components under their headings."""
    by_id = {one.id: one for one in showing.board.components}
    found = []
    for group in showing.board.groups:
        members = [by_id[one] for one in group.component_ids if one in by_id]
        if not members:
            continue
        state = worst(one.status.value for one in members)
        is_open = state not in ("operational", "unknown")
        body = rows.html(members)
        found.append(Group(group.name, group.description, group.collapsed, is_open, state, len(members), body))
    return tuple(found)


def worst(states: Iterable[str]) -> str:
    """Return the worst of some states."""
    return min(states, key=WORST_FIRST.index)


def past_days(board: Board, writing: Writing, count: int) -> list[DayOf]:
    """Return the last days, newest first, those alike together of which nothing is told here."""
    today = writing.today
    return _days(board, writing, today - (count - 1) * _DAY, today, board.past, board.past_maintenance)


def months_around(month: date, first: date, today: date) -> tuple[date | None, date | None]:
    """Return the months before and after one, where a page has them: from its first one to this one."""
    earlier, later = (month - _DAY).replace(day=1), (month + 31 * _DAY).replace(day=1)
    return (
        earlier if earlier >= first.replace(day=1) else None,
        later if later <= today.replace(day=1) else None,
    )


def month_days(writing: Writing, posts: Sequence[BoardPost], works: Sequence[BoardMaintenance]) -> list[DayOf]:
    """Return the days on which something began, newest first, with what that was."""
    found: dict[date, tuple[list[BoardPost], list[BoardMaintenance]]] = {}
    for post in posts:
        found.setdefault(writing.local(post.started_at).date(), ([], []))[0].append(post)
    for one in works:
        found.setdefault(writing.local(one.starts_at).date(), ([], []))[1].append(one)
    return [DayOf(day, day, tuple(told), tuple(done)) for day, (told, done) in sorted(found.items(), reverse=True)]


def _days(
    board: Board,
    writing: Writing,
    first: date,
    last: date,
    posts: Sequence[BoardPost],
    works: Sequence[BoardMaintenance],
) -> list[DayOf]:
    ended = _by_day((writing.local(post.resolved_at or post.updated_at).date(), post) for post in posts)
    done = _by_day((writing.local(one.ends_at).date(), one) for one in works)
    also = _by_day(_overlaps(board, writing, first))
    incidents = (post for post in board.active if post.kind is PostKind.INCIDENT)
    since = min((writing.local(post.started_at).date() for post in incidents), default=last + _DAY)
    found: list[DayOf] = []
    quiet: list[DayOf] = []
    for day in (last - n * _DAY for n in range((last - first).days + 1)):
        posts, works, others = (tuple(of.get(day, ())) for of in (ended, done, also))
        one = DayOf(day, day, posts, works, others, above=day >= since)
        if quiet and (one.told or one.above is not quiet[-1].above):
            found += _folded(quiet)
            quiet = []
        (found if one.told else quiet).append(one)
    return found + _folded(quiet)


def _folded(quiet: list[DayOf]) -> list[DayOf]:
    if len(quiet) > FOLDED:
        return [quiet[-1]._replace(last=quiet[0].last)]
    return quiet


def _overlaps(board: Board, writing: Writing, first: date) -> Iterable[tuple[date, tuple[str, int]]]:
    """Yield the days on which an incident was that is told of at the one on which it ended."""
    for post in board.past:
        if post.kind is not PostKind.INCIDENT or post.resolved_at is None:
            continue
        begin, over = max(first, writing.local(post.started_at).date()), writing.local(post.resolved_at).date()
        text = writing("see_day", title=post.title, date=writing.date(over))
        for n in range((over - begin).days):
            yield begin + n * _DAY, (text, post.id)


def _by_day(pairs: Iterable[tuple[date, Any]]) -> dict[date, list[Any]]:
    found: dict[date, list[Any]] = {}
    for day, one in pairs:
        found.setdefault(day, []).append(one)
    return found
