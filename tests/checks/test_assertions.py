"""Expectations held against what was seen: every operator, every subject, and the words when they fail."""

from time import perf_counter
from typing import Any

import pytest

from asura.checks.assertions import Seen, finding, judge, validate
from asura.checks.patterns import BadPattern, json_path, matches, select
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.status import Finding

JSON = b'{"ok":true,"n":5,"text":"five","none":null,"list":[1,2,3],"items":[{"id":1},{"id":2}],"deep":{"a":{"b":"c"}}}'


def seen(**wanted: Any) -> Seen:
    usual: dict[str, Any] = {
        "status": 200,
        "headers": (("content-type", "application/json"), ("x-n", "7"), ("via", "a"), ("via", "b")),
        "body": JSON,
        "response_ms": 120.5,
        "certificate_days": 20.0,
        "answers": ("192.0.2.1", "192.0.2.2"),
        "rcode": "NOERROR",
        "loss_ratio": 0.2,
        "jitter_ms": 3.0,
        "protocol": "TLSv1.2",
    }
    return Seen(**(usual | wanted))


# on, op, value, further fields, holds
TABLE = [
    ("status", "eq", 200, {}, True),
    ("status", "eq", "200", {}, True),
    ("status", "eq", "2xx", {}, True),
    ("status", "eq", "200-299", {}, True),
    ("status", "ne", 200, {}, False),
    ("status", "in", ["200-299"], {}, True),
    ("status", "in", [404, "500-599"], {}, False),
    ("status", "not_in", ["5xx"], {}, True),
    ("status", "lt", 300, {}, True),
    ("status", "ge", "200", {}, True),
    ("header", "eq", "application/json", {"name": "Content-Type"}, True),
    ("header", "contains", "json", {"name": "content-type"}, True),
    ("header", "matches", "^application/", {"name": "content-type"}, True),
    ("header", "eq", "a, b", {"name": "Via"}, True),
    ("header", "gt", 6, {"name": "X-N"}, True),
    ("header", "exists", None, {"name": "X-Gone"}, False),
    ("header", "not_exists", None, {"name": "X-Gone"}, True),
    ("header", "not_contains", "x", {"name": "X-Gone"}, True),
    ("header", "eq", "x", {"name": "X-Gone"}, False),
    ("body", "contains", '"ok":true', {}, True),
    ("body", "not_contains", "error", {}, True),
    ("body", "matches", r'"n":\s*\d', {}, True),
    ("body", "not_matches", "(?i)FIVE", {}, False),
    ("json", "eq", True, {"path": "$.ok"}, True),
    ("json", "eq", "true", {"path": "$.ok"}, True),
    ("json", "eq", 1, {"path": "$.ok"}, False),
    ("json", "eq", 5, {"path": "$.n"}, True),
    ("json", "eq", "5", {"path": "$.n"}, True),
    ("json", "eq", 5.0, {"path": "$.n"}, True),
    ("json", "gt", 4, {"path": "$.n"}, True),
    ("json", "le", 4, {"path": "$.n"}, False),
    ("json", "eq", None, {"path": "$.none"}, True),
    ("json", "exists", None, {"path": "$.none"}, True),
    ("json", "exists", None, {"path": "$.gone"}, False),
    ("json", "ne", 1, {"path": "$.gone"}, True),
    ("json", "eq", [1, 2, 3], {"path": "$.list"}, True),
    ("json", "contains", 2, {"path": "$.list"}, True),
    ("json", "eq", [1, 2], {"path": "$.items[*].id"}, True),
    ("json", "contains", 2, {"path": "$.items[*].id"}, True),
    ("json", "contains", "a", {"path": "$.deep"}, True),
    ("json", "matches", "^c$", {"path": "$.deep.a.b"}, True),
    ("json", "in", ["four", "five"], {"path": "$.text"}, True),
    ("json", "eq", {"b": "c"}, {"path": "$.deep.a"}, True),
    ("response_time", "lt", 200, {}, True),
    ("response_time", "lt", 100, {}, False),
    ("certificate_days", "ge", 14, {}, True),
    ("certificate_days", "ge", 30, {}, False),
    ("answer", "eq", ["192.0.2.2", "192.0.2.1"], {}, True),
    ("answer", "eq", "192.0.2.1", {}, False),
    ("answer", "contains", "192.0.2.1", {}, True),
    ("answer", "contains", ["192.0.2.1", "192.0.2.9"], {}, False),
    ("answer", "not_contains", "192.0.2.9", {}, True),
    ("answer", "not_contains", ["192.0.2.1", "192.0.2.9"], {}, False),
    ("answer", "in", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], {}, True),
    ("answer", "not_in", ["192.0.2.1"], {}, False),
    ("answer", "matches", r"^192\.0\.2\.", {}, True),
    ("rcode", "eq", "NOERROR", {}, True),
    ("loss", "le", 0.2, {}, True),
    ("jitter", "lt", 2, {}, False),
    ("protocol", "ge", "TLSv1.2", {}, True),
    ("protocol", "ge", "TLSv1.3", {}, False),
]


