"""What a probe may tell of a monitor: what honest checks come to passes, and a flood does not."""

import pytest

from asura.domain.monitor import MonitorConfig
from asura.engine.allowance import HISTORY_S, Allowance, Pace, Stocks
from asura.errors import TooMany


def config(interval: float = 60, retries: int = 1) -> MonitorConfig:
    return MonitorConfig(name="Shop", type="tcp", target="192.0.2.7:443", interval=interval, retries=retries)


@pytest.mark.parametrize(("interval", "retries"), [(5, 0), (5, 3), (5, 10), (60, 1), (300, 2), (86_400, 0)])
def test_all_that_honest_checks_find_is_news(interval: float, retries: int) -> None:
    one, wanted, now = Allowance(), config(interval, retries), 1_000.0
    # A day of a target that fails: every check is tried again as often as it may be, as fast as that goes.
    for _ in range(int(86_400 / interval)):
        assert all(one.news(1, wanted, now) for _ in range(retries + 1))
        now += interval


@pytest.mark.parametrize(("interval", "retries"), [(5, 0), (5, 3), (60, 1)])
def test_what_was_found_in_half_a_minute_without_a_line_is_news_all_at_once(interval: float, retries: int) -> None:
    one, wanted = Allowance(), config(interval, retries)
    checks = int(30 / interval) + 1
    for turn in range(20):
        assert all(one.news(1, wanted, 60.0 * turn) for _ in range(checks * (retries + 1)))


def test_checks_that_people_ask_for_are_news_however_seldom_a_monitor_is_checked() -> None:
    one, wanted = Allowance(), config(86_400, 0)
    assert all(one.news(1, wanted, 10.0 + turn) for turn in range(8))
    assert all(one.news(1, wanted, 100.0 + 30 * turn) for turn in range(100))


def test_a_flood_is_not_news_and_each_monitor_has_its_own() -> None:
    one, wanted = Allowance(), config(60, 1)
    assert sum(one.news(1, wanted, 5.0) for _ in range(12_000)) == 13
    assert sum(one.news(1, wanted, 65.0) for _ in range(12_000)) == 3
    assert sum(one.news(2, wanted, 65.0) for _ in range(12_000)) == 13


def test_an_hour_of_backlog_is_history_and_twelve_times_that_is_not() -> None:
    one, wanted = Allowance(), config(60, 1)
    assert sum(one.history(1, wanted, 5.0) for _ in range(12_000)) == 240
    assert sum(one.history(2, config(5, 0), 5.0) for _ in range(720)) == 720


def test_an_edit_takes_nothing_away_that_the_new_interval_allows() -> None:
    one = Allowance()
    while one.news(1, config(86_400, 0), 5.0):
        continue
    assert sum(one.news(1, config(5, 0), 5.0 + turn) for turn in range(60)) > 60 / 5


def test_what_is_given_back_can_be_taken_again() -> None:
    one, wanted = Allowance(), config(60, 1)
    for _ in range(1_000):
        assert one.news(1, wanted, 5.0) and one.history(1, wanted, 5.0)
        one.give_back_news(1)
        one.give_back_history(1)
    one.give_back_news(7)
    assert sum(one.news(7, wanted, 5.0) for _ in range(100)) == 13


def test_monitors_of_which_nothing_is_heard_are_forgotten() -> None:
    stocks = Stocks()
    for monitor_id in range(1_000):
        stocks.take(monitor_id, 1.0, 10.0, 10.0)
    stocks.take(7, 1.0, 10.0, 9_000.0)
    stocks.tidy(HISTORY_S + 100)
    assert len(stocks) == 1
    stocks.tidy(HISTORY_S + 20_000)
    assert len(stocks) == 0


def test_a_try_that_is_never_followed_by_what_counts_counts_itself_in_the_end() -> None:
    one, wanted = Allowance(), config(60, 2)
    assert [one.counts(1, wanted, False) for _ in range(8)] == [False, False, False, True] * 2
    # Honest tries: as many as there are retries, and then one that counts.
    assert [one.counts(2, wanted, counted) for counted in (False, False, True) * 3] == [False, False, True] * 3


def test_requests_are_slowed_down_first_and_refused_when_that_takes_too_long() -> None:
    pace = Pace(5.0, 20.0, 1.0)
    waits = [pace.wait_s(100.0) for _ in range(25)]
    assert waits[:20] == [0.0] * 20 and waits[20:] == pytest.approx([0.2, 0.4, 0.6, 0.8, 1.0])
    for _ in range(100):
        with pytest.raises(TooMany) as caught:
            pace.wait_s(100.0)
    assert caught.value.retry_after == pytest.approx(1.2)
    # Nobody who waits as he was told is refused, and time that nobody uses is kept up to the burst.
    assert pace.wait_s(102.0) == 0.0
    assert [pace.wait_s(9_000.0) for _ in range(20)] == [0.0] * 20


def test_a_large_body_counts_as_several_requests() -> None:
    pace = Pace(50.0, 300.0, 0.25)
    pace.charge(60_000)
    assert [pace.wait_s(100.0) for _ in range(300)] == [0.0] * 300
    pace.charge(4 << 20)
    with pytest.raises(TooMany) as caught:
        pace.wait_s(100.0)
    assert caught.value.retry_after == pytest.approx(65 / 50)
