"""Signing in and out over HTTP: the set-up, the cookie, what wrong attempts are told, and from where they may come."""

import asyncio
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.domain.throttle import Rule
from asura.engine.options import AccountOptions
from tests.engine.people import CHEAP
from tests.web.harness import PASSWORD, V1, Asura, asura, paths_of

OURS = {"Origin": "http://asura.test"}
ANN = {"username": "ann", "password": PASSWORD}
FREE = AccountOptions(password_cost=CHEAP, login=Rule(rate=0))


async def ann(site: Asura, role: str = "admin") -> int:
    return (await site.engine.users.create("ann", role=role, password=PASSWORD)).id


def cookie_of(answer: httpx2.Response) -> Any:
    """Return the cookie of a session as it was set."""
    return SimpleCookie(answer.headers["set-cookie"])["asura_session"]


async def test_the_first_admin_is_set_up_once_and_is_in(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        site.engine.signing_in.offer_setup("token")
        body = {"token": "token", **ANN}
        assert (await client.get(f"{V1}/setup")).json() == {"needed": True}
        assert (await client.get(f"{V1}/login")).json()["setup_needed"] is True
        wrong = await client.post(f"{V1}/setup", json=body | {"token": "x"})
        assert (wrong.status_code, paths_of(wrong)) == (403, {"token"})
        bad = await client.post(f"{V1}/setup", json=body | {"username": "", "password": "short"})
        assert (bad.status_code, paths_of(bad)) == (422, {"username", "password"})
        assert "set-cookie" not in wrong.headers.keys() | bad.headers.keys()
        made = await client.post(f"{V1}/setup", json=body)
        assert made.status_code == 201
        assert (made.json()["name"], made.json()["role"], made.json()["password"]) == ("ann", "admin", True)
        assert (await client.get(f"{V1}/me")).json() == made.json()
        assert (await client.get(f"{V1}/setup")).json() == {"needed": False}
        again = await client.post(f"{V1}/setup", json=body | {"username": "eve"})
        assert again.status_code == 409


async def test_two_who_set_up_at_once_are_one_admin(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        site.engine.signing_in.offer_setup("token")
        bodies = [{"token": "token", "username": f"user{n}", "password": PASSWORD} for n in range(4)]
        done = await asyncio.gather(*(client.post(f"{V1}/setup", json=body) for body in bodies))
        assert sorted(one.status_code for one in done) == [201, 409, 409, 409]
        assert len(site.engine.users.all()) == 1


async def test_a_cookie_signs_in_until_it_is_signed_out(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        user_id = await ann(site)
        answer = await client.post(f"{V1}/login", json=ANN)
        assert answer.status_code == 200
        me = (await client.get(f"{V1}/me")).json()
        assert me == answer.json()
        assert (me["user_id"], me["key_id"], me["must"], me["totp"]) == (user_id, None, [], False)
        assert me["profile"] == {"email": "", "zone": "", "theme": "auto", "language": ""}
        cookie = client.cookies["asura_session"]
        out = await client.post(f"{V1}/logout", headers=OURS)
        assert out.status_code == 204
        assert cookie_of(out).value == "" and cookie_of(out)["max-age"] == "0"
        assert "asura_session" not in client.cookies
        stolen = await client.get(f"{V1}/me", headers={"Cookie": f"asura_session={cookie}"})
        assert stolen.status_code == 401


async def test_every_sign_in_has_another_cookie_and_ends_the_old_one(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        await ann(site)
        seen = set[str]()
        for _ in range(3):
            answer = await client.post(f"{V1}/login", json=ANN)
            seen.add(cookie_of(answer).value)
        assert len(seen) == 3
        assert len(site.engine.sessions.all()) == 1


@pytest.mark.parametrize(
    ("options", "headers", "attributes"),
    [
        ({}, {}, ("/", "")),
        ({"base_path": "/watch"}, {}, ("/watch", "")),
        ({"cookie_secure": "true"}, {}, ("/", True)),
        ({"cookie_secure": "false"}, {"Origin": "https://asura.test"}, ("/", "")),
        ({}, {"Origin": "https://asura.test"}, ("/", True)),
        ({"trusted_proxies": ("127.0.0.1",)}, {"X-Forwarded-Proto": "https"}, ("/", True)),
        ({}, {"X-Forwarded-Proto": "https"}, ("/", "")),
    ],
)
async def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_lines(
    tmp_path: Path, options: dict[str, Any], headers: dict[str, str], attributes: tuple[str, Any]
) -> None:
    async with asura(tmp_path, **options) as site, site.client(None) as client:
        await ann(site)
        answer = await client.post(f"{options.get('base_path', '')}{V1}/login", json=ANN, headers=headers)
        cookie = cookie_of(answer)
        assert (cookie["path"], cookie["secure"]) == attributes
        assert cookie["httponly"] is True and cookie["samesite"] == "Lax"
        assert 30 * 86400 - 60 < int(cookie["max-age"]) <= 30 * 86400
        assert len(answer.headers.get_list("set-cookie")) == 1
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "body",
    [
        {"username": "ann", "password": "a loud afternoon"},
        {"username": "nobody", "password": PASSWORD},
        {"username": "", "password": ""},
        {"username": "x" * 200, "password": "x" * 1_000},
        {"username": "' OR ''='", "password": "%"},
        {"username": "🦊", "password": "Ω", "totp": "000000"},
    ],
)
async def test_all_that_is_wrong_is_told_alike(tmp_path: Path, body: dict[str, str]) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        await ann(site)
        answer = await client.post(f"{V1}/login", json=body)
        assert answer.status_code == 401
        told = answer.json()
        assert (told["detail"], told["errors"]) == ("The name or the password is wrong.", [])
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b'{"username":"a\\u0000","password":"x"}', 422),
        (b'{"username":"\\ud800","password":"x"}', 422),
        (b'{"username":"ann"}', 422),
        (b'{"username":1,"password":[]}', 422),
        (b'{"username":"ann","password":"x","role":"admin"}', 422),
        (b'{"username":"ann","username":"bo","password":"x"}', 422),
        (b'{"username":"' + b"x" * 201 + b'","password":"x"}', 422),
        (b'{"username":"ann","password":"' + b"x" * 1_001 + b'"}', 422),
        (b"[]", 422),
        (b"{", 400),
        (b"", 400),
    ],
)
async def test_hostile_bodies_are_refused(tmp_path: Path, raw: bytes, status: int) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        await ann(site)
        headers = {"Content-Type": "application/json"}
        for path in ("login", "setup", "invitations/accept"):
            answer = await client.post(f"{V1}/{path}", content=raw, headers=headers)
            assert answer.status_code == (status if path == "login" else max(status, 400)), path
            assert answer.status_code < 500


