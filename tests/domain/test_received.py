"""Which batches were taken: every number once, in any order, in bounded room."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asura.domain.received import MOST_RANGES, NOTHING, Received, decode, encode, take

NUMBERS = st.lists(st.integers(0, 120), max_size=200)


def taken(*numbers: int) -> Received:
    received = NOTHING
    for number in numbers:
        received, _ = take(received, number)
    return received


@pytest.mark.parametrize(
    ("numbers", "ranges"),
    [
        pytest.param((), (), id="nothing"),
        pytest.param((7,), ((7, 7),), id="one"),
        pytest.param((1, 2, 3), ((1, 3),), id="in order"),
        pytest.param((3, 2, 1), ((1, 3),), id="backwards"),
        pytest.param((1, 3), ((1, 1), (3, 3)), id="with a gap"),
        pytest.param((1, 3, 2), ((1, 3),), id="that is filled"),
        pytest.param((9, 1, 5), ((1, 1), (5, 5), (9, 9)), id="in any order"),
        pytest.param((5, 6, 1, 2), ((1, 2), (5, 6)), id="newest first"),
        pytest.param((1, 1, 1), ((1, 1),), id="again and again"),
        pytest.param((1, 2, 3, 4, 2), ((1, 4),), id="again inside a range"),
    ],
)
def test_numbers_become_ranges(numbers: tuple[int, ...], ranges: tuple[tuple[int, int], ...]) -> None:
    assert taken(*numbers).ranges == ranges


@given(NUMBERS)
def test_each_number_is_taken_once_like_in_a_set(numbers: list[int]) -> None:
    received, known = NOTHING, set[int]()
    for number in numbers:
        received, fresh = take(received, number)
        assert fresh is (number not in known)
        known.add(number)
    assert {number for number in range(-1, 122) if number in received} == known


@given(NUMBERS)
def test_ranges_are_in_order_apart_and_as_few_as_can_be(numbers: list[int]) -> None:
    ranges = taken(*numbers).ranges
    assert all(first <= last for first, last in ranges)
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(ranges))


@given(NUMBERS)
def test_the_order_does_not_matter(numbers: list[int]) -> None:
    assert taken(*numbers) == taken(*sorted(numbers)) == taken(*reversed(numbers))


def test_a_number_taken_again_changes_nothing() -> None:
    received = taken(1, 2, 5)
    again, fresh = take(received, 2)
    assert again is received and not fresh


@given(NUMBERS)
def test_what_is_stored_is_what_is_read(numbers: list[int]) -> None:
    received = taken(*numbers)
    assert decode(encode(received)) == received


def test_the_stored_form_is_short() -> None:
    assert encode(NOTHING) == b"[]"
    assert encode(taken(*range(1, 4000), 5000)) == b"[1,3999,5000,5000]"


@pytest.mark.parametrize(
    "stored",
    [b"", b"{}", b"[1]", b"[2,1]", b"[1,2,3,4]", b"[5,6,1,2]", b'["1",2]', b"[1.5,2]", b"[1,NaN]", b"[1,2", b"\xff"],
)
def test_what_is_no_stored_form_is_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(stored)


def test_the_oldest_gap_is_closed_when_there_are_too_many() -> None:
    received = taken(*range(0, 2 * MOST_RANGES, 2))
    assert len(received.ranges) == MOST_RANGES and 1 not in received
    received, fresh = take(received, 1000)
    assert fresh and len(received.ranges) == MOST_RANGES
    assert received.ranges[0] == (0, 2) and 1 in received and 3 not in received
    assert take(received, 1) == (received, False), "what is missing in it counts as taken"


def test_a_late_number_that_makes_one_range_too_many_is_taken_itself() -> None:
    received = taken(*range(10, 10 + 2 * MOST_RANGES, 2))
    received, fresh = take(received, 3)
    assert fresh and 3 in received and len(received.ranges) == MOST_RANGES
    assert take(received, 3) == (received, False)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 5000), min_size=600, max_size=900, unique=True))
def test_nothing_is_ever_taken_twice_and_the_room_is_bounded(numbers: list[int]) -> None:
    received, known = NOTHING, set[int]()
    for number in numbers:
        received, fresh = take(received, number)
        assert number in received and len(received.ranges) <= MOST_RANGES
        assert not fresh or number not in known
        known.add(number)
    assert not any(take(received, number)[1] for number in known)


def test_a_stored_form_with_too_many_ranges_is_bounded_too() -> None:
    ends = b",".join(b"%d,%d" % (number, number) for number in range(0, 2000, 2))
    received = decode(b"[" + ends + b"]")
    assert len(received.ranges) == MOST_RANGES and 1997 not in received and 1 in received
