"""Whether we could have heard: after a stall, a sleep or an outage of ours silence counts from its end."""

from datetime import timedelta

from asura.domain.reason import Reason
from asura.domain.span import Gap
from asura.engine.live import Live
from asura.engine.probe_calls import Listening, Polls
from tests.world import FakeClock


def listening() -> tuple[Listening, FakeClock, Live]:
    clock, live = FakeClock(), Live()
    return Listening(clock, live), clock, live


def test_a_look_in_time_changes_nothing() -> None:
    one, clock, _ = listening()
    since = one.since
    for expected, seconds in ((5, 5), (5, 6), (5, 1)):
        one.expect(expected)
        clock.turn(seconds)
        one.look(clock.now())
    # Nobody said when the next look was to come: it is not late.
    clock.turn(600)
    one.look(clock.now())
    assert one.since == since


def test_a_look_that_comes_late_was_held_up() -> None:
    one, clock, _ = listening()
    one.expect(5)
    clock.turn(6.5)
    one.look(clock.now())
    assert one.since == clock.monotonic()


def test_after_a_sleep_time_counts_from_its_end() -> None:
    one, clock, _ = listening()
    one.expect(5)
    clock.turn(2)
    clock.slept += 3600
    clock.wall += timedelta(hours=1)
    one.look(clock.now())
    assert one.since == clock.monotonic()
    since = one.since
    clock.turn(2)
    one.look(clock.now())
    assert one.since == since


def test_a_gap_of_ours_that_ended_between_two_looks_counts_from_its_end() -> None:
    one, clock, live = listening()
    clock.turn(100)
    ended_at = clock.now() - timedelta(seconds=7)
    live.gaps.append(Gap(ended_at - timedelta(seconds=30), ended_at, Reason.OWN_NETWORK.value))
    one.look(clock.now())
    assert one.since == clock.monotonic() - 7
    assert one.doubtful(15)
    assert not one.doubtful(7)
    # A clock that was set back makes no future of it.
    clock.wall -= timedelta(hours=2)
    one.look(clock.now())
    assert one.since == clock.monotonic()


def test_while_our_connection_is_at_fault_silence_may_be_ours() -> None:
    one, clock, live = listening()
    clock.turn(100)
    assert not one.doubtful(15)
    live.gaps.append(Gap(clock.now(), None, Reason.OWN_NETWORK.value))
    assert one.doubtful(15)
    clock.turn(1000)
    assert one.doubtful(15)


def test_what_keeps_us_from_storing_does_not_keep_us_from_hearing() -> None:
    one, clock, live = listening()
    since = one.since
    clock.turn(100)
    live.gaps.append(Gap(clock.now() - timedelta(seconds=50), clock.now(), Reason.OWN_STORE.value))
    live.gaps.append(Gap(clock.now() - timedelta(seconds=50), None, Reason.OWN_STORE.value))
    one.look(clock.now())
    assert (one.since, one.doubtful(15)) == (since, False)


async def test_of_three_questions_of_a_probe_the_oldest_is_over() -> None:
    polls = Polls()
    first, second = polls.begin(1), polls.begin(1)
    other = polls.begin(2)
    assert not first.done()
    third = polls.begin(1)
    assert (first.done(), second.done(), third.done(), other.done()) == (True, False, False, False)
    # Whatever is answered makes room, in any order.
    polls.end(1, third)
    polls.end(1, first)
    fourth = polls.begin(1)
    assert (second.done(), fourth.done()) == (False, False)
    for probe_id, one in ((1, second), (1, fourth), (2, other)):
        polls.end(probe_id, one)
    assert polls._waiting == {}
