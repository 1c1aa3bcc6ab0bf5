"""From results to batches: what travels of a result, what is in a hurry, and how much goes together."""

import logging
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from asura.domain import wire
from asura.domain.instant import at_ms
from asura.domain.reason import Reason
from asura.domain.result import NO_PHASES, PHASE_NAMES, Phases, Result
from asura.domain.status import Finding

log = logging.getLogger(__name__)

MOST_RESULTS = 500
# The primary takes a mebibyte of a packed batch: what cannot be packed at all still fits.
MOST_BYTES = 900_000
# How long a result may wait for others to travel with.
GATHER_S = 1.0
LONGEST_MESSAGE = 2000

Seen = tuple[Finding, Reason, int]


class Gathered(NamedTuple):
    """Results that go together, each encoded, and the steady second at which the first of them came."""

    results: tuple[bytes, ...]
    since: float


class Report:
    """Gathers results until they are taken. Evidence travels with what is not what its monitor's last result was."""

    def __init__(self, boottime: Callable[[], float]) -> None:
        self._boottime = boottime
        self._seen: dict[int, Seen] = {}
        self._results: list[bytes] = []
        self._bytes = 0
        self._since = 0.0
        self.urgent = False

    def __len__(self) -> int:
        return len(self._results)

    @property
    def full(self) -> bool:
        """Return whether it has to be taken before another result is added."""
        return len(self._results) >= MOST_RESULTS or self._bytes >= MOST_BYTES // 2

    def add(self, result: Result) -> None:
        """Take a result in; it is urgent when it finds something else than the one before."""
        before = self._seen.get(result.monitor_id)
        seen = (result.finding, result.reason, result.code)
        self._seen[result.monitor_id] = seen
        if before is None or before[0] is not result.finding:
            self.urgent = True
        if not self._results:
            self._since = self._boottime()
        encoded = _encoded(result, with_evidence=seen != before)
        self._results.append(encoded)
        self._bytes += len(encoded) + 1

    def forget(self, monitor_id: int) -> None:
        """Forget what a monitor's last result was: its next one travels in full."""
        self._seen.pop(monitor_id, None)

    def due_at(self) -> float | None:
        """Return the steady second at which what is gathered has to go; None while there is nothing."""
        if not self._results:
            return None
        return self._since if self.urgent or self.full else self._since + GATHER_S

    def age_s(self) -> float:
        """Return how long the oldest result has been waiting."""
        return self._boottime() - self._since if self._results else 0.0

    def take(self) -> Gathered:
        """Return what is gathered, and begin anew."""
        taken = Gathered(tuple(self._results), self._since if self._results else self._boottime())
        self._results, self._bytes, self.urgent = [], 0, False
        return taken


def finding(result: Result, *, with_evidence: bool) -> wire.Finding:
    """Return a result as it travels."""
    return wire.Finding(
        result.monitor_id,
        result.generation,
        at_ms(result.at),
        int(result.finding),
        result.reason.value,
        result.message,
        _rounded(result.latency_ms),
        result.code,
        _phases(result.phases),
        result.counted,
        result.evidence if with_evidence else None,
        result.certificate_days,
    )


def _encoded(result: Result, *, with_evidence: bool) -> bytes:
    try:
        encoded = msgspec.json.encode(finding(result, with_evidence=with_evidence))
        if len(encoded) <= MOST_BYTES // 2:
            return encoded
    except (TypeError, ValueError):
        # What targets said can hold what JSON cannot: the evidence stays here, and the sentence is made to fit.
        log.warning("the evidence of monitor %d cannot be told", result.monitor_id)
    message = result.message[:LONGEST_MESSAGE].encode("utf-8", "replace").decode()
    return msgspec.json.encode(finding(msgspec.structs.replace(result, message=message), with_evidence=False))


def _phases(phases: Phases) -> Phases | None:
    if phases == NO_PHASES:
        return None
    return Phases(*(_rounded(getattr(phases, name)) for name in PHASE_NAMES))


def _rounded(milliseconds: float | None) -> float | None:
    """Return microseconds: more digits cost more than all the rest of a result."""
    return None if milliseconds is None else round(milliseconds, 3)


def batch(boot: str, seq: int, gathered: Gathered, state: wire.State, *, bye: bool = False) -> bytes:
    """Return a batch as JSON; its results are encoded already."""
    results: tuple[Any, ...] = tuple(map(msgspec.Raw, gathered.results))
    return msgspec.json.encode(wire.Batch(boot=boot, seq=seq, results=results, state=state, bye=bye))
