"""Signing in by an OpenID provider: the whole way with a real one, and what must not go through with a lying one."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from asura.domain.federation import Rules
from asura.net.network import open_network
from tests.web.harness import asura
from tests.web.oidc_kit import CALLBACK, CLIENT, SECRET, Visitor, another, liar, offering, real_provider

ANNA = {
    "sub": "7f3a",
    "preferred_username": "anna",
    "email": "anna@example.com",
    "email_verified": True,
    "groups": ["ops"],
}


def problem(answer: httpx2.Response) -> str:
    """Return the code with which the way back ends; empty for the way in."""
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["location"]).query).get("problem", [""])[0]


async def through(visitor: Visitor, sub: str, *, action: str = "authorize") -> httpx2.Response:
    """Go the whole way as a person does, at the real provider's form."""
    begun = await visitor.begin()
    async with httpx2.AsyncClient() as elsewhere:
        page = await elsewhere.get(begun.headers["location"])
        assert page.status_code == 200
        sent = await elsewhere.post(begun.headers["location"], data={"sub": sub, "action": action})
    return await visitor.http.get(sent.headers["location"])


@pytest.mark.parametrize("base_path", ["", "/watch"])
async def test_somebody_new_comes_in_by_a_real_provider_and_back_to_their_page(tmp_path: Path, base_path: str) -> None:
    rules = Rules(roles={"ops": "editor"})
    async with real_provider(ANNA) as issuer, offering(tmp_path, issuer, base_path=base_path, rules=rules) as visitor:
        ways = (await visitor.http.get("/api/v1/login")).json()
        assert ways["oidc"] == {"name": "single sign-on", "url": "/api/v1/login/oidc"}
        answer = await through(visitor, "7f3a")
        assert (answer.status_code, answer.headers["location"]) == (302, f"{base_path}/monitors/5")
        me = await visitor.me()
        assert me is not None
        assert (me["name"], me["role"], me["profile"]["email"]) == ("anna", "editor", "anna@example.com")
        assert (me["password"], me["must"]) == (False, [])
        user = visitor.site.engine.users.named("anna")
        assert user is not None
        assert (user.origin, user.subject, user.password) == ("oidc", f"{issuer} 7f3a", None)
        assert user.last_login_at is not None
        await through(visitor, "7f3a")
        assert len(visitor.site.engine.users.all()) == 2


async def test_who_refuses_at_the_real_provider_is_told_so(tmp_path: Path) -> None:
    async with real_provider(ANNA) as issuer, offering(tmp_path, issuer) as visitor:
        assert problem(await through(visitor, "7f3a", action="deny")) == "oidc_denied"
        assert await visitor.me() is None


async def test_the_browser_is_sent_off_with_state_nonce_and_challenge(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer, scopes=("email", "groups")) as visitor:
        begun = await visitor.begin()
        address = urlsplit(begun.headers["location"])
        asked = {name: values[0] for name, values in parse_qs(address.query).items()}
        assert asked["tenant"] == "1"
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
        assert asked["redirect_uri"] == visitor.url + CALLBACK
        assert asked["scope"] == "openid email groups"
        assert asked["code_challenge_method"] == "S256"
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
        cookie = begun.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Max-Age=600" in cookie
        assert "Path=/api/v1/login/oidc;" in cookie
        assert SECRET not in begun.headers["location"]


@pytest.mark.parametrize("back", ["//evil.test", "/\\evil.test", "https://evil.test", "/%0d%0aX: y", "javascript:x"])
async def test_back_never_leads_to_another_site(tmp_path: Path, back: str) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        answer = await visitor.come_by(provider, back)
        where = urlsplit(answer.headers["location"])
        assert (where.scheme, where.netloc) == ("", "")
        assert where.path.startswith("/")
        assert not where.path.startswith("//")


