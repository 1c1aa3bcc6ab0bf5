"""Signing in by a provider that lies, fails, or changes its mind; and who is let in, as what, and who no longer."""

import asyncio
import logging
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwk, jwt
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse

from asura.domain.federation import Rules
from asura.web import oidc
from tests.process import free_port
from tests.web.harness import asura, served
from tests.web.oidc_kit import CLIENT, SECRET, Liar, another, liar, offering
from tests.web.test_oidc_login import problem

OTHER = jwk.generate_key("RSA", 2048, {"kid": "one"})


def by_secret(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, jwk.import_key(SECRET * 2, "oct"))


def by_nobody(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "none"}, claims, jwk.import_key("x" * 32, "oct"), algorithms=["none"])


def by_another(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(header, claims, OTHER)


def tampered(header: dict[str, Any], claims: dict[str, Any]) -> str:
    honest, forged = by_another(header, claims), by_another(header, claims | {"sub": "1"})
    return ".".join((*forged.split(".")[:2], honest.split(".")[2]))


LIES: dict[str, dict[str, Any]] = {
    "wrong nonce": {"claims": {"nonce": "of-another-sign-in"}},
    "no nonce": {"without": ("nonce",)},
    "wrong audience": {"claims": {"aud": "somebody-else"}},
    "made for another": {"claims": {"azp": "somebody-else"}},
    "wrong issuer": {"claims": {"iss": "https://accounts.example"}},
    "expired": {"claims": {"exp": 1_700_000_000}},
    "nobody": {"without": ("sub",)},
    "signed with the secret": {"sign": by_secret},
    "not signed": {"sign": by_nobody},
    "signed with another key": {"sign": by_another},
    "changed on the way": {"sign": tampered},
    "no keys": {"published": []},
    "keys that are none": {"answers": {"jwks": PlainTextResponse("[")}},
    "keys without end": {"answers": {"jwks": PlainTextResponse("x" * 300_000)}},
    "no token": {"answers": {"token": JSONResponse({"access_token": "x"})}},
    "a token that is none": {"answers": {"token": JSONResponse({"id_token": {"sub": "7"}})}},
    "an error for the code": {"answers": {"token": JSONResponse({"error": "invalid_client"}, 401)}},
    "a redirect for the code": {"answers": {"token": RedirectResponse("http://127.0.0.1:1/")}},
    "an error for the user": {"userinfo": {}, "answers": {"userinfo": PlainTextResponse("no", 500)}},
    "another user": {"userinfo": {"sub": "8", "email": "root@example.com", "email_verified": True}},
    "a user that is none": {"userinfo": {}, "answers": {"userinfo": PlainTextResponse("eyJhbGciOi")}},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
async def test_no_lie_lets_anybody_in(tmp_path: Path, lie: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        for name, value in lie.items():
            setattr(provider, name, value)
        assert problem(await visitor.come_by(provider)) == "oidc_failed"
        assert await visitor.me() is None
        assert [user.name for user in visitor.site.engine.users.all()] == ["root"]
        told = [record.getMessage() for record in caplog.records]
        assert any("signing in by the provider failed" in one for one in told)
        for secret in (SECRET, "access-7", "code-0", "eyJ"):
            assert not any(secret in one for one in told if "asura" in one or "provider" in one)


DISCOVERIES: dict[str, Any] = {
    "another issuer": {"issuer": "https://accounts.example"},
    "no address": {"token_endpoint": ""},
    "an address that is none": {"jwks_uri": "file:///etc/passwd"},
    "a number": {"authorization_endpoint": 5},
}


@pytest.mark.parametrize("lie", DISCOVERIES.values(), ids=DISCOVERIES)
async def test_a_discovery_document_that_does_not_fit_is_a_failure(tmp_path: Path, lie: dict[str, Any]) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        provider.metadata = lie
        assert problem(await visitor.begin()) == "oidc_failed"


@pytest.mark.parametrize("status", [404, 500, 301])
async def test_a_provider_without_a_discovery_document_is_a_failure(tmp_path: Path, status: int) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        provider.answers = {"discovery": PlainTextResponse("{}", status)}
        assert problem(await visitor.begin()) == "oidc_failed"


async def test_a_provider_that_is_down_is_a_failure_and_is_not_asked_by_everybody_at_once(tmp_path: Path) -> None:
    port = free_port()
    one = Liar(issuer=f"http://127.0.0.1:{port}")
    async with offering(tmp_path, one.issuer) as visitor:
        assert problem(await visitor.begin()) == "oidc_failed"
        async with served(one.app, port=port):
            assert problem(await visitor.begin()) == "oidc_failed"
            assert one.asked == []
            await asyncio.sleep(oidc.FAILED_FOR_S)
            assert problem(await visitor.come_by(one)) == ""


async def test_a_slow_provider_holds_up_nobody_else(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        provider.delay_s = 1.0
        begun = [asyncio.ensure_future(visitor.begin()) for _ in range(5)]
        await asyncio.sleep(0.2)
        async with asyncio.timeout(0.5):
            assert (await visitor.http.get("/api/v1/health")).status_code == 200
        assert {(await one).status_code for one in begun} == {302}
        assert provider.asked == ["discovery"]


async def test_what_is_published_is_asked_for_once(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        for _ in range(3):
            assert problem(await visitor.come_by(provider)) == ""
        assert (provider.asked.count("discovery"), provider.asked.count("jwks")) == (1, 1)


async def test_a_new_key_of_the_provider_is_fetched_when_it_is_met_but_not_without_end(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        assert problem(await visitor.come_by(provider)) == ""
        provider.key = jwk.generate_key("RSA", 2048, {"kid": "two"})
        provider.header = {"alg": "RS256", "kid": "two"}
        # It was asked a moment ago: a provider does not publish a key and use it at once.
        assert problem(await visitor.come_by(provider)) == "oidc_failed"
        assert provider.asked.count("jwks") == 1
        served_by = visitor.site.app.oidc
        assert served_by is not None
        served_by._keys_at -= oidc.KEYS_AGAIN_AFTER_S
        assert problem(await visitor.come_by(provider)) == ""
        assert provider.asked.count("jwks") == 2


@pytest.mark.parametrize(
    ("methods", "secret", "proof"),
    [
        ([], True, f"{CLIENT}:{SECRET}"),
        (["client_secret_basic", "client_secret_post"], True, f"{CLIENT}:{SECRET}"),
        (["client_secret_post"], True, f"form {SECRET}"),
        (["none"], False, "form public"),
    ],
)
async def test_it_proves_who_it_is_in_the_way_the_provider_takes(
    tmp_path: Path, methods: list[str], secret: bool, proof: str
) -> None:
    more = {} if secret else {"client_secret": None}
    async with liar() as provider, offering(tmp_path, provider.issuer, **more) as visitor:
        provider.metadata = {"token_endpoint_auth_methods_supported": methods}
        assert problem(await visitor.come_by(provider)) == ""
        assert provider.proved == [proof]


async def test_what_the_token_leaves_out_is_asked_for_and_the_token_wins(tmp_path: Path) -> None:
    rules = Rules(allowed_groups=("staff",), allowed_domains=("example.com",))
    async with liar() as provider, offering(tmp_path, provider.issuer, rules=rules) as visitor:
        provider.userinfo = {"sub": "7", "email": "anna@example.com", "email_verified": True, "groups": ["staff"]}
        assert problem(await visitor.come_by(provider)) == ""
        # That another address is verified says nothing of this one.
        provider.user = {"sub": "7", "preferred_username": "anna", "email": "eve@example.com"}
        assert problem(await visitor.come_by(provider)) == "oidc_not_allowed"


async def test_a_slash_at_the_end_of_an_issuer_is_no_other_issuer(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        provider.metadata = {"issuer": f"{provider.issuer}/"}
        provider.claims = {"iss": f"{provider.issuer}/"}
        assert problem(await visitor.come_by(provider)) == ""


@pytest.mark.parametrize(
    ("user", "rules"),
    [
        ({"sub": "7", "email": "anna@example.com", "email_verified": False}, Rules(allowed_domains=("example.com",))),
        ({"sub": "7", "email": "anna@example.com"}, Rules(allowed_domains=("example.com",))),
        ({"sub": "7", "email": "anna@evil.test", "email_verified": True}, Rules(allowed_domains=("example.com",))),
        ({"sub": "7"}, Rules(allowed_domains=("example.com",))),
        ({"sub": "7", "groups": ["others"]}, Rules(allowed_groups=("staff",))),
        ({"sub": "7"}, Rules(allowed_groups=("staff",))),
        ({"sub": "7"}, Rules(auto_create=False)),
    ],
)
async def test_who_is_not_allowed_is_told_so_and_leaves_nothing(
    tmp_path: Path, user: dict[str, Any], rules: Rules
) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer, rules=rules) as visitor:
        provider.user = user
        assert problem(await visitor.come_by(provider)) == "oidc_not_allowed"
        assert await visitor.me() is None
        assert len(visitor.site.engine.users.all()) == 1


async def test_nobody_becomes_somebody_else_by_a_name_or_an_address(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        users = visitor.site.engine.users
        root = users.named("root")
        assert root is not None
        await users.change(root.id, email="root@example.com")
        provider.user = {
            "sub": "evil", "preferred_username": "ROOT", "email": "root@example.com", "email_verified": True,
        }  # fmt: skip
        assert problem(await visitor.come_by(provider)) == ""
        me = await visitor.me()
        assert me is not None
        assert (me["name"], me["role"], me["user_id"] != root.id) == ("ROOT 2", "viewer", True)


async def test_groups_decide_anew_each_time_and_another_role_ends_other_sessions(tmp_path: Path) -> None:
    rules = Rules(roles={"ops": "editor"})
    async with liar() as provider, offering(tmp_path, provider.issuer, rules=rules) as visitor, another(visitor) as old:
        provider.user = {"sub": "7", "name": "anna", "groups": ["ops"]}
        await old.come_by(provider)
        assert (await old.me() or {})["role"] == "editor"
        provider.user = {"sub": "7", "name": "anna", "groups": []}
        await visitor.come_by(provider)
        assert (await visitor.me() or {})["role"] == "viewer"
        assert await old.me() is None


async def test_without_roles_by_group_the_role_is_managed_here(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        await visitor.come_by(provider)
        users = visitor.site.engine.users
        anna = users.named("anna")
        assert anna is not None
        await users.change(anna.id, role="editor", tags=("shop",))
        await visitor.come_by(provider)
        me = await visitor.me()
        assert me is not None
        assert (me["role"], me["tags"]) == ("editor", ["shop"])


async def test_who_is_not_allowed_any_more_loses_what_was_open(tmp_path: Path) -> None:
    rules = Rules(allowed_groups=("staff",))
    async with liar() as provider, offering(tmp_path, provider.issuer, rules=rules) as visitor, another(visitor) as old:
        provider.user = {"sub": "7", "name": "anna", "groups": ["staff"]}
        await old.come_by(provider)
        assert await old.me() is not None
        provider.user = {"sub": "7", "name": "anna", "groups": []}
        assert problem(await visitor.come_by(provider)) == "oidc_not_allowed"
        assert await old.me() is None


async def test_who_is_disabled_here_stays_out(tmp_path: Path) -> None:
    async with liar() as provider, offering(tmp_path, provider.issuer) as visitor:
        await visitor.come_by(provider)
        users = visitor.site.engine.users
        anna = users.named("anna")
        assert anna is not None
        await users.change(anna.id, disabled_at=visitor.site.engine.clock.now())
        assert await visitor.me() is None
        assert problem(await visitor.come_by(provider)) == "oidc_not_allowed"


async def test_the_last_admin_stays_one_whatever_the_groups_say(tmp_path: Path) -> None:
    rules = Rules(roles={"root": "admin"})
    async with liar() as provider, offering(tmp_path, provider.issuer, rules=rules) as visitor:
        users = visitor.site.engine.users
        provider.user = {"sub": "7", "name": "anna", "groups": ["root"]}
        await visitor.come_by(provider)
        await users.delete(1)
        provider.user = {"sub": "7", "name": "anna", "groups": []}
        assert problem(await visitor.come_by(provider)) == ""
        assert (await visitor.me() or {})["role"] == "admin"


@pytest.mark.parametrize(("groups", "code"), [([], "oidc_not_allowed"), (["root"], "")])
async def test_before_the_set_up_only_an_admin_may_be_the_first(tmp_path: Path, groups: list[str], code: str) -> None:
    async with (
        liar() as provider,
        offering(tmp_path, provider.issuer, rules=Rules(roles={"root": "admin"})) as visitor,
    ):
        async with visitor.site.engine.users.lock:
            await visitor.site.engine.store.write(lambda db: db.execute("DELETE FROM users").rowcount)
        await visitor.site.engine.users.load()
        provider.user = {"sub": "7", "name": "anna", "groups": groups}
        assert problem(await visitor.come_by(provider)) == code


async def test_a_site_without_a_provider_answers_no_questions_about_one(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        assert site.app.oidc is None
