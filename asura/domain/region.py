"""Where a monitor is checked from, and how many of these places must agree."""

import re
from collections.abc import Sequence

import msgspec

from asura.domain.heartbeat import HEARTBEAT
from asura.domain.monitor import MonitorConfig

# The region of the primary itself.
LOCAL = "local"
REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# Pauses between retries double, and are 10 % longer at most.
_LONGEST_PAUSE = 1.1


def is_local(region: str) -> bool:
    """Return whether people would take a region for the primary itself, however it is written."""
    return region.casefold() == LOCAL


class RegionRule(msgspec.Struct, frozen=True):
    """What is set for all monitors. `quorum` 0: most of the regions. `window` is in seconds."""

    local: bool = True
    quorum: int = 0
    window: float = 30.0


class Electorate(msgspec.Struct, frozen=True):
    """The regions that check a monitor, how many must agree, and for how many seconds a report of theirs counts."""

    regions: tuple[str, ...]
    quorum: int
    fresh_s: float

    @property
    def several(self) -> bool:
        """Return whether more than one region checks it."""
        return len(self.regions) > 1

    @property
    def elsewhere(self) -> bool:
        """Return whether anybody but the primary alone checks it: reports may fail to come, and votes count."""
        return self.regions != (LOCAL,)


def electorate(config: MonitorConfig, known: Sequence[str], rule: RegionRule) -> Electorate:
    """Return who checks a monitor: the regions that it lists, else the primary and every region that has a probe.

    A listed region without a probe counts as one that is silent. Heartbeats are heard by the primary alone.
    """
    if config.type == HEARTBEAT:
        return Electorate((LOCAL,), 1, freshness(config, rule.window))
    wanted = config.regions or (LOCAL, *known)
    regions = tuple(one for one in dict.fromkeys(wanted) if one != LOCAL or rule.local)
    most = len(regions) // 2 + 1
    quorum = config.consensus or rule.quorum or most
    return Electorate(regions, max(1, min(quorum, len(regions))), freshness(config, rule.window))


def freshness(config: MonitorConfig, window: float) -> float:
    """Return for how many seconds a report counts: until the next one is due, with all its retries, and the window."""
    pauses: float = config.retry_interval * (2**config.retries - 1) * _LONGEST_PAUSE
    return config.interval + pauses + config.timeout * (config.retries + 1) + window
