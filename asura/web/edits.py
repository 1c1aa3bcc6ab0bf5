"""Edits of configured objects: which fields may be set, and merging what is sent into what is stored."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from asura.domain.fields import conceal, is_slug
from asura.errors import Fault, Invalid

T = TypeVar("T")


def sort_fields(
    body: dict[str, Any], writable: Iterable[str], shown: Iterable[str]
) -> tuple[dict[str, Any], list[Fault]]:
    """Return the fields that may be set, and a fault for each other one."""
    allowed, known = frozenset(writable), frozenset(shown)
    faults = [
        Fault(name, "is read-only" if name in known else "is not a field here") for name in body if name not in allowed
    ]
    return {name: value for name, value in body.items() if name in allowed}, faults


def take_slug(fields: dict[str, Any], faults: list[Fault]) -> str | None:
    """Take the slug out of the fields; a wrong one is a fault."""
    if "slug" not in fields:
        return None
    slug = fields.pop("slug")
    if isinstance(slug, str) and is_slug(slug):
        return slug
    faults.append(Fault("slug", "must be 1 to 64 of a-z, 0-9 and -, hold a letter, and not be bulk or tag"))
    return None


def prepared(faults: list[Fault], prepare: Callable[[], T]) -> T:
    """Return what `prepare` makes; raises Invalid with these faults and its own together."""
    try:
        made = prepare()
    except Invalid as error:
        raise Invalid(*faults, *error.faults) from None
    if faults:
        raise Invalid(*faults)
    return made


def merged(config: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Return the changes with their settings merged into the stored ones, in which stars keep what is secret.

    Settings belong to a type: another type starts without, and without what was expected of the old one.
    """
    settings = changes.get("settings", {})
    if changes.get("type", config.type) != config.type:
        return (
            {"settings": {}, "assertions": [], **changes}
            if hasattr(config, "assertions")
            else {"settings": {}, **changes}
        )
    if "settings" not in changes or not isinstance(settings, dict):
        return changes
    return changes | {"settings": _patched(conceal(config.settings), settings)}


def _patched(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    found = dict(old)
    for name, value in new.items():
        before = found.get(name)
        if value is None:
            found.pop(name, None)
        elif isinstance(value, dict) and isinstance(before, dict):
            found[name] = _patched(before, value)
        else:
            found[name] = value
    return found
