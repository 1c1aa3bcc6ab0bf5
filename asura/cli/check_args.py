"""What `asura check` is told, as the body of a monitor: a guessed type, settings by name, assertions in words."""

import shlex
from typing import Any

import click
import msgspec

from asura.domain.target import propose, propose_for

OPERATORS = (
    "eq",
    "ne",
    "lt",
    "le",
    "gt",
    "ge",
    "in",
    "not_in",
    "contains",
    "not_contains",
    "matches",
    "not_matches",
    "exists",
    "not_exists",
)
SYMBOLS = {"==": "eq", "=": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "~": "matches"}


def body_of(target: str, type: str | None, settings: tuple[str, ...], assertions: tuple[str, ...]) -> dict[str, Any]:
    """Return the body of a monitor that checks a target; raises UsageError where the words make no sense."""
    proposal = propose_for(type, target) if type else propose(target)
    if proposal is None and type is None:
        raise click.UsageError(f"cannot tell what to check in {target!r}; name it with --type")
    return {
        "name": proposal.name[:200] if proposal else target[:200],
        "type": proposal.type if proposal else type,
        "target": proposal.target if proposal else target,
        "settings": settings_of(settings),
        "assertions": [assertion_of(text) for text in assertions],
    }


def settings_of(pairs: tuple[str, ...]) -> dict[str, Any]:
    """Return settings from `name=value` pairs; dots make nested ones, and a value may be JSON."""
    found: dict[str, Any] = {}
    for pair in pairs:
        path, equals, text = pair.partition("=")
        if not equals or not path:
            raise click.UsageError(f"--set {pair!r}: write name=value, for example method=HEAD")
        *holders, name = path.split(".")
        here = found
        for holder in holders:
            here = here.setdefault(holder, {})
            if not isinstance(here, dict):
                raise click.UsageError(f"--set {pair!r}: {holder} has a value already")
        here[name] = value_of(text)
    return found


def assertion_of(text: str) -> dict[str, Any]:
    """Return an assertion from words such as `status in 200-299`, `json $.ok eq true`, `header Server exists`."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise click.UsageError(f"--assert {text!r}: {error}") from None
    named = [SYMBOLS.get(word, word) for word in words]
    at = next((index for index, word in enumerate(named) if index and word in OPERATORS), None)
    if at is None or at > 2:
        raise click.UsageError(f"--assert {text!r}: write what, how and value, for example 'response_time < 500'")
    rest = " ".join(words[at + 1 :])
    wanted: dict[str, Any] = {"on": words[0], "op": named[at]}
    if at == 2:
        wanted["path"] = words[1]
    if named[at] in ("in", "not_in"):
        wanted["value"] = [value_of(part.strip()) for part in rest.strip("[]").split(",")]
    elif rest:
        wanted["value"] = rest if named[at] in ("matches", "not_matches") else value_of(rest)
    return wanted


def value_of(text: str) -> Any:
    """Return a value that is written as JSON, and any other text as itself."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
