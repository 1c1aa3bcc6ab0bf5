"""Believes ID tokens: the signature by a published key of the provider, then everything that the token must say."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

# Asymmetric ones alone: with HS256 whoever knows the client's secret could sign, and `none` is no signature.
ALGORITHMS = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("EdDSA", "Ed25519"), "OKP"),
}
LEEWAY_S = 60
LONGEST_TOKEN = 64 * 1024
LONGEST_SUB = 255
LATEST = 1e11
MOST_KEYS = 50


class BadToken(Exception):
    """A token that is not believed; the message says why and holds nothing of the token."""


class UnknownKey(BadToken):
    """A token signed with a key that is not among those that were published when they were last asked for."""


class Expected(msgspec.Struct, frozen=True, kw_only=True):
    """What a token must say to be for us, and of this very sign-in."""

    issuer: str
    client_id: str
    nonce: str


def believed(token: str, keys: Sequence[Mapping[str, Any]], expected: Expected, now: datetime) -> dict[str, Any]:
    """Return the claims of a token; UnknownKey or BadToken when it is not to be believed. `keys` is a JWKS."""
    claims = _signed(token, keys)
    fault = _fault(claims, expected, now.timestamp())
    if fault:
        raise BadToken(fault)
    return claims


def _signed(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    # Late: few sign in this way, and the library takes as long to load as half of our start.
    from joserfc import jws, jwt
    from joserfc.errors import JoseError

    if len(token) > LONGEST_TOKEN:
        raise BadToken("the token is too long")
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in ALGORITHMS:
            raise BadToken("the token is not signed with an algorithm that counts")
        for key in _candidates(keys, algorithm, kid):
            try:
                return jwt.decode(token, key, algorithms=[algorithm]).claims
            except JoseError:
                continue
    except (JoseError, ValueError, TypeError) as error:
        raise BadToken(f"the token cannot be read: {type(error).__name__}") from None
    raise UnknownKey("the token is not signed by a key that the provider publishes")


def _candidates(keys: Sequence[Mapping[str, Any]], algorithm: str, kid: Any) -> list[Any]:
    """Return the keys that may have signed: of the right type, for signatures, and of the name, if one is given."""
    from joserfc import jwk
    from joserfc.errors import JoseError

    found: list[Any] = []
    for key in keys[:MOST_KEYS]:
        fits = key.get("kty") == ALGORITHMS[algorithm] and key.get("use", "sig") == "sig"
        if not fits or key.get("alg", algorithm) != algorithm or (kid is not None and key.get("kid", kid) != kid):
            continue
        try:
            found.append(jwk.import_key(dict(key)))
        except (JoseError, ValueError, TypeError):
            continue
    return found


def _fault(claims: Mapping[str, Any], expected: Expected, now: float) -> str:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    expires, issued, begins = (_number(claims.get(name)) for name in ("exp", "iat", "nbf"))
    sub, nonce = claims.get("sub"), claims.get("nonce")
    if claims.get("iss") != expected.issuer:
        return "the token is of another issuer"
    if expected.client_id not in audiences:
        return "the token is for another client"
    if claims.get("azp", expected.client_id) != expected.client_id or (len(audiences) > 1 and "azp" not in claims):
        return "the token was made for another client"
    if expires is None or expires <= now - LEEWAY_S:
        return "the token has expired; look at the clocks of both machines"
    if issued is None or ("nbf" in claims and begins is None) or max(issued, begins or issued) > now + LEEWAY_S:
        return "the token is of the future; look at the clocks of both machines"
    if not isinstance(nonce, str) or not hmac.compare_digest(nonce.encode("utf-8", "replace"), expected.nonce.encode()):
        return "the token is of another sign-in"
    if not isinstance(sub, str) or not 1 <= len(sub) <= LONGEST_SUB or not sub.isprintable():
        return "the token does not say who it is about"
    return ""


def _number(value: Any) -> float | None:
    """Return a number that can be an instant; what JSON lets through besides (NaN, 10^400) is none."""
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain and abs(value) < LATEST else None
