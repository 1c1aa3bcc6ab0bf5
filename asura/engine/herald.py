"""Tells people that asura cannot store what it finds: the one message that needs no database."""

import asyncio
import logging
from datetime import datetime, timedelta

from asura.clock import Clock
from asura.domain import wording
from asura.domain.incident import EventType
from asura.domain.message import Message
from asura.engine.judge import Judge
from asura.engine.live import Live
from asura.engine.notifier import SEND_DEADLINE_S, Sender
from asura.errors import DeliveryError

log = logging.getLogger(__name__)

LOOK_EVERY = timedelta(seconds=5)
TELL_AFTER_S = 60.0


class Herald:
    """Looks every few seconds; one message for each stretch in which nothing could be stored for a minute."""

    name = "herald"

    def __init__(self, live: Live, judge: Judge, clock: Clock, send: Sender, *, url: str) -> None:
        self._live = live
        self._judge = judge
        self._clock = clock
        self._send = send
        self._url = url
        self._told = False
        self.held = False
        self.wake = asyncio.Event()

    async def tick(self, now: datetime) -> datetime | None:
        """Tell every default channel once, when it has lasted long enough."""
        failing_s = self._judge.failing_s(self._clock.monotonic())
        if failing_s == 0:
            self._told = False
        elif failing_s >= TELL_AFTER_S and not self._told and not self.held:
            self._told = True
            await self._tell(now)
        return now + LOOK_EVERY

    def go_on(self) -> None:
        """Look again."""
        self.wake.set()

    async def _tell(self, now: datetime) -> None:
        message = Message(
            id=0,
            event=EventType.BLIND.value,
            at=now,
            title="asura cannot store what it finds",
            text=f"{self._judge.failure} Outages are believed and told once it can. Is the disk full?",
            severity="critical",
            url=self._url,
            key=wording.message_key(None, int(now.timestamp()), 0),
            thread=wording.thread_key(None),
        )
        for channel in [one for one in self._live.channels.values() if one.config.default and one.config.enabled]:
            try:
                async with asyncio.timeout(SEND_DEADLINE_S):
                    await self._send(channel, message)
            except (DeliveryError, TimeoutError) as error:
                log.error("%s could not be told that the store fails: %s", channel.config.name, error)
