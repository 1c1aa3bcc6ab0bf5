"""Publishes what rules say of outages, tells subscribers what has become public, and of planned work."""

import asyncio
import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from asura.domain import posting, publishing
from asura.domain.automatic import Decision, Publish, Resolve, Wait, automatic
from asura.domain.instant import kept
from asura.domain.page import Page
from asura.domain.post import Affected, ComponentStatus, Post, PostKind, PostStatus, PostUpdate
from asura.engine import bulletins, trail
from asura.engine.acting import OURSELVES
from asura.engine.announcer import Announcer
from asura.engine.watching import Watching
from asura.errors import StoreUnavailable
from asura.store import incidents, posts

if TYPE_CHECKING:
    from asura.engine.engine import Engine

# However much moves, everything is looked at this often at most; what people write is told at once.
PAUSE = timedelta(seconds=0.5)


class Publisher:
    """Wakes with whatever moves, and when something becomes public by itself. Decides from what is stored alone."""

    name = "publisher"

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._announcer = Announcer(engine.store, engine.posts, engine.maintenance, look=self._look)
        self._looked_at: datetime | None = None
        self._versions: tuple[int, ...] = ()
        self.wake = asyncio.Event()
        engine.posts.changed = engine.pages.changed = engine.maintenance.changed = engine.judge.moved = self.wake
        engine.live.followers.append(self.wake)

    async def tick(self, now: datetime) -> datetime | None:
        """Publish, resolve and tell what is due at `now`, each in a transaction of its own; return when to look again.

        A page that cannot be served does not hold up the others.
        """
        versions = self._seen()
        if self._looked_at is not None and versions == self._versions and now < self._looked_at + PAUSE:
            return self._looked_at + PAUSE
        self._looked_at, now = now, kept(now)
        self._engine.posts.tidy(now)
        look, wake_at, failure = Watching(self._engine.live), [], None
        for page in self._pages():
            try:
                wake_at.append(await self._keep(page, look, now))
            except StoreUnavailable:
                raise
            except Exception as error:
                failure = error
        wake_at.append(await self._announcer.announce(self._pages(), look, now, seen=self._planned()))
        self._versions = self._seen()
        if failure is not None:
            raise failure
        return min((at for at in wake_at if at is not None), default=None)

    def _seen(self) -> tuple[int, ...]:
        engine = self._engine
        return engine.pages.version, engine.posts.version, engine.maintenance.version

    def _planned(self) -> tuple[int, ...]:
        return self._engine.pages.version, self._engine.maintenance.version

    def _look(self) -> tuple[list[Page], Watching]:
        return self._pages(), Watching(self._engine.live)

    def _pages(self) -> list[Page]:
        pages = self._engine.pages
        return [page for page in pages.list() if not page.is_main or pages.main is not None]

    async def _keep(self, page: Page, look: Watching, now: datetime) -> datetime | None:
        """Do what is due on one page, and return when to look at it again."""
        desk = self._engine.posts
        async with desk.lock:
            wake_at = [await self._act(page, one, now) for one in self._decisions(page, look, now)]
            for post, update in publishing.untold(desk.of_page(page.id), now):
                await self._tell(desk.find(page.id, post.id) or post, update, now)
            wake_at.append(publishing.changes_at(desk.of_page(page.id), now))
        return min((at for at in wake_at if at is not None), default=None)

    def _decisions(self, page: Page, look: Watching, now: datetime) -> list[Decision]:
        desk, active = self._engine.posts, list(self._engine.live.incidents.values())
        own = desk.of_page(page.id)
        kept_by_rule = {one.source for one in own if one.source is not None and publishing.is_open(one, now)}
        if not kept_by_rule and (not active or page.config.auto_incidents.when == "never"):
            return []
        failing = {monitor_id for incident in active for monitor_id in incident.monitor_ids}
        silenced = {component: at for (page_id, component), at in desk.silenced.items() if page_id == page.id}
        watched = look.watched(page, failing, kept_by_rule)
        return automatic(page, watched, active, own, now, silenced=silenced)

    async def _act(self, page: Page, decision: Decision, now: datetime) -> datetime | None:
        if isinstance(decision, Wait):
            return decision.until
        if isinstance(decision, Publish):
            await self._publish(page, decision, now)
        elif isinstance(decision, Resolve):
            await self._resolve(decision, now)
        return None

    async def _publish(self, page: Page, decision: Publish, now: datetime) -> None:
        """Store an automatic incident and tell it, in one transaction."""
        by = OURSELVES.name
        components = (Affected(decision.component_id, decision.status),)
        first = PostUpdate(
            at=now,
            status=PostStatus.INVESTIGATING,
            text=decision.text,
            components=components,
            created_by=by,
            told_at=now,
        )
        post = Post(
            page_id=page.id,
            kind=PostKind.INCIDENT,
            title=decision.title,
            impact=decision.impact,
            publish_at=now,
            started_at=decision.since,
            source=decision.component_id,
            created_by=by,
            created_at=now,
            updated_at=now,
            updates=(first,),
        )

        def change(db: sqlite3.Connection) -> tuple[Post, int]:
            made = posts.insert(db, post)
            new = {"title": made.title, "since": decision.since, "component": decision.component_id}
            trail.record(db, "create", "post", at=now, id=made.id, name=made.title, new=new | {"why": decision.why})
            return made, self._fan_out(db, made, made.updates[0], now)

        self._know(*await self._engine.store.write(change))

    async def _resolve(self, decision: Resolve, now: datetime) -> None:
        """Say that an outage is over, as of when it was, and tell it, in one transaction."""
        old = decision.post
        last = old.updates[-1]
        ended_at = await self._ended_at(decision.monitor_ids, old, now)
        update = PostUpdate(
            post_id=old.id,
            at=min(max(ended_at, last.at), now),
            status=PostStatus.RESOLVED,
            text=decision.text,
            components=tuple(Affected(one.component_id, ComponentStatus.OPERATIONAL) for one in last.components),
            created_by=OURSELVES.name,
            told_at=now,
        )

        def change(db: sqlite3.Connection) -> tuple[Post, int]:
            made = posts.add_update(db, update)
            post = posting.settled(msgspec.structs.replace(old, updates=(*old.updates, made)))
            post = posting.stamped(old, post, now)
            posts.save(db, post)
            new = {"resolved_at": post.resolved_at, "why": decision.why}
            trail.record(db, "update", "post", at=now, id=post.id, name=post.title, old={}, new=new)
            return post, self._fan_out(db, post, made, now)

        self._know(*await self._engine.store.write(change))

    async def _ended_at(self, monitor_ids: Iterable[int], post: Post, now: datetime) -> datetime:
        """Return when the last incident of any of these monitors ended since what a post is about began; else now."""
        found, began = [], publishing.started_at(post)
        async with self._engine.store.read() as reader:
            for monitor_id in monitor_ids:
                own, _ = await incidents.page(reader, monitor_id=monitor_id, from_at=began, limit=1)
                found += [one.resolved_at for one in own if one.resolved_at is not None]
        return max(found, default=now)

    async def _tell(self, post: Post, update: PostUpdate, now: datetime) -> None:
        """Tell an update once: that it is told is stored with what is told."""
        told = msgspec.structs.replace(update, told_at=now)

        def change(db: sqlite3.Connection) -> int:
            return self._fan_out(db, post, update, now) if posts.mark_told(db, update.id, now) else 0

        sent = await self._engine.store.write(change)
        updates = tuple(told if one.id == update.id else one for one in post.updates)
        self._know(msgspec.structs.replace(post, updates=updates), sent)

    def _fan_out(self, db: sqlite3.Connection, post: Post, update: PostUpdate, now: datetime) -> int:
        return self._engine.posts.fan_out(db, bulletins.update(post, update), now)

    def _know(self, post: Post, told: int) -> None:
        self._engine.posts.keep(post)
        if told:
            self._engine.posts.told.set()
