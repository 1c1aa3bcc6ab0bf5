"""OpenID providers for tests: a real one as a process of its own, and one of ours that can be told to lie."""

import asyncio
import json
import os
import sys
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx2
from joserfc import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from asura.domain.federation import Rules
from asura.domain.fields import Secret
from asura.web.options import OidcOptions
from tests.process import free_port
from tests.web.harness import Asura, asura, served

CLIENT, SECRET = "asura", "client-secret-of-asura"
CALLBACK = "/api/v1/login/oidc/callback"
KEY = jwk.generate_key("RSA", 2048, {"kid": "one", "use": "sig"})


@asynccontextmanager
async def real_provider(*users: dict[str, Any]) -> AsyncIterator[str]:
    """Run the provider of the package oidc-provider-mock as a process; yields its issuer."""
    port = free_port()
    claims = [part for user in users for part in ("--user-claims", json.dumps(user))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", *claims,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env={**os.environ, "NO_COLOR": "1"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(30):
            while not await _listens(port):
                assert process.returncode is None, "the provider did not start"
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


@dataclass
class Liar:
    """A provider of ours: it does all that a good one does, unless a test says otherwise."""

    issuer: str = ""
    key: Any = field(default_factory=lambda: KEY)
    published: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=lambda: {"sub": "7", "preferred_username": "anna"})
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    userinfo: dict[str, Any] | None = None
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    answers: dict[str, Response] = field(default_factory=dict)
    delay_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    proved: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def approve(self, address: str) -> str:
        """Do what the person at the provider does: returns where the browser is sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims = {name: value for name, value in (said | self.user | self.claims).items() if name not in self.without}
        if self.sign is not None:
            return self.sign(self.header, claims)
        return jwt.encode(self.header, claims, self.key, algorithms=[self.header["alg"]])

    async def discovery(self, request: Request) -> Response:
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize?tenant=1",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            **({"userinfo_endpoint": f"{self.issuer}/userinfo"} if self.userinfo is not None else {}),
        }
        return await self._answer("discovery", JSONResponse(said | self.metadata))

    async def jwks(self, request: Request) -> Response:
        keys = self.published if self.published is not None else [self.key.as_dict(private=False)]
        return await self._answer("jwks", JSONResponse({"keys": keys}))

    async def token(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"] or form["grant_type"] != "authorization_code":
            return JSONResponse({"error": "invalid_grant"}, 400)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if (asked["code_challenge_method"], asked["code_challenge"]) != ("S256", challenge):
            return JSONResponse({"error": "invalid_grant"}, 400)
        basic = request.headers.get("authorization", "").removeprefix("Basic ")
        self.proved.append(b64decode(basic).decode() if basic else f"form {form.get('client_secret', 'public')}")
        body = {"token_type": "Bearer", "access_token": "access-7", "id_token": self.id_token(asked)}
        return await self._answer("token", JSONResponse(body))

    async def about(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer access-7"
        return await self._answer("userinfo", JSONResponse(self.userinfo))

    async def _answer(self, what: str, usual: Response) -> Response:
        self.asked.append(what)
        await asyncio.sleep(self.delay_s)
        return self.answers.get(what, usual)

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/jwks", self.jwks),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.about),
            ]
        )


@asynccontextmanager
async def liar() -> AsyncIterator[Liar]:
    """Run a provider that can be told to lie."""
    one = Liar()
    async with served(one.app) as url:
        one.issuer = url
        yield one


class Visitor:
    """A browser before an asura that offers a provider."""

    def __init__(self, site: Asura, url: str, http: httpx2.AsyncClient) -> None:
        self.site = site
        self.url = url
        self.http = http

    async def begin(self, back: str = "/monitors/5") -> httpx2.Response:
        """Click on the button."""
        return await self.http.get("/api/v1/login/oidc", params={"next": back})

    async def come_by(self, provider: Liar, back: str = "/monitors/5") -> httpx2.Response:
        """Click, sign in at the provider, and come back; returns the last answer."""
        begun = await self.begin(back)
        return await self.http.get(provider.approve(begun.headers["location"]))

    async def me(self) -> dict[str, Any] | None:
        """Return who asura takes this browser for, None for nobody."""
        answer = await self.http.get("/api/v1/me")
        return answer.json() if answer.status_code == 200 else None


@asynccontextmanager
async def offering(
    folder: Path, issuer: str, *, base_path: str = "", rules: Rules | None = None, **more: Any
) -> AsyncIterator[Visitor]:
    """Run an asura with an admin that offers a provider, on a real port; yields a browser before it."""
    port, options = free_port(), {name: more.pop(name) for name in ("net",) if name in more}
    wanted = {"client_secret": Secret(SECRET), "rules": rules or Rules(), **more}
    oidc = OidcOptions(issuer=issuer, client_id=CLIENT, **wanted)
    url = f"http://127.0.0.1:{port}{base_path}"
    async with (
        asura(folder, base_path=base_path, external_url=url, oidc=oidc, **options) as site,
        served(site.app, port=port),
        httpx2.AsyncClient(base_url=url, timeout=30) as http,
    ):
        await site.engine.users.create("root", role="admin", password="correct horse battery 9")
        yield Visitor(site, url, http)


@asynccontextmanager
async def another(visitor: Visitor) -> AsyncIterator[Visitor]:
    """Yield another browser before the same asura."""
    async with httpx2.AsyncClient(base_url=visitor.url, timeout=30) as http:
        yield Visitor(visitor.site, visitor.url, http)
