"""How a probe does, in figures: for its primary with each batch, and on one line of its log."""

from collections import deque
from collections.abc import Callable

from asura.domain import wire
from asura.probe.clock import ProbeClock
from asura.probe.courier import Courier
from asura.running.runner import Runner
from asura.running.scheduler import Lateness

WINDOW_S = 60.0
STEP_S = 5.0


class Figures:
    """Counts over the last minute. `blind` is the sentence of why this probe cannot see; empty when it can."""

    def __init__(self, clock: ProbeClock, runner: Runner, *, monitors: Callable[[], int]) -> None:
        self._clock = clock
        self._runner = runner
        self._monitors = monitors
        self._passed: deque[tuple[float, int]] = deque([(clock.monotonic(), 0)])
        self._before = Lateness()
        self._turned_at = clock.monotonic()
        self.blind: Callable[[], str] = lambda: ""

    def state(self, courier: Courier) -> wire.State:
        """Return how this probe does, as its primary wants to know."""
        return wire.State(
            blind=self.blind(),
            checks_per_s=round(self.checks_per_s(), 2),
            in_flight=self._runner.scheduler.in_flight,
            late_s=round(self.late_s(), 3),
            lag_s=round(courier.age_s(), 3),
            spooled=courier.waiting,
            lost=courier.spool.lost,
            monitors=self._monitors(),
        )

    def line(self, region: str, courier: Courier, connection: str) -> str:
        """Return the same in words for people."""
        count, lost, blind = self._monitors(), courier.spool.lost, self.blind()
        parts = [
            f"{count} monitor{'' if count == 1 else 's'}",
            f"{self.checks_per_s():.2f} checks/s",
            f"latest {self.late_s():.1f} s late",
            f"{courier.waiting} waiting",
            *([f"{lost} lost"] if lost else []),
            connection,
            f"clock {self._clock.skew_s():+.1f} s",
        ]
        return f"{region or 'probe'}: {', '.join(parts)}{f'. {blind}' if blind else ''}"

    def checks_per_s(self) -> float:
        """Return how many checks a second ended over the last minute."""
        now, count = self._clock.monotonic(), self._runner.processed
        while len(self._passed) > 1 and now - self._passed[1][0] >= WINDOW_S:
            self._passed.popleft()
        first_at, first = self._passed[0]
        if now - self._passed[-1][0] >= STEP_S:
            self._passed.append((now, count))
        return (count - first) / (now - first_at) if now > first_at else 0.0

    def late_s(self) -> float:
        """Return by how much the latest check of the last minute or two began too late."""
        scheduler, now = self._runner.scheduler, self._clock.monotonic()
        if now - self._turned_at >= WINDOW_S:
            self._before, scheduler.lateness, self._turned_at = scheduler.lateness, Lateness(), now
        return max(self._before.max_s, scheduler.lateness.max_s, scheduler.overdue_s())
