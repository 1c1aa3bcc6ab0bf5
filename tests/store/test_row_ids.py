"""A row id holds its parts, and sorts by them."""

from hypothesis import given
from hypothesis import strategies as st

from asura.store import row_ids

parts = st.tuples(
    st.integers(0, row_ids.TIMES - 1), st.integers(0, row_ids.MONITORS - 1), st.integers(0, row_ids.REGIONS - 1)
)


@given(parts, parts)
def test_row_ids_hold_their_parts_in_order_and_fit_sqlite(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    row = row_ids.row_id(*one)
    assert (row_ids.time_of(row), row_ids.monitor_of(row), row_ids.region_of(row)) == one
    assert 0 <= row < 2**63
    assert (row < row_ids.row_id(*other)) == (one < other)
    assert row_ids.monitor_of(row_ids.series_id(one[1], one[2])) == one[1]
