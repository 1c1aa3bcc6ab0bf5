"""What targets say is made storable, what people configure is refused, and cursors are checked."""

import pytest

from asura.errors import Invalid
from asura.store import columns


def test_texts_and_json_of_targets_are_made_storable() -> None:
    assert columns.text("a\0\ud800") == "a?"
    seen = {"a\ud800": ["\udfff", float("nan"), float("inf"), 1.5, True, None, {"b": "ok"}]}
    assert columns.from_json(columns.to_json(seen)) == {"a?": ["?", None, None, 1.5, True, None, {"b": "ok"}]}


def test_every_fault_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        columns.refuse_unstorable({"a": ["\0", 1, float("nan")], "b": {"c": -(2**63) - 1}}, "settings")
    assert [fault.path for fault in refused.value.faults] == ["settings.a[0]", "settings.a[2]", "settings.b.c"]
    columns.refuse_unstorable({"a": ["fine", 2**63 - 1, 1.5, None, True]})


def test_a_cursor_gives_its_values_back() -> None:
    cursor = columns.cursor_of(12, "eu-west", 3)
    assert columns.cursor_values(cursor, int, str, int) == [12, "eu-west", 3]


@pytest.mark.parametrize(
    "cursor", ["", "x", "!!!", "bnVsbA", "WzEuNV0", columns.cursor_of("a"), columns.cursor_of(1, 2)]
)
def test_anything_else_is_no_cursor(cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        columns.cursor_values(cursor, int)


def test_empty_columns() -> None:
    assert columns.ms(None) is None
    assert columns.instant(None) is None
