"""How many regions must say that something is down before it is."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.consensus import (
    FAILING,
    Agreement,
    Report,
    Silence,
    Verdict,
    alone_at,
    changes_at,
    consensus,
    is_alone,
    silence,
)
from asura.domain.status import Status
from tests.domain.consensus_cases import CASES, FRESH, JUST_YOUNG_ENOUGH, NOW, PAGE, REGIONS, Case, incident, written

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
WORSE = {Status.UP: 0, Status.PENDING: 1, Status.DEGRADED: 2, Status.DOWN: 3}


def said(
    region: str,
    believed: Status = Status.DOWN,
    *,
    since: float = 5,
    age: timedelta = MINUTE,
    mute: Silence | None = None,
) -> Report:
    """Return what a region says: since so many minutes, last heard so long ago."""
    return Report(region, believed, NOW - timedelta(minutes=since), NOW - age, mute)


BELIEFS = st.sampled_from([Status.UP, Status.DEGRADED, Status.DOWN, Status.PENDING])
AGES = st.integers(0, 200).map(lambda seconds: NOW - timedelta(seconds=seconds))
REPORTS = st.lists(
    st.tuples(BELIEFS, st.integers(0, 600), st.none() | AGES, st.sampled_from([None, None, None, *Silence])),
    min_size=1,
    max_size=len(REGIONS),
).map(
    lambda rows: [
        Report(region, believed, NOW - timedelta(seconds=since), at, mute)
        for region, (believed, since, at, mute) in zip(REGIONS, rows, strict=False)
    ]
)
QUORUMS = st.integers(1, len(REGIONS))


def waited_for(reports: list[Report], now: datetime) -> int:
    """Return how many regions were asked lately and are not sure yet."""
    asked = [one for one in reports if one.silence is None and one.believed is Status.PENDING and one.at is not None]
    return sum(now - one.at < FRESH for one in asked if one.at is not None)


def unordered(verdict: Verdict) -> Verdict:
    """Return a verdict with the regions by name."""
    return msgspec.structs.replace(
        verdict,
        failing=tuple(sorted(verdict.failing)),
        healthy=tuple(sorted(verdict.healthy)),
        silent=tuple(sorted(verdict.silent)),
    )


@pytest.mark.parametrize("case", [pytest.param(case, id=f"{case.quorum} of {case.says}") for case in CASES])
def test_what_the_regions_say_makes_the_verdict(case: Case) -> None:
    verdict = case.verdict
    assert (verdict.status, verdict.reason, verdict.needed) == (case.status, case.reason, case.needed)
    assert verdict.asked == case.quorum
    assert verdict.cautious is (case.reason is Agreement.ALONE)
    everyone = [*verdict.failing, *verdict.healthy, *(region for region, _ in verdict.silent)]
    assert Counter(everyone) == Counter(one.region for one in case.reports)


def test_no_case_is_told_twice_and_every_reason_is_among_them() -> None:
    assert len({(case.says, case.quorum) for case in CASES}) == len(CASES)
    assert {case.reason for case in CASES} == set(Agreement)
    assert {why for case in CASES for _, why in case.verdict.silent} == set(Silence)
    assert {incident(case.verdict) for case in CASES} == {"as it was", "none", "warning", "critical"}


def test_the_page_shows_the_cases() -> None:
    page = PAGE.read_text("utf-8")
    assert page == written(page), "run: python -m tests.domain.consensus_cases --write"


@pytest.mark.parametrize(
    ("report", "why"),
    [
        pytest.param(said("a"), None, id="fresh"),
        pytest.param(said("a", age=JUST_YOUNG_ENOUGH), None, id="just fresh"),
        pytest.param(said("a", age=FRESH), Silence.STALE, id="just too old"),
        pytest.param(said("a", age=-SECOND), None, id="of a clock ahead"),
        pytest.param(said("a", Status.PENDING), Silence.PENDING, id="nothing that it believes"),
        pytest.param(Report("a", Status.DOWN), Silence.PENDING, id="never heard"),
        pytest.param(Report("a"), Silence.PENDING, id="nothing at all"),
        pytest.param(said("a", age=FRESH, mute=Silence.BLIND), Silence.BLIND, id="blind, whatever its age"),
        pytest.param(Report("a", silence=Silence.OFFLINE), Silence.OFFLINE, id="offline, and never heard"),
    ],
)
def test_a_region_has_a_vote_or_a_reason_why_not(report: Report, why: Silence | None) -> None:
    assert silence(report, FRESH, NOW) is why


@pytest.mark.parametrize(
    ("since", "quorum", "minutes"),
    [
        pytest.param((9,), 1, 9, id="one region, since it fails"),
        pytest.param((6, 5), 2, 6, id="the first to see the same outage"),
        pytest.param((600, 5), 2, 5, id="one that failed alone for long does not date it"),
        pytest.param((600, 6, 5), 2, 6, id="neither when others join it"),
        pytest.param((7, 6, 5), 2, 7, id="a third one that sees it later changes nothing"),
        pytest.param((600, 599, 5), 2, 600, id="two that fail for long, and a new one"),
    ],
)
def test_an_outage_began_when_the_first_of_enough_regions_saw_it(
    since: tuple[float, ...], quorum: int, minutes: float
) -> None:
    reports = [said(region, since=one) for region, one in zip(REGIONS, since, strict=False)]
    assert consensus(reports, quorum, FRESH, NOW).since == NOW - timedelta(minutes=minutes)


def test_when_a_region_has_forgotten_since_when_nothing_is_made_up() -> None:
    verdict = consensus([Report("a", Status.DOWN, None, NOW), said("b")], 2, FRESH, NOW)
    assert verdict.status is Status.DOWN and verdict.since is None


def test_what_is_down_for_enough_is_dated_by_those_alone() -> None:
    reports = [said("a", since=3), said("b", since=4), said("c", Status.DEGRADED, since=5)]
    assert consensus(reports, 2, FRESH, NOW).since == NOW - 4 * MINUTE


@pytest.mark.parametrize(
    ("reports", "at"),
    [
        pytest.param([], None, id="no region"),
        pytest.param([Report("a"), said("b", mute=Silence.OFFLINE)], None, id="no vote"),
        pytest.param([said("a"), said("b", age=2 * MINUTE)], NOW - 2 * MINUTE + FRESH, id="the oldest report"),
        pytest.param([said("a"), said("b", age=3 * MINUTE)], NOW - MINUTE + FRESH, id="of those that count"),
    ],
)
def test_the_next_vote_expires_with_the_oldest_report(reports: list[Report], at: datetime | None) -> None:
    assert changes_at(reports, FRESH, NOW) == at


@given(REPORTS, QUORUMS)
def test_nothing_changes_until_changes_at_and_a_vote_is_gone_then(reports: list[Report], quorum: int) -> None:
    at = changes_at(reports, FRESH, NOW)
    before = consensus(reports, quorum, FRESH, NOW)
    if at is None:
        assert consensus(reports, quorum, FRESH, NOW + timedelta(days=400)) == before
        return
    assert at > NOW
    for instant in (NOW + (at - NOW) / 2, at - timedelta(microseconds=1)):
        assert consensus(reports, quorum, FRESH, instant) == before
    after = consensus(reports, quorum, FRESH, at)
    # A vote is gone, or one is no longer waited for.
    assert set(before.silent) < set(after.silent) or waited_for(reports, NOW) > waited_for(reports, at)


@given(REPORTS, QUORUMS)
def test_following_changes_at_ends_with_nothing_known(reports: list[Report], quorum: int) -> None:
    now, steps = NOW, 0
    while (at := changes_at(reports, FRESH, now)) is not None:
        now, steps = at, steps + 1
    assert steps <= len(reports)
    assert consensus(reports, quorum, FRESH, now).reason is Agreement.NO_VOTE


@given(REPORTS, QUORUMS, st.randoms(use_true_random=False))
def test_the_order_of_the_reports_does_not_matter(reports: list[Report], quorum: int, chance: Random) -> None:
    shuffled = [*reports]
    chance.shuffle(shuffled)
    assert unordered(consensus(shuffled, quorum, FRESH, NOW)) == unordered(consensus(reports, quorum, FRESH, NOW))


@given(REPORTS, QUORUMS, st.data())
def test_one_more_region_that_sees_it_down_never_makes_it_better(
    reports: list[Report], quorum: int, data: st.DataObject
) -> None:
    before = consensus(reports, quorum, FRESH, NOW)
    index = data.draw(st.integers(0, len(reports) - 1))
    worse = [said(one.region) if place == index else one for place, one in enumerate(reports)]
    after = consensus(worse, quorum, FRESH, NOW)
    assert WORSE[after.status] >= WORSE.get(before.status, 0)


@given(REPORTS, QUORUMS, st.data())
def test_one_more_region_that_sees_it_work_never_makes_it_worse(
    reports: list[Report], quorum: int, data: st.DataObject
) -> None:
    before = consensus(reports, quorum, FRESH, NOW)
    index = data.draw(st.integers(0, len(reports) - 1))
    better = [said(one.region, Status.UP) if place == index else one for place, one in enumerate(reports)]
    after = consensus(better, quorum, FRESH, NOW)
    assert before.status is Status.UNKNOWN or WORSE[after.status] <= WORSE[before.status]


@given(REPORTS, QUORUMS, st.sampled_from([Silence.OFFLINE, Silence.BLIND, Silence.ABSTAINED]), st.data())
def test_a_mute_region_counts_like_one_that_never_spoke(
    reports: list[Report], quorum: int, why: Silence, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(reports) - 1))
    region = reports[index].region

    def with_it(one: Report) -> Verdict:
        found = consensus([*reports[:index], one, *reports[index + 1 :]], quorum, FRESH, NOW)
        return msgspec.structs.replace(found, silent=tuple(pair for pair in found.silent if pair[0] != region))

    assert with_it(msgspec.structs.replace(reports[index], silence=why)) == with_it(Report(region))


@given(REPORTS, QUORUMS)
def test_a_verdict_is_what_it_says(reports: list[Report], quorum: int) -> None:
    verdict = consensus(reports, quorum, FRESH, NOW)
    votes = len(verdict.failing) + len(verdict.healthy)
    assert votes + len(verdict.silent) == len(reports) and verdict.asked == quorum
    waiting = waited_for(reports, NOW)
    assert (verdict.status is Status.UNKNOWN) is (votes + waiting == 0) is (verdict.reason is Agreement.NO_VOTE)
    assert (verdict.status is Status.PENDING) is (verdict.reason is Agreement.UNDECIDED)
    assert verdict.needed == (min(quorum, votes + waiting) or quorum)
    assert (verdict.status in FAILING) is (votes > 0 and len(verdict.failing) >= verdict.needed)
    if verdict.status is Status.PENDING:
        assert waiting > 0 and not verdict.healthy
    if verdict.cautious:
        assert votes == 1 and quorum > 1


@given(REPORTS, QUORUMS)
def test_it_began_with_one_of_those_that_fail(reports: list[Report], quorum: int) -> None:
    verdict = consensus(reports, quorum, FRESH, NOW)
    begun = {one.since for one in reports if one.region in verdict.failing}
    assert (verdict.since in begun) if verdict.status in FAILING else verdict.since is None


@given(st.lists(BELIEFS.filter(lambda believed: believed is not Status.PENDING), min_size=1, max_size=5), QUORUMS)
def test_it_recovers_as_soon_as_fewer_than_the_quorum_fail(beliefs: list[Status], quorum: int) -> None:
    quorum = min(quorum, len(beliefs))
    reports = [said(region, believed) for region, believed in zip(REGIONS, beliefs, strict=False)]
    failing = sum(believed in FAILING for believed in beliefs)
    assert (consensus(reports, quorum, FRESH, NOW).status is Status.UP) is (failing < quorum)


@pytest.mark.parametrize(
    ("reports", "alone"),
    [
        pytest.param(
            [said("a"), said("b", Status.UP), said("c", Status.UP)], True, id="for longer than a report counts"
        ),
        pytest.param([said("a", Status.DEGRADED), said("b", Status.UP), said("c", Status.UP)], True, id="slow alone"),
        pytest.param([said("a", since=1), said("b", Status.UP), said("c", Status.UP)], False, id="a moment ago"),
        pytest.param([said("a"), said("b"), said("c", Status.UP)], False, id="others fail as well"),
        pytest.param([said("a", Status.UP), said("b"), said("c", Status.UP)], False, id="another one fails"),
        pytest.param([said("a", mute=Silence.BLIND), said("b", Status.UP)], False, id="it has no vote"),
        pytest.param([said("a"), said("b", mute=Silence.OFFLINE)], False, id="it decides"),
        pytest.param(
            [Report("a", Status.DOWN, None, NOW), said("b", Status.UP), said("c", Status.UP)], False, id="since unknown"
        ),
    ],
)
def test_a_region_that_fails_alone_for_long_is_worth_a_notice(reports: list[Report], alone: bool) -> None:
    verdict = consensus(reports, 2, FRESH, NOW)
    assert is_alone(verdict, reports[0], FRESH, NOW) is alone


def test_it_is_worth_a_notice_from_the_moment_on_at_which_others_had_time_to_see_it() -> None:
    reports = [said("a", since=FRESH / MINUTE), said("b", Status.UP)]
    verdict = consensus(reports, 2, FRESH, NOW)
    assert is_alone(verdict, reports[0], FRESH, NOW)
    assert not is_alone(verdict, reports[0], FRESH, NOW - timedelta(microseconds=1))


def test_the_next_region_that_is_worth_a_notice_is_known_beforehand() -> None:
    reports = [said("a", since=1), said("b", Status.UP), said("c", Status.UP)]
    verdict = consensus(reports, 2, FRESH, NOW)
    at = alone_at(verdict, reports, FRESH, NOW)
    assert at == NOW - MINUTE + FRESH
    assert not is_alone(verdict, reports[0], FRESH, NOW) and is_alone(verdict, reports[0], FRESH, at)
    both = [said("a"), said("b")]
    assert alone_at(consensus(both, 2, FRESH, NOW), both, FRESH, NOW) is None
