"""How a job is at an instant, and when that changes: tables, and the pair held against random lives."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asura.domain.deafness import Deafness
from asura.domain.heartbeat import BeatStatus, Heartbeat, Rule, fresh, numbered, reckoned
from asura.domain.ping import Ping, PingKind
from asura.domain.reason import Reason
from asura.domain.schedule import Schedule
from asura.domain.span import Gap
from asura.domain.taking import take
from asura.domain.waiting import TICK, changes_at, condition, deadline, silence

T0 = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HEARING = Deafness().push
HOURLY = Rule(timedelta(hours=1), timedelta(minutes=5))
NIGHTLY = Rule(timedelta(days=1), timedelta(minutes=15), Schedule(cron=("30 2 * * *",), timezone="Europe/Berlin"))


def after(**span: float) -> datetime:
    return T0 + timedelta(**span)


def pinged(rule: Rule, *pings: tuple[datetime, PingKind, str], start: datetime = T0) -> Heartbeat:
    """The state after pings (when, what, run id) of a heartbeat made at `start`."""
    beat = fresh(start, rule)
    for number, (at, kind, run_id) in enumerate(pings, 1):
        beat = numbered(take(beat, Ping(at=at, kind=kind, run_id=run_id), rule).beat, number)
    return beat


OK = (T0, PingKind.SUCCESS, "")
MS = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("now", "status", "reason"),
    [
        (T0, BeatStatus.UP, Reason.OK),
        (after(hours=1) - MS, BeatStatus.UP, Reason.OK),
        (after(hours=1), BeatStatus.LATE, Reason.PING_LATE),
        (after(minutes=65), BeatStatus.LATE, Reason.PING_LATE),
        (after(minutes=65) + MS, BeatStatus.DOWN, Reason.PING_MISSED),
        (after(days=30), BeatStatus.DOWN, Reason.PING_MISSED),
    ],
)
def test_up_late_down(now: datetime, status: BeatStatus, reason: Reason) -> None:
    seen = condition(pinged(HOURLY, OK), HOURLY, now, HEARING)
    assert (seen.status, seen.reason) == (status, reason)


def test_a_ping_in_the_millisecond_of_the_deadline_is_in_time() -> None:
    beat = pinged(HOURLY, OK)
    at = deadline(beat, HOURLY, HEARING)
    assert at == after(minutes=65)
    assert silence(beat, HOURLY, at, HEARING) is None
    assert silence(beat, HOURLY, at + MS, HEARING) is not None


def test_one_that_never_pinged_goes_down_after_its_first_interval_and_grace_unless_it_may() -> None:
    beat = fresh(T0, HOURLY)
    assert condition(beat, HOURLY, after(minutes=65), HEARING).status is BeatStatus.PENDING
    found = silence(beat, HOURLY, after(minutes=66), HEARING)
    assert found is not None and (found.at, found.reason) == (after(minutes=65), Reason.PING_NEVER)
    assert found.message.startswith("No ping has ever come; the first was expected by 2026-03-02 13:00:00 UTC")
    patient = msgspec.structs.replace(HOURLY, alert_if_never=False)
    assert silence(beat, patient, after(days=300), HEARING) is None
    assert changes_at(beat, patient, T0, HEARING) is None


def test_a_run_must_end_in_the_grace_or_in_its_own_time() -> None:
    start = (after(minutes=10), PingKind.START, "")
    beat = pinged(HOURLY, OK, start)
    assert condition(beat, HOURLY, after(minutes=15), HEARING).status is BeatStatus.STARTED
    found = silence(beat, HOURLY, after(minutes=15) + MS, HEARING)
    assert found is not None and (found.at, found.reason) == (after(minutes=15), Reason.RUN_OVERDUE)
    long = msgspec.structs.replace(HOURLY, max_runtime=timedelta(hours=3))
    assert deadline(beat, long, HEARING) == after(hours=3, minutes=10)


def test_a_long_run_covers_the_time_at_which_a_ping_was_expected() -> None:
    rule = msgspec.structs.replace(NIGHTLY, max_runtime=timedelta(hours=4))
    night = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    beat = pinged(rule, OK, (night + timedelta(seconds=5), PingKind.START, "a"))
    assert silence(beat, rule, night + timedelta(hours=3), HEARING) is None
    found = silence(beat, rule, night + timedelta(hours=5), HEARING)
    assert found is not None and found.reason is Reason.RUN_OVERDUE
    assert found.message == ("A run started at 2026-03-03 02:30:05 Europe/Berlin and has not finished within 4 h.")
    # Told once; the end that comes late is still that run's.
    assert silence(found.beat, rule, night + timedelta(hours=6), HEARING) is None
    ended = take(found.beat, Ping(at=night + timedelta(hours=6), run_id="a"), rule)
    assert ended.ping.duration_s == 6 * 3600 - 5


def test_a_run_that_should_have_started_by_now() -> None:
    rule = msgspec.structs.replace(NIGHTLY, start_deadline=timedelta(minutes=2), max_runtime=timedelta(hours=1))
    night = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    beat = pinged(rule, OK)
    found = silence(beat, rule, night + timedelta(minutes=3), HEARING)
    assert found is not None and (found.at, found.reason) == (night + timedelta(minutes=2), Reason.RUN_NOT_STARTED)
    started = pinged(rule, OK, (night + timedelta(seconds=30), PingKind.START, ""))
    assert silence(started, rule, night + timedelta(minutes=30), HEARING) is None


@pytest.mark.parametrize(
    ("early", "counts"), [(timedelta(seconds=2), True), (timedelta(seconds=60), True), (timedelta(seconds=61), False)]
)
def test_a_clock_that_is_a_little_fast_means_the_run_that_is_due(early: timedelta, counts: bool) -> None:
    night = datetime(2026, 3, 3, 1, 30, tzinfo=UTC)
    beat = pinged(NIGHTLY, OK, (night - early, PingKind.SUCCESS, ""))
    assert beat.expected_at == (night + timedelta(days=1) if counts else night)


def test_a_second_ping_long_before_the_time_changes_nothing_of_the_schedule() -> None:
    beat = pinged(NIGHTLY, OK, (after(minutes=1), PingKind.SUCCESS, ""), (after(hours=5), PingKind.SUCCESS, ""))
    assert beat.expected_at == datetime(2026, 3, 3, 1, 30, tzinfo=UTC)


def test_silences_are_counted_once_an_occasion_until_enough_are_in_a_row() -> None:
    rule = msgspec.structs.replace(HOURLY, misses=3)
    beat, seen = pinged(rule, OK), []
    for now in (after(minutes=66), after(minutes=100), after(minutes=126), after(days=9)):
        while (found := silence(beat, rule, now, HEARING)) is not None:
            beat = found.beat
            seen.append(found.at)
    assert seen == [after(minutes=65), after(minutes=125), after(minutes=185)]
    assert changes_at(beat, rule, after(days=9), HEARING) is None
    good = take(beat, Ping(at=after(days=9)), rule).beat
    assert (good.troubles, condition(good, rule, after(days=9), HEARING).status) == (0, BeatStatus.UP)


def test_failures_and_silences_are_one_row() -> None:
    rule = msgspec.structs.replace(HOURLY, misses=2)
    beat = pinged(rule, OK, (after(minutes=30), PingKind.FAIL, ""))
    found = silence(beat, rule, after(minutes=96), HEARING)
    assert found is not None and (found.at, found.beat.troubles) == (after(minutes=95), 2)


def test_a_start_does_not_make_a_failed_job_well() -> None:
    beat = pinged(HOURLY, OK, (after(minutes=1), PingKind.FAIL, ""), (after(minutes=2), PingKind.START, ""))
    assert condition(beat, HOURLY, after(minutes=2), HEARING).status is BeatStatus.DOWN


def test_nobody_is_late_at_once_because_somebody_shortened_the_interval() -> None:
    daily = Rule(timedelta(days=1), timedelta(minutes=5))
    now = after(hours=5)
    beat = reckoned(pinged(daily, OK), HOURLY, now)
    assert beat.expected_at == now
    assert deadline(beat, HOURLY, HEARING) == now + timedelta(minutes=5)


def test_a_resumed_one_waits_anew_and_keeps_its_history() -> None:
    beat = pinged(HOURLY, OK, (after(minutes=1), PingKind.FAIL, ""), (after(minutes=2), PingKind.START, ""))
    again = fresh(after(days=3), HOURLY, beat)
    assert (again.pings, again.troubles, again.runs) == (3, 0, ())
    assert condition(again, HOURLY, after(days=3), HEARING).status is BeatStatus.PENDING
    assert deadline(again, HOURLY, HEARING) == after(days=3, minutes=65)


def test_deadlines_move_by_what_we_could_not_hear() -> None:
    gap = Gap(after(minutes=10), after(minutes=40), "not_running")
    beat = pinged(HOURLY, OK)
    assert deadline(beat, HOURLY, Deafness([gap]).push) == after(minutes=95)
    before = Gap(after(minutes=-40), after(minutes=-10), "not_running")
    assert deadline(beat, HOURLY, Deafness([before]).push) == after(minutes=65)
    assert deadline(beat, HOURLY, Deafness([Gap(after(minutes=50), None, "own_network")]).push) is None


# -- the pair, over random lives ----------------------------------------------------------------------------------

rules = st.builds(
    Rule,
    interval=st.integers(5, 7200).map(lambda s: timedelta(seconds=s)),
    grace=st.integers(0, 3600).map(lambda s: timedelta(seconds=s)),
    schedule=st.sampled_from([None, Schedule(cron=("*/20 * * * *",)), Schedule(cron=("30 2 * * *",), timezone="UTC")]),
    max_runtime=st.none() | st.integers(1, 7200).map(lambda s: timedelta(seconds=s)),
    start_deadline=st.none() | st.integers(1, 3600).map(lambda s: timedelta(seconds=s)),
    alert_if_never=st.booleans(),
    misses=st.integers(1, 4),
)
moves = st.lists(
    st.tuples(st.integers(1, 20_000_000), st.sampled_from([*PingKind, None]), st.sampled_from(["", "a", "b"])),
    max_size=12,
)
stretches = st.lists(st.tuples(st.integers(0, 40_000), st.integers(1, 9_000)), max_size=4)


def live(rule: Rule, life: list[tuple[int, PingKind | None, str]], deaf: Deafness) -> tuple[Heartbeat, datetime]:
    """A heartbeat after pings and looks at the clock, some milliseconds apart."""
    beat, now = fresh(T0, rule), T0
    for wait, kind, run_id in life:
        now += timedelta(milliseconds=wait)
        if kind is None:
            while (found := silence(beat, rule, now, deaf.push)) is not None:
                beat = found.beat
        else:
            beat = take(beat, Ping(at=now, kind=kind, run_id=run_id), rule).beat
    return beat, now


@settings(max_examples=400, deadline=None)
@given(rule=rules, life=moves, gaps=stretches, share=st.floats(0, 1))
def test_the_condition_is_constant_until_it_changes_and_another_one_then(
    rule: Rule, life: list[tuple[int, PingKind | None, str]], gaps: list[tuple[int, int]], share: float
) -> None:
    deaf = Deafness(Gap(after(seconds=start), after(seconds=start + length), "x") for start, length in gaps)
    beat, now = live(rule, life, deaf)
    at = changes_at(beat, rule, now, deaf.push)
    seen = condition(beat, rule, now, deaf.push)
    if at is None:
        assert condition(beat, rule, now + timedelta(days=4000), deaf.push) == seen
        return
    assert at > now
    between = now + (at - TICK - now) * share
    assert condition(beat, rule, max(between, now), deaf.push) == seen
    assert condition(beat, rule, at, deaf.push) != seen


@settings(max_examples=300, deadline=None)
@given(rule=rules, life=moves)
def test_silences_come_to_an_end_and_states_are_stored_whole(
    rule: Rule, life: list[tuple[int, PingKind | None, str]]
) -> None:
    beat, now = live(rule, life, Deafness())
    for _ in range(rule.misses + 1):
        found = silence(beat, rule, now + timedelta(days=3000), HEARING)
        if found is None:
            break
        assert found.beat.troubles == beat.troubles + 1 and found.message
        beat = found.beat
    assert silence(beat, rule, now + timedelta(days=3000), HEARING) is None
    assert beat.troubles >= 0 and len(beat.runs) <= 50
    assert msgspec.json.decode(msgspec.json.encode(beat), type=Heartbeat) == beat


@given(gaps=stretches, start=st.integers(0, 30_000), wait=st.integers(0, 20_000))
def test_a_deadline_moves_by_every_second_in_which_we_were_deaf(
    gaps: list[tuple[int, int]], start: int, wait: int
) -> None:
    deaf = set[int]()
    for first, length in gaps:
        deaf.update(range(first, first + length))
    left, second = wait, start
    while left or second in deaf:
        left -= second not in deaf
        second += 1
    pushed = Deafness(Gap(after(seconds=f), after(seconds=f + n), "x") for f, n in gaps).push
    assert pushed(after(seconds=start), after(seconds=start + wait)) == after(seconds=second)
