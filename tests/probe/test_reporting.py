"""Reports: what travels of a result, what is in a hurry, and how much goes together."""

import msgspec
import pytest

from asura.domain import wire
from asura.domain.result import Evidence, Outcome, Phases
from asura.domain.status import Finding
from asura.probe.reporting import GATHER_S, MOST_BYTES, MOST_RESULTS, Report, batch
from tests.running.kit import made
from tests.world import DOWN, TIMEOUT, UP, FakeClock

SEEN = Evidence(address="192.0.2.7", request="GET / HTTP/1.1")


class Desk:
    """A report on a clock that is turned by hand."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.report = Report(self.clock.boottime)

    def add(self, outcome: Outcome, monitor_id: int = 1, evidence: Evidence | None = None) -> None:
        self.report.add(made(outcome, at=self.clock.now(), monitor_id=monitor_id, evidence=evidence))

    def sent(self) -> tuple[wire.Finding, ...]:
        raw = batch("b0", 7, self.report.take(), wire.State())
        return wire.read(raw, wire.Batch).results


def test_a_result_travels_as_it_was_found_with_figures_that_are_exact_enough() -> None:
    desk = Desk()
    outcome = Outcome(Finding.UP, message="HTTP 200 OK", latency_ms=12.3456789, code=200, certificate_days=30.5)
    desk.add(msgspec.structs.replace(outcome, phases=Phases(dns=1.23456)))
    (found,) = desk.sent()
    assert found == wire.Finding(
        *(1, 1, round(desk.clock.now().timestamp() * 1000), 0, "ok", "HTTP 200 OK", 12.346, 200),
        phases=Phases(dns=1.235),
        certificate_days=30.5,
    )


def test_evidence_travels_with_what_is_new_and_not_with_what_was_said() -> None:
    desk = Desk()
    for outcome in (DOWN, DOWN, TIMEOUT, TIMEOUT, DOWN):
        desk.add(outcome, evidence=SEEN)
    assert [one.evidence is not None for one in desk.sent()] == [True, False, True, False, True]


def test_another_code_is_new_and_another_monitor_has_a_past_of_its_own() -> None:
    desk = Desk()
    desk.add(DOWN, evidence=SEEN)
    desk.add(msgspec.structs.replace(DOWN, code=503), evidence=SEEN)
    desk.add(DOWN, monitor_id=2, evidence=SEEN)
    desk.report.forget(2)
    desk.add(DOWN, monitor_id=2, evidence=SEEN)
    assert all(one.evidence == SEEN for one in desk.sent())


def test_what_finds_something_else_is_urgent_and_the_rest_waits_a_second_for_company() -> None:
    desk = Desk()
    assert desk.report.due_at() is None
    desk.add(UP)
    now = desk.clock.boottime()
    assert desk.report.due_at() == now, "the first result of all is news"
    desk.report.take()
    desk.add(UP)
    desk.clock.turn(0.4)
    desk.add(UP, monitor_id=1)
    assert desk.report.due_at() == now + GATHER_S
    desk.add(DOWN)
    due_at = desk.report.due_at()
    assert due_at is not None
    assert due_at <= desk.clock.boottime()
    desk.report.take()
    desk.add(TIMEOUT)
    due_at = desk.report.due_at()
    assert due_at is not None
    assert due_at > desk.clock.boottime(), "down for another reason is still down"


def test_it_is_full_at_some_number_of_results() -> None:
    desk = Desk()
    for _ in range(MOST_RESULTS):
        assert not desk.report.full
        desk.add(UP)
    assert desk.report.full
    assert len(desk.sent()) == MOST_RESULTS
    assert (len(desk.report), desk.report.full, desk.report.due_at()) == (0, False, None)


def test_it_is_full_before_a_batch_is_larger_than_a_primary_takes() -> None:
    desk = Desk()
    while not desk.report.full:
        desk.add(DOWN, monitor_id=len(desk.report), evidence=Evidence(response="x" * 100_000))
    assert len(batch("b0", 1, desk.report.take(), wire.State())) < MOST_BYTES + 10_000


def test_evidence_that_is_too_large_or_cannot_be_told_stays_here() -> None:
    desk = Desk()
    desk.add(DOWN, evidence=Evidence(response="x" * MOST_BYTES))
    desk.add(DOWN, monitor_id=2, evidence=Evidence(facts={"odd": object()}))
    desk.add(msgspec.structs.replace(DOWN, message="half of a pair: \ud800"), monitor_id=3)
    found = desk.sent()
    assert [one.evidence for one in found] == [None, None, None]
    assert [one.monitor_id for one in found] == [1, 2, 3]
    assert found[2].message == "half of a pair: ?"


def test_the_age_is_that_of_the_first_result() -> None:
    desk = Desk()
    assert desk.report.age_s() == 0
    desk.add(UP)
    desk.clock.turn(3)
    desk.add(UP)
    assert desk.report.age_s() == pytest.approx(3)
