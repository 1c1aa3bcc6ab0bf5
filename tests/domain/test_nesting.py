"""How deep a text is nested is known before it is decoded, whatever stands in its strings."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.nesting import MOST_LEVELS, is_too_deep

VALUES = st.recursive(
    st.none() | st.text('[]{}\\"a', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[]{}\\"', max_size=3), inner, max_size=3),
    max_leaves=40,
)


def levels(value: Any) -> int:
    """Return how deep a value is nested."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(levels, inner), default=0)


@given(VALUES, st.integers(0, 6))
def test_it_is_as_deep_as_what_is_decoded(value: Any, most: int) -> None:
    assert is_too_deep(json.dumps(value).encode(), most) == (levels(value) > most)


@pytest.mark.parametrize(
    ("text", "deep"),
    [
        pytest.param(b"[" * MOST_LEVELS + b"]" * MOST_LEVELS, False, id="as deep as it may be"),
        pytest.param(b"[" * (MOST_LEVELS + 1) + b"]" * (MOST_LEVELS + 1), True, id="one more"),
        pytest.param(b'{"a":[1],"b":' * 300 + b"1" + b"}" * 300, True, id="with others beside"),
        pytest.param(b'["]",' * 300 + b"1" + b"]" * 300, True, id="with ends in strings"),
        pytest.param(rb'["\\","]",' * 300 + b"1" + b"]" * 300, True, id="with a backslash before a quote"),
        pytest.param(b'["' + b"[" * 9000 + b'"]', False, id="in a string"),
        pytest.param(rb'["\"' + b"[" * 9000 + b'"]', False, id="in a string, behind a quote"),
        pytest.param(b"[" + b"[{}]," * 9000 + b"1]", False, id="many beside each other"),
        pytest.param(b"[[]," * 100_000, True, id="never closed"),
        pytest.param(b"]" * 100_000, False, id="never opened"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_only_levels_count(text: bytes, deep: bool) -> None:
    assert is_too_deep(text) == deep
