"""Whether the primary answers, and when to ask again: told once for each change, and once a minute while it lasts."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from random import random

from asura.clock import Clock
from asura.probe.trouble import HOPELESS, NOT_OURS, Kind, Trouble

log = logging.getLogger(__name__)

SHORTEST_S, LONGEST_S = 0.5, 15.0
REMIND_EVERY_S = 60.0
# How long to wait where asking more often would change nothing.
PAUSES = {Kind.KEY: 30.0, Kind.REGION: 30.0, Kind.VERSION: 30.0, Kind.ADDRESS: 15.0, Kind.SUPERSEDED: 5.0}
_WORDS = {
    Kind.AWAY: "primary does not answer",
    Kind.KEY: "primary refuses the key",
    Kind.REGION: "primary refuses the region",
    Kind.SUPERSEDED: "another process has its place",
    Kind.ADDRESS: "no primary at its address",
    Kind.VERSION: "primary has another version",
    Kind.SENSELESS: "primary refuses results",
}


def pause_s(attempt: int, trouble: Trouble, chance: float, pauses: Mapping[Kind, float] = PAUSES) -> float:
    """Return the seconds until the next try; `attempt` 0 is the first failure, `chance` a random number in 0..1."""
    if trouble.retry_after is not None:
        return max(SHORTEST_S, trouble.retry_after) + chance * SHORTEST_S
    fixed = pauses.get(trouble.kind)
    if fixed is not None:
        return fixed * (0.95 + 0.1 * chance)
    # Half of it by chance: all probes of a primary begin to wait at the same moment.
    return min(LONGEST_S, SHORTEST_S * 2.0 ** min(attempt, 16)) * (0.5 + 0.5 * chance)


class Link:
    """The connection to the primary, of which fetching and delivering are a lane each. `changed` is called when it is
    another one than before.
    """

    def __init__(self, clock: Clock, *, changed: Callable[[], None]) -> None:
        self._clock = clock
        self._changed = changed
        self._troubles: dict[str, Trouble] = {}
        self._attempts: dict[str, int] = {}
        self._said_at = float("-inf")
        self._recovered = asyncio.Event()
        self.pauses = PAUSES
        # Whether the primary ever answered this process as it should.
        self.contacted = False

    @property
    def trouble(self) -> Trouble | None:
        """Return what is wrong; None while all is well."""
        return next(iter(self._troubles.values()), None)

    @property
    def welcome(self) -> bool:
        """Return whether the primary wants what this process finds."""
        return not any(one.kind in NOT_OURS for one in self._troubles.values())

    def words(self) -> str:
        """Return how it is, in a few words."""
        trouble = self.trouble
        if trouble is None:
            return "primary answers" if self.contacted else "primary is asked"
        return _WORDS[trouble.kind]

    def good(self, lane: str) -> None:
        """Note that a lane got its answer."""
        before = self._troubles.pop(lane, None)
        self._attempts.pop(lane, None)
        first, self.contacted = not self.contacted, True
        if before is not None:
            self._recovered.set()
            self._recovered = asyncio.Event()
        if first or (before is not None and not self._troubles):
            self._changed()

    async def bad(self, lane: str, trouble: Trouble) -> None:
        """Note and tell that a lane failed, and wait as long as is good; raises the trouble where there is no hope.

        When the other lane gets through again meanwhile, this one has its turn at once.
        """
        if not self.contacted and trouble.kind in HOPELESS:
            raise trouble
        attempt = self._attempts.get(lane, 0)
        self._attempts[lane] = attempt + 1
        before = self.trouble
        self._troubles[lane] = trouble
        self._tell(trouble, new=before is None or before.kind is not trouble.kind)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s(attempt, trouble, random(), self.pauses)):
                await self._recovered.wait()

    def _tell(self, trouble: Trouble, *, new: bool) -> None:
        now = self._clock.monotonic()
        if new or now - self._said_at >= REMIND_EVERY_S:
            self._said_at = now
            log.warning("%s", trouble.sentence)
        if new:
            self._changed()
