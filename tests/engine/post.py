"""A world whose channels can hang, and an outbox that is filled by hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from asura.domain.channel import Channel, Notification
from asura.domain.message import Message
from asura.store import outbox
from tests.world import World


class Post(World):
    """Channels named in `hanging` never answer; `during` is called while a message is under way."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.hanging: set[str] = set()
        self.during: Callable[[Channel, Message], Awaitable[None]] | None = None
        self.stuck = 0

    async def _send(self, channel: Channel, message: Message) -> str:
        if self.during is not None:
            await self.during(channel, message)
        if channel.config.name in self.hanging:
            await self.hang()
        return await super()._send(channel, message)

    async def hang(self) -> None:
        """Never come back."""
        self.stuck += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.stuck -= 1

    async def deliver(self) -> datetime | None:
        """Let the notifier work until nothing moves but what hangs; return when it wants to be called next."""
        notifier = self.engine.notifier
        while True:
            now = self.clock.now()
            notifier.wake.clear()
            due = await notifier.tick(now)
            while sum(not lane.done() for lane in notifier._lanes.values()) > self.stuck:
                await asyncio.sleep(0.001)
            if not notifier.wake.is_set() and (due is None or due > now):
                return due

    async def outbox(self) -> list[outbox.Told]:
        """Return every notification with its attempts, oldest first."""
        async with self.store.read() as reader:
            return (await outbox.page(reader, limit=1000))[0][::-1]


@asynccontextmanager
async def post(folder: Path) -> AsyncIterator[Post]:
    """Lend a running world with such channels; what hangs is given up at its end."""
    one = Post(folder)
    await one.start()
    try:
        yield one
        assert one.take() == [], "and nothing else was sent"
    finally:
        lanes = list(one.engine.notifier._lanes.values())
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        await one.close()


async def put(w: Post, channel: Channel, *titles: str, **other: Any) -> None:
    """Put messages that belong to no incident into the outbox, each in a thread of its own."""
    now = w.clock.now()

    def change(db: Any) -> None:
        for title in titles:
            message = Message(
                id=0, event="self.blind", at=now, title=title, text="", severity="warning", url="", key="", thread=title
            )
            values = {"payload": msgspec.to_builtins(message), "created_at": now} | other
            notification = Notification(
                channel_id=channel.id, incident_id=None, monitor_id=None, event="self.blind",
                key=f"{channel.id}-{title}", thread=title, reason="test", next_attempt_at=now, **values,
            )  # fmt: skip
            outbox.add(db, notification)

    await w.store.write(change)
