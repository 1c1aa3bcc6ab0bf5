"""How an expected value is compared with a seen one."""

import operator
from collections.abc import Callable
from math import isfinite
from typing import Any

import msgspec

from asura.checks.patterns import matches
from asura.checks.seen import MISSING

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}
NEGATIONS = {
    "ne": "eq",
    "not_in": "in",
    "not_contains": "contains",
    "not_matches": "matches",
    "not_exists": "exists",
}
OPERATORS = frozenset({"eq", "in", "contains", "matches", "exists", *ORDER, *NEGATIONS})


def holds(op: str, seen: Any, expected: Any) -> bool:
    """Return whether `seen op expected`. What is missing satisfies the negations and nothing else."""
    if isinstance(seen, tuple) and op in ("not_in", "not_contains"):
        return not any(_among((item,), expected) for item in seen)
    if op in NEGATIONS:
        return not holds(NEGATIONS[op], seen, expected)
    if seen is MISSING:
        return False
    if op == "exists":
        return True
    if op in ORDER:
        return _ordered(ORDER[op], seen, expected)
    return _POSITIVE[op](seen, expected)


def same(seen: Any, expected: Any) -> bool:
    """Return whether two values are equal as people mean it: `200`, `"200"` and `"200-299"` all are 200."""
    if isinstance(seen, tuple):
        wanted = expected if isinstance(expected, list | tuple) else (expected,)
        return {_folded(item) for item in seen} == {_folded(item) for item in wanted}
    if isinstance(seen, bool) or isinstance(expected, bool):
        return seen is expected or _text(seen) == expected
    if isinstance(seen, int | float) and isinstance(expected, str):
        return _within(seen, expected)
    if isinstance(expected, str) and not isinstance(seen, str):
        return _text(seen) == expected
    return bool(seen == expected)


def _among(seen: Any, expected: Any) -> bool:
    choices = expected if isinstance(expected, list | tuple) else (expected,)
    if isinstance(seen, tuple):
        wanted = {_folded(choice) for choice in choices}
        return bool(seen) and all(_folded(item) in wanted for item in seen)
    return any(same(seen, choice) for choice in choices)


def _contains(seen: Any, expected: Any) -> bool:
    if isinstance(seen, tuple):
        wanted = expected if isinstance(expected, list | tuple) else (expected,)
        return {_folded(item) for item in wanted} <= {_folded(item) for item in seen}
    if isinstance(seen, list):
        return any(same(item, expected) for item in seen)
    if isinstance(seen, dict):
        return expected in seen if isinstance(expected, str) else False
    return _text(expected) in _text(seen)


def _matches(seen: Any, expected: Any) -> bool:
    parts = seen if isinstance(seen, tuple | list) else (seen,)
    return any(matches(expected, _text(part)) for part in parts)


def _ordered(compare: Callable[[Any, Any], bool], seen: Any, expected: Any) -> bool:
    left, right = number(seen), number(expected)
    if left is not None and right is not None:
        return compare(left, right)
    if isinstance(seen, str) and isinstance(expected, str):
        return compare(seen, expected)
    return False


def number(value: Any) -> float | None:
    """Return a value as a number where it is one, also written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if isfinite(found) else None


def span(text: str) -> tuple[float, float] | None:
    """Return the first and last number of `200-299`, `2xx` or `200`; None where a text is none of these."""
    plain = text.strip().lower()
    if len(plain) == 3 and plain.endswith("xx") and plain[0].isdigit():
        return int(plain[0]) * 100, int(plain[0]) * 100 + 99
    first, dash, last = plain.partition("-")
    if dash and first.strip().isdigit() and last.strip().isdigit():
        return int(first), int(last)
    single = number(plain)
    return None if single is None else (single, single)


def _within(seen: float, expected: str) -> bool:
    bounds = span(expected)
    return bounds is not None and bounds[0] <= seen <= bounds[1]


def _folded(item: Any) -> str:
    """Return an answer (a DNS record) as it is compared: names know no case and no dot at their end."""
    text = _text(item).strip()
    return text.lower().rstrip(".")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


_POSITIVE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": same,
    "in": _among,
    "contains": _contains,
    "matches": _matches,
}
