"""Keeps the service manager informed: how it goes, and a sign of life for as long as there is real progress."""

import asyncio
import logging
from collections.abc import Callable

from asura.clock import Clock
from asura.domain.vitality import Vitality, Vitals, vitality
from asura.service_manager import Manager

LOG = logging.getLogger("asura")

STATUS_EVERY_S = 10.0
# A pause that lasted this much longer than planned: the process was stopped, or its event loop held up.
HELD_UP_S = 2.0


class Vigil:
    """Watches over this process on behalf of its service manager. `read` tells its vitals, `sentence` how it goes."""

    def __init__(
        self, manager: Manager, clock: Clock, *, read: Callable[[], Vitals], sentence: Callable[[], str]
    ) -> None:
        self._manager = manager
        self._clock = clock
        self._read = read
        self._sentence = sentence
        self._turning_since = clock.monotonic()
        self._alive = True
        self._said = ""
        self._status_at = float("-inf")

    async def run(self) -> None:
        """Watch for ever; at once over where there is no manager."""
        if not self._manager.there:
            return
        # A sign at a third of the time: two may be lost before anybody worries.
        every = min(self._manager.watchdog_s / 3 or STATUS_EVERY_S, STATUS_EVERY_S)
        while True:
            now = self._clock.monotonic()
            self.look(now)
            await asyncio.sleep(every)
            if self._clock.monotonic() - now > every + HELD_UP_S:
                self._turning_since = self._clock.monotonic()

    def look(self, now: float) -> Vitality:
        """Give a sign of life when there is progress, and say how it goes when that has changed."""
        found = vitality(self._read(), turning_s=now - self._turning_since)
        if found.alive and self._manager.watchdog_s:
            self._manager.alive()
        if found.alive is not self._alive:
            self._alive = found.alive
            self._status_at = float("-inf")
            self._tell(found)
        if now - self._status_at >= STATUS_EVERY_S:
            self._status_at = now
            self._say(self._sentence() if found.alive else f"stuck: {found.sentence}")
        return found

    def _tell(self, found: Vitality) -> None:
        if found.alive:
            LOG.warning("it goes on: the service manager gets its signs of life again")
        elif self._manager.watchdog_s:
            LOG.error("%s: no more signs of life for the service manager, which starts asura again", found.sentence)
        else:
            LOG.error("%s: asura needs a restart", found.sentence)

    def _say(self, sentence: str) -> None:
        if sentence != self._said and self._manager.status(sentence):
            self._said = sentence
