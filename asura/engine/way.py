"""How far the clock of a probe's process seems to be behind ours, and how long its deliveries take."""

from collections import deque
from typing import NamedTuple

import msgspec

from asura.domain import screening, wire

# Of so many deliveries the quickest tells how long the way takes, and how far the clocks are apart.
SIGHTINGS = 32
# So many in a row that agree within a second and are so much slower than the quickest: a clock was set since then.
AGREE, WITHIN_S, APART_S = 3, 1.0, 5.0


class Way(NamedTuple):
    """By how many milliseconds the times of a delivery are moved, and how many more it took than the quickest one."""

    shift_ms: int
    more_ms: int


class Process:
    """A process of a probe: by how many seconds its clock seemed to be behind, and how it said last that it does."""

    def __init__(self, boot: str) -> None:
        self.boot = boot
        self.behind: deque[float] = deque(maxlen=SIGHTINGS)
        self.newest = wire.Batch(boot=boot, seq=0)

    def way(self, behind: float) -> Way:
        """Return the way of a delivery that was received so many seconds after it was sent, as its sender says.

        That is how long it took and how far the clocks are apart: of late, the least of it.
        """
        self.behind.append(behind)
        self._forget()
        least = min(self.behind)
        return Way(round(least * 1000), round((behind - least) * 1000))

    def latest(self, batch: wire.Batch) -> wire.Batch:
        """Return a batch with what is true now: of a backlog, how the probe did when it was made is long over."""
        if batch.seq >= self.newest.seq:
            self.newest = msgspec.structs.replace(batch, results=(), state=screening.sober(batch.state))
        return msgspec.structs.replace(batch, results=(), state=self.newest.state, bye=self.newest.bye)

    def _forget(self) -> None:
        """Forget what was seen before a clock was set: else everything is too old until the last of it is gone."""
        lately = list(self.behind)[-AGREE:]
        if len(lately) == AGREE and max(lately) - min(lately) <= WITHIN_S and min(lately) - min(self.behind) > APART_S:
            self.behind = deque(lately, maxlen=SIGHTINGS)
