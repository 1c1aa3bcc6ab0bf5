"""How often somebody may ask: a token bucket per key and per address, in a table that cannot grow."""

from collections import OrderedDict

from asura.domain.address import bucket_of as bucket_of

MOST_BUCKETS = 10_000


class Buckets:
    """Token buckets by name. `rate` is in tokens a second; 0 switches them off."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate = rate
        self._burst = max(1.0, float(burst))
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float, *, own_rate: float = 0.0) -> float:
        """Take one token and return 0, or return the seconds until there is one. `now` is monotonic.

        A bucket with a rate of its own holds what comes in a second, and at least one token.
        """
        rate = own_rate or self._rate
        if rate <= 0:
            return 0.0
        most = max(1.0, own_rate) if own_rate else self._burst
        level, at = self._levels.pop(name, (most, now))
        level = min(most, level + max(0.0, now - at) * rate)
        wait = 0.0 if level >= 1 else (1 - level) / rate
        self._levels[name] = (level if wait else level - 1, now)
        if len(self._levels) > MOST_BUCKETS:
            # The one that was quiet for longest is full again, or nearly: forgetting it costs nothing.
            self._levels.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._levels)
