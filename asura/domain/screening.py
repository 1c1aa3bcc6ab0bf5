"""Whether what a probe delivers makes sense, and what it found as results: every value is held against its limits."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from asura.domain import wire
from asura.domain.fault import Fault
from asura.domain.reason import OWN_REASONS, Reason
from asura.domain.result import Evidence, Phases, Result
from asura.domain.status import Finding

BOOT = re.compile(r"[0-9a-f-]{8,64}")
MOST_SEQ = 1 << 53
# A clock may be this much ahead; later than that nothing can have been found.
FUTURE_MS = 2_000
# What is older is of nobody's interest any more: a probe keeps it for an hour.
OLDEST_MS = 2 * 3_600_000
LONGEST_MS = 1e9
MOST_DAYS = 1e6
LONGEST_MESSAGE = 1_000
LONGEST_SENTENCE = 500
MOST_EVIDENCE = 64 * 1024

_FINDINGS = tuple(Finding)
_NO_PHASES = Phases()
# What no check finds: it comes of pings, of planned work, or of what the primary knows alone.
_NOT_FOUND = frozenset(
    {
        *(Reason.PING_LATE, Reason.PING_MISSED, Reason.PING_NEVER, Reason.JOB_FAILED),
        *(Reason.RUN_OVERDUE, Reason.RUN_NOT_STARTED),
        *(Reason.NOT_RUNNING, Reason.RESTARTED, Reason.OWN_STORE),
        *(Reason.NO_VOTE, Reason.REGION_SILENT, Reason.REGION_OFFLINE, Reason.REGION_BLIND),
        *(Reason.NOT_CHECKED, Reason.NOT_PINGED, Reason.PAUSED),
        *(Reason.MAINTENANCE, Reason.MAINTENANCE_UP, Reason.MAINTENANCE_DEGRADED, Reason.MAINTENANCE_DOWN),
        Reason.AFTER_MAINTENANCE,
    }
)
_REASONS = {reason.value: reason for reason in Reason if reason not in _NOT_FOUND}


def faults(batch: wire.Batch, *, sent_at: float) -> list[Fault]:
    """Return what makes no sense in a batch, whatever it is about. `sent_at` is in seconds since the epoch."""
    found = []
    if not wire.is_understood(batch):
        found.append(Fault("needs", "is more than this version understands"))
    if BOOT.fullmatch(batch.boot) is None:
        found.append(Fault("boot", "must be 8 to 64 of the characters 0-9, a-f and -"))
    if not 0 <= batch.seq < MOST_SEQ:
        found.append(Fault("seq", "must be a number from 0 on"))
    if not 0 <= sent_at < LONGEST_MS * 1e3:
        found.append(Fault(wire.SENT_AT, "must be seconds since the epoch"))
    if len(batch.results) > wire.MOST_RESULTS:
        found.append(Fault("results", f"are more than {wire.MOST_RESULTS}"))
    return found


def senseless(results: Iterable[wire.Finding], *, latest_ms: float) -> Fault | None:
    """Return the first fault of what was found; `latest_ms` is the last instant that is not in the future for it."""
    for index, one in enumerate(results):
        if not _makes_sense(one, latest_ms):
            return _fault(f"results[{index}]", one, latest_ms)
    return None


def result_of(one: wire.Finding, *, region: str, at_ms: int) -> Result:
    """Return what was found as a result of a region, which began at `at_ms` by the primary's clock."""
    finding = _FINDINGS[one.finding]
    plain = finding is Finding.UP and one.reason == "ok"
    return Result(
        one.monitor_id,
        one.generation,
        region,
        datetime.fromtimestamp(at_ms / 1000, UTC),
        finding,
        Reason.OK if plain else reason_of(one.reason, finding),
        one.message[:LONGEST_MESSAGE],
        one.latency_ms,
        one.code,
        one.phases or _NO_PHASES,
        one.counted,
        None if one.evidence is None else _bounded(one.evidence),
        one.certificate_days,
    )


def reason_of(word: str, finding: Finding) -> Reason:
    """Return the class of why. A word that this version does not know, or that nothing which was found can be called,
    becomes `unexpected_answer` for what fails, `internal_error` for what is unknown, and `ok` for what is well.
    """
    reason = _REASONS.get(word)
    if finding is Finding.UNKNOWN:
        return Reason.INTERNAL_ERROR if reason in (None, Reason.OK) else reason
    if finding is Finding.UP:
        return Reason.OK if reason is None or reason in OWN_REASONS else reason
    return Reason.UNEXPECTED_ANSWER if reason in (None, Reason.OK) or reason in OWN_REASONS else reason


def sober(state: wire.State) -> wire.State:
    """Return how a probe says that it does, within what can be: what it says is shown, and counted by others."""
    given = msgspec.structs.asdict(state)
    figures = {name: given[name] if 0 <= given[name] < LONGEST_MS else 0 for name in given if name != "blind"}
    return wire.State(blind=state.blind[:LONGEST_SENTENCE], **figures)


def _makes_sense(one: wire.Finding, latest_ms: float) -> bool:
    latency, days, phases = one.latency_ms, one.certificate_days, one.phases
    return (
        0 <= one.finding <= 3
        and one.at <= latest_ms
        and one.generation >= 0
        and (latency is None or 0 <= latency <= LONGEST_MS)
        and (days is None or -MOST_DAYS <= days <= MOST_DAYS)
        and (phases is None or _possible(phases))
    )


def _possible(phases: Phases) -> bool:
    for one in (phases.dns, phases.connect, phases.tls, phases.ttfb, phases.transfer):
        if one is not None and not 0 <= one <= LONGEST_MS:
            return False
    return True


def _fault(path: str, one: wire.Finding, latest_ms: float) -> Fault:
    if not 0 <= one.finding <= 3:
        return Fault(f"{path}.finding", "must be 0, 1, 2 or 3")
    if one.at > latest_ms:
        return Fault(f"{path}.at", "is in the future")
    if one.generation < 0:
        return Fault(f"{path}.generation", "must be a number from 0 on")
    if one.phases is not None and not _possible(one.phases):
        return Fault(f"{path}.phases", "must be milliseconds from 0 on")
    if one.latency_ms is not None and not 0 <= one.latency_ms <= LONGEST_MS:
        return Fault(f"{path}.latency_ms", "must be milliseconds from 0 on")
    return Fault(f"{path}.certificate_days", "must be a number of days")


def _bounded(evidence: Evidence) -> Evidence | None:
    """Return what was seen; None when it is too much, or its instants are of no zone."""
    ends = (end for one in evidence.certificates for end in (one.not_before, one.not_after))
    if any(end.tzinfo is None for end in ends):
        return None
    return evidence if len(msgspec.json.encode(evidence)) <= MOST_EVIDENCE else None
