"""Follows what the primary wants checked: one long poll after the other, so that an edit comes within a second."""

import asyncio
from collections.abc import Callable

from asura.domain import wire
from asura.probe.client import Client
from asura.probe.link import Link
from asura.probe.plans import Plans
from asura.probe.trouble import Trouble

LANE = "fetch"
WAIT_S = 25
# An edit that was told beside the poll has so long to come by it; then the poll is a dead one.
GRACE_S = 2.0
SHORTEST_S = 0.1
# Answers that came sooner than asked and brought nothing are followed by a pause, which doubles with each of them.
SOONER_S = 1.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 5.0


class Follower:
    """Keeps the plans in step. `took` is called with each answer that holds something, before it is taken in."""

    def __init__(self, client: Client, link: Link, plans: Plans, *, took: Callable[[wire.Assigned], None]) -> None:
        self._client = client
        self._link = link
        self._plans = plans
        self._took = took
        self._poll: asyncio.Timeout | None = None
        self._patient = False
        # How many answers in a row brought nothing, and sooner than asked.
        self._empty = 0

    async def run(self) -> None:
        """Follow for ever; raises Trouble where there is no hope."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                await self.follow()
            except Trouble as trouble:
                self._patient = False
                await self._link.bad(LANE, trouble)
            else:
                self._link.good(LANE)
            # A primary that answers at once, whatever it is asked, is not asked without a pause.
            await asyncio.sleep(began + self._pause_s() - loop.time())

    async def follow(self) -> None:
        """Ask once and take in what there is; the first question, and the one after a trouble, does not wait."""
        loop, since, changes = asyncio.get_running_loop(), self._plans.tag, self._plans.changes
        began = loop.time()
        assigned = await self._fetch(since)
        in_time, self._patient = loop.time() - began >= WAIT_S - SOONER_S, True
        if assigned is not None:
            self._took(assigned)
            await self._plans.take(assigned, since=since)
        news = self._plans.changes != changes or _tells(assigned, since)
        self._empty = 0 if news or in_time else self._empty + 1

    def heard_of(self, tag: str) -> None:
        """Note the tag of the newest assignments, as an answer to results told it."""
        poll = self._poll
        if tag in ("", self._plans.tag) or poll is None or poll.when() is not None or poll.expired():
            return
        poll.reschedule(asyncio.get_running_loop().time() + GRACE_S)

    def _pause_s(self) -> float:
        return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(self._empty - 1, 10)) if self._empty else SHORTEST_S

    async def _fetch(self, since: str) -> wire.Assigned | None:
        if self._patient and since:
            try:
                async with asyncio.timeout(None) as self._poll:
                    return await self._client.fetch(since, wait=WAIT_S)
            except TimeoutError:
                self._patient = False
            finally:
                self._poll = None
        return await self._client.fetch(since, wait=0)


def _tells(assigned: wire.Assigned | None, since: str) -> bool:
    """Return whether an answer names what came, went or was edited, however little of that matters here."""
    if assigned is None or assigned.full or assigned.tag == since:
        return False
    return bool(assigned.monitors or assigned.gone)
