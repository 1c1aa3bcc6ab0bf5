"""Whether what a probe delivers makes sense, and what it found as results: every value is held against its limits."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from asura.domain import wire
from asura.domain.fault import Fault
from asura.domain.instant import from_ms
from asura.domain.reason import OWN_REASONS, Reason
from asura.domain.result import NO_PHASES, Evidence, Phases, Result
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
# Of the evidence for one result, and for all results of a batch: bytes, values, and how deep these may lie.
MOST_EVIDENCE = 64 * 1024
MOST_VALUES, MOST_VALUES_OF_ALL = 1_000, 100_000
DEEPEST = 32
LEFT_OUT = Evidence(facts={"evidence": "dropped: it was more than is kept, or made no sense"})
# Control characters, with the line separators, and what turns the direction of writing.
_ODD: dict[int, str] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " "),
    **dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\ufffd"),
}
_EVIDENCE = msgspec.json.Decoder(Evidence)

_FINDINGS = tuple(Finding)
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


def opened(batch: wire.SealedBatch) -> wire.Batch:
    """Return a batch with the evidence that can be kept; of a result that is well there is none."""
    left, found = MOST_VALUES_OF_ALL, []
    for one in batch.results:
        evidence = None
        if one.finding and bytes(one.evidence) != b"null":
            evidence, values = _evidence(one.evidence, min(left, MOST_VALUES))
            left -= values
        found.append(_finding(one, evidence))
    return wire.Batch(
        wire=batch.wire,
        needs=batch.needs,
        boot=batch.boot,
        seq=batch.seq,
        results=tuple(found),
        state=batch.state,
        bye=batch.bye,
    )


def _finding(one: wire.SealedFinding, evidence: Evidence | None) -> wire.Finding:
    return wire.Finding(
        one.monitor_id,
        one.generation,
        one.at,
        one.finding,
        one.reason,
        one.message,
        one.latency_ms,
        one.code,
        one.phases,
        one.counted,
        evidence,
        one.certificate_days,
    )


def _evidence(raw: msgspec.Raw, most: int) -> tuple[Evidence, int]:
    """Return what was seen and how many values that are; that it was dropped when they are too many or make no sense.

    A result is worth more than the evidence for it: it counts all the same.
    """
    if len(memoryview(raw)) > MOST_EVIDENCE:
        return LEFT_OUT, 0
    try:
        values = _values(msgspec.json.decode(raw), most)
        seen = _EVIDENCE.decode(raw)
        ends = [end for one in seen.certificates for end in (one.not_before, one.not_after)]
        if values is None or any(end.tzinfo is None for end in ends):
            return LEFT_OUT, 0
        # What can be written again can be stored.
        msgspec.json.encode(seen)
    except (ValueError, OverflowError, RecursionError):
        return LEFT_OUT, 0
    return seen, values


def _values(value: Any, most: int) -> int | None:
    """Return how many values there are in one; None when they are too many, or lie too deep."""
    count, level = 0, [value]
    for _ in range(DEEPEST):
        if not level:
            return count
        count += len(level)
        if count > most:
            return None
        level = [inner for one in level for inner in _inside(one)]
    return None


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def clean(text: str) -> str:
    """Return a text without what moves a cursor, breaks a line, or turns the direction of writing."""
    return text if text.isprintable() else text.translate(_ODD)


def senseless(results: Iterable[wire.Finding], *, latest_ms: float) -> Fault | None:
    """Return the first fault of what was found; `latest_ms` is the last instant that is not in the future for it."""
    for index, one in enumerate(results):
        if not _makes_sense(one, latest_ms):
            return _fault(f"results[{index}]", one, latest_ms)
    return None


def result_of(one: wire.Finding, *, region: str, at_ms: int, counted: bool | None = None) -> Result:
    """Return what was found as a result of a region, which began at `at_ms` by the primary's clock.

    `counted`: whether it counts, where that is known better than by whoever found it.
    """
    finding = _FINDINGS[one.finding]
    plain = finding is Finding.UP and one.reason == "ok"
    return Result(
        one.monitor_id,
        one.generation,
        region,
        from_ms(at_ms),
        finding,
        Reason.OK if plain else reason_of(one.reason, finding),
        clean(one.message[:LONGEST_MESSAGE]),
        one.latency_ms,
        one.code,
        one.phases or NO_PHASES,
        one.counted if counted is None else counted,
        None if finding is Finding.UP else one.evidence,
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
    return wire.State(blind=clean(state.blind[:LONGEST_SENTENCE]), **figures)


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
