"""A page with subscribers on a clock that tests turn: real store, real mail server, real webhooks, no loops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from asura.domain.board import Board, BoardComponent
from asura.domain.page import Page, PageConfig
from asura.domain.post import ComponentStatus
from asura.domain.subscription import Subscriber
from asura.engine.bulletin import Bulletin
from asura.engine.page_desk import PageDesk
from asura.engine.passwords import Passwords
from asura.engine.postman import MailServer
from asura.engine.subscriber_courier import Courier
from asura.engine.subscriber_desk import SubscriberDesk, SubscriptionRule
from asura.engine.telling_subscribers import TellingSubscribers
from asura.net.network import Network
from asura.store.db import Store
from tests.channels.mail_server import Mailbox, mail_server
from tests.channels.services import Provider, Reply, network, provider
from tests.engine.kit import rows
from tests.world import FakeClock

URL = "https://asura.example"


class Readers:
    """One page, its subscribers, and whoever tells them."""

    def __init__(self, store: Store, net: Network, box: Mailbox, *, most: int, per_minute: int) -> None:
        self.clock = FakeClock()
        self.store = store
        self.box = box
        self.pages = PageDesk(store, self.clock, Passwords(), monitor=lambda _: None, own="")
        rule = SubscriptionRule(mails=True, most=most)
        self.desk = SubscriberDesk(store, self.pages, self.clock, rule)
        server = MailServer(host="127.0.0.1", port=box.port, sender="news@asura.example", tls_mode="plain")
        self.courier = Courier(net, self.clock, self.board, server=server, url=URL)
        self.desk.greet = self.courier.greet
        self.telling = TellingSubscribers(
            store, self.pages, self.desk, self.courier, self.clock, mails_per_minute=per_minute, boot_id="boot"
        )
        self.page: Page
        self._number = 0

    async def board(self, page: Page) -> Board:
        """Return a board with two components."""
        now = self.clock.now()
        parts = tuple(
            BoardComponent(id=id, name=name, status=ComponentStatus.MAJOR_OUTAGE, ratio=1.0, since=now)
            for id, name in ((1, "Shop"), (2, "Search"))
        )
        return Board(
            page_id=page.id, slug=page.slug, title=page.config.title, status="major_outage", as_of=now, updated_at=now,
            components=parts,
        )  # fmt: skip

    async def add(self, address: str = "ann@example.org", kind: Any = "email", **more: Any) -> Subscriber:
        """Add somebody who has confirmed."""
        return await self.desk.add(self.page, kind, address, more.pop("components", ()), "en", confirmed=True)

    def bulletin(self, title: str = "The shop is down", **more: Any) -> Bulletin:
        """Return what the page says next."""
        self._number += 1
        values: dict[str, Any] = {
            "page_id": self.page.id, "event": "incident", "subject_id": self._number, "key": f"post-1-{self._number}",
            "thread": f"post-{self._number}", "at": self.clock.now(), "title": title, "status": "investigating",
            "impact": "major", "text": "We **look**.", "components": (1,),
        }  # fmt: skip
        return Bulletin(**(values | more))

    async def say(self, title: str = "The shop is down", **more: Any) -> int:
        """Fan a bulletin out."""
        bulletin = self.bulletin(title, **more)
        return await self.store.write(lambda db: self.desk.fan_out(db, bulletin, self.clock.now()))

    async def tell(self) -> datetime | None:
        """Let everything be told that is due, and return when there is more to do."""
        while True:
            self.telling.wake.clear()
            due = await self.telling.tick(self.clock.now())
            await self.telling.drain()
            await asyncio.sleep(0.01)
            if not self.telling.wake.is_set() and (due is None or due > self.clock.now()):
                return due

    async def statuses(self) -> list[str]:
        """Return how far each message has come, oldest first."""
        return [row[0] for row in await rows(self.store, "SELECT status FROM notifications ORDER BY id")]

    @property
    def subjects(self) -> list[str]:
        """Return the subjects of the mails that arrived."""
        return [str(mail["Subject"]) for mail in self.box.mails]

    async def people(self) -> list[Subscriber]:
        """Return all who are on the list."""
        return await self.desk.of_page(self.page.id, limit=1000)


@asynccontextmanager
async def readers(
    folder: Path, *, box: Mailbox | None = None, most: int = 100, per_minute: int = 6000, **config: Any
) -> AsyncIterator[Readers]:
    """Lend a page with nobody on its list yet."""
    async with AsyncExitStack() as stack:
        letters = await stack.enter_async_context(mail_server(box))
        net = await stack.enter_async_context(network())
        store = Store.open(folder, clock=FakeClock())
        stack.push_async_callback(store.close)
        one = Readers(store, net, letters, most=most, per_minute=per_minute)
        one.page = await one.pages.create(PageConfig(**({"title": "Acme"} | config)), slug="acme")
        yield one


@asynccontextmanager
async def hook(*replies: Reply) -> AsyncIterator[Provider]:
    """Run a receiver of webhooks that takes everything, or gives these replies."""
    async with provider(*(replies or (Reply(),))) as receiver:
        yield receiver
