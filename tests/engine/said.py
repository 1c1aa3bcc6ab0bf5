"""A page with components and posts, for the tests of what pages say; and what its subscribers would be told."""

import sqlite3
from datetime import datetime, timedelta
from typing import Any

from asura.domain.page import Page
from asura.domain.post import Affected, ComponentStatus, Post, PostStatus
from asura.domain.posting import Draft, Saying
from asura.engine.bulletin import Bulletin
from tests.world import World

INVESTIGATING, IDENTIFIED = PostStatus.INVESTIGATING, PostStatus.IDENTIFIED
MONITORING, RESOLVED = PostStatus.MONITORING, PostStatus.RESOLVED
OPERATIONAL, MAJOR, PARTIAL = ComponentStatus.OPERATIONAL, ComponentStatus.MAJOR_OUTAGE, ComponentStatus.PARTIAL_OUTAGE


async def page_of(w: World, title: str = "Shop", **more: Any) -> Page:
    """Create a page; by default one component stands for the tag `eu`, another for the tag `us`."""
    body = {"components": [{"name": "Europe", "tag": "eu"}, {"name": "America", "tag": "us"}], **more}
    return await w.engine.pages.create(w.engine.pages.prepare({"title": title, **body}))


async def write(w: World, page: Page, title: str = "The shop is slow", **more: Any) -> Post:
    """Write a post by hand."""
    return await w.engine.posts.create(page, Draft(title=title, **({"text": "We look into it."} | more)), by="ann")


async def say(w: World, page: Page, post: Post, status: PostStatus, **more: Any) -> Post:
    """Say something more in a post."""
    saying = Saying(status=status, **({"text": status.value} | more))
    return (await w.engine.posts.add_update(page, post.id, saying, by="bob"))[0]


def about(page: Page, *claimed: ComponentStatus) -> tuple[Affected, ...]:
    """Return the first components of a page with what is claimed of them."""
    return tuple(Affected(one.id, status) for one, status in zip(page.config.components, claimed, strict=False))


def later(w: World, **length: float) -> datetime:
    """Return an instant from the present of a world."""
    return w.clock.now() + timedelta(**length)


class Readers:
    """Stands for the subscribers: takes what a page tells, in the transaction that tells it."""

    def __init__(self, w: World) -> None:
        self.told: list[Bulletin] = []
        self._others = w.before.status_pages
        w.engine.posts.fan_out = self.fan_out

    def fan_out(self, db: sqlite3.Connection, bulletin: Bulletin, now: datetime) -> int:
        assert db.in_transaction
        if bulletin.page_id not in self._others:
            self.told.append(bulletin)
        return 1

    def take(self) -> list[tuple[str, str, str]]:
        """Return what was told since the last look, as (event, title, status)."""
        told, self.told = self.told, []
        return [(one.event, one.title, one.status) for one in told]
