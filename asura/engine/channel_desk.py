"""What people do with channels, and the test that they send before they trust one."""

import asyncio
import secrets
import sqlite3
from collections.abc import Mapping
from typing import Any

import msgspec

from asura import log
from asura.channels import channel_types
from asura.clock import Clock
from asura.domain import fields
from asura.domain.channel import Channel, ChannelConfig
from asura.domain.incident import EventType
from asura.domain.message import Message
from asura.engine import trail
from asura.engine.live import Live
from asura.engine.notifier import SEND_DEADLINE_S, Sender
from asura.engine.prepare_channel import prepare_channel
from asura.engine.references import store_freed, without_channel
from asura.errors import AsuraError, Conflict, DeliveryError, NotFound
from asura.running.types import TypeView
from asura.store import channels
from asura.store.db import Store


class TestOutcome(msgspec.Struct, frozen=True):
    """How a test message fared: the error in words when it failed."""

    __test__ = False

    ok: bool
    error: str | None
    duration_ms: float


class ChannelDesk:
    """Creates, edits, deletes and tests channels."""

    def __init__(self, store: Store, live: Live, clock: Clock, send: Sender, *, lock: asyncio.Lock, url: str) -> None:
        self._store = store
        self._live = live
        self._clock = clock
        self._send = send
        self._url = url
        self._lock = lock

    def list(self) -> list[Channel]:
        """Return every channel, by name."""
        return sorted(self._live.channels.values(), key=lambda channel: (channel.config.name.lower(), channel.id))

    def find(self, ref: int | str) -> Channel | None:
        """Return a channel by id or slug."""
        for channel in self._live.channels.values():
            if ref in (channel.id, channel.slug, str(channel.id)):
                return channel
        return None

    def prepare(
        self, body: Mapping[str, Any], *, old: ChannelConfig | None = None, partial: bool = False
    ) -> ChannelConfig:
        """Return the configuration that a body asks for; raises Invalid naming every field."""
        config = prepare_channel(body, old=old, partial=partial)
        log.know_in(config.settings)
        return config

    async def create(self, config: ChannelConfig, *, slug: str | None = None, managed_by: str | None = None) -> Channel:
        """Store a new channel; Conflict when the slug is taken."""
        async with self._lock:
            wanted = slug or self._free_slug(fields.slug_of(config.name))
            now = self._clock.now()
            vault = self._store.vault

            def change(db: sqlite3.Connection) -> Channel:
                made = channels.insert(db, vault, slug=wanted, config=config, now=now, managed_by=managed_by)
                trail.channel(db, None, made, now)
                return made

            channel = await self._store.write(change)
            self._live.channels[channel.id] = channel
            return channel

    async def replace(self, channel_id: int, config: ChannelConfig, *, by_file: bool = False) -> Channel:
        """Store an edited channel; what waits in the outbox goes out by the new settings."""
        async with self._lock:
            old = self._editable(channel_id, by_file=by_file)
            managed_by = "file" if by_file else None
            if config == old.config and managed_by == old.managed_by:
                return old
            now = self._clock.now()
            channel = msgspec.structs.replace(old, config=config, managed_by=managed_by, updated_at=now)

            def change(db: sqlite3.Connection) -> None:
                channels.update(db, self._store.vault, channel)
                trail.channel(db, old, channel, now)

            await self._store.write(change)
            self._live.channels[channel_id] = channel
            return channel

    async def delete(self, channel_id: int, *, by_file: bool = False) -> None:
        """Delete a channel; what waits for it is dropped, with that reason."""
        async with self._lock:
            old, now = self._editable(channel_id, by_file=by_file), self._clock.now()
            freed = without_channel(self._live, channel_id, now)

            def change(db: sqlite3.Connection) -> None:
                channels.delete(db, channel_id)
                trail.channel(db, old, None, now)
                store_freed(db, self._store.vault, freed, now)

            await self._store.write(change)
            self._live.channels.pop(channel_id, None)
            for _, monitor in freed:
                self._live.set_monitor(monitor)

    async def test(self, channel_id: int) -> TestOutcome:
        """Send a test message through a stored channel."""
        channel = self.find(channel_id)
        if channel is None:
            raise NotFound(f"there is no channel {channel_id}")
        return await self._try(channel)

    async def try_out(self, config: ChannelConfig) -> TestOutcome:
        """Send a test message through a channel that is not stored."""
        now = self._clock.now()
        return await self._try(
            Channel(id=0, slug="unsaved", config=config, managed_by=None, created_at=now, updated_at=now)
        )

    async def _try(self, channel: Channel) -> TestOutcome:
        began = self._clock.monotonic()
        error: str | None = None
        try:
            async with asyncio.timeout(SEND_DEADLINE_S):
                await self._send(channel, self._test_message())
        except TimeoutError:
            error = f"no answer within {SEND_DEADLINE_S:.0f} s"
        except DeliveryError as refused:
            error = refused.reason
        except AsuraError as wrong:
            error = str(wrong)
        return TestOutcome(error is None, error, (self._clock.monotonic() - began) * 1000)

    def _test_message(self) -> Message:
        return Message(
            id=0,
            event=EventType.TEST.value,
            at=self._clock.now(),
            title="This is a test from asura",
            text="If you can read this, messages about incidents will reach you here.",
            severity="warning",
            url=self._url,
            key=secrets.token_hex(16),
            thread=secrets.token_hex(16),
        )

    def _editable(self, channel_id: int, *, by_file: bool) -> Channel:
        channel = self._live.channels.get(channel_id)
        if channel is None:
            raise NotFound(f"there is no channel {channel_id}")
        if channel.managed_by is not None and not by_file:
            raise Conflict("this channel is managed by the configuration file; change it there")
        return channel

    def _free_slug(self, wanted: str) -> str:
        taken = {channel.slug for channel in self._live.channels.values()}
        slug, number = wanted, 2
        while slug in taken:
            slug, number = f"{wanted}-{number}", number + 1
        return slug


def views() -> dict[str, TypeView]:
    """Return every channel type by name."""
    return {name: TypeView(name, kind.title, "", kind.params) for name, kind in channel_types().items()}
