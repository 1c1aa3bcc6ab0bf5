"""Everything below a page, for every visibility and every visitor: who may not see it cannot tell that it is there."""

from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from asura.domain.page import Page, Visibility
from asura.engine.options import MainPage
from asura.web.status import assets
from tests.web.harness import V1, Asura, asura
from tests.web.status.visitors import (
    FORM,
    HOST,
    LEADS,
    LETS_IN,
    ROWS,
    SHOWN,
    STATIC,
    TOKEN,
    WAY_IN,
    Below,
    Visitor,
    below,
    come,
    elsewhere,
    everybody,
    page_of,
    seen,
)

VISIBILITIES = tuple(LETS_IN)
# Who somebody is does not depend on the name: those of each kind are enough there.
COME_BY_NAME = {"anonymous", "inside", "signed in", "key", "right cookie", "right password", "wrong password"}
OTHER_HOST = "status.other.example"


async def say(site: Asura, page: Page) -> int:
    """Write an incident on a page and return its number."""
    async with site.client("editor") as editor:
        body = {"title": "Something", "text": "We are looking into it.", "status": "investigating"}
        answer = await editor.post(f"{V1}/status-pages/{page.id}/incidents", json=body)
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])


async def ask(client: httpx2.AsyncClient, one: Below, path: str, visitor: Visitor) -> httpx2.Response:
    """Ask for something below a page; what is sent says nothing."""
    more: dict[str, Any] = {}
    if one.route.method == "POST":
        more = {"json": {}} if one.row.startswith("POST /api") else {"data": {"website": ""}}
        # Where a browser brings the cookie of the dashboard along, it says from where.
        more["headers"] = {"Sec-Fetch-Site": "same-origin"}
    headers = {**visitor.headers(), **more.pop("headers", {})}
    return await client.request(one.route.method, path, headers=headers, **more)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert {one.row for one in below()} == ROWS.keys()


class Matrix:
    """Compares what somebody was answered with what the rule says."""

    def __init__(self, visibility: str, missing: dict[str, Any]) -> None:
        self.visibility = visibility
        self.missing = missing
        self.wrong: list[str] = []

    def judge(self, one: Below, visitor: Visitor, answer: httpx2.Response, *, there: bool = True) -> None:
        """Note what is not as it should be. `there`: this address could show the page to who may see it."""
        admitted = there and LETS_IN[self.visibility](visitor.name)
        locked = there and not admitted and self.visibility == "password"
        rule = ROWS[one.row]
        told = self._judge(one, answer, rule, admitted=admitted, locked=locked, there=there)
        if told:
            self.wrong.append(f"{visitor.name}: {one.row} ({one.route.path}): {told}, not {answer.status_code}")
        if self.visibility not in ("public", "unlisted") and "access-control-allow-origin" in answer.headers:
            self.wrong.append(f"{visitor.name}: {one.row}: any page may read it")
        listed = answer.headers.get("x-robots-tag") != "noindex"
        if admitted and self.visibility != "public" and rule == SHOWN and listed:
            self.wrong.append(f"{visitor.name}: {one.row}: search engines may list it")

    def _judge(
        self, one: Below, answer: httpx2.Response, rule: str, *, admitted: bool, locked: bool, there: bool
    ) -> str:
        hidden = seen(answer) == self.missing[one.row]
        status = answer.status_code
        if rule == STATIC:
            return "" if status == 200 else "a file"
        if rule == LEADS:
            return "" if status == 303 else "the way to the page"
        if rule == TOKEN:
            return "" if (status == 404 and admitted) or hidden else "nothing for who has no token"
        if rule == WAY_IN:
            expected = {"POST login": 401, "POST logout": 303}[one.row]
            if there and self.visibility == "password":
                return "" if status == expected else "the way in"
            return "" if hidden else "nothing"
        if locked:
            return self._locked(one, answer)
        if admitted:
            return "" if status == (422 if rule == FORM else 200) else "what is there"
        return "" if hidden else "the same as for what is not there"

    def _locked(self, one: Below, answer: httpx2.Response) -> str:
        if answer.status_code != 401 or answer.headers["cache-control"] != "no-store":
            return "the way in"
        if one.route.media_type == "text/html" and one.route.method == "GET":
            return "" if "<form" in answer.text and "www-authenticate" not in answer.headers else "a form"
        challenged = answer.headers["www-authenticate"].startswith("Basic realm=")
        return "" if challenged and answer.text == "password needed" else "a challenge"


