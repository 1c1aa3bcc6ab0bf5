"""How an instant is kept."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from asura.clock import at_ms, from_ms, kept

LATEST_MS = at_ms(datetime(2200, 1, 1, tzinfo=UTC))


@given(st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)))
def test_what_is_kept_of_an_instant_is_not_after_it_and_less_than_a_millisecond_before(instant: datetime) -> None:
    assert timedelta() <= instant - kept(instant) < timedelta(milliseconds=1)


@given(st.integers(0, LATEST_MS))
def test_what_was_kept_once_stays_as_it_is(milliseconds: int) -> None:
    assert at_ms(from_ms(milliseconds)) == milliseconds
