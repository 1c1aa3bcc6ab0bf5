"""The time of a probe: its steady clock, set by what the primary says, so that its wall clock may be wrong."""

import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from asura.clock import Clock

log = logging.getLogger(__name__)

# Samples older than this may have drifted by as much as they are exact.
RECENT_S = 600.0
MOST_SAMPLES = 64
# Two clocks drift apart by so much in that time; more is a clock that was set.
DRIFT_S = 0.1
# The grid of checks follows when the time moved by more than this.
MOVED_S = 0.5
# What no clock says: the years before 2000, and those from 9999 on.
EARLIEST, LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2000, 9999))
# A wall clock that is further off is worth a word.
WRONG_S = 5.0


class Sample(NamedTuple):
    """One answer of the primary: the steady second at which it came, what to add to those, and how long it took."""

    at: float
    offset: float
    trip: float


class ProbeClock:
    """The primary's time: steady seconds plus an offset that is learned from its answers.

    Before the first answer it is the wall clock's. `moved` is called each time that the time was set by more than half
    a second after that.
    """

    def __init__(self, system: Clock, *, moved: Callable[[], None] | None = None) -> None:
        self._system = system
        self._samples: deque[Sample] = deque(maxlen=MOST_SAMPLES)
        self._offset = system.now().timestamp() - system.boottime()
        self._told = self._offset
        self._wrong = False
        self.moved = moved or (lambda: None)
        self.learned = False

    def now(self) -> datetime:
        """Return the primary's instant, in UTC."""
        return datetime.fromtimestamp(self._system.boottime() + self._offset, UTC)

    def monotonic(self) -> float:
        """Return the seconds of the machine's monotonic clock."""
        return self._system.monotonic()

    def boottime(self) -> float:
        """Return the machine's seconds since boot, sleep included."""
        return self._system.boottime()

    def wall(self) -> float:
        """Return what the machine's own clock says, in seconds since the epoch."""
        return self._system.now().timestamp()

    def skew_s(self) -> float:
        """Return by how many seconds the machine's clock is ahead of the primary's."""
        return self.wall() - self.now().timestamp()

    def learn(self, primary_now: float, *, sent: float, received: float) -> None:
        """Take in what the primary's clock said between two steady seconds; the quickest answer of late counts."""
        trip = max(0.0, received - sent)
        sample = Sample(received, primary_now + trip / 2 - received, trip)
        # What no delay on the way explains: the primary's clock was set since.
        kept = [one for one in self._samples if received - one.at <= RECENT_S and _agree(one, sample)]
        self._samples = deque([*kept, sample], maxlen=MOST_SAMPLES)
        self._set(min(self._samples, key=_trip).offset)
        self._look_at_wall()

    def _set(self, offset: float) -> None:
        first, self.learned = not self.learned, True
        self._offset = offset
        if first or abs(offset - self._told) > MOVED_S:
            self._told = offset
            self.moved()

    def _look_at_wall(self) -> None:
        skew = self.skew_s()
        wrong = abs(skew) > WRONG_S
        if wrong and not self._wrong:
            log.warning(
                "the clock of this machine is %.0f s %s that of the primary; checks and results keep to the primary's, "
                "but set it (NTP): TLS certificates are judged by it",
                abs(skew),
                "ahead of" if skew > 0 else "behind",
            )
        elif self._wrong and not wrong:
            log.info("the clock of this machine is right again")
        self._wrong = wrong


def is_believable(instant: float) -> bool:
    """Return whether seconds since the epoch can be what a clock says at present."""
    return EARLIEST <= instant < LATEST


def _agree(one: Sample, other: Sample) -> bool:
    """Return whether one offset can be behind both samples."""
    return abs(one.offset - other.offset) <= (one.trip + other.trip) / 2 + DRIFT_S


def _trip(sample: Sample) -> float:
    return sample.trip
