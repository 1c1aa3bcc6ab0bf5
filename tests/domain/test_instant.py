"""How an instant is kept."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from asura.domain.instant import at_ms, from_ms, kept

BEGINNING, LATEST_MS = datetime(1990, 1, 1, tzinfo=UTC), at_ms(datetime(2200, 1, 1, tzinfo=UTC))


@given(st.timedeltas(timedelta(), timedelta(days=70_000)))
def test_what_is_kept_of_an_instant_is_not_after_it_and_less_than_a_millisecond_before(since: timedelta) -> None:
    instant = BEGINNING + since
    assert timedelta() <= instant - kept(instant) < timedelta(milliseconds=1)


@given(st.integers(0, LATEST_MS))
def test_what_was_kept_once_stays_as_it_is(milliseconds: int) -> None:
    assert at_ms(from_ms(milliseconds)) == milliseconds
