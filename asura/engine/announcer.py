"""Tells the subscribers of status pages of planned work: that it is to come, that it begins, that it is over."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from asura.clock import kept
from asura.domain import maintenance
from asura.domain.announcing import Announcement, announcements, changes_at
from asura.domain.maintenance import Window
from asura.domain.page import Page
from asura.engine import bulletins
from asura.engine.maintenance_desk import MaintenanceDesk
from asura.engine.post_desk import PostDesk
from asura.engine.watching import Watching
from asura.store import announced
from asura.store.announced import Told
from asura.store.db import Store

# A window is open for thirty days at most, and told of ninety days before.
_REMEMBERED = timedelta(days=200)
_READ_AGAIN = timedelta(days=1)
AGAIN_AFTER = timedelta(minutes=1)


class _Known(msgspec.Struct, frozen=True):
    """What there is to tell of a window, up to an instant."""

    window: Window
    news: list[Announcement]
    until: datetime | None


class Announcer:
    """Tells each page of each time of each window what there is to tell, once."""

    def __init__(self, store: Store, posts: PostDesk, desk: MaintenanceDesk) -> None:
        self._store = store
        self._posts = posts
        self._desk = desk
        self._told: set[Told] = set()
        self._read_at: datetime | None = None
        # Rules that recur take their time to be followed: that is done once for each change of a window.
        self._known: dict[int, _Known] = {}
        self._seen: tuple[int, ...] = ()
        self._again_at: datetime | None = None
        self._following: datetime | None = None

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

    async def _announce_all(self, pages: Sequence[Page], look: Watching, now: datetime) -> datetime | None:
        windows = self._desk.list()
        self._known = {window.id: self._look(window, now) for window in windows}
        for known in self._known.values():
            for one in known.news:
                await self._announce(pages, known.window, one, look, now)
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
        if self._read_at is None or now >= self._read_at + _READ_AGAIN:
            # What is old is forgotten each time.
            self._told = await self._store.write(lambda db: announced.load(db, now - _REMEMBERED))
            self._read_at = now
        for page in pages:
            told = (page.id, window.id, kept(one.occurrence.starts_at), str(one.what))
            if told not in self._told and (about := _concerned(page, window, look)):
                await self._tell(page, window, one, about, now)
                self._told.add(told)

    async def _tell(self, page: Page, window: Window, one: Announcement, about: tuple[int, ...], now: datetime) -> None:
        # A window may be planned for what goes on already.
        at = max(one.at, window.created_at)
        bulletin = bulletins.maintenance(page.id, window, one.occurrence, one.what, at=at, components=about)
        told = (page.id, window.id, one.occurrence.starts_at, str(one.what))

        def change(db: sqlite3.Connection) -> int:
            return self._posts.fan_out(db, bulletin, now) if announced.mark(db, told) else 0

        if await self._store.write(change):
            self._posts.told.set()


def _concerned(page: Page, window: Window, look: Watching) -> tuple[int, ...]:
    """Return the components of a page that a window is about."""
    return tuple(
        component.id
        for component, monitors in look.of_page(page)
        if any(maintenance.covers(window.config, one.id, one.config) for one in monitors)
    )
