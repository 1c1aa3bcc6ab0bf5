"""Which probe of a region checks which monitor: rendezvous hashing, so that few move when a probe comes or goes.

Each pair of a monitor and a probe has a weight, and a monitor belongs to the probe with which its weight is greatest.
The weights depend on the two ids alone: every machine and every version divides alike.
"""

from collections.abc import Iterable, Mapping, Sequence

_BITS = (1 << 64) - 1
# The constants of splitmix64; the last one is its increment, an odd number without a pattern.
_FIRST, _SECOND, _STEP = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0x9E3779B97F4A7C15


def owner(monitor_id: int, probes: Sequence[int]) -> int | None:
    """Return the id of the probe that checks a monitor; None without probes. Their order does not matter."""
    if not probes:
        return None
    return _owner(monitor_id, [(_mix(probe), probe) for probe in sorted(probes)])


def shares(monitor_ids: Iterable[int], probes: Iterable[int]) -> Mapping[int, Sequence[int]]:
    """Return the monitors of each probe, in the order given; every monitor is in one list, and none without probes."""
    salted = [(_mix(probe), probe) for probe in sorted(set(probes))]
    divided: dict[int, list[int]] = {probe: [] for _, probe in salted}
    if salted:
        for monitor_id in monitor_ids:
            divided[_owner(monitor_id, salted)].append(monitor_id)
    return divided


def _owner(monitor_id: int, salted: Sequence[tuple[int, int]]) -> int:
    mixed = _mix(monitor_id)
    best, found = -1, salted[0][1]
    for salt, probe in salted:
        # Both sides are mixed already: one multiplication decides, by its upper bits.
        weight = ((mixed ^ salt) * _STEP) & _BITS
        if weight > best:
            best, found = weight, probe
    return found


def _mix(number: int) -> int:
    """Return 64 bits that each depend on every bit of a number (the finalizer of splitmix64)."""
    mixed = (number * _STEP + _STEP) & _BITS
    mixed = ((mixed ^ (mixed >> 30)) * _FIRST) & _BITS
    mixed = ((mixed ^ (mixed >> 27)) * _SECOND) & _BITS
    return mixed ^ (mixed >> 31)
