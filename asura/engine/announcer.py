"""Tells the subscribers of status pages of planned work: that it is to come, that it begins, that it is over."""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import msgspec

from asura.domain import maintenance
from asura.domain.announcing import Announcement, announcements, changes_at
from asura.domain.instant import kept
from asura.domain.maintenance import Occurrence, Window
from asura.domain.page import Page
from asura.engine import bulletins
from asura.engine.maintenance_desk import Cancel, MaintenanceDesk
from asura.engine.post_desk import PostDesk
from asura.engine.watching import Watching
from asura.store import announced
from asura.store import maintenance as maintenance_rows
from asura.store.announced import Told
from asura.store.db import Store

_READ_AGAIN = timedelta(days=1)
_MILLISECOND = timedelta(milliseconds=1)
AGAIN_AFTER = timedelta(minutes=1)


Look = Callable[[], tuple[Sequence[Page], Watching]]


class _Known(msgspec.Struct, frozen=True):
    """What there is to tell of a window, up to an instant."""

    window: Window
    news: list[Announcement]
    until: datetime | None


class Announcer:
    """Tells each page of each time of each window what there is to tell, once."""

    def __init__(self, store: Store, posts: PostDesk, desk: MaintenanceDesk, *, look: Look) -> None:
        self._store = store
        self._posts = posts
        self._desk = desk
        self._look_around = look
        self._read_at: datetime | None = None
        # Rules that recur take their time to be followed: that is done once for each change of a window.
        self._known: dict[int, _Known] = {}
        self._seen: tuple[int, ...] = ()
        self._again_at: datetime | None = None
        self._following: datetime | None = None
        desk.cancelling = self.cancelling

    async def announce(
        self, pages: Sequence[Page], look: Watching, now: datetime, *, seen: tuple[int, ...]
    ) -> datetime | None:
        """Tell what is news at an instant, and return when to look again: sooner only when `seen` is another."""
        if seen == self._seen and self._again_at is not None and now < self._again_at:
            return self._following
        self._following = following = await self._announce_all(pages, look, now)
        # A monitor may come to belong to a page or to a window meanwhile.
        again_at = now + AGAIN_AFTER
        self._seen, self._again_at = seen, again_at if following is None else min(following, again_at)
        return following

    def cancelling(self, old: Window, new: Window | None, now: datetime) -> Cancel:
        """Return what tells, within the change of a window, those who were told of a time that does not come any more.

        `new` is what becomes of the window; None when it is deleted, and what goes on is over.
        """
        pages, look = self._look_around()
        about = {page.id: _concerned(page, old, look) for page in pages}
        left = {page.id for page in pages if new is not None and new.config.public and _concerned(page, new, look)}

        # What goes on may be over with this change, before anybody looked.
        current = maintenance.active(old, now)
        covered = [_mark(page, old, current, "covered") for page in pages if current is not None and about[page.id]]

        def cancel(db: sqlite3.Connection) -> list[Told]:
            told, made = announced.of_window(db, about, old.id), [one for one in covered if announced.mark(db, one)]
            for page_id, window_id, at, what in sorted(told):
                mark = (page_id, window_id, at, "cancelled")
                one = _at(old, at)
                over = (page_id, window_id, at, "completed")
                if new is None and one == current and what == "in_progress" and over not in told and one is not None:
                    ended, components = Occurrence(at, now), about[page_id]
                    announced.mark(db, over)
                    bulletin = bulletins.maintenance(page_id, old, ended, "completed", at=now, components=components)
                    self._posts.fan_out(db, bulletin, now)
                    made.append(over)
                if what != "scheduled" or at <= now or mark in told or one is None:
                    continue
                if new is not None and page_id in left and _at(new, at) is not None:
                    continue
                components = about[page_id]
                bulletin = bulletins.maintenance(
                    page_id, old, one, "cancelled", at=now, components=components, again=True
                )
                announced.mark(db, mark)
                self._posts.fan_out(db, bulletin, now)
                made.append(mark)
            return made

        return cancel

    async def _announce_all(self, pages: Sequence[Page], look: Watching, now: datetime) -> datetime | None:
        if self._read_at is None or now >= self._read_at + _READ_AGAIN:
            # What is old is forgotten each time.
            await self._desk.remember(now)
            self._read_at = now
        windows = self._desk.list()
        self._known = {window.id: self._look(window, now) for window in windows}
        for known in self._known.values():
            for one in known.news:
                await self._announce(pages, known.window, one, look, now)
        for window in windows:
            await self._note_covered(pages, window, look, now)
        return min((one.until for one in self._known.values() if one.until is not None), default=None)

    def _look(self, window: Window, now: datetime) -> _Known:
        known = self._known.get(window.id)
        same = known is not None and known.window is window
        if known is not None and same and not known.news and (known.until is None or now < known.until):
            return known
        return _Known(window, announcements(window, now), changes_at(window, now))

    async def _announce(
        self, pages: Sequence[Page], window: Window, one: Announcement, look: Watching, now: datetime
    ) -> None:
        for page in pages:
            told = _mark(page, window, one.occurrence, one.what)
            again = one.what == "scheduled" and _mark(page, window, one.occurrence, "cancelled") in self._desk.told
            if told in self._desk.told and not again:
                continue
            if one.what == "completed" and not self._desk.concerned(page.id, window, one.occurrence):
                continue
            if about := _concerned(page, window, look):
                await self._tell(page, window, one, about, now, again=again)

    async def _tell(
        self, page: Page, window: Window, one: Announcement, about: tuple[int, ...], now: datetime, *, again: bool
    ) -> None:
        # A window may be planned for what goes on already.
        at = max(one.at, window.created_at)
        bulletin = bulletins.maintenance(
            page.id, window, one.occurrence, one.what, at=at, components=about, again=again
        )
        told, cancelled = (
            _mark(page, window, one.occurrence, one.what),
            _mark(page, window, one.occurrence, "cancelled"),
        )

        def change(db: sqlite3.Connection) -> int | None:
            if not maintenance_rows.is_as_it_was(db, window):
                return None
            if again:
                announced.take_back(db, cancelled)
            return self._posts.fan_out(db, bulletin, now) if announced.mark(db, told) or again else 0

        sent = await self._store.write(change)
        if sent is None:
            return
        self._desk.told.add(told)
        if again:
            self._desk.told.discard(cancelled)
        if sent:
            self._posts.told.set()

    async def _note_covered(self, pages: Sequence[Page], window: Window, look: Watching, now: datetime) -> None:
        """Note which pages an open window is about: of the others it is nothing that was."""
        current = self._desk.phase(window, now).current
        if current is None:
            return
        for page in pages:
            known = any(_mark(page, window, current, what) in self._desk.told for what in ("in_progress", "covered"))
            if not known and _concerned(page, window, look):
                told = _mark(page, window, current, "covered")
                await self._store.write(partial(announced.mark, told=told))
                self._desk.told.add(told)


def _mark(page: Page, window: Window, one: Occurrence, what: str) -> Told:
    return page.id, window.id, kept(one.starts_at), what


def _at(window: Window, at: datetime) -> Occurrence | None:
    """Return the time of a window that begins in a millisecond."""
    found = maintenance.public_occurrences(window, at, at + _MILLISECOND)
    return next((one for one in found if kept(one.starts_at) == at), None)


def _concerned(page: Page, window: Window, look: Watching) -> tuple[int, ...]:
    """Return the components of a page that a window is about."""
    return tuple(
        component.id
        for component, monitors in look.of_page(page)
        if any(maintenance.covers(window.config, one.id, one.config) for one in monitors)
    )
