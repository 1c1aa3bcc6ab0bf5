"""How fast a counter grows."""

import pytest

from asura.engine.pulse import Pulse


def test_the_rate_is_that_of_the_last_minute_or_two() -> None:
    pulse, count = Pulse(1000.0), 0
    seen = []
    for second in range(1, 601):
        count += 10 if second <= 300 else 2
        seen.append(pulse.rate(1000.0 + second, count))
    assert seen[:300] == [pytest.approx(10)] * 300
    assert seen[-1] == pytest.approx(2)


def test_who_asks_for_the_first_time_hears_the_mean_since_the_start() -> None:
    assert Pulse(0.0).rate(3600.0, 7200) == pytest.approx(2)


def test_nothing_has_grown_in_no_time() -> None:
    assert Pulse(5.0).rate(5.0, 100) == 0.0
