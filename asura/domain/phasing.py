"""How long each phase of the answered checks took on average, step by step."""

from collections.abc import Iterable

from asura.domain import packing
from asura.domain.packing import BODY, HOUR_MS
from asura.domain.result import Phases

_COUNT = len(Phases.__struct_fields__)
# Bits of the flags that tell what a check found: up is 0, degraded 1.
_FINDING, _ANSWERED = 3, 1
_NONE = bytes(_COUNT)

# The start of a step -> how many checks, then the sum of each phase and how many had it
Sums = dict[int, list[float]]


def add(sums: Sums, hour: int, body: bytes, *, window: tuple[int, int], step_ms: int) -> None:
    """Add the phases of what a body holds inside a window (ms since the epoch) to the sums of their steps."""
    low, high = window
    start = hour * HOUR_MS
    for offset, _, _, _, _, flags, phases in BODY.iter_unpack(body):
        at = start + offset
        if flags & _FINDING > _ANSWERED or phases == _NONE or not low <= at < high:
            continue
        place = at // step_ms * step_ms
        line = sums.get(place)
        if line is None:
            line = sums[place] = [0.0] * (1 + 2 * _COUNT)
        line[0] += 1
        for index, byte in enumerate(phases):
            if byte:
                line[1 + index] += packing.phase_ms(byte) or 0.0
                line[1 + _COUNT + index] += 1


def averages(sums: Sums) -> dict[int, Phases]:
    """Return the average of each phase by the start of its step; a phase that no check had is None.

    Each is the share of all checks with phases, so that the phases of a step add up to its average time.
    """
    return {place: Phases(*_each(line)) for place, line in sums.items()}


def _each(line: list[float]) -> Iterable[float | None]:
    for index in range(_COUNT):
        yield line[1 + index] / line[0] if line[1 + _COUNT + index] else None
