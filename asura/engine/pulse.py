"""How fast a counter grows, for whoever asks now and then."""

from typing import NamedTuple

WINDOW_S = 60.0


class Beat(NamedTuple):
    """How often it happened up to a monotonic second."""

    at: float
    times: int


class Pulse:
    """The growth of a counter a second, over the last minute or two, or since somebody last asked before that."""

    def __init__(self, now: float) -> None:
        self._older = self._newer = Beat(now, 0)

    def rate(self, now: float, count: int) -> float:
        """Return how much the counter grew a second, and remember it as it stands."""
        if now - self._newer.at >= WINDOW_S:
            self._older, self._newer = self._newer, Beat(now, count)
        elapsed = now - self._older.at
        return (count - self._older.times) / elapsed if elapsed > 0 else 0.0
