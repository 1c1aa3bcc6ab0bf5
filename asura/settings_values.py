"""Kinds of values that a settings key can hold: how each is read from YAML, environment or flag, and shown again."""

import math
import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from asura.domain.fields import Secret
from asura.domain.lengths import UNITS
from asura.domain.lengths import seconds_of as seconds_of

_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


class Kind(NamedTuple):
    """One kind of value: its name in the documentation, and how a raw value is read (ValueError says what is wrong)."""

    name: str
    read: Callable[[Any], Any]
    show: Callable[[Any], Any] = lambda value: value


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What the sections have in common: values that are set once."""


def setting(help: str, kind: Kind) -> msgspec.Meta:
    """Return the metadata of one settings key: its line of help and the kind of its value."""
    return msgspec.Meta(description=help, extra={"kind": kind})


def duration_text(seconds: float) -> str:
    """Return seconds in the shortest form that `seconds_of` reads back: `30s`, `1h30m`, `2d`."""
    if seconds == 0 or seconds != int(seconds):
        return f"{seconds:g}s"
    rest, text = int(seconds), ""
    for unit in ("d", "h", "m", "s"):
        amount, rest = divmod(rest, int(UNITS[unit]))
        text += f"{amount}{unit}" if amount else ""
    return text


def split_address(text: str) -> tuple[str, int]:
    """Return (host, port) of `host:port`, `:port` or `[v6]:port`; ValueError when it is none of these."""
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535 or (":" in host and not bracketed):
        raise ValueError(f"{text!r} is not a listen address; write host:port, for example 127.0.0.1:8090 or [::1]:8090")
    bare = host[1:-1] if bracketed else host
    if bare and not bracketed and not _HOST.fullmatch(bare):
        raise ValueError(f"{text!r} is not a listen address: {bare!r} is no host name or address")
    return bare, int(port)


def _between(value: float, low: float, high: float, unit: str = "") -> None:
    if not low <= value <= high:
        limit = f"at least {low:g}{unit}" if high == math.inf else f"between {low:g}{unit} and {high:g}{unit}"
        raise ValueError(f"must be {limit}")


def duration(low: float = 0, high: float = math.inf) -> Kind:
    """Return the kind of a duration, in seconds, within limits."""

    def read(raw: Any) -> float:
        value = seconds_of(raw)
        _between(value, low, high, "s")
        return value

    return Kind("duration", read, duration_text)


def whole(low: int = 0, high: float = math.inf) -> Kind:
    """Return the kind of a whole number within limits."""

    def read(raw: Any) -> int:
        value = int(raw) if isinstance(raw, str) and re.fullmatch(r"-?[0-9]{1,18}", raw.strip()) else raw
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("expected a whole number")
        _between(value, low, high)
        return value

    return Kind("whole number", read)


def number(low: float = 0, high: float = math.inf) -> Kind:
    """Return the kind of a number within limits."""

    def read(raw: Any) -> float:
        value = float(raw) if isinstance(raw, str) and _NUMBER.fullmatch(raw.strip()) else raw
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError("expected a number")
        _between(value, low, high)
        return value

    return Kind("number", read)


def one_of(*words: str, also: dict[str, str] | None = None) -> Kind:
    """Return the kind of a word out of a list; `also` maps other spellings to these words."""

    def read(raw: Any) -> str:
        word = _text(raw).strip().lower()
        word = (also or {}).get(word, word)
        if word not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return word

    return Kind(" or ".join(words), read)


def texts(item: Callable[[Any], Any] | None = None, *, name: str = "list of text") -> Kind:
    """Return the kind of a list of texts; one text with commas is read as a list, as the environment needs it."""

    def read(raw: Any) -> tuple[Any, ...]:
        if isinstance(raw, str):
            raw = [part.strip() for part in raw.strip().removeprefix("[").removesuffix("]").split(",") if part.strip()]
        if not isinstance(raw, list):
            raise ValueError("expected a list")
        return tuple((item or _text)(one) for one in raw)

    return Kind(name, read, list)


def _text(raw: Any) -> str:
    if isinstance(raw, Secret):
        raise ValueError("a variable ending in _FILE can stand only where a secret is expected")
    if isinstance(raw, int | float):
        raise ValueError("expected text; put the value in quotes")
    if not isinstance(raw, str):
        raise ValueError("expected text")
    if "\x00" in raw:
        raise ValueError("may not hold a NUL character")
    return raw


def _flag(raw: Any) -> bool:
    word = raw.strip().lower() if isinstance(raw, str) else raw
    if isinstance(word, bool):
        return word
    if word not in _TRUE | _FALSE:
        raise ValueError("expected true or false")
    return word in _TRUE


def _secret(raw: Any) -> Secret | None:
    if isinstance(raw, Secret):
        return raw
    text = _text(raw)
    return Secret(text) if text else None


def _listen(raw: Any) -> str:
    text = _text(raw).strip()
    split_address(text)
    return text


def _url(raw: Any) -> str:
    text = _text(raw).strip().rstrip("/")
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  a bad port shows itself when it is read
    except ValueError:
        raise ValueError(f"{text!r} is not an address such as https://status.example.com") from None
    if parts.username is not None:
        raise ValueError("may not hold a user name or a password")
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{text!r} is not an address such as https://status.example.com")
    return text


def _hash(raw: Any) -> str:
    digits = _text(raw).strip().lower().removeprefix("sha256:")
    if not re.fullmatch(r"[0-9a-f]{64}", digits):
        raise ValueError("must be the 64 hex digits that `asura hash-key` prints")
    return digits


def _base_path(raw: Any) -> str:
    text = _text(raw).strip().strip("/")
    if text and not re.fullmatch(r"[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*", text):
        raise ValueError("must be a path such as /asura, of letters, digits, '.', '_', '~', '-' and '/'")
    return f"/{text}" if text else ""


def _folder(raw: Any) -> Path:
    text = _text(raw).strip()
    if not text:
        raise ValueError("expected the path of a folder")
    return Path(text).expanduser()


def network(raw: Any) -> str:
    """Return an address or a network in CIDR form, normalised; ValueError when it is neither."""
    text = _text(raw).strip()
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f"{text!r} is not an address or a network such as 10.0.0.0/8") from None


def network_or_host(raw: Any) -> str:
    """Return a network in CIDR form or a host name; ValueError when it is neither."""
    text = _text(raw).strip()
    if not _HOST.fullmatch(text) or re.fullmatch(r"[0-9.]+", text):
        return network(text)
    return text.lower()


TEXT = Kind("text", _text)
FLAG = Kind("true or false", _flag)
SECRET = Kind("secret", _secret, lambda value: "")
LISTEN = Kind("host:port", _listen)
LISTEN_OR_NOT = Kind("host:port", lambda raw: "" if raw == "" else _listen(raw))
URL = Kind("URL", _url)
HASH = Kind("64 hex digits", _hash)
HASH_OR_NOT = Kind("64 hex digits", lambda raw: "" if raw == "" else _hash(raw))
BASE_PATH = Kind("path", _base_path)
FOLDER = Kind("path", _folder, str)
