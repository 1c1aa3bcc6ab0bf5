"""What the tests of subscriptions share: an asura with a page, a mail server, and what arrived there."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from asura.domain.page import ComponentConfig, Page, PageConfig
from asura.engine.bulletin import Bulletin
from asura.engine.options import SubscriptionOptions
from asura.engine.postman import MailServer
from asura.store import bulletins
from asura.store.db import Store
from tests.channels.mail_server import Mailbox, mail_server
from tests.web.harness import V1, Asura, asura, eventually, monitor

WHO = "ann@example.org"


class Post:
    """A running asura whose mails arrive in a box; `page` has the components shop and search."""

    def __init__(self, site: Asura, box: Mailbox, client: httpx2.AsyncClient, page: Page) -> None:
        self.site = site
        self.box = box
        self.client = client
        self.page = page
        self.root = f"/status/{page.slug}"
        self.shop, self.search = (one.id for one in page.config.components)

    async def mail(self, number: int) -> EmailMessage:
        """Return the mail of a number, counted from 1, once it has arrived."""
        await eventually(lambda: len(self.box.mails) >= number, within=20)
        return self.box.mails[number - 1]

    async def subscribe(self, address: str = WHO, **more: Any) -> httpx2.Response:
        """Send the form as a browser does."""
        return await self.client.post(f"{self.root}/subscribe", data={"kind": "email", "address": address, **more})

    async def subscribed(self, address: str = WHO, **more: Any) -> str:
        """Subscribe and confirm; returns the token."""
        before = len(self.box.mails)
        assert (await self.subscribe(address, **more)).status_code == 202
        token = token_in(await self.mail(before + 1), "confirm")
        assert (await self.client.post(f"{self.root}/confirm?token={token}")).status_code == 200
        return token

    async def say(self, title: str = "The shop is down", **more: Any) -> dict[str, Any]:
        """Write an incident and return it."""
        about = [{"component_id": one, "status": "major_outage"} for one in more.pop("about", [self.shop])]
        body = {"title": title, "impact": "major", "status": "investigating", "components": about, "text": "We look."}
        async with self.site.client("editor") as editor:
            answer = await editor.post(f"{V1}/status-pages/{self.page.id}/incidents", json=body | more)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def fan_out(self, bulletin: Bulletin) -> int:
        """Tell subscribers of a bulletin, in a transaction of its own."""
        engine = self.site.engine
        return await engine.store.write(lambda db: engine.subscribers.fan_out(db, bulletin, engine.clock.now()))

    async def settled(self) -> None:
        """Wait until nothing is left to be told."""
        store = self.site.engine.store
        async with asyncio.timeout(20):
            while await _untold(store) or await store.write(bulletins.waiting):
                await asyncio.sleep(0.02)


async def _untold(store: Store) -> int:
    async with store.read() as reader:
        rows = await reader.execute_fetchall("SELECT count(*) FROM post_updates WHERE told_at IS NULL")
    return int(next(iter(rows))[0])


def token_in(mail: EmailMessage, where: str) -> str:
    """Return the token of a link of a mail."""
    found = re.search(rf"/{where}\?token=([A-Za-z0-9_-]+)", text_of(mail))
    assert found, text_of(mail)
    return found[1]


def text_of(mail: EmailMessage) -> str:
    """Return the plain text of a mail."""
    return mail.get_body(("plain",)).get_content()


def html_of(mail: EmailMessage) -> str:
    """Return the HTML of a mail."""
    return mail.get_body(("html",)).get_content()


def path_of(link: str) -> str:
    """Return path and query of a link."""
    parts = urlsplit(link.strip("<>"))
    return f"{parts.path}?{parts.query}"


@asynccontextmanager
async def post(
    folder: Path, *, box: Mailbox | None = None, most: int = 100, per_minute: int = 6000, **config: Any
) -> AsyncIterator[Post]:
    """Yield a running asura with a mail server and a page."""
    async with mail_server(box) as letters:
        server = MailServer(host="127.0.0.1", port=letters.port, sender="news@asura.example", tls_mode="plain")
        wanted = SubscriptionOptions(
            mail_server=server, most=most, mails_per_minute=per_minute, private=("127.0.0.0/8",)
        )
        async with asura(folder, loops=True, subscriptions=wanted) as site, site.client(None) as client:
            yield Post(site, letters, client, await made(site, **config))


async def made(site: Asura, slug: str = "acme", **config: Any) -> Page:
    """Return a new page with two components."""
    async with site.client() as admin:
        ids = [
            (await admin.post(f"{V1}/monitors", json=monitor(name=f"{slug} {name}"))).json()["id"]
            for name in ("shop", "search")
        ]
    components = tuple(
        ComponentConfig(name=name, monitor_id=id) for name, id in zip(("Shop", "Search"), ids, strict=True)
    )
    wanted = PageConfig(**({"title": "Acme", "components": components} | config))
    return await site.engine.pages.create(wanted, slug=slug)
