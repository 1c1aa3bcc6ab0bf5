"""What people write on status pages: incidents, notices, updates; each change is stored first, then known."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Literal

import msgspec

from asura.clock import Clock
from asura.domain import posting, publishing
from asura.domain.component import components_of
from asura.domain.instant import kept
from asura.domain.page import Page
from asura.domain.post import Post, PostKind, PostUpdate
from asura.domain.posting import Draft, Saying
from asura.engine import bulletins, trail
from asura.engine.bulletin import Bulletin
from asura.engine.live import Live
from asura.engine.page_desk import PageDesk
from asura.errors import Conflict, Invalid, NotFound
from asura.store import meta, posts
from asura.store.db import Store

# Puts a bulletin into the outbox, and returns for how many.
FanOut = Callable[[sqlite3.Connection, Bulletin, datetime], int]
Filter = Literal["open", "resolved", "scheduled"]
# What somebody took off a page is not put back by a rule: component ids of each page, and when.
SILENCED = "posts.silenced"
# What the audit log has of a post; what it says has rows of its own.
_AUDITED = (
    *("page_id", "kind", "title", "impact", "publish_at", "started_at", "ends_at", "resolved_at"),
    *("postmortem", "source"),
)
_AUDITED_UPDATE = ("id", "at", "status", "text", "components")


class PostDesk:
    """Keeps the posts of every page in memory; `version` grows with each change."""

    def __init__(self, store: Store, pages: PageDesk, clock: Clock, live: Live) -> None:
        self._store = store
        self._pages = pages
        self._clock = clock
        self._live = live
        self._posts: dict[int, Post] = {}
        self.version = 0
        # Held while posts change.
        self.lock = asyncio.Lock()
        # Set after each change, and when somebody is to be told; how to tell comes from who knows the subscribers.
        self.changed = asyncio.Event()
        self.told = asyncio.Event()
        self.fan_out: FanOut = _to_nobody
        self.silenced: dict[tuple[int, int], datetime] = {}

    async def load(self) -> None:
        """Read the stored posts."""
        found = await self._store.write(lambda db: posts.load(db, self._clock.now()))
        self._posts = {post.id: post for post in found}
        async with self._store.read() as reader:
            raw = await meta.get(reader, SILENCED)
        rows = msgspec.json.decode(raw or "[]", type=list[tuple[int, int, datetime]])
        self.silenced = {(page_id, component_id): at for page_id, component_id, at in rows}
        self.version += 1

    def of_page(self, page_id: int) -> list[Post]:
        """Return the posts of a page, newest first, those to come among them."""
        found = [post for post in self._posts.values() if post.page_id == page_id]
        return sorted(found, key=lambda post: (post.publish_at, post.id), reverse=True)

    def listed(self, page_id: int, *, kind: PostKind | None = None, status: Filter | None = None) -> list[Post]:
        """Return the posts of a page that are of a kind and open, resolved or scheduled, newest first."""
        now = self._clock.now()
        found = self.of_page(page_id)
        return [one for one in found if kind in (None, one.kind) and status in (None, standing(one, now))]

    def find(self, page_id: int, post_id: int) -> Post | None:
        """Return a post of a page; None when it is over for very long, or not there."""
        found = self._posts.get(post_id)
        return found if found is not None and found.page_id == page_id else None

    async def get(self, page_id: int, post_id: int) -> Post:
        """Return a post of a page, however old; NotFound when there is none."""
        found = self.find(page_id, post_id)
        if found is None:
            async with self._store.read() as reader:
                found = await posts.get(reader, post_id)
        if found is None or found.page_id != page_id:
            raise NotFound(f"there is no post {post_id}")
        return found

    def components(self, page: Page) -> Collection[int]:
        """Return the ids of everything that a page shows as a component."""
        monitors = [state.monitor for state in self._live.states()]
        return {component.id for component in components_of(page.config, monitors)}

    async def create(self, page: Page, draft: Draft, *, by: str) -> Post:
        """Store a new post; Invalid names every field that is wrong."""
        async with self.lock:
            now = kept(self._clock.now())
            post = posting.drafted(draft, page.id, by=by, now=now)
            self._check(page, post, now)

            def change(db: sqlite3.Connection) -> Post:
                made = posts.insert(db, post)
                trail.record(db, "create", "post", at=now, id=made.id, name=made.title, new=_whole(made))
                return made

            return self.keep(await self._store.write(change))

    async def edit(self, page: Page, post_id: int, changes: dict[str, Any]) -> Post:
        """Change fields of a post: title, impact, publish_at, started_at, ends_at, postmortem, components (of its
        last update).

        A postmortem that is published is told.
        """
        async with self.lock:
            old, now = await self.get(page.id, post_id), kept(self._clock.now())
            post = posting.edited(old, changes, now)
            self._check(page, post, now, old=old)
            tells = bool(post.postmortem) and not old.postmortem and publishing.visible(post, now)

            def change(db: sqlite3.Connection) -> int:
                posts.save(db, post)
                for update in post.updates:
                    if update not in old.updates:
                        posts.save_update(db, update)
                trail.record(
                    db, "update", "post", at=now, id=post.id, name=post.title, old=_whole(old), new=_whole(post)
                )
                return self.fan_out(db, bulletins.postmortem(post, now), now) if tells else 0

            if await self._store.write(change):
                self.told.set()
            return self.keep(post)

    async def add_update(self, page: Page, post_id: int, saying: Saying, *, by: str) -> tuple[Post, PostUpdate]:
        """Say something more; an automatic post is then the one's who says it."""
        async with self.lock:
            old, now = await self.get(page.id, post_id), kept(self._clock.now())
            update = posting.said(old, saying, by=by, now=now)
            self._check(page, posting.with_updates(old, [*old.updates, update], now), now, old=old)

            def change(db: sqlite3.Connection) -> tuple[Post, PostUpdate]:
                made = posts.add_update(db, update)
                post = posting.with_updates(old, [*old.updates, made], now)
                posts.save(db, post)
                _audit_update(db, old, None, made, now)
                return post, made

            post, made = await self._store.write(change)
            return self.keep(post), made

    async def edit_update(self, page: Page, post_id: int, update_id: int, saying: Saying) -> tuple[Post, PostUpdate]:
        """Say an update in other words, or put it at another time; nobody is told twice."""
        async with self.lock:
            old, now = await self.get(page.id, post_id), kept(self._clock.now())
            before = _update_of(old, update_id)
            update = posting.resaid(old, before, saying, now)
            post = posting.with_updates(old, [update if one is before else one for one in old.updates], now)
            self._check(page, post, now, old=old)

            def change(db: sqlite3.Connection) -> None:
                posts.save_update(db, update)
                posts.save(db, post)
                _audit_update(db, old, before, update, now)

            await self._store.write(change)
            return self.keep(post), update

    async def delete_update(self, page_id: int, post_id: int, update_id: int) -> Post:
        """Take an update back; Conflict when it is the only one."""
        async with self.lock:
            old, now = await self.get(page_id, post_id), kept(self._clock.now())
            gone = _update_of(old, update_id)
            if len(old.updates) == 1:
                raise Conflict("it is all that the post says; delete the post")
            post = posting.with_updates(old, [one for one in old.updates if one is not gone], now)

            def change(db: sqlite3.Connection) -> None:
                posts.delete_update(db, update_id)
                posts.save(db, post)
                _audit_update(db, old, gone, None, now)

            await self._store.write(change)
            return self.keep(post)

    async def delete(self, page_id: int, post_id: int) -> None:
        """Delete a post with all that it says. While it is open, no rule publishes the same outage again."""
        async with self.lock:
            old, now = await self.get(page_id, post_id), kept(self._clock.now())
            silenced = self._silenced_by(old, now)

            def change(db: sqlite3.Connection) -> None:
                posts.delete(db, post_id)
                if silenced != self.silenced:
                    rows = [(page, component, at) for (page, component), at in silenced.items()]
                    meta.put(db, SILENCED, msgspec.json.encode(rows).decode())
                trail.record(db, "delete", "post", at=now, id=old.id, name=old.title, old=_whole(old))

            await self._store.write(change)
            self.silenced = silenced
            self._posts.pop(post_id, None)
            self._note()

    def keep(self, post: Post) -> Post:
        """Know a post as it was stored. The caller holds the lock."""
        self._posts[post.id] = post
        self._note()
        return post

    def tidy(self, now: datetime) -> None:
        """Forget the posts of pages that are no more, and those that were over long ago."""
        pages, since = {page.id for page in self._pages.list()}, now - posts.REMEMBERED
        kept_posts = {one.id: one for one in self._posts.values() if one.page_id in pages and _recent(one, since)}
        if len(kept_posts) < len(self._posts):
            self._posts = kept_posts
            self.version += 1

    def _note(self) -> None:
        self.version += 1
        self.changed.set()

    def _check(self, page: Page, post: Post, now: datetime, *, old: Post | None = None) -> None:
        faults = posting.faults_of(post, self.components(page), now, old=old)
        if faults:
            raise Invalid(*faults)

    def _silenced_by(self, post: Post, now: datetime) -> dict[tuple[int, int], datetime]:
        pages = {page.id for page in self._pages.list()}
        still = {key: at for key, at in self.silenced.items() if key[0] in pages}
        if post.kind is PostKind.INCIDENT and publishing.is_open(post, now):
            still |= {(post.page_id, one.component_id): now for one in publishing.affected(post, now)}
        return still


