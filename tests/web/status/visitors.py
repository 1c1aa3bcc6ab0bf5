"""Who comes to status pages in tests, and what of a page is there for them."""

import base64
import contextlib
import itertools
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import httpx2
from msgspec.structs import replace

from asura.domain.page import Page, PageFile, Visibility
from asura.web.route import PUBLIC, Route
from asura.web.status.routes import STATUS_ROUTES
from tests.web.harness import V1, Asura

HOST = "status.page.example"
WORD, OLD_WORD = "open sesame", "close sesame"
INSIDE, OUTSIDE = "10.1.2.3", "192.0.2.7"
PNG = PageFile(name="logo", media_type="image/png", body=b"\x89PNG\r\n\x1a\n")
FILES = {"logo": PNG, "favicon": replace(PNG, name="favicon")}
SHOWN, FORM, STATIC, TOKEN, WAY_IN, LEADS = "shown", "form", "static", "token", "way in", "leads"
# What stands below a page, and by which rule it is there. Everything that is shown obeys the visibility of the page;
# what a token opens tells nothing to who has none; static files are the same for all pages, and for those that are not
# there.
ROWS = {
    "GET ": SHOWN,
    "GET history": SHOWN,
    "GET incidents/{n}": SHOWN,
    "GET embed": SHOWN,
    "GET embed.js": SHOWN,
    "GET theme.css": SHOWN,
    "GET logo": SHOWN,
    "GET favicon": SHOWN,
    "GET history.rss": SHOWN,
    "GET history.atom": SHOWN,
    "GET feed.json": SHOWN,
    "GET maintenance.ics": SHOWN,
    "GET status.svg": SHOWN,
    "GET status.json": SHOWN,
    "GET api/v2/summary.json": SHOWN,
    "GET api/v2/status.json": SHOWN,
    "GET api/v2/components.json": SHOWN,
    "GET api/v2/incidents.json": SHOWN,
    "GET api/v2/incidents/unresolved.json": SHOWN,
    "GET api/v2/scheduled-maintenances.json": SHOWN,
    "GET api/v2/scheduled-maintenances/upcoming.json": SHOWN,
    "GET api/v2/scheduled-maintenances/active.json": SHOWN,
    "GET /api/v1/status": SHOWN,
    "GET subscribe": SHOWN,
    "POST subscribe": FORM,
    "POST /api/v1/status-pages/subscribe": FORM,
    "GET confirm": TOKEN,
    "POST confirm": TOKEN,
    "GET unsubscribe": TOKEN,
    "POST unsubscribe": TOKEN,
    "GET manage": TOKEN,
    "POST manage": TOKEN,
    "GET /api/v1/status-pages/confirm": LEADS,
    "GET /api/v1/status-pages/unsubscribe": LEADS,
    "POST login": WAY_IN,
    "POST logout": WAY_IN,
    "GET assets/{name}": STATIC,
}
# Not about one page: which names are bound to any.
ELSEWHERE = {f"GET {V1}/status-pages/ask"}


class Below(NamedTuple):
    """A public route: the row of what it serves, and its path with the slug of a page in it (or of the main one)."""

    route: Route
    row: str

    @property
    def of_main(self) -> bool:
        return "{slug}" not in self.route.path

    def path(self, slug: str, number: int = 0, name: str = "") -> str:
        """Return the address; `number` is that of an incident, `name` that of a file."""
        path = self.route.path.replace("{slug}", slug).replace("{n}", str(number)).replace("{name}", name)
        return f"{path}?token=nobody" if ROWS[self.row] in (TOKEN, LEADS) else path

    def own_path(self, number: int = 0, name: str = "") -> str | None:
        """Return the address at the page's own host name; None where there is none."""
        if self.route.path.startswith("/api/v1/status-pages/"):
            return None
        if self.route.path == f"{V1}/status/{{slug}}":
            return f"{V1}/status"
        return self.path("page", number, name).replace("/status/page", "", 1) or "/"


def below() -> list[Below]:
    """Return every public route of status pages."""
    found = []
    for route in STATUS_ROUTES:
        if route.role == PUBLIC and f"{route.method} {route.path}" not in ELSEWHERE:
            found.append(Below(route, row_of(route)))
    return found


