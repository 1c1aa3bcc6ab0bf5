"""Channels are stored with their secrets sealed; a deleted one tells nothing more."""

from pathlib import Path

import msgspec
import pytest

from asura.domain.channel import Channel, ChannelConfig, Delivery, NotificationStatus
from asura.domain.fields import Secret
from asura.errors import Conflict, NotFound
from asura.store import channels, outbox
from asura.store.db import Store
from tests.store.kit import START, after, notification, opened


async def add(store: Store, slug: str) -> Channel:
    config = ChannelConfig(name=slug, type="webhook", settings={"secret": Secret("hunter2"), "url": "https://x"})
    return await store.write(
        lambda db: channels.insert(db, store.vault, slug=slug, config=config, now=START, managed_by="file")
    )


async def load(store: Store) -> list[Channel]:
    return await store.write(lambda db: channels.load_all(db, store.vault))


async def test_channels_are_stored_edited_and_unique_by_slug(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        mail, chat = await add(store, "mail"), await add(store, "chat")
        with pytest.raises(Conflict, match="'mail'"):
            await add(store, "mail")
        edited = msgspec.structs.replace(
            chat, slug="talk", config=ChannelConfig(name="talk", type="slack"), updated_at=after(hours=1)
        )
        await store.write(lambda db: channels.update(db, store.vault, edited))
        assert await load(store) == [mail, edited]
        with pytest.raises(Conflict, match="'mail'"):
            await store.write(lambda db: channels.update(db, store.vault, msgspec.structs.replace(edited, slug="mail")))
        with pytest.raises(NotFound):
            await store.write(lambda db: channels.update(db, store.vault, msgspec.structs.replace(edited, id=9)))


async def test_a_deleted_channel_drops_what_it_was_to_tell_and_keeps_what_it_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        mail, chat = await add(store, "mail"), await add(store, "chat")
        for n, one in enumerate((mail, mail, chat)):
            await store.write(lambda db, n=n, one=one: outbox.add(db, notification(one.id, key=f"k-{n}")))
        told = Delivery(notification_id=1, at=START, ok=True, answer="ok", duration_ms=1.0)
        await store.write(lambda db: outbox.finish(db, 1, told, status=NotificationStatus.SENT))
        await store.write(lambda db: channels.delete(db, mail.id))
        assert await load(store) == [chat]
        async with store.read() as reader:
            found, _ = await outbox.page(reader)
        states = {one.id: (one.status.value, one.reason) for one, _ in found}
        assert states == {1: ("sent", "listed"), 2: ("dropped", "channel_deleted"), 3: ("pending", "listed")}