def standing(post: Post, now: datetime) -> Filter:
    """Return whether a post is still to come, open or over."""
    if not publishing.visible(post, now):
        return "scheduled"
    return "open" if publishing.is_open(post, now) else "resolved"


def _recent(post: Post, since: datetime) -> bool:
    ends = [at for at in (post.resolved_at, post.ends_at) if at is not None]
    return not ends or max(ends) >= since


def _to_nobody(_: sqlite3.Connection, __: Bulletin, ___: datetime) -> int:
    return 0


def _update_of(post: Post, update_id: int) -> PostUpdate:
    found = next((one for one in post.updates if one.id == update_id), None)
    if found is None:
        raise NotFound(f"there is no update {update_id}")
    return found


def _whole(post: Post) -> dict[str, Any]:
    about = publishing.affected(post, post.updated_at)
    return {
        **{name: getattr(post, name) for name in _AUDITED},
        "components": [[one.component_id, one.status] for one in about],
    }


def _audit_update(
    db: sqlite3.Connection, post: Post, old: PostUpdate | None, new: PostUpdate | None, now: datetime
) -> None:
    was, is_ = ({} if one is None else {"update": _shown(one)} for one in (old, new))
    trail.record(db, "update", "post", at=now, id=post.id, name=post.title, old=was, new=is_)


def _shown(update: PostUpdate) -> dict[str, Any]:
    return {name: getattr(update, name) for name in _AUDITED_UPDATE}
