"""Runs one check to its end: one deadline over everything, and every ending turned into an outcome."""

import asyncio
import logging

import msgspec

from asura.checks.base import CheckType, Job
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.trace import Trace
from asura.running.redaction import redacted, secrets_of

log = logging.getLogger(__name__)

_TIMEOUTS = {
    "dns": (Reason.DNS_TIMEOUT, "The name was not resolved"),
    "connect": (Reason.CONNECT_TIMEOUT, "No connection was made"),
    "tls": (Reason.TLS_TIMEOUT, "The TLS handshake did not finish"),
    "ttfb": (Reason.HTTP_TIMEOUT, "No answer came"),
    "transfer": (Reason.BODY_TIMEOUT, "The answer did not end"),
}


class Expectation(msgspec.Struct, frozen=True):
    """What is asked of any outcome, whatever the protocol."""

    latency_threshold_ms: float | None = None
    upside_down: bool = False


async def execute(
    check: CheckType, job: Job, net: Network, *, expect: Expectation | None = None, keep_evidence: bool = False
) -> Outcome:
    """Return what one check found. Never raises for a target's fault or for ours; cancellation passes through.

    Evidence comes with what is not plainly up, and with everything when `keep_evidence` is set.
    """
    trace = Trace()
    outcome = await _attempt(check, job, net, trace)
    if outcome.certificate_days is None and trace.certificates:
        outcome = msgspec.structs.replace(outcome, certificate_days=trace.certificates[0].days_left)
    if expect is not None:
        outcome = expected(outcome, expect)
    if outcome.evidence is None and (keep_evidence or outcome.finding is not Finding.UP):
        seen = msgspec.structs.replace(trace.evidence(), latency_ms=outcome.latency_ms, phases_ms=outcome.phases)
        outcome = msgspec.structs.replace(outcome, evidence=seen)
    return outcome if outcome.evidence is None else redacted(outcome, secrets_of(job.params))


def expected(outcome: Outcome, expect: Expectation) -> Outcome:
    """Return the outcome held against the latency threshold, and inverted where the monitor is upside down."""
    slow = expect.latency_threshold_ms
    if slow is not None and outcome.finding is Finding.UP and (outcome.latency_ms or 0.0) > slow:
        text = f"Answered in {outcome.latency_ms:.0f} ms, slower than {slow:g} ms."
        outcome = msgspec.structs.replace(outcome, finding=Finding.DEGRADED, reason=Reason.SLOW, message=text)
    if not expect.upside_down or outcome.finding is Finding.UNKNOWN:
        return outcome
    if outcome.finding is Finding.DOWN:
        # The reason stays: a silence that may be our own fault must still be recognised as one.
        return msgspec.structs.replace(outcome, finding=Finding.UP)
    text = "It answers, though it should not."
    return msgspec.structs.replace(outcome, finding=Finding.DOWN, reason=Reason.INVERTED, message=text)


async def _attempt(check: CheckType, job: Job, net: Network, trace: Trace) -> Outcome:
    try:
        async with asyncio.timeout(job.timeout) as deadline:
            trace.extend = lambda seconds: _extend(deadline, seconds)
            return await check.run(job, net, trace)
    except TimeoutError:
        return _timed_out(job, trace)
    except NetError as error:
        # What this process may not do says nothing of the target.
        finding = Finding.UNKNOWN if error.reason is Reason.NOT_PERMITTED else Finding.DOWN
        return Outcome(finding, error.reason, error.message, trace.elapsed_ms(), phases=trace.phases())
    except Exception as error:  # A fault of ours is never the target's, whatever it is.
        log.exception("the %s check failed in our own code", check.name)
        text = f"asura itself failed in this check: {type(error).__name__}. Please report it."
        return Outcome(Finding.UNKNOWN, Reason.INTERNAL_ERROR, text, phases=trace.phases())


def _extend(deadline: asyncio.Timeout, seconds: float) -> None:
    when = deadline.when()
    if when is not None and not deadline.expired():
        deadline.reschedule(when + seconds)


def _timed_out(job: Job, trace: Trace) -> Outcome:
    if trace.waiting:
        text = f"The check waited {job.timeout:g} s for our own {trace.waiting}, which is busy with other names."
        return Outcome(Finding.UNKNOWN, Reason.OWN_BUSY, text, phases=trace.phases())
    reason, what = _TIMEOUTS.get(trace.phase, (Reason.TIMEOUT, "The check did not finish"))
    where = f" ({trace.address})" if trace.address else ""
    text = f"{what} within {job.timeout:g} s{where}."
    return Outcome(Finding.DOWN, reason, text, trace.elapsed_ms(), phases=trace.phases())


def failed(outcome: Outcome) -> bool:
    """Return whether an outcome is worth another try."""
    return outcome.finding in (Finding.DOWN, Finding.DEGRADED)
