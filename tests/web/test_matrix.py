"""Who may call what: every operation of the OpenAPI document, as a running asura answers it, by everybody there is."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from asura.engine.session_desk import Visit
from asura.web.auth import RANK, SCOPES
from asura.web.cookies import NAME, READING
from asura.web.route import PROBE
from tests.web.harness import V1, Asura, asura

ORIGIN = "http://asura.test"
# What anybody may call without saying who they are. Everything else in this list would be a leak; see `own_rights`.
OPEN = {
    *(f"GET {V1}/{path}" for path in ("health", "health/ready", "openapi.json", "check-types", "channel-types")),
    *(f"GET {V1}/{path}" for path in ("setup", "login", "login/oidc", "login/oidc/callback")),
    *(f"POST {V1}/{path}" for path in ("setup", "login", "invitations/look", "invitations/accept")),
    "GET /api/docs",
    f"GET {V1}/status-pages/ask",
}
# What only admins may: users, keys, the audit log, backups, and the key that opens every heartbeat.
ADMIN = ("users", "keys", "audit", "invitations", "heartbeat-key", "backups")
# What everybody may look at and only admins may change.
ADMIN_CHANGES = ("probes", "system")


class Operation(NamedTuple):
    """One operation of the document."""

    method: str
    path: str
    told: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def public(self) -> bool:
        return self.told["security"] == []

    @property
    def of_pings(self) -> bool:
        """Pings, badges, status pages, and what speaks as another product's API: they know who may by themselves."""
        of_pages = self.path.startswith(("/status", "/api/v2/")) or self.path == f"{V1}/status"
        return self.public and ("{" in self.path or "/badge" in self.path or of_pages)

    @property
    def url(self) -> str:
        """An address of nothing that is there."""
        return re.sub(r"\{\w+\}", "999", self.path)


class Somebody(NamedTuple):
    """One who asks: by key or as a user who signed in, with what the document knows of rights."""

    name: str
    role: str = ""
    scopes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    signed_in: bool = False

    def refused(self, operation: Operation) -> int | None:
        """Return with which status an operation refuses them, by what its document says; None: it lets them in."""
        told = operation.told
        if operation.public:
            return None
        if not self.role:
            return 401
        if PROBE in (self.role, told["x-role"]):
            # What is for probes is for nobody else, not even admins; and probes get nothing else.
            admitted = self.role == PROBE or self.scopes == (PROBE,)
            return None if told["x-role"] == PROBE and admitted else 403
        narrow = self.scopes and told["x-scope"] is not None and told["x-scope"] not in self.scopes
        out_of_reach = self.tags and not told["x-tagged"]
        no_person = told["x-person"] and not self.signed_in
        weak = RANK[self.role] < RANK[told["x-role"]]
        return 403 if weak or narrow or out_of_reach or no_person else None


def everybody() -> Iterator[Somebody]:
    yield Somebody("anonymous")
    yield Somebody("probe", PROBE)
    for role in RANK:
        for scopes in ((), *((scope,) for scope in sorted(SCOPES))):
            yield Somebody(f"key {role} {' '.join(scopes)}".strip(), role, scopes)
        yield Somebody(f"user {role}", role, signed_in=True)
        yield Somebody(f"user {role} of eu", role, tags=("eu",), signed_in=True)


async def operations(site: Asura) -> list[Operation]:
    """Read the document from the running asura."""
    async with site.client(None) as anyone:
        document = (await anyone.get(f"{V1}/openapi.json")).json()
    return [
        Operation(method.upper(), path, told)
        for path, methods in document["paths"].items()
        for method, told in methods.items()
    ]


