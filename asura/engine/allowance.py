"""How much a probe may tell: of each monitor little more than checks of it come to, and so many requests a second.

All of it is in memory: a process that has just begun has heard nothing yet.
"""

from asura.domain.monitor import MonitorConfig
from asura.errors import TooMany

# Repeated checks, clocks that run unevenly, and two probes that hand a monitor over.
MORE = 1.5
# Asked for by people, or edited: however seldom a monitor is checked, one result comes each so many seconds.
SELDOM_S = 30.0
# The line of a probe may be gone for so long, and all that it found is news afterwards.
SPARE_RESULTS, SPARE_S = 8, 30.0
# So long a probe keeps what it cannot deliver, and twice that is taken.
HISTORY_S = 7_200.0
# Of so many bytes that are read, each as many count as one more request.
BYTES_A_REQUEST = 65_536


class Stocks:
    """What is left of each monitor, in results, and when that was: it grows again with time."""

    __slots__ = ("_left", "_looked_at")

    def __init__(self) -> None:
        self._left: dict[int, tuple[float, float]] = {}
        self._looked_at = 0.0

    def __len__(self) -> int:
        return len(self._left)

    def take(self, monitor_id: int, rate: float, most: float, now: float) -> bool:
        """Take one where there is one, of a stock that grows by `rate` a second up to `most`."""
        known = self._left.get(monitor_id)
        left = most if known is None else min(most, known[0] + (now - known[1]) * rate)
        if left < 1.0:
            return False
        self._left[monitor_id] = left - 1.0, now
        return True

    def give_back(self, monitor_id: int) -> None:
        """Put one back that was taken: nothing came of it."""
        left, at = self._left.get(monitor_id, (0.0, 0.0))
        if monitor_id in self._left:
            self._left[monitor_id] = left + 1.0, at

    def tidy(self, now: float) -> None:
        """Forget those that have been left alone until they are full again."""
        if now - self._looked_at >= HISTORY_S:
            self._looked_at = now
            self._left = {one: known for one, known in self._left.items() if now - known[1] < HISTORY_S}


class Pace:
    """Requests of one probe: so many a second, and some more at first. Who is a little too early waits."""

    __slots__ = ("_at", "_left", "burst", "patience_s", "rate")

    def __init__(self, rate: float, burst: float, patience_s: float) -> None:
        self.rate = rate
        self.burst = burst
        self.patience_s = patience_s
        self._left, self._at = burst, 0.0

    def wait_s(self, now: float) -> float:
        """Take a request in, and return for how long it waits; raises TooMany where that is too long."""
        left = min(self.burst, self._left + (now - self._at) * self.rate) if self._at else self.burst
        seconds = max(0.0, (1.0 - left) / self.rate)
        if seconds > self.patience_s:
            raise TooMany("too many requests of one probe", retry_after=seconds)
        self._left, self._at = left - 1.0, now
        return seconds

    def charge(self, read_bytes: int) -> None:
        """Count a large body as several requests."""
        self._left -= read_bytes // BYTES_A_REQUEST


class Allowance:
    """What one probe may still tell, and how often it has only doubted in a row."""

    __slots__ = ("_doubts", "_news", "_past", "deliveries", "polls")

    def __init__(self) -> None:
        self._news, self._past = Stocks(), Stocks()
        # Of each monitor, how many results in a row were tries that are to be repeated.
        self._doubts: dict[int, int] = {}
        self.deliveries = Pace(50.0, 300.0, 0.25)
        self.polls = Pace(5.0, 20.0, 1.0)

    def news(self, monitor_id: int, config: MonitorConfig, now: float) -> bool:
        """Take one result that is to be judged, where there may be one more."""
        tries = config.retries + 1
        rate = max(MORE * tries / config.interval, 1.0 / SELDOM_S)
        return self._news.take(monitor_id, rate, SPARE_RESULTS + 2 * tries + SPARE_S * rate, now)

    def history(self, monitor_id: int, config: MonitorConfig, now: float) -> bool:
        """Take one result that is only to be stored, where there may be one more."""
        rate = max((config.retries + 1) / config.interval, 1.0 / SELDOM_S)
        return self._past.take(monitor_id, MORE * rate, HISTORY_S * rate, now)

    def counts(self, monitor_id: int, config: MonitorConfig, counted: bool) -> bool:
        """Return whether a result counts: a try that is to be repeated does not, as long as it is repeated at all."""
        if counted:
            if self._doubts:
                self._doubts.pop(monitor_id, None)
            return True
        doubts = self._doubts.get(monitor_id, 0)
        if doubts > config.retries:
            del self._doubts[monitor_id]
            return True
        self._doubts[monitor_id] = doubts + 1
        return False

    def give_back_news(self, monitor_id: int) -> None:
        """Take back one that was to be judged and is not stored: it comes again."""
        self._news.give_back(monitor_id)
        self._doubts.pop(monitor_id, None)

    def give_back_history(self, monitor_id: int) -> None:
        """Take back one that was to be stored and is not."""
        self._past.give_back(monitor_id)

    def tidy(self, now: float) -> None:
        """Forget what is as if nothing had been told."""
        self._news.tidy(now)
        self._past.tidy(now)