@pytest.mark.parametrize(("on", "op", "value", "more", "holds"), TABLE)
def test_operators_hold_as_people_mean_them(on: str, op: str, value: Any, more: dict[str, str], holds: bool) -> None:
    (outcome,) = judge([Assertion(on, op, value, **more)], "all", seen())
    assert outcome.passed is holds
    assert bool(outcome.message) is not holds


MESSAGES = [
    (
        Assertion("status", "in", ["200-299"]),
        {"status": 503},
        "Expected the status to be one of “200-299”, but it was 503.",
    ),
    (
        Assertion("response_time", "lt", 100),
        {},
        "Expected the response time to be less than 100 ms, but it was 120.5 ms.",
    ),
    (
        Assertion("header", "eq", "x", name="X-Gone"),
        {},
        "Expected the header X-Gone to be “x”, but there is none.",
    ),
    (
        Assertion("json", "eq", True, path="$.ok"),
        {"body": b"<html>"},
        "Expected $.ok in the JSON to be true, but the body is not JSON.",
    ),
    (
        Assertion("body", "contains", "Welcome"),
        {"body": b"<h1>\n Broken"},
        "Expected the body to contain “Welcome”, but it does not: it begins with “<h1> Broken”.",
    ),
    (
        Assertion("body", "not_contains", "Broken"),
        {"body": b"Broken"},
        "Expected the body not to contain “Broken”, but it does: it begins with “Broken”.",
    ),
    (
        Assertion("certificate_days", "ge", 5),
        {"certificate_days": None},
        "Expected the days left of the certificate to be at least 5, but there is no certificate.",
    ),
]


@pytest.mark.parametrize(("assertion", "given", "message"), MESSAGES)
def test_a_failure_says_what_was_expected_and_what_was_seen(
    assertion: Assertion, given: dict[str, Any], message: str
) -> None:
    (outcome,) = judge([assertion], "all", seen(**given))
    assert outcome.message == message


def test_long_values_are_cut_in_sentences() -> None:
    (outcome,) = judge([Assertion("body", "contains", "x" * 500)], "all", seen(body=b"y" * 100_000))
    assert len(outcome.message) < 300


DOWN = Assertion("status", "eq", 500)
WEAK = Assertion("body", "contains", "absent", severity="degraded")
FINE = Assertion("status", "eq", 200)

VERDICTS = [
    ((), "all", Finding.UP),
    ((FINE,), "all", Finding.UP),
    ((FINE, WEAK), "all", Finding.DEGRADED),
    ((WEAK, DOWN), "all", Finding.DOWN),
    ((WEAK, DOWN, FINE), "any", Finding.UP),
    ((WEAK, DOWN), "any", Finding.DOWN),
    ((WEAK,), "any", Finding.DEGRADED),
]