class Asking:
    """Sends requests as somebody, who signs in again after what ended their session."""

    def __init__(self, site: Asura, who: Somebody, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self._site = site
        self._who = who
        self._client = client
        self._headers = headers
        self._user_id = 0
        self._token = ""

    @classmethod
    async def begin(cls, site: Asura, who: Somebody, client: httpx2.AsyncClient, **headers: str) -> "Asking":
        asking = cls(site, who, client, headers)
        if who.signed_in:
            user = await site.engine.users.create(who.name, role=who.role, tags=who.tags)
            asking._user_id = user.id
        elif who.role == PROBE:
            _, asking._headers["X-API-Key"] = await site.engine.probes.create("eu", "", by="admin")
        elif who.role:
            asking._headers["X-API-Key"] = await site.key(who.role, *who.scopes)
        return asking

    async def send(self, operation: Operation, **headers: str) -> httpx2.Response:
        engine = self._site.engine
        if self._who.signed_in and (not self._token or engine.signing_in.actor(self._token) is None):
            _, self._token = await engine.sessions.begin(self._user_id, Visit())
        cookie = {"Cookie": f"{NAME}={self._token}"} if self._token else {}
        return await self._client.request(
            operation.method, operation.url, headers=self._headers | cookie | headers, follow_redirects=False
        )


async def wrongly_answered(site: Asura, listed: list[Operation]) -> AsyncIterator[str]:
    """Yield every case in which the running asura answers otherwise than its document says."""
    async with site.client(None) as client:
        for who in everybody():
            asking = await Asking.begin(site, who, client, Origin=ORIGIN)
            for operation in listed:
                status = (await asking.send(operation)).status_code
                if operation.public:
                    # Its own refusals are in its document.
                    right = status not in {401, 403} or str(status) in operation.told["responses"]
                else:
                    right = (status if status in {401, 403} else None) == who.refused(operation)
                if not right:
                    yield f"{who.name}: {operation.name}: {status}, expected {who.refused(operation)}"


async def test_each_operation_lets_in_whom_its_document_names_and_nobody_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        # Streams never end: an answer of 503 shows just as well that somebody was let in.
        site.app.streams.close()
        listed = await operations(site)
        wrong = [line async for line in wrongly_answered(site, listed)]
    assert len(listed) > 100
    assert wrong == []


async def test_what_is_served_is_in_the_document_and_each_operation_says_who_may(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        listed = await operations(site)
        served = {f"{route.method} {route.path}" for route in site.app.routes}
    assert {one.name for one in listed} == served
    for one in listed:
        assert one.public == ("x-role" not in one.told), one.name
        if one.public:
            continue
        session = [] if one.told["x-role"] == PROBE else [{"session": []}]
        assert one.told["security"] == [{"bearer": []}, {"key": []}, *session], one.name
        assert one.told["x-role"] in {*RANK, PROBE}, one.name
        assert one.told["x-scope"] in {None, *SCOPES}, one.name
        assert {type(one.told[name]) for name in ("x-tagged", "x-person")} == {bool}, one.name
        assert {"401", "403"} <= one.told["responses"].keys(), one.name


async def test_only_the_named_operations_are_open_and_only_admins_reach_what_is_everybodys(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        listed = await operations(site)
    assert {one.name for one in listed if one.public and not one.of_pings} == OPEN
    for one in listed:
        first = one.path.removeprefix(f"{V1}/").partition("/")[0]
        if not one.public:
            admins = first in ADMIN or (first in ADMIN_CHANGES and one.method not in READING)
            assert (one.told["x-role"] == "admin") == admins, one.name
            assert (one.told["x-role"] == PROBE) == (first == "internal"), one.name


async def test_what_changes_something_needs_an_editor_with_the_scope_write(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        listed = await operations(site)
    for one in listed:
        if one.method in READING or one.public or one.told["x-role"] == PROBE:
            continue
        # Everybody may change themselves: profile, password, second factor, sessions.
        oneself = one.path.removeprefix(f"{V1}/").partition("/")[0] in {"me", "sessions", "logout"}
        assert oneself or RANK[one.told["x-role"]] >= RANK["editor"], one.name
        # Who plans maintenance may be a key that can do nothing else.
        scope = "maintenance" if one.path.startswith(f"{V1}/maintenance") else "write"
        assert one.told["x-scope"] == scope or one.path == f"{V1}/logout", one.name


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://asura.test.evil.example"},
        {"Origin": "http://asura.test:8091"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
        {},
    ],
    ids=str,
)
async def test_no_page_of_another_site_can_use_a_cookie(tmp_path: Path, headers: dict[str, str]) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        doors = {f"{route.method} {route.path}" for route in site.app.routes if route.door}
        unsafe = [one for one in await operations(site) if one.method not in READING and one.name not in doors]
        if not headers:
            # Where no browser says where it comes from, signing in needs no cookie, and everything else is refused one.
            unsafe = [one for one in unsafe if not one.public]
        asking = await Asking.begin(site, Somebody("user admin", "admin", signed_in=True), client)
        answered = {one.name: (await asking.send(one, **headers)).status_code for one in unsafe}
    assert len(answered) > 30
    assert {name: status for name, status in answered.items() if status != 403} == {}


async def test_a_key_needs_no_origin_and_reading_needs_none_either(tmp_path: Path) -> None:
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    async with asura(tmp_path) as site, site.client() as admin, site.session("admin") as signed_in:
        assert (await admin.delete(f"{V1}/monitors/999", headers=evil)).status_code == 404
        assert (await signed_in.get(f"{V1}/monitors", headers=evil)).status_code == 200
