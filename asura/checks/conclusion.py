"""Joins what the protocol says with what the user's assertions say."""

import msgspec

from asura.checks.assertions import Seen, finding, judge
from asura.checks.base import Job
from asura.domain.result import Outcome
from asura.net.trace import Trace


def conclude(outcome: Outcome, job: Job, seen: Seen, trace: Trace) -> Outcome:
    """Return the outcome with phases and assertions; the worse of both findings counts, the protocol's on a tie."""
    outcome = msgspec.structs.replace(outcome, phases=trace.phases())
    if not job.assertions:
        return outcome
    trace.assertions = judge(job.assertions, job.assertions_match, seen)
    asserted, reason, message = finding(trace.assertions, job.assertions_match)
    if asserted <= outcome.finding:
        return outcome
    return msgspec.structs.replace(outcome, finding=asserted, reason=reason, message=message)
