"""Keeps the secrets of a check out of what it tells: targets repeat in their answers what they were sent."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from asura.domain.fields import STARS, Secret, is_credential, plain
from asura.domain.result import AssertionOutcome, Evidence, Outcome, Result

Found = TypeVar("Found", Outcome, Result)

# Shorter ones would star out ordinary words.
SHORTEST = 6
# The beginning of a secret is looked for where a text was cut; no password is longer than this.
LONGEST_CUT = 512


def secrets_of(params: Any) -> tuple[str, ...]:
    """Return the secrets in the parameters of a check in every form in which they are sent, the longest first."""
    found = {form for text in _texts(plain(params)) for form in _forms(text)}
    return tuple(sorted((text for text in found if len(text) >= SHORTEST), key=len, reverse=True))


def redacted(outcome: Found, secrets: tuple[str, ...]) -> Found:
    """Return an outcome, or a result, in whose sentence and evidence no secret is left."""
    if not secrets:
        return outcome
    seen = outcome.evidence
    return msgspec.structs.replace(
        outcome,
        message=without(outcome.message, secrets),
        evidence=None if seen is None else _evidence(seen, secrets),
    )


def without(text: str, secrets: Iterable[str]) -> str:
    """Return a text with stars for each secret, also for one of which a cut has left only the beginning."""
    for secret in secrets:
        if secret in text:
            text = text.replace(secret, STARS)
        if len(secret) <= LONGEST_CUT and secret[:SHORTEST] in text:
            text = _without_beginning(text, secret)
    return text


def _without_beginning(text: str, secret: str) -> str:
    """Return a text with stars for each beginning of a secret behind which it was cut."""
    found, done, at = [], 0, text.find(secret[:SHORTEST])
    while at >= 0:
        length = _in_common(text, at, secret)
        end = at + length
        if length < len(secret) and (end == len(text) or text[end] == "…"):
            found += [text[done:at], STARS]
            done = end
        at = text.find(secret[:SHORTEST], max(end, at + 1))
    return "".join((*found, text[done:]))


def _in_common(text: str, at: int, secret: str) -> int:
    """Return how many letters of a secret stand at a place of a text."""
    length = SHORTEST
    while length < len(secret) and text[at + length : at + length + 1] == secret[length]:
        length += 1
    return length


def _evidence(seen: Evidence, secrets: tuple[str, ...]) -> Evidence:
    return msgspec.structs.replace(
        seen,
        request=without(seen.request, secrets),
        response=without(seen.response, secrets),
        redirects=tuple(without(one, secrets) for one in seen.redirects),
        assertions=tuple(_assertion(one, secrets) for one in seen.assertions),
        facts={name: _fact(value, secrets) for name, value in seen.facts.items()},
    )


def _assertion(outcome: AssertionOutcome, secrets: tuple[str, ...]) -> AssertionOutcome:
    return msgspec.structs.replace(outcome, message=without(outcome.message, secrets))


def _fact(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        return without(value, secrets)
    if isinstance(value, list | tuple):
        return [_fact(one, secrets) for one in value]
    if isinstance(value, dict):
        return {name: _fact(one, secrets) for name, one in value.items()}
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Secret):
        yield value.reveal()
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from _pair(value, name) if name.endswith("password") else ()
            # Credentials in ordinary headers are shown to editors only, and evidence to all.
            if isinstance(one, str) and is_credential(name):
                yield from (one, *one.split()[1:])
            else:
                yield from _texts(one)


def _forms(text: str) -> tuple[str, str, str]:
    return text, quote(text), msgspec.json.encode(text)[1:-1].decode()


def _pair(holder: dict[str, Any], name: str) -> Iterator[str]:
    """Return user name and password as the header of basic authentication has them."""
    user, password = holder.get(f"{name.removesuffix('password')}username"), holder[name]
    if isinstance(user, str) and isinstance(password, Secret):
        yield b64encode(f"{user}:{password.reveal()}".encode()).decode()