async def missing(site: Asura, host: str = "asura.test") -> dict[str, Any]:
    """Return what is answered about a page that is not there, by row."""
    found = {}
    async with come(site, host=host) as client:
        for one in below():
            path = one.path("nobody", 1) if not one.of_main else f"/status/nobody/{one.row.partition(' ')[2]}"
            found[one.row] = seen(await ask(client, one, path, Visitor("anonymous")))
    return found


@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_a_page_and_everything_below_it_is_seen_by_whom_it_is_for(tmp_path: Path, visibility: Visibility) -> None:
    async with asura(tmp_path) as site:
        page = await page_of(site, visibility)
        number, file = await say(site, page), assets.name("page.css")
        matrix = Matrix(visibility, await missing(site))
        for visitor in await everybody(site, page):
            for one in below():
                if one.of_main:
                    continue
                address = elsewhere() if visitor.address not in ("10.1.2.3", "2001:db8::1") else visitor.address
                async with come(site, address) as client:
                    answer = await ask(client, one, one.path(page.slug, number, file), visitor)
                matrix.judge(one, visitor, answer)
    assert not matrix.wrong, "\n" + "\n".join(matrix.wrong)


@pytest.mark.parametrize("visibility", VISIBILITIES)
async def test_at_its_own_name_a_page_is_seen_by_the_same(tmp_path: Path, visibility: Visibility) -> None:
    async with asura(tmp_path) as site:
        page = await page_of(site, visibility)
        desk = site.engine.pages
        await desk.create(desk.prepare({"title": "Other", "hosts": [OTHER_HOST]}))
        number, file = await say(site, page), assets.name("page.css")
        matrix = Matrix(visibility, await missing(site))
        for visitor in await everybody(site, page):
            if visitor.name not in COME_BY_NAME:
                continue
            for one in below():
                own = one.own_path(number, file)
                if one.of_main or own is None:
                    continue
                address = elsewhere() if visitor.address not in ("10.1.2.3", "2001:db8::1") else visitor.address
                async with come(site, address, HOST) as client:
                    matrix.judge(one, visitor, await ask(client, one, own, visitor))
                # At the name of another page it is not there, whoever comes.
                if ROWS[one.row] != STATIC:
                    async with come(site, address, OTHER_HOST) as client:
                        answer = await ask(client, one, one.path(page.slug, number, file), visitor)
                        matrix.judge(one, visitor, answer, there=False)
    assert not matrix.wrong, "\n" + "\n".join(matrix.wrong)


@pytest.mark.parametrize("visibility", [one for one in VISIBILITIES if one != "password"])
async def test_the_page_of_the_configuration_obeys_the_same_rule(tmp_path: Path, visibility: Visibility) -> None:
    async with asura(tmp_path) as site:
        config = site.engine.options.main_page.config
        config = replace(config, visibility=visibility, networks=("10.0.0.0/8",))
        page = await site.engine.pages.keep_main(MainPage(config=config))
        number, file = await say(site, page), assets.name("page.css")
        matrix = Matrix(visibility, await missing(site))
        for visitor in await everybody(site, page):
            async with come(site, visitor.address) as client:
                for one in below():
                    if one.of_main and one.row not in ("GET logo", "GET favicon"):
                        answer = await ask(client, one, one.path("status", number, file), visitor)
                        matrix.judge(one, visitor, answer)
    assert not matrix.wrong, "\n" + "\n".join(matrix.wrong)


async def test_a_page_that_is_switched_off_is_missing_everywhere(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        config = replace(site.engine.options.main_page.config, hosts=(HOST,))
        page = await site.engine.pages.keep_main(MainPage(config=config))
        await site.engine.pages.keep_main(MainPage(config=config, shown=False))
        none = await missing(site)
        for visitor in await everybody(site, page):
            async with come(site) as client:
                for one in below():
                    if one.of_main and ROWS[one.row] != STATIC:
                        answer = await ask(client, one, one.path("status", 1), visitor)
                        assert seen(answer) == none[one.row], one
                for path in ("/status/status", "/api/v1/status/status", f"/status/{page.id}"):
                    assert (await client.get(path, headers=visitor.headers())).text == "not found"


async def test_a_page_is_not_there_under_its_number(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        page = await page_of(site, "public")
        async with come(site) as client:
            assert (await client.get("/status/page")).status_code == 200
            for path in (
                f"/status/{page.id}",
                f"/api/v1/status/{page.id}",
                "/status/PAGE",
                "/status/page/",
                "/status/",
            ):
                assert (await client.get(path)).status_code == 404