async def test_a_state_that_nobody_began_is_over(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        await visitor.begin()
        for query in ("", "?code=x", "?code=x&state=", "?code=x&state=nonsense", "?error=x&state=nonsense"):
            assert problem(await visitor.http.get(CALLBACK + query)) == "oidc_expired"
        assert provider.asked == ["discovery"]


async def test_an_answer_counts_once(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor, another(visitor) as thief:
        address = provider.approve((await visitor.begin()).headers["location"])
        first = await visitor.http.get(address)
        assert problem(first) == ""
        assert problem(await visitor.http.get(address)) == "oidc_expired"
        assert problem(await thief.http.get(address)) == "oidc_expired"
        assert await thief.me() is None


async def test_an_answer_counts_in_the_browser_that_asked_alone(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor, another(visitor) as victim:
        address = provider.approve((await visitor.begin()).headers["location"])
        await victim.begin()
        assert problem(await victim.http.get(address)) == "oidc_expired"
        assert await victim.me() is None
        # It is used up even so: what leaked is worth nothing any more.
        assert problem(await visitor.http.get(address)) == "oidc_expired"


async def test_two_tabs_of_one_browser_do_not_end_each_other(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        first = provider.approve((await visitor.begin("/one")).headers["location"])
        second = provider.approve((await visitor.begin("/two")).headers["location"])
        assert (await visitor.http.get(first)).headers["location"] == "/one"
        assert (await visitor.http.get(second)).headers["location"] == "/two"


async def test_a_parameter_that_comes_twice_is_no_answer(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        address = provider.approve((await visitor.begin()).headers["location"])
        assert problem(await visitor.http.get(f"{address}&code=other")) == "oidc_failed"
        assert problem(await visitor.http.get(f"{address}&x={'y' * 9000}")) == "oidc_failed"


async def test_another_error_of_the_provider_is_a_failure(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        state = parse_qs(urlsplit((await visitor.begin()).headers["location"]).query)["state"][0]
        answer = await visitor.http.get(f"{CALLBACK}?error=server_error&error_description=<b>&state={state}")
        assert problem(answer) == "oidc_failed"
        assert "<b>" not in answer.headers["location"]


@pytest.mark.parametrize(("said", "code"), [("https://other.test", "oidc_failed"), (None, "")])
async def test_an_answer_says_of_which_issuer_it_is(tmp_path: Path, said: str | None, code: str) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        address = provider.approve((await visitor.begin()).headers["location"])
        assert problem(await visitor.http.get(f"{address}&iss={said or provider.issuer}")) == code


async def test_what_is_not_set_up_is_not_there(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as client:
        assert (await client.get("/api/v1/login")).json()["oidc"] is None
        for path in ("/api/v1/login/oidc", CALLBACK):
            assert (await client.get(path)).status_code == 404


async def test_a_provider_on_a_private_address_is_reached_because_the_settings_name_it(tmp_path: Path) -> None:
    net = open_network()
    async with liar() as provider, offering(tmp_path, provider.issuer, net=net) as visitor:
        assert problem(await visitor.come_by(provider)) == ""
    async with liar() as provider, offering(tmp_path / "2", provider.issuer, net=open_network()) as visitor:
        provider.metadata = {"token_endpoint": provider.issuer.replace("127.0.0.1", "127.0.0.2") + "/token"}
        assert problem(await visitor.come_by(provider)) == "oidc_failed"


async def test_cloud_metadata_is_no_provider(tmp_path: Path) -> None:
    async with offering(tmp_path, "http://169.254.169.254") as visitor:
        assert problem(await visitor.begin()) == "oidc_failed"


async def test_another_account_of_the_same_browser_takes_the_place_of_its_session(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        await visitor.come_by(provider)
        provider.user = {"sub": "8", "preferred_username": "bert"}
        await visitor.come_by(provider)
        me = await visitor.me()
        assert me is not None
        assert me["name"] == "bert"
        assert len(visitor.site.engine.sessions.all()) == 1


async def test_many_sign_ins_at_once_make_one_user(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        addresses = [provider.approve((await visitor.begin()).headers["location"]) for _ in range(8)]
        answers = await asyncio.gather(*(visitor.http.get(address) for address in addresses))
        assert {problem(answer) for answer in answers} == {""}
        assert len(visitor.site.engine.users.all()) == 2
