"""Expectations of users: checked when they are written down, and held against what a check saw."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple

from asura.checks.comparison import NEGATIONS, OPERATORS, ORDER, holds, number, span
from asura.checks.patterns import BadPattern, json_path, pattern
from asura.checks.seen import MISSING, Unreadable
from asura.checks.seen import Seen as Seen
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.result import AssertionOutcome
from asura.domain.status import Finding
from asura.errors import Fault

MAX_ASSERTIONS = 50
MAX_VALUE = 10_000
SHOWN = 80
_FINDINGS = {"down": Finding.DOWN, "degraded": Finding.DEGRADED}
_NUMBERS = frozenset({"status", "response_time", "certificate_days", "loss", "jitter"})
_NUMBER_OPS = frozenset({"eq", "ne", "in", "not_in", "exists", "not_exists", *ORDER})
_UNORDERED_OPS = OPERATORS - frozenset(ORDER)
_ALLOWED_OPS = {"answer": _UNORDERED_OPS, "rcode": _UNORDERED_OPS, **dict.fromkeys(_NUMBERS, _NUMBER_OPS)}
_SUBJECTS = {
    "status": "the status",
    "body": "the body",
    "response_time": "the response time",
    "certificate_days": "the days left of the certificate",
    "answer": "the answer",
    "rcode": "the response code",
    "loss": "the share of lost packets",
    "jitter": "the jitter",
    "protocol": "the protocol",
}
_UNITS = {"response_time": " ms", "jitter": " ms"}
_WORDS = {
    "eq": "to be",
    "ne": "not to be",
    "lt": "to be less than",
    "le": "to be at most",
    "gt": "to be more than",
    "ge": "to be at least",
    "in": "to be one of",
    "not_in": "to be none of",
    "contains": "to contain",
    "not_contains": "not to contain",
    "matches": "to match the pattern",
    "not_matches": "not to match the pattern",
    "exists": "to be there",
    "not_exists": "not to be there",
}
_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥", "not_in": "not in"}


class Verdict(NamedTuple):
    """What assertions come to: the parts of an outcome."""

    finding: Finding
    reason: Reason
    message: str


def judge(assertions: Iterable[Assertion], match: Literal["all", "any"], seen: Seen) -> tuple[AssertionOutcome, ...]:
    """Return each assertion held against what was seen; `match` decides only what they come to together."""
    return tuple(_judged(assertion, seen) for assertion in assertions)


def finding(outcomes: Sequence[AssertionOutcome], match: Literal["all", "any"]) -> Verdict:
    """Return what assertions come to: the worst of those that failed, or up when (with `any`) one passed."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    if not failed or (match == "any" and len(failed) < len(outcomes)):
        return Verdict(Finding.UP, Reason.OK, "")
    worst = max(outcome.severity for outcome in failed)
    first = next(outcome for outcome in failed if outcome.severity == worst)
    others = len(failed) - 1
    more = f" {others} more {'assertion' if others == 1 else 'assertions'} failed." if others else ""
    return Verdict(worst, Reason.ASSERTION, first.message + more)


def operators(assertable: Iterable[str]) -> dict[str, list[str]]:
    """Return the comparisons that fit each word, in the order in which people choose them."""
    return {word: [op for op in _WORDS if op in _ALLOWED_OPS.get(word, OPERATORS)] for word in sorted(assertable)}


def validate(assertions: Sequence[Assertion], assertable: frozenset[str]) -> list[Fault]:
    """Return what is wrong with assertions, each with its path (`assertions[0].value`)."""
    faults = [Fault("assertions", f"must be at most {MAX_ASSERTIONS}")] if len(assertions) > MAX_ASSERTIONS else []
    for index, assertion in enumerate(assertions):
        faults += [Fault(f"assertions[{index}].{key}", why) for key, why in _faults(assertion, assertable)]
    return faults


def _faults(assertion: Assertion, assertable: frozenset[str]) -> Iterable[tuple[str, str]]:
    if assertion.on not in assertable:
        yield "on", f"must be one of {', '.join(sorted(assertable))} for this type"
        return
    allowed = _ALLOWED_OPS.get(assertion.on, OPERATORS)
    if assertion.op not in allowed:
        yield "op", f"must be one of {', '.join(sorted(allowed))} on {assertion.on}"
        return
    if assertion.on == "header" and not assertion.name:
        yield "name", "must name the header"
    if assertion.on == "json":
        yield from _pattern_fault("path", assertion.path or "", json_path)
    why = _value_fault(assertion)
    if why:
        yield "value", why
    elif assertion.op in ("matches", "not_matches"):
        yield from _pattern_fault("value", assertion.value, pattern)


