"""Every ending of a check becomes an outcome; ours is never the target's."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from asura.checks.base import Job
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.net.errors import NetError
from asura.net.network import open_network
from asura.net.trace import Trace
from asura.running.execute import Expectation, execute, expected, failed
from tests.running.kit import Scripted
from tests.world import DEGRADED, DOWN, UP, FakeParams

UNKNOWN = Outcome(Finding.UNKNOWN, Reason.INTERNAL_ERROR, "ours")


async def run(act: Callable[[Job, Trace], Any], *, timeout: float = 5, **options: Any) -> Outcome:
    net = open_network()
    try:
        return await execute(Scripted(act), Job("shop", FakeParams(), timeout), net, **options)
    finally:
        await net.close()


@pytest.mark.parametrize(
    ("phase", "reason", "words"),
    [
        ("dns", Reason.DNS_TIMEOUT, "The name was not resolved within 0.02 s"),
        ("connect", Reason.CONNECT_TIMEOUT, "No connection was made within 0.02 s"),
        ("tls", Reason.TLS_TIMEOUT, "The TLS handshake did not finish within 0.02 s"),
        ("ttfb", Reason.HTTP_TIMEOUT, "No answer came within 0.02 s"),
        ("transfer", Reason.BODY_TIMEOUT, "The answer did not end within 0.02 s"),
        ("", Reason.TIMEOUT, "The check did not finish within 0.02 s"),
    ],
)
async def test_the_deadline_is_told_by_the_phase_that_it_cut_short(phase: str, reason: Reason, words: str) -> None:
    def hang(job: Job, trace: Trace) -> Any:
        trace.address = "192.0.2.7:443"
        if phase:
            trace.begin(phase)
        return asyncio.sleep(60)

    outcome = await run(hang, timeout=0.02)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, reason)
    assert outcome.message == f"{words} (192.0.2.7:443)."
    assert outcome.latency_ms is not None and 15 <= outcome.latency_ms < 5000
    if phase:
        assert (getattr(outcome.phases, phase) or 0) >= 15


async def test_a_failure_on_the_way_is_down_with_its_class_and_the_phases_so_far() -> None:
    def refuse(job: Job, trace: Trace) -> Any:
        with trace.timed("dns"):
            pass
        raise NetError(Reason.CONNECT_REFUSED, "Connection refused by 192.0.2.7:443.")

    outcome = await run(refuse)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.CONNECT_REFUSED)
    assert outcome.message == "Connection refused by 192.0.2.7:443."
    assert outcome.phases.dns is not None and outcome.phases.connect is None


async def test_what_this_process_may_not_check_is_unknown() -> None:
    def forbid(job: Job, trace: Trace) -> Any:
        raise NetError(Reason.NOT_PERMITTED, "This is not reached from here.")

    outcome = await run(forbid)
    assert (outcome.finding, outcome.reason) == (Finding.UNKNOWN, Reason.NOT_PERMITTED)


@pytest.mark.parametrize("bug", [ZeroDivisionError("x"), KeyError("token=secret"), MemoryError(), RecursionError()])
async def test_a_bug_of_ours_is_unknown_and_tells_no_secrets(bug: Exception) -> None:
    def fail(job: Job, trace: Trace) -> Any:
        raise bug

    outcome = await run(fail)
    assert (outcome.finding, outcome.reason) == (Finding.UNKNOWN, Reason.INTERNAL_ERROR)
    assert type(bug).__name__ in outcome.message
    assert "secret" not in outcome.message


async def test_cancellation_is_no_outcome() -> None:
    task = asyncio.ensure_future(run(lambda *_: asyncio.sleep(60)))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_deadline_covers_everything_and_not_each_step() -> None:
    async def trickle() -> Outcome:
        for _ in range(1000):
            await asyncio.sleep(0.005)
        return UP

    outcome = await run(lambda *_: trickle(), timeout=0.05)
    assert outcome.finding is Finding.DOWN


@pytest.mark.parametrize(
    ("threshold", "finding", "reason"),
    [
        (None, Finding.UP, Reason.OK),
        (12.5, Finding.UP, Reason.OK),
        (12.4, Finding.DEGRADED, Reason.SLOW),
        (500, Finding.UP, Reason.OK),
    ],
    ids=["none", "exactly", "slower", "faster"],
)
def test_slower_than_the_threshold_is_degraded(threshold: float | None, finding: Finding, reason: Reason) -> None:
    found = expected(UP, Expectation(latency_threshold_ms=threshold))
    assert (found.finding, found.reason) == (finding, reason)


def test_slow_says_how_slow() -> None:
    slow = Outcome(Finding.UP, latency_ms=900.4)
    assert expected(slow, Expectation(latency_threshold_ms=500)).message == "Answered in 900 ms, slower than 500 ms."


@pytest.mark.parametrize("outcome", [DOWN, DEGRADED, UNKNOWN])
def test_the_threshold_changes_only_what_is_up(outcome: Outcome) -> None:
    assert expected(outcome, Expectation(latency_threshold_ms=0.001)) == outcome


@pytest.mark.parametrize(
    ("outcome", "finding", "reason"),
    [
        (UP, Finding.DOWN, Reason.INVERTED),
        (DEGRADED, Finding.DOWN, Reason.INVERTED),
        (DOWN, Finding.UP, Reason.CONNECT_REFUSED),
        (UNKNOWN, Finding.UNKNOWN, Reason.INTERNAL_ERROR),
    ],
    ids=["up", "degraded", "down", "unknown"],
)
def test_upside_down_turns_everything_but_our_own_faults(outcome: Outcome, finding: Finding, reason: Reason) -> None:
    found = expected(outcome, Expectation(upside_down=True))
    assert (found.finding, found.reason) == (finding, reason)


@pytest.mark.parametrize(
    ("outcome", "keep", "there"), [(UP, False, False), (UP, True, True), (DOWN, False, True), (DEGRADED, False, True)]
)
async def test_evidence_comes_with_what_is_not_plainly_up_or_was_asked_for(
    outcome: Outcome, keep: bool, there: bool
) -> None:
    found = await run(lambda *_: outcome, keep_evidence=keep)
    assert (found.evidence is not None) is there


async def test_expectations_are_applied_to_what_the_check_found() -> None:
    found = await run(lambda *_: UP, expect=Expectation(latency_threshold_ms=1))
    assert found.finding is Finding.DEGRADED
    assert found.evidence is not None


def test_what_is_worth_another_try() -> None:
    assert [failed(outcome) for outcome in (UP, DEGRADED, DOWN, UNKNOWN)] == [False, True, True, False]
