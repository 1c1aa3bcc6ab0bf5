"""What the watchdog looks at in a probe: whether it keeps time, checks begin, and results leave while they can."""

from typing import TYPE_CHECKING

from asura.clock import SystemClock
from asura.domain.vitality import Part, Vitals

if TYPE_CHECKING:
    from asura.probe.agent import Agent

# Results travel within seconds while the primary answers; older ones that wait are left over from an outage.
OLD_S = 30.0


class VitalSigns:
    """Reads the vitals of a probe; it remembers when results last left. A primary that is away is no fault of ours."""

    def __init__(self, agent: "Agent") -> None:
        self._agent = agent
        self._clock = SystemClock()
        self._delivered = -1
        self._delivered_at = self._clock.monotonic()

    def read(self) -> Vitals:
        """Return how the probe does now."""
        agent, now = self._agent, self._clock.monotonic()
        return Vitals(
            parts=[Part("steadiness", now - agent.steadiness.looked_at)],
            missed_s=agent.runner.scheduler.missed_s(),
            untaken_s=self._undelivered_s(now),
        )

    def _undelivered_s(self, now: float) -> float:
        courier, link = self._agent.courier, self._agent.link
        waits = courier.age_s() > OLD_S and link.contacted and link.trouble is None
        if not waits or courier.delivered != self._delivered:
            self._delivered, self._delivered_at = courier.delivered, now
        return now - self._delivered_at
