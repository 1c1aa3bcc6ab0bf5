"""JSON paths of users cost what their step budget allows, whatever they and the document are."""

import json
from time import process_time

import pytest

from asura.checks.assertions import Seen, judge
from asura.checks.http import is_wide
from asura.checks.json_paths import MAX_STEPS, Steps, TooDear
from asura.checks.patterns import select
from asura.domain.monitor import Assertion

DEEP: object = 1
for _ in range(90):
    DEEP = [DEEP]
FLAT = [0] * 30_000
OBJECTS = [{"a": 1, "b": [1] * 50} for _ in range(5_000)]


def nested(leaf: object, wanted: object) -> object:
    """Return 20 objects around a leaf; a union doubles the visits at each of them."""
    for _ in range(20):
        leaf = {"a": leaf, "wanted": wanted}
    return leaf


DOUBLING = "$" + "['a','a']" * 20
# Each of these would run for minutes, most of them for longer than the sun will shine.
BOMBS = [
    ("$" + "[0,0]" * 60 + ".x", DEEP),
    ("$" + "[0:1,0:1]" * 60 + ".x", DEEP),
    ("$" + "[*,*]" * 30 + "[?1==2]", DEEP),
    (DOUBLING + "[?@ == $.wanted]['x']", nested({"t": "x" * 400_000}, "x" * 400_000)),
    (DOUBLING + "[?@ == $.wanted]['x']", nested({"t": [[0] * 200_000]}, [[0] * 200_000])),
    (DOUBLING + "[?search(@, 'y')]", nested({"t": "x" * 900_000}, None)),
    (DOUBLING + "[?1==2]", nested([0] * 100_000, None)),
]
# And these look as if they would.
TAME = [("$[?count($[*])>100000]", FLAT), ("$[?count($[?@==1]) == 1]", FLAT)]


@pytest.mark.parametrize(("path", "document"), BOMBS, ids=range(len(BOMBS)))
def test_a_bomb_ends_within_its_budget(path: str, document: object) -> None:
    began = process_time()
    with pytest.raises(TooDear):
        select(path, document)
    assert process_time() - began < 5


@pytest.mark.parametrize(("path", "document"), TAME)
def test_what_only_looks_like_a_bomb_gets_its_answer(path: str, document: object) -> None:
    began = process_time()
    assert select(path, document) == []
    assert process_time() - began < 5


def test_a_bomb_fails_its_assertion_and_takes_what_is_left_from_the_others() -> None:
    bomb = Assertion("json", "exists", path="$" + "[0,0]" * 60 + ".x")
    seen = Seen(body=json.dumps(DEEP).encode())
    first, second = judge([bomb, bomb], "all", seen)
    assert "too many steps" in first.message and "too many steps" in second.message
    began = process_time()
    judge([bomb] * 48, "all", seen)
    assert process_time() - began < 1


def test_ordinary_paths_spend_little() -> None:
    steps = Steps()
    assert select("$[?@.a == 1].b[0]", OBJECTS, steps) == [1] * 1_000
    assert select("$..a", OBJECTS, steps) == [1] * 1_000
    assert select("$[4999].a", OBJECTS, steps) == [1]
    assert steps.left > MAX_STEPS * 0.9


def test_a_document_that_is_a_text_is_not_read_as_json_again() -> None:
    assert select("$", "[1,2]") == ["[1,2]"]
    assert select("$", '{"a') == ['{"a']
    assert select("$[0]", "[1,2]") == []


def test_filters_compare_with_the_root_and_with_each_other() -> None:
    document = {"want": 2, "items": [{"id": 1, "tags": ["a"]}, {"id": 2, "tags": ["b"]}], "tags": ["b"]}
    assert select("$.items[?@.id == $.want].tags[0]", document) == ["b"]
    assert select("$.items[?@.tags == $.tags].id", document) == [2]
    assert select("$.items[?count(@.tags[*]) == 1].id", document) == [1, 2]


@pytest.mark.parametrize(("path", "wide"), [("$.a.b[0]", False), ("$.a[*]", True), ("$..a", True), ("$[?@.a]", True)])
def test_only_paths_that_may_take_time_leave_the_event_loop(path: str, wide: bool) -> None:
    assert is_wide(path) is wide