def row_of(route: Route) -> str:
    """Return the row of a route: its method and what stands behind the address of a page."""
    path = route.path.replace("/{slug}", "", 1)
    if path.startswith("/status"):
        path = path.removeprefix("/status").removeprefix("/")
    elif path.startswith("/api/v2/"):
        path = path.removeprefix("/")
    return f"{route.method} {path}"


async def page_of(site: Asura, visibility: Visibility, **more: Any) -> Page:
    """Make the page, with pictures and a name of its own."""
    desk = site.engine.pages
    body = {"title": "Page", "visibility": visibility, "networks": ["10.0.0.0/8"], "hosts": [HOST], **more}
    word = OLD_WORD if visibility == "password" else None
    return await desk.create(desk.prepare(body), slug="page", password=word, files=FILES)


class Visitor(NamedTuple):
    """One who comes: from where, with what."""

    name: str
    address: str = OUTSIDE
    basic: str | None = None
    cookie: str | None = None
    key: str | None = None
    session: str | None = None

    def headers(self) -> dict[str, str]:
        """Return what their requests carry."""
        found = {}
        if self.basic is not None:
            found["Authorization"] = f"Basic {base64.b64encode(f'x:{self.basic}'.encode()).decode()}"
        if self.key is not None:
            found["Authorization"] = f"Bearer {self.key}"
        cookies = [one for one in (self.cookie, self.session) if one]
        if cookies:
            found["Cookie"] = "; ".join(cookies)
        return found


# Whom a visibility lets in; `locked` gets the way in, everybody else the same as for a page that is not there.
LETS_IN = {
    "public": lambda who: True,
    "unlisted": lambda who: True,
    "password": lambda who: who in {"right cookie", "right password"},
    "signed_in": lambda who: who in {"signed in", "key"},
    "networks": lambda who: who == "inside",
}


async def everybody(site: Asura, page: Page) -> list[Visitor]:
    """Return every kind of visitor of a page; that has a password only where it asks for one."""
    found = [
        Visitor("anonymous"),
        Visitor("inside", address=INSIDE),
        Visitor("inside, by IPv6", address="2001:db8::1"),
        Visitor("forged", cookie=f"asura_page_{page.id}=9999999999.{'0' * 48}"),
        Visitor("signed in", session=await session(site, "viewer")),
        Visitor("limited to tags", session=await session(site, "viewer", "eu")),
        Visitor("key", key=site.keys["viewer"]),
        Visitor("key that may not read", key=await site.key("viewer", "ping")),
        Visitor("unknown key", key="asura_" + "x" * 32),
    ]
    if page.config.visibility == "password":
        stale = await cookie(site, page, OLD_WORD)
        await site.engine.pages.replace(page.id, page.config, password=WORD)
        found += [
            Visitor("cookie of the old password", cookie=stale),
            Visitor("right cookie", cookie=await cookie(site, page, WORD)),
            Visitor("right password", basic=WORD),
            Visitor("wrong password", basic="wrong sesame"),
            Visitor("old password", basic=OLD_WORD),
        ]
    return found


async def session(site: Asura, role: str, *tags: str) -> str:
    """Return the cookie of somebody who signed in."""
    async with site.session(role, name=f"{role} {' '.join(tags)}", tags=tags) as client:
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


async def cookie(site: Asura, page: Page, word: str) -> str:
    """Return the cookie that the form gives for a password."""
    async with come(site, OUTSIDE) as client:
        answer = await client.post(f"/status/{page.slug}/login", data={"password": word})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["set-cookie"]).partition(";")[0]


_ADDRESSES = itertools.count(1)


@contextlib.asynccontextmanager
async def come(site: Asura, address: str = OUTSIDE, host: str = "asura.test") -> AsyncIterator[httpx2.AsyncClient]:
    """Yield a client at an address, who knows asura by a host name."""
    transport = httpx2.ASGITransport(app=site.app, client=(address, 40_000))
    async with httpx2.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
        yield client


def elsewhere() -> str:
    """Return an address from which nobody came yet: nobody there has tried a password."""
    number = next(_ADDRESSES)
    return f"198.18.{number // 250}.{number % 250 + 1}"


def seen(answer: httpx2.Response) -> tuple[int, bytes, dict[str, str]]:
    """Return all of an answer that a visitor could compare with another one."""
    headers = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return answer.status_code, answer.content, headers
