"""Makes the boards of status pages from what is in memory, and keeps each until it has to be made anew."""

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from asura.domain import publishing
from asura.domain.board import Board, BoardMaintenance, BoardPost
from asura.domain.monitor import Monitor
from asura.domain.page import Page
from asura.domain.post import Post
from asura.domain.reason import Reason
from asura.domain.status import Status
from asura.engine.board_making import Making, make, shown_post
from asura.engine.board_past import past_posts, past_work
from asura.engine.board_subjects import subjects_of
from asura.engine.board_work import PlannedWork
from asura.engine.day_reading import Subject
from asura.engine.page_days import PageDays

if TYPE_CHECKING:
    from asura.engine.engine import Engine

log = logging.getLogger(__name__)

# However much changes, a board is made at most once a second, and at least every five when somebody looks.
SHORTEST_S, LONGEST_S = 1.0, 5.0
# So often it is looked at whether a state has changed, however many visitors there are.
LOOK_S = 0.2
# So long the first visitor of a page waits for its days; a page without them is better than none.
PATIENCE_S = 3.0


class Kept(msgspec.Struct, frozen=True):
    """A board with what it was made of. `said` and `seen` change with what people and monitors say."""

    page: Page
    board: Board
    made_at: float
    said: tuple[int, ...]
    ids: tuple[int, ...]
    seen: tuple[Status, ...]


class Boards:
    """The board of each page, at most five seconds old; the last one while nothing can be stored."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._kept: dict[int, Kept] = {}
        self._looked_at: dict[int, float] = {}
        self._known: dict[int, tuple[Page, tuple[Monitor, ...], tuple[Subject, ...]]] = {}
        self._locks: dict[int, asyncio.Lock] = {}
        self._work = PlannedWork()
        self.days = PageDays(engine)
        self.made = 0

    async def board(self, page: Page) -> Board:
        """Return what a page shows now."""
        found = self.current(page)
        if found is not None:
            return found
        async with self._locks.setdefault(page.id, asyncio.Lock()):
            found = self.current(page)
            if found is not None:
                return found
            try:
                kept = await self._make(page)
            except Exception:
                before = self._kept.get(page.id)
                if before is None or before.page is not page:
                    raise
                log.exception("the board of status page %d could not be made; the last one stays", page.id)
                kept = msgspec.structs.replace(before, made_at=self._engine.clock.monotonic())
            self._kept[page.id] = kept
            return kept.board

    def current(self, page: Page) -> Board | None:
        """Return the board of a page that is good as it is; None when it has to be made anew."""
        kept = self._kept.get(page.id)
        if kept is None or kept.page is not page:
            return None
        now = self._engine.clock.monotonic()
        age = now - kept.made_at
        failing_s = self._failing_s(now)
        if failing_s is not None:
            # What was made before the trouble is what we know; only a page that nobody looked at is worth making.
            return kept.board if age < failing_s + LONGEST_S else None
        if age >= LONGEST_S or kept.said != self._said():
            return None
        if age < SHORTEST_S or now < self._looked_at.get(page.id, 0.0) + LOOK_S:
            return kept.board
        if kept.seen != self._seen(kept.ids):
            return None
        self._looked_at[page.id] = now
        return kept.board

    def told(self, page: Page, from_at: datetime, to_at: datetime) -> tuple[list[BoardPost], list[BoardMaintenance]]:
        """Return what a page told of a stretch of time, however long ago: posts and planned work, newest first."""
        engine, subjects = self._engine, self._subjects(page)
        now, listed = engine.clock.now(), {one.component.id for one in subjects}
        posts = past_posts(engine.posts.of_page(page.id), listed, now, from_at, to_at)
        concerned = partial(engine.maintenance.concerned, page.id)
        return posts, past_work(engine.maintenance.list(), subjects, now, from_at, min(now, to_at), concerned)

    def post(self, page: Page, post: Post) -> BoardPost | None:
        """Return a post as its visitors see it; None before it is published."""
        now = self._engine.clock.now()
        seen = publishing.seen(post, now)
        return None if seen is None else shown_post(seen, now, {one.component.id for one in self._subjects(page)})

    def forget(self) -> None:
        """Forget what was made: everything is made anew when it is asked for."""
        self._kept.clear()
        self._known.clear()

    async def stop(self) -> None:
        """End what is being read."""
        await self.days.stop()

    def _failing_s(self, now: float) -> float | None:
        """Return for how long nothing could be stored; None while all is well."""
        seconds = self._engine.judge.failing_s(now)
        return seconds if seconds > 0 or not self._engine.store.healthy else None

    def _said(self) -> tuple[int, ...]:
        engine = self._engine
        return engine.pages.version, engine.posts.version, engine.maintenance.version

    def _seen(self, ids: tuple[int, ...], *, believed: bool = False) -> tuple[Status, ...]:
        """Return the state of each monitor; with `believed` the last one before our own store hid it."""
        found = []
        for id_ in ids:
            state = self._engine.live.state(id_)
            if state is None:
                found.append(Status.PENDING)
            else:
                hidden = believed and state.reason == Reason.OWN_STORE.value
                found.append(state.believed if hidden else state.status)
        return tuple(found)

    async def _make(self, page: Page) -> Kept:
        """Make the board of a page as of now, or as of when the trouble began."""
        engine, said = self._engine, self._said()
        started = engine.clock.monotonic()
        failing_s = self._failing_s(started)
        now = engine.clock.now() - timedelta(seconds=failing_s or 0.0)
        subjects = self._subjects(page)
        await self._days(page, subjects, now)
        ids = tuple(dict.fromkeys(view.monitor.id for one in subjects for view in one.views))
        seen = self._seen(ids, believed=failing_s is not None)
        making = Making(
            page=page,
            now=now,
            subjects=subjects,
            states=dict(zip(ids, seen, strict=True)),
            since=self._newest(ids, now),
            posts=engine.posts.of_page(page.id),
            work=self._work.of_page(engine.maintenance, page, now),
            days=self.days,
        )
        board = await make(making)
        self.made += 1
        self._forget_gone()
        return Kept(page, board, started, said, ids, seen)

    async def _days(self, page: Page, subjects: tuple[Subject, ...], now: datetime) -> None:
        """See to the days of a page; whoever comes first waits for them, but not for long."""
        reading = self.days.refresh(page.id, subjects, now)
        if reading is not None and not self.days.knows(page.id, subjects, now):
            await asyncio.wait([reading], timeout=PATIENCE_S)

    def _newest(self, ids: tuple[int, ...], now: datetime) -> datetime | None:
        states = (self._engine.live.state(id_) for id_ in ids)
        return max((one.since for one in states if one is not None and one.since <= now), default=None)

    def _subjects(self, page: Page) -> tuple[Subject, ...]:
        """Return the components of a page with their monitors as they are now."""
        monitors = tuple(state.monitor for state in self._engine.live.states())
        known = self._known.get(page.id)
        if known is None or known[0] is not page or known[1] != monitors:
            known = self._known[page.id] = (page, monitors, subjects_of(page, self._engine.live))
        return known[2]

    def _forget_gone(self) -> None:
        """Forget pages that were deleted."""
        for page_id in [one for one in self._kept if self._engine.pages.find(one) is None]:
            del self._kept[page_id]
            self._locks.pop(page_id, None)
            self._looked_at.pop(page_id, None)
            self._known.pop(page_id, None)
            self.days.forget(page_id)