async def test_a_form_of_another_site_is_no_json(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        await ann(site)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            answer = await client.post(f"{V1}/login", content=b"{}", headers={"Content-Type": kind})
            assert answer.status_code == 415


async def test_a_code_is_asked_for_and_recovery_codes_stand_in(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        secret_and_codes = await _enrolled(site)
        needed = await client.post(f"{V1}/login", json=ANN)
        wrong = await client.post(f"{V1}/login", json=ANN | {"totp": "abc"})
        for answer in (needed, wrong):
            assert (answer.status_code, paths_of(answer)) == (401, {"totp"})
            assert "set-cookie" not in answer.headers
        assert needed.json()["errors"] != wrong.json()["errors"]
        right = await client.post(f"{V1}/login", json=ANN | {"totp": secret_and_codes[0]})
        assert (right.status_code, right.json()["totp"], right.json()["recovery_codes_left"]) == (200, True, 9)
        used = await client.post(f"{V1}/login", json=ANN | {"totp": secret_and_codes[0]})
        assert used.status_code == 401


async def _enrolled(site: Asura) -> tuple[str, ...]:
    from asura.domain import totp

    user_id = await ann(site)
    factor = site.engine.signing_in.second_factor
    secret = factor.offer(user_id)
    step = totp.step_of(site.engine.clock.now().timestamp())
    return await factor.confirm(user_id, totp.code_at(secret, step))


async def test_too_many_wrong_ones_have_to_wait_and_say_how_long(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client, site.session("viewer") as live:
        await ann(site)
        wrong = {"username": "ann", "password": "a loud afternoon"}
        done = [(await client.post(f"{V1}/login", json=wrong)).status_code for _ in range(5)]
        assert done == [401] * 5
        answer = await client.post(f"{V1}/login", json=ANN)
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 5
        assert (await live.get(f"{V1}/me")).status_code == 200, "who is in is not touched"
        async with site.client("viewer") as key:
            assert (await key.get(f"{V1}/me")).status_code == 200


async def test_one_customers_addresses_of_ipv6_are_one_network(tmp_path: Path) -> None:
    async with asura(tmp_path, trusted_proxies=("127.0.0.1",)) as site, site.client(None) as client:
        await ann(site)
        statuses = []
        for n in range(7):
            headers = {"X-Forwarded-For": f"2001:db8:1:2::{n:x}"}
            body = {"username": f"nobody{n}", "password": "a loud afternoon"}
            statuses.append((await client.post(f"{V1}/login", json=body, headers=headers)).status_code)
        assert statuses == [401] * 5 + [429] * 2
        other = await client.post(f"{V1}/login", json=ANN, headers={"X-Forwarded-For": "2001:db8:1:3::1"})
        assert other.status_code == 200


async def test_an_answer_with_a_cookie_is_kept_for_no_repeat(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        await ann(site)
        headers = {"Idempotency-Key": "the same"}
        first = await client.post(f"{V1}/login", json=ANN, headers=headers)
        second = await client.post(f"{V1}/login", json=ANN, headers=headers)
        assert cookie_of(first).value != cookie_of(second).value
        assert "idempotent-replayed" not in second.headers


async def test_a_key_wins_over_a_cookie_and_a_wrong_key_is_nobody(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client:
        viewer = {"Authorization": f"Bearer {site.keys['viewer']}"}
        assert (await client.get(f"{V1}/me", headers=viewer)).json()["role"] == "viewer"
        assert (await client.get(f"{V1}/me", headers={"X-API-Key": "wrong"})).status_code == 401
        assert (await client.get(f"{V1}/me")).json()["role"] == "admin"


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5_000, "\u00ff", '"quoted"', "a=b; asura_session=", "; ; =;"])
async def test_what_is_no_cookie_of_ours_is_nobody(tmp_path: Path, cookie: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        headers = [(b"cookie", f"asura_session={cookie}".encode("latin-1"))]
        assert (await client.get(f"{V1}/me", headers=headers)).status_code == 401
        assert (await client.post(f"{V1}/logout", headers=headers)).status_code == 401


async def test_a_session_may_do_what_its_role_may(tmp_path: Path) -> None:
    async with asura(tmp_path, accounts=FREE) as site:
        for role, statuses in (("viewer", (200, 403, 403)), ("editor", (200, 422, 403)), ("admin", (200, 422, 200))):
            async with site.session(role) as client:
                read = await client.get(f"{V1}/monitors")
                write = await client.post(f"{V1}/monitors", json={})
                rule = await client.get(f"{V1}/users")
                assert (read.status_code, write.status_code, rule.status_code) == statuses


async def test_the_last_use_and_the_address_of_a_session_are_noted(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("viewer") as client:
        (session,) = (await client.get(f"{V1}/sessions")).json()["data"]
        assert (session["current"], session["user"], session["address"]) == (True, "viewer of a session", "127.0.0.1")
