"""How far clocks are apart: the quickest delivery tells, until a clock was set."""

from asura.engine.way import SIGHTINGS, Process


def shifts(*behind: float) -> list[int]:
    process = Process("0b5e7c1a")
    return [process.way(one).shift_ms for one in behind]


def test_the_quickest_delivery_of_late_tells_how_far_the_clocks_are_apart() -> None:
    assert shifts(0.5, 0.1, 3.0, 0.2) == [500, 100, 100, 100]
    assert shifts(0.1, *[0.3] * SIGHTINGS)[-2:] == [100, 300]


def test_three_deliveries_after_a_clock_was_set_back_it_is_known() -> None:
    assert shifts(0.05, 0.04, -3600, 0.05, 0.06, 0.04) == [50, 40, -3_600_000, -3_600_000, -3_600_000, 40]


def test_deliveries_that_are_slow_each_in_its_own_way_are_no_other_clock() -> None:
    assert shifts(0.1, 6.0, 9.0, 30.0, 7.5, 9.9) == [100] * 6
    assert shifts(0.1, 4.0, 4.1, 4.2) == [100] * 4
