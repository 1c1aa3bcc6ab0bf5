"""A latency histogram that can be merged: buckets that grow by a constant factor, relative error at most 5 %."""

import math
from collections.abc import Iterable, Mapping

import msgspec

ERROR = 0.045
_GROWTH = math.log((1 + ERROR) / (1 - ERROR))
_MIDDLE = 1 - ERROR


class Histogram(msgspec.Struct, frozen=True):
    """How many latencies fell into each bucket. Latencies are whole microseconds; below one counts as one."""

    counts: Mapping[int, int] = {}

    @property
    def total(self) -> int:
        """Return how many latencies were counted."""
        return sum(self.counts.values())

    def quantile(self, share: float) -> float | None:
        """Return the latency, in microseconds, that this share (0..1) does not exceed; None when empty."""
        rank = max(1, math.ceil(share * self.total))
        seen = 0
        for bucket in sorted(self.counts):
            seen += self.counts[bucket]
            if seen >= rank:
                return math.exp(bucket * _GROWTH) * _MIDDLE
        return None


def of(latencies_us: Iterable[int]) -> Histogram:
    """Return the histogram of latencies in microseconds."""
    counts: dict[int, int] = {}
    for latency in latencies_us:
        bucket = math.ceil(math.log(latency) / _GROWTH) if latency > 1 else 0
        counts[bucket] = counts.get(bucket, 0) + 1
    return Histogram(counts)


def merged(parts: Iterable[Histogram]) -> Histogram:
    """Return the histogram of everything in the parts."""
    counts: dict[int, int] = {}
    for part in parts:
        for bucket, count in part.counts.items():
            counts[bucket] = counts.get(bucket, 0) + count
    return Histogram(counts)


def dump(histogram: Histogram) -> bytes:
    """Return a histogram as few bytes: steps between buckets and counts, seven bits a byte."""
    out = bytearray()
    before = 0
    for bucket in sorted(histogram.counts):
        _put(out, bucket - before)
        _put(out, histogram.counts[bucket])
        before = bucket
    return bytes(out)


def load(raw: bytes) -> Histogram:
    """Return the histogram that `dump` made bytes of."""
    numbers = _numbers(raw)
    counts: dict[int, int] = {}
    bucket = 0
    for step, count in zip(numbers[::2], numbers[1::2], strict=True):
        bucket += step
        counts[bucket] = count
    return Histogram(counts)


def _put(out: bytearray, number: int) -> None:
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def _numbers(raw: bytes) -> list[int]:
    numbers = []
    number = shift = 0
    for byte in raw:
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(number)
            number = shift = 0
    return numbers
