"""The spool: what waits, in which order it goes, what is given up and counted."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.probe.spool import FRESH_S, OVERHEAD, PAUSE_S, Packet, Spool, packed


def packet(spool: Spool, now: float, *, size: int = 100, results: int = 3, since: float | None = None) -> Packet:
    return Packet(spool.number(), b"x" * size, results, now if since is None else since, now)


def filled(*sealed_at: float, **more: int) -> tuple[Spool, list[Packet]]:
    spool = Spool(**more)
    packets = [packet(spool, at) for at in sealed_at]
    for one in packets:
        spool.add(one, one.sealed_at)
    return spool, packets


def test_numbers_are_never_used_twice() -> None:
    spool = Spool()
    assert [spool.number() for _ in range(3)] == [1, 2, 3]


def test_the_newest_goes_first_and_stays_until_it_is_done() -> None:
    spool, (first, second) = filled(10, 20)
    assert spool.newest() == second == spool.newest()
    spool.done(second.seq)
    assert spool.newest() == first
    spool.done(first.seq)
    assert (spool.newest(), spool.bytes, spool.results, spool.lost) == (None, 0, 0, 0)


def test_what_is_fresh_goes_at_once_and_the_backlog_with_pauses() -> None:
    spool, (old, fresh) = filled(0, 100)
    assert spool.ready_at(100) == 100
    spool.went(fresh, 100)
    spool.done(fresh.seq)
    assert spool.ready_at(100.01) == 100.01, "nothing of the backlog went yet"
    spool.went(old, 100.01)
    assert spool.ready_at(100.02) == pytest.approx(100.01 + PAUSE_S)
    newest = packet(spool, 100.03)
    spool.add(newest, 100.03)
    assert spool.ready_at(100.03) == 100.03, "what is fresh does not wait for the backlog"
    assert spool.ready_at(100.04 + FRESH_S) == 100.04 + FRESH_S


def test_what_waited_for_an_hour_is_given_up_and_counted() -> None:
    spool, packets = filled(0, 1800, longest_s=3600)
    assert spool.trim(3600) == 0
    assert spool.trim(3601) == 3
    assert (len(spool), spool.lost, spool.newest()) == (1, 3, packets[1])


def test_the_oldest_go_when_there_is_no_room() -> None:
    spool = Spool(most_bytes=3 * (100 + OVERHEAD))
    for at in range(5):
        spool.add(packet(spool, at), at)
    assert (len(spool), spool.lost) == (3, 6)
    assert spool.bytes <= 3 * (100 + OVERHEAD)
    newest = spool.newest()
    assert newest is not None
    assert newest.seq == 5


def test_a_batch_that_is_given_up_is_lost_and_one_that_is_unknown_is_not() -> None:
    spool, (one,) = filled(0)
    spool.give_up(one.seq)
    spool.give_up(one.seq)
    spool.done(99)
    assert (spool.lost, spool.bytes, spool.results) == (3, 0, 0)


def test_the_age_is_that_of_the_oldest_result() -> None:
    spool = Spool()
    assert spool.age_s(5) == 0
    spool.add(packet(spool, 10, since=9), 10)
    assert spool.age_s(20) == 11


def test_a_batch_is_packed_to_the_same_bytes_each_time() -> None:
    body = b'{"boot":"b0","seq":1}' * 20
    assert packed(body) == packed(body)
    assert gzip.decompress(packed(body)) == body


@given(st.lists(st.tuples(st.sampled_from(["add", "done", "turn"]), st.integers(1, 400)), max_size=60))
def test_it_never_holds_more_than_it_may_and_loses_count_of_nothing(steps: list[tuple[str, int]]) -> None:
    spool, now, offered, done = Spool(longest_s=500, most_bytes=3000), 0.0, 0, 0
    for what, amount in steps:
        newest = spool.newest()
        if what == "turn":
            now += amount
            spool.trim(now)
        elif what == "add":
            offered += 3
            spool.add(packet(spool, now, size=amount), now)
        elif newest is not None:
            spool.done(newest.seq)
            done += newest.results
        assert spool.bytes <= 3000
        assert spool.age_s(now) <= 500
        assert offered == done + spool.lost + spool.results
