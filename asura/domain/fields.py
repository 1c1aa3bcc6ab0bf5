"""Kinds of fields that configurations are made of: secrets, slugs, and the metadata that draws their forms."""

import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

STARS = "********"
SLUG = re.compile(r"[a-z0-9-]{1,64}")
# Headers whose value lets somebody in; what only asks for such a value (WWW-Authenticate) is none.
_CREDENTIAL = re.compile(
    r"(?i)auth(?!enticate|ors?\b)|cookie|token|secret|passw|signature|credential|session|(^|[-_])(api-?)?key$"
)
# What the versions of IP are called in forms.
FAMILIES = {"any": "IPv4 or IPv6", "ipv4": "IPv4 only", "ipv6": "IPv6 only"}
RESERVED_SLUGS = frozenset({"bulk", "tag"})

T = TypeVar("T")


class Secret:
    """A text that never shows itself: `repr`, `str` and JSON are stars; `reveal` gives it to the wire that needs it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._text

    def __repr__(self) -> str:
        return STARS

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)


def field(label: str, help: str = "", **extra: Any) -> msgspec.Meta:
    """Return the metadata of a setting: its label, one sentence of help, and hints for its form.

    Use as `Annotated[str, field("Method", "…")]`. Hints: `advanced=True`, `placeholder="…"`, `multiline=True`,
    `unit="s"` (seconds are entered as a duration), `labels={value: words}` for the values of a choice, in their order,
    `suggest=(…)`, `unique=True` for what a copy must not take along. The limits of msgspec (`ge`, `le`, `min_length`,
    `max_length`, `pattern`) go into the schema; those of a field that may be None belong inside:
    `Annotated[Annotated[float, Meta(gt=0)] | None, field("…")]`.
    """
    limits = {
        key: extra.pop(key)
        for key in ("gt", "ge", "lt", "le", "multiple_of", "pattern", "min_length", "max_length")
        if key in extra
    }
    if limits.get("pattern", "").endswith("$"):
        # The dollar alone would let a line break pass behind the last character.
        limits["pattern"] = f"{limits['pattern'][:-1]}(?!\\n)$"
    return msgspec.Meta(title=label, description=help or None, extra_json_schema=extra or None, **limits)


def dec_hook(kind: type, value: Any) -> Any:
    """Decode the types that msgspec does not know; TypeError and ValueError become validation errors."""
    if kind is Secret:
        if isinstance(value, Secret):
            return value
        if isinstance(value, str):
            return Secret(value)
        raise TypeError(f"Expected `str`, got `{type(value).__name__}`")
    raise NotImplementedError(f"no decoder for {kind!r}")


def enc_hook(value: Any) -> Any:
    """Encode for readers: a secret becomes stars (or nothing, when it is empty)."""
    if isinstance(value, Secret):
        return STARS if value else ""
    raise NotImplementedError(f"no encoder for {type(value)!r}")


def schema_hook(kind: type) -> dict[str, Any]:
    """Describe a secret in JSON Schema."""
    if kind is Secret:
        return {"type": "string", "format": "password", "writeOnly": True}
    raise NotImplementedError(f"no schema for {kind!r}")


def convert(value: Any, kind: type[T]) -> T:
    """Return `value` as a `kind`; raises msgspec.ValidationError that names the path."""
    return msgspec.convert(value, kind, dec_hook=dec_hook)


def conceal(value: Any) -> Any:
    """Return JSON-ready data in which every secret is stars."""
    return msgspec.to_builtins(value, enc_hook=enc_hook)


def map_secrets(value: Any, change: Callable[[Secret], Any]) -> Any:
    """Return plain data with each `Secret` in it replaced by `change(secret)`."""
    if isinstance(value, Secret):
        return change(value)
    if isinstance(value, dict):
        return {key: map_secrets(item, change) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_secrets(item, change) for item in value]
    return value


def plain(value: Any) -> Any:
    """Return a struct as plain data, with its secrets still `Secret` values."""
    if isinstance(value, msgspec.Struct):
        tag_field, tag = value.__struct_config__.tag_field, value.__struct_config__.tag
        names = zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True)
        named = {written: plain(getattr(value, name)) for written, name in names}
        return {tag_field: tag, **named} if tag_field else named
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def written(params: msgspec.Struct, keys: Iterable[str]) -> dict[str, Any]:
    """Return those settings of a struct that somebody wrote, so that defaults can still change with the product."""
    everything = plain(params)
    return {key: everything[key] for key in keys}


def keep_stars(new: Any, old: Any) -> Any:
    """Return `new` with each `"********"` replaced by what `old` holds in the same place."""
    if isinstance(new, dict):
        before = old if isinstance(old, dict) else {}
        return {key: keep_stars(item, before.get(key)) for key, item in new.items()}
    if isinstance(new, list):
        before_items = old if isinstance(old, list | tuple) else ()
        return [keep_stars(item, before_items[i] if i < len(before_items) else None) for i, item in enumerate(new)]
    return old if new == STARS and isinstance(old, Secret) else new


def is_slug(text: str) -> bool:
    """Return whether a text can name an object: `[a-z0-9-]{1,64}`, a letter in it, and not a word of a route."""
    return bool(SLUG.fullmatch(text)) and any(c.isalpha() for c in text) and text not in RESERVED_SLUGS


def is_credential(header: str) -> bool:
    """Return whether the value of a header of this name is nobody else's business."""
    return _CREDENTIAL.search(header) is not None


def slug_of(name: str) -> str:
    """Return a slug made of a name; `monitor` when nothing of the name can stand in one."""
    text = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:56].strip("-")
    return text if is_slug(text) else f"monitor-{text}".strip("-")
