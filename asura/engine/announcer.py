"""Tells the subscribers of status pages of planned work: that it is to come, that it begins, that it is over."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from asura.clock import kept
from asura.domain import maintenance
from asura.domain.announcing import Announcement, announcements, changes_at
from asura.domain.maintenance import Window, WindowConfig
from asura.domain.page import Page
from asura.engine import bulletins
from asura.engine.post_desk import PostDesk
from asura.engine.watching import Watching
from asura.store import announced
from asura.store.announced import Told
from asura.store.db import Store

if TYPE_CHECKING:
    from asura.engine.maintenance_desk import MaintenanceDesk

# A window is open for thirty days at most, and told of ninety days before.
_REMEMBERED = timedelta(days=200)
_READ_AGAIN = timedelta(days=1)


class OpenWindows:
    """Which windows are open: asked often, and followed only when one opens, ends or is edited."""

    def __init__(self, desk: "MaintenanceDesk") -> None:
        self._desk = desk
        self._version = -1
        self._until: datetime | None = None
        self._open: list[WindowConfig] = []

    def at(self, now: datetime) -> list[WindowConfig]:
        """Return what is open at an instant that is not before the last one that was asked for."""
        if self._version != self._desk.version or (self._until is not None and now >= self._until):
            windows = self._desk.list()
            self._version = self._desk.version
            self._until = _first(maintenance.changes_at(window, now) for window in windows)
            self._open = [window.config for window in windows if maintenance.active(window, now) is not None]
        return self._open


class Announcer:
    """Tells each page of each time of each window what there is to tell, once."""

    def __init__(self, store: Store, posts: PostDesk, desk: "MaintenanceDesk") -> None:
        self._store = store
        self._posts = posts
        self._desk = desk
        self._told: set[Told] = set()
        self._read_at: datetime | None = None
        # What was looked at last, and until when there is nothing else to tell of it.
        self._versions: tuple[int, ...] = ()
        self._until: datetime | None = None

    async def announce(
        self, pages: Sequence[Page], look: Watching, now: datetime, *, versions: tuple[int, ...]
    ) -> datetime | None:
        """Tell what is news at an instant, and return when there is something next."""
        if versions == self._versions and (self._until is None or now < self._until):
            return self._until
        windows = self._desk.list()
        for window in windows:
            for one in announcements(window, now):
                await self._announce(pages, window, one, look, now)
        self._versions, self._until = versions, _first(changes_at(window, now) for window in windows)
        return self._until

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
        bulletin = bulletins.maintenance(page.id, window, one.occurrence, one.what, at=one.at, components=about)
        told = (page.id, window.id, one.occurrence.starts_at, str(one.what))

        def change(db: sqlite3.Connection) -> int:
            return self._posts.fan_out(db, bulletin, now) if announced.mark(db, told) else 0

        if await self._store.write(change):
            self._posts.told.set()


def _first(instants: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in instants if at is not None), default=None)


def _concerned(page: Page, window: Window, look: Watching) -> tuple[int, ...]:
    """Return the components of a page that a window is about."""
    return tuple(
        component.id
        for component, monitors in look.of_page(page)
        if any(maintenance.covers(window.config, one.id, one.config) for one in monitors)
    )
