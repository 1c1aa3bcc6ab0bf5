"""When each check runs: one heap for all monitors, nothing dropped, lateness counted."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from asura.clock import Clock
from asura.domain import cadence
from asura.running.plan import Plan

# Timers finer than this would spin: uvloop's are whole milliseconds, and a wake-up costs more than a check is late.
SHORTEST_SLEEP_S = 0.02
LONGEST_SLEEP_S = 60.0


class Turn(NamedTuple):
    """One place in the heap: when (monotonic seconds), whose, of which generation, and which try it is."""

    due: float
    monitor_id: int
    generation: int
    attempt: int


class Lateness:
    """How late checks start, in seconds: counts in doubling buckets from 1 ms on, cheap to keep and to merge."""

    BOUNDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 60.0)

    def __init__(self) -> None:
        self.counts = [0] * (len(self.BOUNDS) + 1)
        self.total = 0
        self.sum_s = 0.0
        self.max_s = 0.0

    def add(self, seconds: float) -> None:
        """Count one start."""
        index = 0
        for bound in self.BOUNDS:
            if seconds <= bound:
                break
            index += 1
        self.counts[index] += 1
        self.total += 1
        self.sum_s += seconds
        self.max_s = max(self.max_s, seconds)

    def share_within(self, seconds: float) -> float:
        """Return the share of starts that were at most `seconds` late; 1 when there were none."""
        within = sum(count for bound, count in zip(self.BOUNDS, self.counts, strict=False) if bound <= seconds)
        return within / self.total if self.total else 1.0


class Scheduler:
    """Starts what is due, up to `max_concurrent` at once; what finds no place waits in order and is counted late.

    `start` is called with a plan, the try's number, and must lead to one call of `finished` or `again`.
    """

    def __init__(self, clock: Clock, start: Callable[[Plan, int], None], *, max_concurrent: int) -> None:
        self._clock = clock
        self._start = start
        self._heap: list[Turn] = []
        self._plans: dict[int, Plan] = {}
        self._running: set[tuple[int, int]] = set()
        self._waiting: deque[Turn] = deque()
        self._due_of: dict[int, float] = {}
        self._wake = asyncio.Event()
        self._epoch = clock.now().timestamp() - clock.monotonic()
        self.max_concurrent = max_concurrent
        self.lateness = Lateness()
        self.late = 0

    def __len__(self) -> int:
        return len(self._plans)

    @property
    def in_flight(self) -> int:
        """Return how many checks run at this moment."""
        return len(self._running)

    @property
    def waiting(self) -> int:
        """Return how many due checks wait for a place."""
        return len(self._waiting)

    def overdue_s(self) -> float:
        """Return by how many seconds the earliest due check has been missed so far; 0 when none is."""
        first = self._heap[0].due if self._heap else None
        if self._waiting:
            first = min(first, self._waiting[0].due) if first is not None else self._waiting[0].due
        return max(0.0, self._clock.monotonic() - first) if first is not None else 0.0

    def missed_s(self) -> float:
        """Return for how many seconds the earliest due check has not been looked at; 0 when none is due."""
        return max(0.0, self._clock.monotonic() - self._heap[0].due) if self._heap else 0.0

    def add(self, plan: Plan, *, at_once: bool, last_at: float | None = None) -> None:
        """Take a monitor in, replacing what was known of it. `last_at`: epoch seconds of its last check, if any."""
        self._plans[plan.monitor_id] = plan
        now = self._clock.monotonic()
        wall = now + self._epoch
        due = now if at_once else cadence.first_due(plan.monitor_id, plan.interval, wall, last_at) - self._epoch
        self._push(Turn(due, plan.monitor_id, plan.generation, 0))

    def remove(self, monitor_id: int) -> None:
        """Forget a monitor; a check of it that runs ends in nothing, and its places in the heap are passed over."""
        self._plans.pop(monitor_id, None)
        self._due_of.pop(monitor_id, None)

    def clear(self) -> None:
        """Forget every monitor, so that nothing is started any more when what runs has ended."""
        self._plans.clear()
        self._due_of.clear()
        self._heap.clear()
        self._waiting.clear()

    def clock_was_set(self) -> None:
        """Take the wall clock anew after it jumped, so that the grid follows the calendar; no check is moved now."""
        self._epoch = self._clock.now().timestamp() - self._clock.monotonic()

    def again(self, plan: Plan, attempt: int, delay: float) -> None:
        """Note that a try has ended and the next is due in `delay` seconds."""
        self._running.discard((plan.monitor_id, plan.generation))
        if self._is_current(plan):
            self._push(Turn(self._clock.monotonic() + delay, plan.monitor_id, plan.generation, attempt))
        self._fill()

    def finished(self, plan: Plan) -> None:
        """Note that a check has ended for good; its next place in the grid follows, at once when it has passed."""
        self._running.discard((plan.monitor_id, plan.generation))
        if self._is_current(plan):
            self._push(self._next_turn(plan))
        self._fill()

    def tick(self) -> float:
        """Start everything that is due and return the monotonic second at which something is due next."""
        now = self._clock.monotonic()
        heap = self._heap
        while heap and heap[0].due <= now:
            self._begin(heapq.heappop(heap))
        return heap[0].due if heap else now + LONGEST_SLEEP_S

    async def run(self) -> None:
        """Tick for ever: sleep until something is due, is added, or ends."""
        while True:
            self._wake.clear()
            wake_at = self.tick()
            pause = min(max(wake_at - self._clock.monotonic(), SHORTEST_SLEEP_S), LONGEST_SLEEP_S)
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _push(self, turn: Turn) -> None:
        soonest = not self._heap or turn.due < self._heap[0].due
        heapq.heappush(self._heap, turn)
        if soonest:
            self._wake.set()

    def _begin(self, turn: Turn) -> None:
        plan = self._plans.get(turn.monitor_id)
        if plan is None or plan.generation != turn.generation:
            return
        if (plan.monitor_id, plan.generation) in self._running:
            return
        if len(self._running) >= self.max_concurrent:
            self._waiting.append(turn)
            return
        late_s = self._clock.monotonic() - turn.due
        self.lateness.add(max(0.0, late_s))
        self.late += late_s > 1.0
        if turn.attempt == 0:
            self._due_of[plan.monitor_id] = turn.due
        self._running.add((plan.monitor_id, plan.generation))
        self._start(plan, turn.attempt)

    def _fill(self) -> None:
        while self._waiting and len(self._running) < self.max_concurrent:
            self._begin(self._waiting.popleft())

    def _next_turn(self, plan: Plan) -> Turn:
        before = self._due_of.get(plan.monitor_id, self._clock.monotonic())
        due = cadence.next_due(plan.monitor_id, plan.interval, before + self._epoch) - self._epoch
        now = self._clock.monotonic()
        # What was missed while the last check still ran is made up for once, not once per missed place.
        return Turn(due if due > now else now, plan.monitor_id, plan.generation, 0)

    def _is_current(self, plan: Plan) -> bool:
        current = self._plans.get(plan.monitor_id)
        return current is not None and current.generation == plan.generation
