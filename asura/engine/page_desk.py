"""What people do with status pages: each change is stored first, then known."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from asura.clock import Clock
from asura.domain.instant import kept
from asura.domain.page import MAIN_SLUG, Page, PageConfig
from asura.engine import page_edits, page_trail
from asura.engine.acting import CONFIGURATION, acting
from asura.engine.options import MainPage
from asura.engine.page_edits import Files
from asura.engine.passwords import Passwords
from asura.engine.prepare_page import Surroundings, prepare_page
from asura.errors import Conflict, Fault, Invalid, NotFound
from asura.store import pages
from asura.store.db import Store


class PageDesk:
    """Keeps every page in memory; `version` grows with each change."""

    def __init__(
        self, store: Store, clock: Clock, passwords: Passwords, *, monitor: Callable[[int | str], int | None], own: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._passwords = passwords
        self._monitor = monitor
        # The name under which people open the dashboard; no page may have it.
        self._own = own
        self._pages: dict[int, Page] = {}
        self._slugs: dict[str, int] = {}
        self._hosts: dict[str, int] = {}
        self._lock = asyncio.Lock()
        # Whether the page of the configuration file is shown.
        self.main_shown = True
        # Whether any page is bound to a host name at all: every request asks.
        self.has_hosts = False
        self.version = 0
        # Set after each change.
        self.changed = asyncio.Event()

    async def load(self) -> None:
        """Read the stored pages."""
        self._take({page.id: page for page in await self._store.write(pages.load_all)})

    def list(self) -> list[Page]:
        """Return every page that is there, by title."""
        return sorted(self._pages.values(), key=lambda page: (page.config.title.lower(), page.id))

    def find(self, ref: int | str) -> Page | None:
        """Return a page by id or slug; the one of the configuration has the slug `status`."""
        if isinstance(ref, str):
            ref = self._slugs.get(ref) or (int(ref) if ref.isascii() and ref.isdigit() and len(ref) < 19 else 0)
        return self._pages.get(ref)

    def get(self, ref: int | str) -> Page:
        """Return a page by id or slug; raises NotFound."""
        found = self.find(ref)
        if found is None:
            raise NotFound(f"there is no status page {ref}")
        return found

    def by_host(self, host: str) -> Page | None:
        """Return the page that is bound to a host name (without port, in small letters)."""
        number = self._hosts.get(host)
        return None if number is None else self._pages[number]

    @property
    def main(self) -> Page | None:
        """Return the page at `/status`; None when it is switched off."""
        return self.find(MAIN_SLUG) if self.main_shown else None

    def prepare(
        self,
        body: Mapping[str, Any],
        *,
        old: Page | None = None,
        partial: bool = False,
        taken: Callable[[str], str | None] = lambda _: None,
    ) -> PageConfig:
        """Return the configuration that a body asks for; Invalid names every fault. `taken` refuses further hosts."""

        def refuse(host: str) -> str | None:
            return self._taken(host, old.id if old is not None else 0) or taken(host)

        around = Surroundings(self._monitor, refuse)
        return prepare_page(body, around, old=old.config if old is not None else None, partial=partial)

    async def create(
        self,
        config: PageConfig,
        *,
        slug: str | None = None,
        password: str | None = None,
        files: Files | None = None,
    ) -> Page:
        """Store a new page; Conflict when the slug is taken, Invalid when it cannot be one."""
        faults = [
            *page_edits.slug_faults(slug),
            *page_edits.password_faults(password),
            *page_edits.visibility_faults(config, has_password=password is not None),
        ]
        if faults:
            raise Invalid(*faults)
        hashed = None if password is None else await self._passwords.hash(password)
        async with self._lock:
            self._check_hosts(config, 0)
            now = kept(self._clock.now())
            wanted = Page(
                slug=slug or page_edits.free_slug(config.title, self._slugs),
                config=config,
                password=hashed,
                created_at=now,
                updated_at=now,
                files=page_edits.with_files((), files or {}),
            )
            return await self._insert(wanted)

    async def replace(
        self,
        page_id: int,
        config: PageConfig,
        *,
        password: str | msgspec.UnsetType | None = msgspec.UNSET,
        files: Files | None = None,
    ) -> Page:
        """Store an edited page: with another password (None: none) and other pictures, where they are named."""
        hashed: str | msgspec.UnsetType | None = msgspec.UNSET
        if isinstance(password, str):
            if faults := page_edits.password_faults(password):
                raise Invalid(*faults)
            hashed = await self._passwords.hash(password)
        elif password is None:
            hashed = None
        async with self._lock:
            old = self._editable(page_id)
            word = old.password if hashed is msgspec.UNSET else hashed
            faults = page_edits.visibility_faults(config, has_password=word is not None)
            if faults:
                raise Invalid(*faults)
            self._check_hosts(config, page_id)
            return await self._update(old, replace(old, config=config, password=word), files or {})

    async def delete(self, page_id: int) -> None:
        """Delete a page with its posts and subscribers."""
        async with self._lock:
            old, now = self._editable(page_id), self._clock.now()

            def change(db: sqlite3.Connection) -> None:
                pages.delete(db, page_id)
                page_trail.page(db, old, None, now)

            await self._store.write(change)
            self._take({number: one for number, one in self._pages.items() if number != page_id})

    async def keep_main(self, wanted: MainPage) -> Page:
        """Make or change the page of the configuration file; one that is not shown keeps its posts and subscribers."""
        with acting(CONFIGURATION):
            return await self._keep_main(wanted.config, shown=wanted.shown)

    async def _keep_main(self, config: PageConfig, *, shown: bool) -> Page:
        async with self._lock:
            old, now = self.find(MAIN_SLUG), kept(self._clock.now())
            for host in config.hosts:
                self._refuse_host(host, old.id if old is not None else 0)
            if old is None:
                page = await self._insert(
                    Page(slug=MAIN_SLUG, config=config, managed_by="file", created_at=now, updated_at=now)
                )
            else:
                page = await self._update(old, replace(old, config=config, managed_by="file"), {})
            if shown != self.main_shown:
                self.main_shown = shown
                self._take(self._pages)
            return page

    @asynccontextmanager
    async def without_monitor(
        self, monitor_id: int, now: datetime
    ) -> AsyncIterator[Callable[[sqlite3.Connection], None]]:
        """Yield what lets go of a monitor, for the change that deletes it; it is known when that went well."""
        async with self._lock:
            freed = [
                (one, replace(one, config=config, updated_at=page_edits.later(one, now)))
                for one in self._pages.values()
                if (config := page_edits.without_monitor(one.config, monitor_id)) != one.config
            ]

            def change(db: sqlite3.Connection) -> None:
                for old, new in freed:
                    pages.update(db, new)
                    page_trail.page(db, old, new, now)

            yield change
            if freed:
                self._take(self._pages | {new.id: new for _, new in freed})

    async def _insert(self, wanted: Page) -> Page:
        def change(db: sqlite3.Connection) -> Page:
            made = pages.insert(db, replace(wanted, config=page_edits.numbered(db, wanted.config)))
            # The one of the configuration is there from the first start on: nobody made it.
            if not made.is_main:
                page_trail.page(db, None, made, made.created_at)
            return made

        page = await self._store.write(change)
        self._take(self._pages | {page.id: page})
        return page

    async def _update(self, old: Page, wanted: Page, files: Files) -> Page:
        new = replace(wanted, files=page_edits.with_files(old.files, files))
        if new == old:
            return old
        new = replace(new, updated_at=page_edits.later(old, self._clock.now()))

        def change(db: sqlite3.Connection) -> Page:
            page = replace(new, config=page_edits.numbered(db, new.config))
            pages.update(db, page)
            for name, file in files.items():
                if file is None:
                    pages.delete_file(db, page.id, name)
                else:
                    pages.put_file(db, page.id, file)
            page_trail.page(db, old, page, page.updated_at)
            return page

        page = await self._store.write(change)
        self._take(self._pages | {page.id: page})
        return page

    def _take(self, found: dict[int, Page]) -> None:
        """Know these pages from now on, and which host shows which."""
        shown = [one for one in found.values() if self.main_shown or not one.is_main]
        self._pages = found
        self._slugs = {one.slug: one.id for one in found.values()}
        # A page may have had the name before it became ours.
        self._hosts = {host: one.id for one in shown for host in one.config.hosts if host != self._own}
        self.has_hosts = bool(self._hosts)
        self.version += 1
        self.changed.set()

    def check_editable(self, page_id: int) -> None:
        """Raise Conflict when a page can only be changed in the configuration file, NotFound when there is none."""
        self._editable(page_id)

    def _editable(self, page_id: int) -> Page:
        page = self._pages.get(page_id)
        if page is None:
            raise NotFound(f"there is no status page {page_id}")
        if page.managed_by is not None:
            raise Conflict("this status page is managed by the configuration file; change it there")
        return page

    def _taken(self, host: str, page_id: int) -> str | None:
        """Return why a page may not be bound to a host name; None when it may."""
        if host == self._own:
            return "is the name of asura itself: its dashboard could not be reached any more"
        holder = next((one for one in self._pages.values() if one.id != page_id and host in one.config.hosts), None)
        return f"is bound to the status page {holder.slug}" if holder is not None else None

    def _check_hosts(self, config: PageConfig, page_id: int) -> None:
        """Raise Invalid when somebody else took a host name since the page was prepared."""
        reasons = ((n, self._taken(host, page_id)) for n, host in enumerate(config.hosts))
        if faults := [Fault(f"hosts[{n}]", reason) for n, reason in reasons if reason is not None]:
            raise Invalid(*faults)

    def _refuse_host(self, host: str, page_id: int) -> None:
        reason = self._taken(host, page_id)
        if reason is not None:
            raise Invalid(Fault("status_page.hosts", f"{host} {reason}"))