@pytest.mark.parametrize(("assertions", "match", "expected"), VERDICTS)
def test_assertions_come_to_the_worst_that_failed(assertions: Any, match: Any, expected: Finding) -> None:
    outcomes = judge(assertions, match, seen())
    verdict = finding(outcomes, match)
    assert verdict.finding is expected
    assert verdict.reason is (Reason.OK if expected is Finding.UP else Reason.ASSERTION)
    if expected is Finding.DOWN:
        assert verdict.message.startswith("Expected the status to be 500")
        assert verdict.message.endswith("1 more assertion failed.")


def test_bodies_are_decoded_by_their_charset_and_never_fail() -> None:
    assert Seen(body="grün".encode("latin-1"), charset="iso-8859-1").text() == "grün"
    assert Seen(body=b"\xff\xfe", charset="utf-8").text() == "\ufffd\ufffd"
    assert Seen(body=b"plain", charset="no-such-charset").text() == "plain"
    assert Seen(body='\ufeff{"a":1}'.encode()).document() == {"a": 1}
    (outcome,) = judge([Assertion("json", "eq", 1, path="$.a")], "all", Seen(body=b"[" * 100_000))
    assert not outcome.passed


FAULTS = [
    (Assertion("rcode", "eq", "x"), "on"),
    (Assertion("status", "contains", 2), "op"),
    (Assertion("status", "nonsense", 2), "op"),
    (Assertion("status", "eq", "fine"), "value"),
    (Assertion("status", "eq"), "value"),
    (Assertion("status", "in", 200), "value"),
    (Assertion("status", "in", []), "value"),
    (Assertion("status", "in", ["200-299", "x"]), "value"),
    (Assertion("response_time", "lt", "soon"), "value"),
    (Assertion("header", "eq", "x"), "name"),
    (Assertion("body", "matches", "("), "value"),
    (Assertion("body", "matches", "(?=x)"), "value"),
    (Assertion("body", "matches", 5), "value"),
    (Assertion("body", "contains", "x" * 10_001), "value"),
    (Assertion("json", "eq", 1, path="not a path"), "path"),
    (Assertion("json", "eq", 1), "path"),
]


@pytest.mark.parametrize(("assertion", "key"), FAULTS)
def test_what_cannot_be_asserted_is_named_with_its_path(assertion: Assertion, key: str) -> None:
    assertable = frozenset({"status", "header", "body", "json", "response_time"})
    faults = validate([FINE, assertion], assertable)
    assert [fault.path for fault in faults] == [f"assertions[1].{key}"]


def test_good_assertions_have_no_faults() -> None:
    assertions = [Assertion(on, op, value, **more) for on, op, value, more, _ in TABLE][:45]
    assert validate(assertions, frozenset({on for on, *_ in TABLE})) == []
    assert validate([FINE] * 51, frozenset({"status"}))[0].path == "assertions"


def test_patterns_that_freeze_other_engines_take_no_time() -> None:
    began = perf_counter()
    assert not matches("(a+)+$", "a" * 200_000 + "b")
    document = {"a": [{"b": "a" * 50 + "!"}]}
    assert select("$.a[?match(@.b, '(a+)+')]", document) == []
    assert select("$.a[?search(@.b, '(a+)+$')]", document) == []
    assert perf_counter() - began < 2


@pytest.mark.parametrize("path", ["$.a[?@.b =~ /(a+)+$/]", "$..a..b..c..d", "a", "", "$[", "$." + "a" * 1000])
def test_json_paths_that_are_none_or_could_hang_are_refused(path: str) -> None:
    with pytest.raises(BadPattern):
        json_path(path)


def test_json_functions_search_with_re2() -> None:
    document = {"a": [{"b": "one"}, {"b": "two"}]}
    assert select("$.a[?search(@.b, '^t')].b", document) == ["two"]
    assert select("$.a[?match(@.b, 'o.e')].b", document) == ["one"]
    assert select("$.a[?match(@.b, '(')].b", document) == []
    assert select("$..*", {"a": list(range(5000))})[-1] < 5000
