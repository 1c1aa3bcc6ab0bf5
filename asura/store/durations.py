"""How long queries took, as a histogram for the metrics."""

import threading
from bisect import bisect_left

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Durations:
    """Counts of durations in seconds, under each bound."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = [0] * (len(BOUNDS) + 1)
        self._sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration; from any thread."""
        with self._lock:
            self._counts[bisect_left(BOUNDS, seconds)] += 1
            self._sum += seconds

    def view(self) -> dict[str, object]:
        """Return {"buckets": [(bound, how many at most so long)], "count", "sum"}."""
        with self._lock:
            counts, total = list(self._counts), self._sum
        running = 0
        buckets = []
        for bound, count in zip(BOUNDS, counts, strict=False):
            running += count
            buckets.append((bound, running))
        return {"buckets": buckets, "count": sum(counts), "sum": total}
