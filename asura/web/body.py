"""Bodies of requests: read with a limit, parsed more strictly than JSON asks for, and shaped into structs."""

import asyncio
import json
import math
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request

from asura.domain.bodies import convert_fields
from asura.domain.nesting import is_too_deep
from asura.errors import Fault, Invalid
from asura.web.errors import Refused

T = TypeVar("T", bound=msgspec.Struct)

DEEPEST = 64
MOST_DIGITS = 20
READ_SECONDS = 30.0
# Reading a longer body takes a noticeable time, in which the event loop has other things to do.
THREAD_FROM = 65_536
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 500
READABLE = frozenset({"application/json", "application/merge-patch+json"})


async def read(request: Request, limit: int) -> bytes:
    """Return the body; raises Refused 413 as soon as it is longer than the limit, whatever its header says.

    A body that does not come within `READ_SECONDS` is a 408: a trickle must not hold a request open.
    """
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and (len(declared) > 18 or int(declared) > limit):
        _too_large(limit)
    chunks = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.stream():
                chunks += chunk
                if len(chunks) > limit:
                    _too_large(limit)
    except TimeoutError:
        detail = f"The body did not come within {READ_SECONDS:g} s."
        raise Refused(408, detail, headers={"Connection": "close"}) from None
    return bytes(chunks)


def _too_large(limit: int) -> NoReturn:
    # The rest of the body is not read: the connection cannot be used again.
    raise Refused(413, f"The body may have at most {limit} bytes.", headers={"Connection": "close"})


def parse(request: Request, raw: bytes, *, required: bool, any_type: bool = False) -> dict[str, Any]:
    """Return the object in a body; an empty body is an empty object where none is required."""
    if not raw and not required:
        return {}
    media_type, _, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.strip().lower().replace('"', "").removeprefix("charset=")
    readable = any_type or media_type.strip().lower() in READABLE
    if not readable or charset not in {"", "utf-8", "utf8"}:
        raise Refused(415, "Send the body as application/json in UTF-8.", headers={"Accept": "application/json"})
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refused(415, "Send the body without compression.", headers={"Accept-Encoding": "identity"})
    value = strict_json(raw)
    if not isinstance(value, dict):
        raise Invalid(Fault("", "the body must be a JSON object"))
    return value


def parse_form(request: Request, raw: bytes) -> dict[str, Any]:
    """Return the fields of an HTML form, each as text, or as a list where it is given more than once."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and media_type != FORM:
        raise Refused(415, "Send the form as application/x-www-form-urlencoded.", headers={"Accept": FORM})
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Refused(400, "The form cannot be read.") from None
    found: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, value in pairs:
        _check_text(name + value, name, faults)
        found[name] = value if name not in found else [*_listed(found[name]), value]
    if faults:
        raise Invalid(*faults)
    return found


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


class _Bad:
    """Stands in the parsed value for something JSON allows (or Python does) and asura does not."""

    __slots__ = ("message",)

    def __init__(self, message: str) -> None:
        self.message = message


class _Pairs:
    """An object as written, so that a key given twice is seen with its path."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def strict_json(raw: bytes) -> Any:
    """Return the value of a JSON text; raises Refused 400 (not JSON) or Invalid that names every offending place."""
    try:
        text = raw.decode("utf-8")
        if is_too_deep(raw):
            raise Invalid(Fault("", "is nested too deep"))
        value = json.loads(
            text,
            object_pairs_hook=_Pairs,
            parse_constant=lambda word: _Bad(f"{word} is not a number that can be stored"),
            parse_float=_float,
            parse_int=_int,
        )
    except UnicodeDecodeError:
        raise Refused(400, "The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Refused(400, f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    faults: list[Fault] = []
    plain = _plain(value, "", 0, faults)
    if faults:
        raise Invalid(*faults)
    return plain


def _float(text: str) -> float | _Bad:
    number = float(text)
    return number if math.isfinite(number) else _Bad("is too large a number")


def _int(text: str) -> int | _Bad:
    if len(text) > MOST_DIGITS or not -(2**63) <= int(text) < 2**63:
        return _Bad("is too large a number")
    return int(text)


def _plain(value: Any, path: str, depth: int, faults: list[Fault]) -> Any:
    if isinstance(value, _Bad):
        faults.append(Fault(path, value.message))
        return None
    if isinstance(value, str):
        _check_text(value, path, faults)
        return value
    if not isinstance(value, _Pairs | list):
        return value
    if depth >= DEEPEST:
        faults.append(Fault(path, "is nested too deep"))
        return None
    if isinstance(value, list):
        return [_plain(item, f"{path}[{index}]", depth + 1, faults) for index, item in enumerate(value)]
    return _plain_object(value, path, depth, faults)


def _plain_object(value: _Pairs, path: str, depth: int, faults: list[Fault]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in value.pairs:
        inner = f"{path}.{key}" if path else key
        _check_text(key, inner, faults)
        if key in found:
            faults.append(Fault(inner, "is given twice"))
        found[key] = _plain(item, inner, depth + 1, faults)
    return found


def _check_text(text: str, path: str, faults: list[Fault]) -> None:
    if "\0" in text:
        faults.append(Fault(path, "must not hold a NUL character"))
    if not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text):
        faults.append(Fault(path, "must not hold half of a surrogate pair"))


def shaped(body: dict[str, Any], kind: type[T]) -> T:
    """Return a body as a struct; raises Invalid that names every unknown, missing and wrong field."""
    made, faults = convert_fields(body, kind)
    if made is None:
        raise Invalid(*faults)
    return made
