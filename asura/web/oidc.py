"""The OpenID provider, as asura talks to it: what it offers, the exchange of a code for claims that are believed."""

import asyncio
import logging
from base64 import b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec

from asura.clock import Clock
from asura.domain.federation import Person, Rules, person_of
from asura.net.errors import NetError
from asura.net.fetch import fetch
from asura.web.id_token import BadToken, Expected, UnknownKey, believed
from asura.web.oidc_pending import Begun, ProviderFailed
from asura.web.options import OidcOptions

if TYPE_CHECKING:
    from asura.net.network import Network

LOG = logging.getLogger(__name__)
KEPT_S = 3600.0
# After a failure nobody waits for the same again, and a token with a made-up key does not make us ask without end.
FAILED_FOR_S, KEYS_AGAIN_AFTER_S = 5.0, 30.0
LONGEST_ERROR = 60
T = TypeVar("T")


class Metadata(msgspec.Struct, frozen=True):
    """What of a discovery document we use."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ()


class Tokens(msgspec.Struct, frozen=True):
    """What the provider gives for a code."""

    id_token: str
    access_token: str = ""

    def __repr__(self) -> str:
        return "Tokens()"


class KeySet(msgspec.Struct, frozen=True):
    """The keys that a provider publishes."""

    keys: tuple[dict[str, Any], ...]


class Provider:
    """One OpenID provider. What it publishes is asked for when it is needed, and kept for an hour."""

    def __init__(self, options: OidcOptions, network: "Network", clock: Clock) -> None:
        self._options = options
        # The administrator named this host, so it may be on a private address; what it names itself may not.
        self._network = network.allowing(urlsplit(options.issuer).hostname or "")
        self._clock = clock
        self._lock = asyncio.Lock()
        self._metadata: Metadata | None = None
        self._metadata_at = 0.0
        self._keys: KeySet | None = None
        self._keys_at = 0.0
        self._failed_at: float | None = None

    @property
    def rules(self) -> Rules:
        """Return who may come in, and as what."""
        return self._options.rules

    async def address(self, begun: Begun, redirect_uri: str) -> str:
        """Return where the browser goes to sign in."""
        metadata = await self._discover()
        asked = {
            "response_type": "code",
            "client_id": self._options.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(dict.fromkeys(("openid", *self._options.scopes))),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": begun.challenge,
            "code_challenge_method": "S256",
        }
        where = metadata.authorization_endpoint
        return f"{where}{'&' if urlsplit(where).query else '?'}{urlencode(asked)}"

    async def person(self, code: str, begun: Begun, redirect_uri: str, *, issuer: str | None = None) -> Person:
        """Return who signed in, for the code that came back. `issuer` is what the answer said of itself (RFC 9207)."""
        metadata = await self._discover()
        if issuer is not None and issuer != metadata.issuer:
            raise ProviderFailed("the answer is of another issuer")
        tokens = await self._exchange(metadata, code, begun, redirect_uri)
        claims = await self._believe(metadata, tokens.id_token, begun)
        claims = await self._completed(metadata, tokens, claims)
        return person_of(claims, issuer=metadata.issuer, groups_claim=self._options.groups_claim)

    async def _discover(self) -> Metadata:
        async with self._lock:
            now = self._clock.monotonic()
            if self._metadata is not None and now - self._metadata_at < KEPT_S:
                return self._metadata
            if self._failed_at is not None and now - self._failed_at < FAILED_FOR_S:
                raise ProviderFailed("it did not answer a moment ago")
            try:
                self._metadata = await self._asked_for_metadata()
            except ProviderFailed:
                self._failed_at = self._clock.monotonic()
                raise
            self._metadata_at, self._failed_at = self._clock.monotonic(), None
            return self._metadata

    async def _asked_for_metadata(self) -> Metadata:
        wanted = self._options.issuer.rstrip("/")
        body = await self._get(f"{wanted}/.well-known/openid-configuration", "the discovery document")
        metadata = _decoded(body, Metadata, "the discovery document")
        # The settings drop the slash at the end that some providers have.
        if metadata.issuer.rstrip("/") != wanted:
            raise ProviderFailed("the discovery document is of another issuer; set auth.oidc.issuer as it stands there")
        secure = wanted.startswith("https://")
        used = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri, metadata.userinfo_endpoint)
        if not all(_is_address(one, secure) for one in used if one) or not all(used[:3]):
            raise ProviderFailed("the discovery document names addresses that are none, or not https")
        return metadata

    async def _exchange(self, metadata: Metadata, code: str, begun: Begun, redirect_uri: str) -> Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": begun.verifier,
        }
        credentials, headers = self._credentials(metadata.token_endpoint_auth_methods_supported)
        body = await self._get(metadata.token_endpoint, "the code", form=form | credentials, headers=headers)
        return _decoded(body, Tokens, "the answer to the code")

    def _credentials(self, methods: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
        """Return what proves who we are: fields of the form, and headers. Basic is what every provider must offer."""
        secret, client_id = self._options.client_secret, self._options.client_id
        if secret is None:
            return {"client_id": client_id}, {}
        if methods and "client_secret_basic" not in methods and "client_secret_post" in methods:
            return {"client_id": client_id, "client_secret": secret.reveal()}, {}
        pair = f"{quote_plus(client_id)}:{quote_plus(secret.reveal())}"
        return {}, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    async def _believe(self, metadata: Metadata, token: str, begun: Begun) -> dict[str, Any]:
        expected = Expected(issuer=metadata.issuer, client_id=self._options.client_id, nonce=begun.nonce)
        asked_at = self._keys_at
        try:
            keys = await self._published(metadata, since=None)
            try:
                return believed(token, keys.keys, expected, self._clock.now())
            except UnknownKey:
                # Keys are exchanged now and then: ask once more, unless that was just done.
                if self._keys_at != asked_at or self._clock.monotonic() - self._keys_at < KEYS_AGAIN_AFTER_S:
                    raise
                keys = await self._published(metadata, since=self._keys_at)
                return believed(token, keys.keys, expected, self._clock.now())
        except BadToken as bad:
            raise ProviderFailed(str(bad)) from None

    async def _published(self, metadata: Metadata, *, since: float | None) -> KeySet:
        """Return the provider's keys, asked for anew when they are old, or no newer than `since`."""
        async with self._lock:
            fresh = self._clock.monotonic() - self._keys_at < KEPT_S and self._keys_at != since
            if self._keys is None or not fresh:
                self._keys = _decoded(await self._get(metadata.jwks_uri, "the keys"), KeySet, "the keys")
                self._keys_at = self._clock.monotonic()
            return self._keys

    async def _completed(self, metadata: Metadata, tokens: Tokens, claims: dict[str, Any]) -> dict[str, Any]:
        """Return the claims, with what the provider tells only of its own accord; the ID token wins."""
        wanted = {"email", "email_verified", "preferred_username", self._options.groups_claim}
        if not metadata.userinfo_endpoint or not tokens.access_token or wanted <= claims.keys():
            return claims
        headers = {"Authorization": f"Bearer {tokens.access_token}"}
        body = await self._get(metadata.userinfo_endpoint, "what is known of the user", headers=headers)
        more: dict[str, Any] = _decoded(body, dict[str, Any], "what is known of the user")
        if more.get("sub") != claims["sub"]:
            raise ProviderFailed("what is known of the user is of somebody else")
        if more.get("email") != claims.get("email", more.get("email")):
            # Of two addresses only the one of the token counts, and what is said of the other is not said of it.
            more.pop("email_verified", None)
        return more | claims

    async def _get(
        self, url: str, what: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        try:
            answer = await fetch(self._network, url, form=form, headers=headers)
        except NetError as failed:
            raise ProviderFailed(f"asked for {what}: {failed.message}") from None
        if answer.status != 200:
            raise ProviderFailed(f"asked for {what} it answered {answer.status}{_error_code(answer.body)}")
        return answer.body


def _decoded(body: bytes, kind: type[T], what: str) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise ProviderFailed(f"{what} cannot be read") from None


def _error_code(body: bytes) -> str:
    """Return the code of an error that a provider answered, which is a word of the standard and no secret."""
    try:
        code = msgspec.json.decode(body, type=dict[str, Any]).get("error", "")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    known = isinstance(code, str) and code.isascii() and code.replace("_", "").isalnum()
    return f" {code[:LONGEST_ERROR]}" if known else ""


def _is_address(text: str, secure: bool) -> bool:
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.scheme in (("https",) if secure else ("http", "https"))
    except ValueError:
        return False
