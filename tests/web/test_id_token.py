"""ID tokens: which are believed, and why the others are not."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from joserfc import jwk, jws, jwt

from asura.web.id_token import BadToken, Expected, UnknownKey, believed

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
AT = int(NOW.timestamp())
EXPECTED = Expected(issuer="https://id.example", client_id="asura", nonce="nonce-of-this-sign-in")
CLAIMS: dict[str, Any] = {
    "iss": "https://id.example", "aud": "asura", "sub": "7", "iat": AT, "exp": AT + 300, "nonce": EXPECTED.nonce,
}  # fmt: skip
RSA = jwk.generate_key("RSA", 2048, {"kid": "rsa"})
OTHER = jwk.generate_key("RSA", 2048, {"kid": "other"})
EC = jwk.generate_key("EC", "P-256", {"kid": "ec"})
OKP = jwk.generate_key("OKP", "Ed25519", {"kid": "okp"})


def public(*keys: Any, **more: Any) -> list[dict[str, Any]]:
    """Return keys as a provider publishes them."""
    return [key.as_dict(private=False) | more for key in keys]


def signed(claims: dict[str, Any] | None = None, *, key: Any = RSA, **header: Any) -> str:
    """Return a token; a claim of None is left out."""
    said = {name: value for name, value in (CLAIMS | (claims or {})).items() if value is not None}
    head = {"alg": "RS256", "kid": key.kid, **header}
    head = {name: value for name, value in head.items() if value is not None}
    # The standard library's JSON lets everything through that a liar would send.
    return jws.serialize_compact(head, json.dumps(said).encode(), key, algorithms=[head["alg"]])


def part(value: Any) -> str:
    """Return a part of a token that nobody has signed."""
    raw = value if isinstance(value, bytes) else msgspec.json.encode(value)
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [
        ("RS256", RSA), ("RS384", RSA), ("RS512", RSA), ("PS256", RSA), ("PS384", RSA), ("PS512", RSA),
        ("ES256", EC), ("EdDSA", OKP), ("Ed25519", OKP),
    ],
)  # fmt: skip
def test_a_token_signed_with_a_published_key_is_believed(algorithm: str, key: Any) -> None:
    token = signed(key=key, alg=algorithm)
    assert believed(token, public(OTHER, RSA, EC, OKP), EXPECTED, NOW)["sub"] == "7"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["asura"]},
        {"aud": ["asura", "other"], "azp": "asura"},
        {"azp": "asura"},
        {"exp": AT - 30},
        {"iat": AT + 30, "nbf": AT + 30},
        {"exp": AT + 0.5},
    ],
)
def test_what_may_be_said_in_several_ways_is_understood(claims: dict[str, Any]) -> None:
    assert believed(signed(claims), public(RSA), EXPECTED, NOW)["sub"] == "7"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://id.example/"}, "issuer"),
        ({"iss": None}, "issuer"),
        ({"iss": ["https://id.example"]}, "issuer"),
        ({"aud": "other"}, "another client"),
        ({"aud": None}, "another client"),
        ({"aud": []}, "another client"),
        ({"aud": "asura2"}, "another client"),
        ({"aud": {"asura": 1}}, "another client"),
        ({"aud": ["asura", "other"]}, "another client"),
        ({"aud": ["asura", "other"], "azp": "other"}, "another client"),
        ({"azp": "other"}, "another client"),
        ({"exp": AT - 61}, "expired"),
        ({"exp": None}, "expired"),
        ({"exp": "9999999999"}, "expired"),
        ({"exp": True}, "expired"),
        ({"exp": float("nan")}, "expired"),
        ({"exp": 10**400}, "expired"),
        ({"iat": float("-inf")}, "future"),
        ({"nonce": "\ud800"}, "another sign-in"),
        ({"sub": "\ud800"}, "who it is about"),
        ({"iat": AT + 90}, "future"),
        ({"iat": None}, "future"),
        ({"nbf": AT + 90}, "future"),
        ({"nbf": "now"}, "future"),
        ({"nonce": "of-another-sign-in"}, "another sign-in"),
        ({"nonce": None}, "another sign-in"),
        ({"nonce": 5}, "another sign-in"),
        ({"nonce": "nönce"}, "another sign-in"),
        ({"sub": None}, "who it is about"),
        ({"sub": ""}, "who it is about"),
        ({"sub": 7}, "who it is about"),
        ({"sub": "a\nb"}, "who it is about"),
        ({"sub": "x" * 256}, "who it is about"),
    ],
)
def test_a_token_that_says_otherwise_than_it_must_is_not_believed(claims: dict[str, Any], why: str) -> None:
    with pytest.raises(BadToken, match=why):
        believed(signed(claims), public(RSA), EXPECTED, NOW)


def test_a_token_of_another_key_or_name_is_of_an_unknown_key() -> None:
    for token, keys in (
        (signed(key=OTHER), public(RSA)),
        (signed(kid="new"), public(RSA)),
        (signed(), []),
        (signed(), public(RSA, use="enc")),
        (signed(), public(RSA, alg="RS512")),
        (signed(), public(EC)),
        (signed(), [{"kty": "RSA"}, {"kty": "RSA", "n": 5, "e": "x"}, {"kid": "rsa"}, {}]),
    ):
        with pytest.raises(UnknownKey):
            believed(token, keys, EXPECTED, NOW)


def test_a_token_that_names_no_key_is_tried_with_each() -> None:
    assert believed(signed(kid=None), public(OTHER, RSA), EXPECTED, NOW)["sub"] == "7"


def test_a_key_that_cannot_be_read_spoils_no_other() -> None:
    broken = {"kty": "RSA", "kid": "rsa", "n": "!", "e": "AQAB"}
    assert believed(signed(), [broken, *public(RSA)], EXPECTED, NOW)["sub"] == "7"


def test_nothing_unsigned_or_signed_with_the_secret_is_believed() -> None:
    published = public(RSA)
    secret = jwk.import_key("client-secret-of-asura-that-is-long", "oct")
    for token in (
        f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
        f"{part({'alg': 'None', 'kid': 'rsa'})}.{part(CLAIMS)}.",
        f"{part({'alg': 'none'})}.{part(CLAIMS)}.{part(b'x')}",
        jwt.encode({"alg": "HS256"}, CLAIMS, secret),
        jwt.encode({"alg": "HS256", "kid": "rsa"}, CLAIMS, secret),
    ):
        with pytest.raises(BadToken):
            believed(token, [*published, secret.as_dict()], EXPECTED, NOW)


def test_a_token_changed_on_the_way_is_not_believed() -> None:
    head, _, signature = signed().split(".")
    for token in (
        f"{head}.{part(CLAIMS | {'sub': '1'})}.{signature}",
        f"{part({'alg': 'RS384', 'kid': 'rsa'})}.{part(CLAIMS)}.{signature}",
        signed()[:-10] + "AAAAAAAAAA",
        signed() + "AA",
    ):
        with pytest.raises(BadToken):
            believed(token, public(RSA), EXPECTED, NOW)


@pytest.mark.parametrize(
    "token",
    [
        "", ".", "..", "...", "a.b.c", "x" * 70_000, "\x00.\x00.\x00", "ü.ü.ü",
        f"{part([])}.{part({})}.x", f"{part({'alg': 5})}.{part({})}.x", f"{part({'alg': ['RS256']})}.{part({})}.x",
        f"{part({'alg': 'RS256', 'crit': ['exp']})}.{part(CLAIMS)}.x", f"{part({'kid': 'rsa'})}.{part(CLAIMS)}.x",
        f"{part({'alg': 'RS256', 'kid': 5})}.{part(CLAIMS)}.x", part({"alg": "RS256"}),
    ],
)  # fmt: skip
def test_nonsense_is_not_believed_and_breaks_nothing(token: str) -> None:
    with pytest.raises(BadToken):
        believed(token, public(RSA), EXPECTED, NOW)


@pytest.mark.parametrize("payload", [b"[]", b"5", b"{", b"\xff", b""])
def test_a_signed_payload_that_is_no_object_is_not_believed(payload: bytes) -> None:
    token = jws.serialize_compact({"alg": "RS256", "kid": "rsa"}, payload, RSA, algorithms=["RS256"])
    with pytest.raises(BadToken):
        believed(token, public(RSA), EXPECTED, NOW)


def test_a_key_inside_the_token_counts_for_nothing() -> None:
    token = signed(key=OTHER, jwk=OTHER.as_dict(private=False), kid="rsa")
    with pytest.raises(BadToken):
        believed(token, public(RSA), EXPECTED, NOW)
