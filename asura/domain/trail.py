"""What a change was, for the audit log: the fields that differ, as they were and as they are, secrets as stars."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from asura.domain.fields import STARS, conceal, is_credential, plain

Side: TypeAlias = dict[str, Any] | None


def difference(old: Any, new: Any) -> tuple[Side, Side]:
    """Return the fields that differ between two structs or mappings; None is nothing there, and has no fields.

    Of objects within an object only their differing fields. A secret that changed is stars on both sides.
    """
    if old is None or new is None:
        return _whole(old), _whole(new)
    before, after = _differing(_plain(old), _plain(new))
    if not before and not after:
        return None, None
    return _concealed(before), _concealed(after)


def names(before: Side, after: Side) -> list[str]:
    """Return the names of the fields that a change touched; none when something was made or ended."""
    return sorted({*before, *after}) if before is not None and after is not None else []


def _plain(value: Any) -> dict[str, Any]:
    found = plain(value)
    if not isinstance(found, dict):
        raise TypeError(f"{type(value).__name__} has no fields")
    return found


def _whole(value: Any) -> Side:
    if value is None:
        return None
    return _concealed({name: item for name, item in _plain(value).items() if item not in (None, "", [], {}, ())})


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in _in_order(old, new):
        was, is_ = old.get(name), new.get(name)
        if was == is_ and (name in old) == (name in new):
            continue
        if isinstance(was, dict) and isinstance(is_, dict):
            was, is_ = _differing(was, is_)
        if name in old:
            before[name] = was
        if name in new:
            after[name] = is_
    return before, after


def _in_order(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[str]:
    return dict.fromkeys([*old, *new])


def _concealed(value: dict[str, Any]) -> dict[str, Any]:
    """Return a side without secrets, and without credentials in headers that were not written as secrets."""
    found: dict[str, Any] = conceal(value)
    settings = found.get("settings")
    if isinstance(settings, dict) and isinstance(headers := settings.get("headers"), dict):
        settings["headers"] = {name: STARS if is_credential(name) else item for name, item in headers.items()}
    return found
