"""What comes along with a cookie must come from a page of ours; what signs in not from one of another site."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain.throttle import Rule
from asura.engine.options import AccountOptions
from asura.web.cookies import authority
from tests.engine.people import CHEAP
from tests.web.harness import PASSWORD, V1, asura, monitor

FREE = AccountOptions(password_cost=CHEAP, login=Rule(rate=0))
FROM = [
    # headers, with a cookie, signing in
    ({}, False, True),
    ({"Sec-Fetch-Site": "same-origin"}, True, True),
    ({"Sec-Fetch-Site": "none"}, True, True),
    ({"Sec-Fetch-Site": "same-site"}, False, False),
    ({"Sec-Fetch-Site": "cross-site"}, False, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": "http://asura.test"}, False, False),
    ({"Sec-Fetch-Site": ""}, False, False),
    ({"Sec-Fetch-Site": "nonsense"}, False, False),
    ({"Origin": "http://asura.test"}, True, True),
    ({"Origin": "HTTP://ASURA.test"}, True, True),
    ({"Origin": "http://asura.test:80"}, True, True),
    ({"Origin": "https://watch.example"}, True, True),
    ({"Origin": "https://watch.example:443"}, True, True),
    ({"Origin": "https://watch.example:8443"}, False, False),
    ({"Origin": "http://asura.test:8080"}, False, False),
    ({"Origin": "http://evil.example"}, False, False),
    ({"Origin": "http://asura.test.evil.example"}, False, False),
    ({"Origin": "http://asura.test@evil.example"}, False, False),
    ({"Origin": "null"}, False, False),
    ({"Origin": ""}, False, False),
    ({"Origin": "file://asura.test"}, False, False),
    ({"Origin": "http://["}, False, False),
    ({"Referer": "http://asura.test/"}, False, True),
    ({"Origin": "http://front.example", "X-Forwarded-Host": "front.example"}, False, False),
]


@pytest.mark.parametrize(("headers", "by_cookie", "signs_in"), FROM, ids=lambda value: str(value)[:60])
async def test_only_pages_of_ours_change_anything(
    tmp_path: Path, headers: dict[str, str], by_cookie: bool, signs_in: bool
) -> None:
    async with (
        asura(tmp_path, accounts=FREE, external_url="https://watch.example/asura") as site,
        site.session("admin") as client,
        site.client(None) as nobody,
    ):
        del client.headers["origin"]
        answer = await client.post(f"{V1}/monitors", json=monitor(), headers=headers)
        assert answer.status_code == (201 if by_cookie else 403)
        assert len(site.engine.live.states()) == (1 if by_cookie else 0)
        body = {"username": "admin of a session", "password": PASSWORD}
        assert (await nobody.post(f"{V1}/login", json=body, headers=headers)).status_code == (200 if signs_in else 403)


@pytest.mark.parametrize("path", ["login", "setup", "invitations/accept"])
async def test_nobody_is_signed_in_by_a_page_of_another_site(tmp_path: Path, path: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        answer = await client.post(f"{V1}/{path}", json={}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert (await client.post(f"{V1}/{path}", json={})).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "monitors"), ("PATCH", "me"), ("DELETE", "sessions"), ("PUT", "monitors/shop"), ("POST", "logout")],
)
async def test_every_unsafe_method_is_held_to_it_and_reading_is_not(tmp_path: Path, method: str, path: str) -> None:
    async with asura(tmp_path) as site, site.session("admin") as client:
        client.headers["origin"] = "http://evil.example"
        assert (await client.request(method, f"{V1}/{path}")).status_code == 403
        assert (await client.get(f"{V1}/me")).status_code == 200


async def test_a_key_needs_no_page(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.session("viewer") as client:
        headers = {"Authorization": f"Bearer {site.keys['admin']}", "Origin": "http://evil.example"}
        assert (await client.post(f"{V1}/monitors", json=monitor(), headers=headers)).status_code == 201


async def test_a_proxy_that_is_trusted_says_how_we_are_called(tmp_path: Path) -> None:
    async with (
        asura(tmp_path, trusted_proxies=("127.0.0.1",)) as site,
        site.session("admin", Origin="http://asura.test") as client,
    ):
        headers = {"Origin": "https://front.example", "X-Forwarded-Host": "front.example, asura.test"}
        assert (await client.post(f"{V1}/monitors", json=monitor(), headers=headers)).status_code == 201


async def test_pages_that_may_call_the_api_may_not_sign_in(tmp_path: Path) -> None:
    async with asura(tmp_path, cors_origins=("https://page.example",)) as site, site.client(None) as client:
        headers = {"Origin": "https://page.example"}
        answer = await client.post(f"{V1}/login", json={"username": "x", "password": "y"}, headers=headers)
        assert answer.status_code == 403
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("origin", "found"),
    [
        ("http://a.example", "a.example"),
        ("https://A.example:443", "a.example"),
        ("http://a.example:443", "a.example:443"),
        ("http://[::1]:8090", "[::1]:8090"),
        ("null", None),
        ("", None),
        ("a.example", None),
        ("ftp://a.example", None),
        ("http://u@a.example", None),
        ("http://[", None),
    ],
)
def test_an_origin_is_read_as_a_host_header_has_it(origin: str, found: Any) -> None:
    assert authority(origin) == found
