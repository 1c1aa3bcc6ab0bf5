"""Whether this process ran smoothly: its own stalls, sleeps and clock jumps are never the target's fault."""

import logging
from collections.abc import Callable
from datetime import timedelta

import msgspec

from asura.clock import Clock
from asura.domain.audit import Irregularity, Reading, audit
from asura.domain.reason import STALL_REASONS, Reason
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.domain.status import Finding

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
# A check that ended this soon after a stall may have failed because of it.
AFTERMATH = timedelta(seconds=1)

# Told of what was found, and from when to when results may have suffered from it.
Noticed = Callable[[Irregularity, Gap], None]


class Steadiness:
    """Looks at the clocks every half second, and excuses results that ran into a stretch of ours.

    `observe` is called every LOOK_EVERY_S seconds, and before anything is made of results.
    """

    def __init__(self, clock: Clock, *, noticed: Noticed) -> None:
        self._clock = clock
        self._noticed = noticed
        self._reading = self._read()
        self._excused: Gap | None = None
        self.irregularities = 0
        self.lag_s = 0.0
        self.lag_max_s = 0.0

    @property
    def looked_at(self) -> float:
        """Return the monotonic second of the last look that counts."""
        return self._reading.monotonic

    def observe(self) -> None:
        """Compare the clocks with the last look."""
        reading = self._read()
        self.lag_s = max(0.0, reading.monotonic - self._reading.monotonic - LOOK_EVERY_S)
        self.lag_max_s = max(self.lag_max_s, self.lag_s)
        found = audit(self._reading, reading, expected_s=LOOK_EVERY_S)
        if found is not None:
            self._note(found)
        if found is not None or reading.monotonic - self._reading.monotonic >= LOOK_EVERY_S * 0.9:
            self._reading = reading

    def clock_was_set(self) -> None:
        """Take the clocks anew after the wall's was set with good reason, which is no irregularity."""
        self._reading = self._read()

    def excuse(self, result: Result) -> Result:
        """Return a failing result as unknown when it ran into a stretch in which we did not run smoothly."""
        hit = self._excused
        if hit is None or hit.to_at is None or result.reason not in STALL_REASONS:
            return result
        ended_at = result.at + timedelta(milliseconds=result.latency_ms or 0.0)
        if ended_at < hit.from_at or result.at > hit.to_at or ended_at > hit.to_at + AFTERMATH:
            return result
        text = f"Not counted: asura itself was held up meanwhile. The check said: {result.message}"
        return msgspec.structs.replace(result, finding=Finding.UNKNOWN, reason=Reason(hit.reason), message=text)

    def _note(self, found: Irregularity) -> None:
        self.irregularities += 1
        log.warning("%s", found.message)
        now = self._clock.now()
        self._excused = Gap(now - timedelta(seconds=found.seconds + LOOK_EVERY_S), now, found.reason.value)
        self._noticed(found, self._excused)

    def _read(self) -> Reading:
        return Reading(self._clock.now().timestamp(), self._clock.monotonic(), self._clock.boottime())