def _pattern_fault(key: str, text: str, compiled: Any) -> Iterable[tuple[str, str]]:
    try:
        compiled(text)
    except BadPattern as bad:
        yield key, str(bad)


def _value_fault(assertion: Assertion) -> str:
    value, op = assertion.value, assertion.op
    if op in ("exists", "not_exists"):
        return ""
    if value is None and assertion.on != "json":
        return "is missing: what should it be compared with?"
    if len(str(value)) > MAX_VALUE:
        return f"is longer than {MAX_VALUE} characters"
    if op in ("in", "not_in") and not (isinstance(value, list | tuple) and value):
        return "must be a list of values"
    if op in ("matches", "not_matches") and not isinstance(value, str):
        return "must be a pattern as text"
    if op in ORDER and number(value) is None and assertion.on not in ("protocol", "body", "header", "json"):
        return "must be a number"
    if assertion.on in _NUMBERS:
        return _number_fault(value if isinstance(value, list | tuple) else (value,))
    return ""


def _number_fault(values: Sequence[Any]) -> str:
    wrong = [value for value in values if number(value) is None and not (isinstance(value, str) and span(value))]
    return f"must hold numbers or ranges like 200-299, not {str(wrong[0])[:SHOWN]!r}" if wrong else ""


def _judged(assertion: Assertion, seen: Seen) -> AssertionOutcome:
    severity = _FINDINGS[assertion.severity]
    try:
        value = seen.value(assertion.on, assertion.name, assertion.path)
        passed = holds(assertion.op, value, assertion.value)
    except Unreadable as fault:
        message = f"Expected {_subject(assertion)} {_wanted(assertion)}, but {fault}."
        return AssertionOutcome(_short(assertion), False, severity, message)
    if passed:
        return AssertionOutcome(_short(assertion), True, severity, "")
    return AssertionOutcome(_short(assertion), False, severity, _failure(assertion, value))


def _failure(assertion: Assertion, value: Any) -> str:
    if value is MISSING:
        gone = "there is no certificate" if assertion.on == "certificate_days" else "there is none"
        return f"Expected {_subject(assertion)} {_wanted(assertion)}, but {gone}."
    if assertion.op == "not_exists":
        return f"Expected {_subject(assertion)} not to be there, but it is {_shown(value)}."
    if assertion.on == "body":
        return f"Expected the body {_wanted(assertion)}, but it {_body_failure(assertion.op, str(value))}."
    return f"Expected {_subject(assertion)} {_wanted(assertion)}, but it was {_shown(value)}{_unit(assertion)}."


def _body_failure(op: str, body: str) -> str:
    did = "does" if op in NEGATIONS else "does not"
    return f"{did}: it is empty" if not body else f"{did}: it begins with {_shown(body)}"


def _subject(assertion: Assertion) -> str:
    if assertion.on == "header":
        return f"the header {assertion.name}"
    if assertion.on == "json":
        return f"{assertion.path} in the JSON"
    return _SUBJECTS[assertion.on]


def _wanted(assertion: Assertion) -> str:
    words = _WORDS[assertion.op]
    if assertion.op in ("exists", "not_exists"):
        return words
    return f"{words} {_shown(assertion.value)}{_unit(assertion)}"


def _unit(assertion: Assertion) -> str:
    return _UNITS.get(assertion.on, "")


def _short(assertion: Assertion) -> str:
    """Return an assertion as one line: `status in 200-299`."""
    about = assertion.name or assertion.path
    subject = f"{assertion.on} {about}" if about else assertion.on
    sign = _SIGNS.get(assertion.op, assertion.op.replace("_", " "))
    if assertion.op in ("exists", "not_exists"):
        return f"{subject} {sign}"
    return f"{subject} {sign} {_shown(assertion.value)}"


def _shown(value: Any) -> str:
    """Return a value as a sentence holds it: short, and on one line."""
    if isinstance(value, list | tuple):
        text = ", ".join(_shown(item) for item in value[:10]) or "empty"
        return text + (", …" if len(value) > 10 else "")
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0") if abs(value) >= 1 else f"{value:.3g}"
    text = " ".join(str(value).split())
    text = text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
    return text if isinstance(value, int) else f"“{text}”"
