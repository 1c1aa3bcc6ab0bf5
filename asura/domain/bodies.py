"""Turns bodies of requests and items of the configuration file into structs, naming every field that is wrong."""

import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec.structs import FieldInfo

from asura.domain import fields
from asura.domain.fault import Fault

T = TypeVar("T", bound=msgspec.Struct)
# Looking for the nearest name takes its time, and nobody reads more of them.
MOST_HINTS = 20
# What other programs call what is meant here.
_ELSEWHERE = {"url": "target", "uri": "target", "host": "target", "hostname": "target", "address": "target"} | {
    "every": "interval",
    "period": "interval",
    "schedule": "cron",
}
_PATH = re.compile(r"(?P<what>.*?) - at `\$(?P<path>.*)`$", re.DOTALL)


def convert_fields(body: Mapping[str, Any], kind: type[T], *, prefix: str = "") -> tuple[T | None, list[Fault]]:
    """Return a struct made of a body, or None with a fault for each field that is unknown, missing or wrong."""
    known = _fields(kind)
    unknown = [key for key in body if key not in known]
    faults = [Fault(prefix + key, _unknown(key, known)) for key in unknown[:MOST_HINTS]]
    faults += [Fault(prefix + key, "unknown field") for key in unknown[MOST_HINTS:]]
    for name, info in known.items():
        if name in body:
            faults.extend(_wrong(body[name], info, prefix + name))
        elif info.required:
            faults.append(Fault(prefix + name, "is required"))
    if faults:
        return None, faults
    try:
        return fields.convert(dict(body), kind), []
    except msgspec.ValidationError as error:
        return None, [fault_of(error, prefix.rstrip("."))]


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, FieldInfo]:
    return {info.encode_name: info for info in msgspec.structs.fields(kind)}


def _wrong(value: Any, info: FieldInfo, path: str) -> list[Fault]:
    try:
        fields.convert(value, info.type)
    except msgspec.ValidationError as error:
        return [fault_of(error, path)]
    return []


def fault_of(error: msgspec.ValidationError, path: str) -> Fault:
    """Return what msgspec finds wrong with something at `path`, in words for people."""
    text = str(error)
    inner = _PATH.fullmatch(text)
    if inner is None:
        return Fault(path, _plain(text))
    return Fault((path + inner["path"]).lstrip("."), _plain(inner["what"]))


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_BOUND = re.compile(r"Expected `(?:int|float)` (?P<sign>>=|<=|>|<) (?P<limit>\S+)")
_LENGTH = re.compile(r"Expected `(?P<kind>str|array|object)` of length (?P<sign>>=|<=) (?P<limit>\d+)")
_TYPE = re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<got>[^`]+)`")
_SIGNS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_UNITS = {"str": "characters", "array": "items", "object": "entries"}


def _plain(text: str) -> str:
    """Return a message of msgspec in words for people."""
    bound, length, kind = _BOUND.fullmatch(text), _LENGTH.fullmatch(text), _TYPE.fullmatch(text)
    if bound is not None:
        return f"must be {_SIGNS[bound['sign']]} {bound['limit'].removesuffix('.0')}"
    if length is not None:
        return f"must have {_SIGNS[length['sign']]} {length['limit']} {_UNITS[length['kind']]}"
    if kind is not None:
        wanted = [_KINDS.get(one.strip(), one.strip()) for one in kind["wanted"].split("|")]
        return f"must be {' or '.join(wanted)}, not {_KINDS.get(kind['got'], kind['got'])}"
    return text[:1].lower() + text[1:]


def nearest_field(key: str, known: Collection[str]) -> str:
    """Return the known name that somebody meant: one like it, or what others call by this word; else nothing."""
    from difflib import get_close_matches

    if _ELSEWHERE.get(key) in known:
        return _ELSEWHERE[key]
    return next(iter(get_close_matches(key, known, n=1)), "")


def _unknown(key: str, known: Mapping[str, Any]) -> str:
    near = nearest_field(key, known)
    return f"unknown field; did you mean {near}?" if near else "unknown field"
