"""What goes into columns: instants, texts and JSON that SQLite and every reader can take, and cursors of lists."""

import base64
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from asura.domain.instant import at_ms, from_ms
from asura.errors import Fault, Invalid

_INTEGER_LIMIT = 1 << 63


def ms(instant: datetime | None) -> int | None:
    """Return an instant for a column that may be empty."""
    return None if instant is None else at_ms(instant)


def instant(milliseconds: int | None) -> datetime | None:
    """Return the instant of a column that may be empty."""
    return None if milliseconds is None else from_ms(milliseconds)


def text(value: str) -> str:
    """Return a text that SQLite takes: NUL removed, lone surrogates replaced. For what targets and providers say."""
    return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def to_json(value: Any) -> bytes:
    """Return JSON of what was seen or sent: texts as by `text`, numbers that JSON has not as null."""
    return msgspec.json.encode(_clean(msgspec.to_builtins(value)))


def from_json(raw: bytes | str) -> Any:
    """Return the plain data of a JSON column."""
    return msgspec.json.decode(raw)


def refuse_unstorable(value: Any, path: str = "") -> None:
    """Raise Invalid that names each part of a configuration that JSON or SQLite would lose or refuse."""
    faults = list(_faults(value, path))
    if faults:
        raise Invalid(*faults)


def cursor_of(*values: int | str) -> str:
    """Return where a page ended, as clients send it back."""
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def cursor_values(cursor: str, *kinds: type) -> Sequence[Any]:
    """Return what `cursor_of` was given; Invalid when it is no such cursor."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = msgspec.json.decode(raw, type=list[int | str])
    except (ValueError, msgspec.MsgspecError):
        values = []
    if [type(value) for value in values] != list(kinds):
        raise Invalid(Fault("cursor", "is not a cursor that this list gave"))
    return values


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {text(str(key)): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def _faults(value: Any, path: str) -> list[Fault]:
    if isinstance(value, str):
        return [] if value == text(value) else [Fault(path, "holds NUL or a lone surrogate")]
    if isinstance(value, float):
        return [] if math.isfinite(value) else [Fault(path, "is not a finite number")]
    if isinstance(value, int):
        return [] if -_INTEGER_LIMIT <= value < _INTEGER_LIMIT else [Fault(path, "is an integer of 2^63 or more")]
    if isinstance(value, dict):
        below = [_faults(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()]
        keys = [_faults(key, f"{path}.(a key)" if path else "(a key)") for key in value]
        return [fault for faults in below + keys for fault in faults]
    if isinstance(value, list | tuple):
        return [fault for index, item in enumerate(value) for fault in _faults(item, f"{path}[{index}]")]
    return []
