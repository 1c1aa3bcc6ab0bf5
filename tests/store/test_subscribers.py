"""Subscribers in the store: sealed, found by what cannot be turned back, and gone with all that waits for them."""

import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from asura.domain.fields import Secret
from asura.domain.page import Page as StatusPage
from asura.domain.page import PageConfig
from asura.domain.subscription import Subscriber
from asura.errors import Conflict
from asura.store import bulletins, outbox, pages, retention, subscribers
from asura.store.db import Store
from asura.store.retention import Retention
from tests.store.kit import START, after, notification, opened, rows


async def add_page(store: Store, slug: str = "acme") -> int:
    page = StatusPage(slug=slug, config=PageConfig(title=slug), created_at=START, updated_at=START)
    return (await store.write(lambda db: pages.insert(db, page))).id


def somebody(page_id: int, number: int = 1, **more: Any) -> Subscriber:
    values: dict[str, Any] = {
        "kind": "email",
        "address": Secret(f"ann{number}@example.org"),
        "token": Secret(f"token-of-{number}"),
        "created_at": START,
    }
    return Subscriber(page_id=page_id, **(values | more))


async def add(store: Store, subscriber: Subscriber) -> Subscriber:
    return await store.write(lambda db: subscribers.insert(db, store.vault, subscriber))


async def get(store: Store, subscriber_id: int) -> Subscriber | None:
    return await store.write(lambda db: subscribers.get(db, store.vault, subscriber_id))


async def test_one_comes_back_as_it_was_by_id_token_and_address(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        made = await add(store, somebody(page, components=(3, 4), language="de", letter_at=after(hours=1)))
        assert await get(store, made.id) == made
        async with store.read() as reader:
            assert await subscribers.find(reader, store.vault, Secret("token-of-1")) == made
            assert await subscribers.find(reader, store.vault, Secret("token-of-2")) is None
            assert await subscribers.read(reader, store.vault, made.id) == made

        def look(db: sqlite3.Connection) -> list[Subscriber | None]:
            named = {"page_id": page, "kind": "email"}
            return [
                subscribers.by_address(db, store.vault, address=Secret("ANN1@example.org"), **named),
                subscribers.by_address(db, store.vault, address=Secret("bob@example.org"), **named),
                subscribers.by_token(db, store.vault, Secret("token-of-1")),
            ]

        assert await store.write(look) == [made, None, made]


async def test_neither_address_nor_token_can_be_read_from_the_file(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await add(store, somebody(await add_page(store)))
        stored = await rows(store, "SELECT * FROM subscribers")
    assert "ann1" not in str(stored)
    for file in tmp_path.iterdir():
        if file.is_file():
            held = file.read_bytes()
            assert b"ann1@example.org" not in held, file
            assert b"token-of-1" not in held, file


async def test_a_fingerprint_needs_the_key_file(tmp_path: Path) -> None:
    prints = []
    for name in ("one", "two"):
        async with opened(tmp_path / name) as store:
            prints.append(store.vault.fingerprint("ann@example.org"))
            assert store.vault.fingerprint("ann@example.org") == prints[-1]
            assert store.vault.fingerprint("bob@example.org") != prints[-1]
    assert prints[0] != prints[1]


async def test_an_address_is_there_once_for_each_page_and_kind(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page, other = await add_page(store), await add_page(store, "other")
        await add(store, somebody(page))
        with pytest.raises(Conflict):
            await add(store, replace(somebody(page), token=Secret("x"), address=Secret("ANN1@Example.org")))
        await add(store, replace(somebody(other), token=Secret("y")))
        hook = {"kind": "webhook", "address": Secret("https://a.example/x")}
        await add(store, somebody(page, 3, **hook))
        await add(store, somebody(page, 4, **(hook | {"kind": "slack"})))
        with pytest.raises(Conflict):
            await add(store, somebody(99, 5))


async def test_confirming_choosing_and_failing_are_kept(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        made = await add(store, somebody(await add_page(store)))

        def change(db: sqlite3.Connection) -> list[bool]:
            confirmed = [subscribers.confirm(db, made.id, after(hours=n)) for n in (1, 2)]
            subscribers.choose(db, made.id, (7,))
            subscribers.failing(db, made.id, after(hours=3))
            subscribers.failing(db, made.id, after(hours=4))
            return confirmed

        assert await store.write(change) == [True, False]
        found = await get(store, made.id)
        assert found is not None
        assert (found.confirmed_at, found.components, found.failing_since) == (after(hours=1), (7,), after(hours=3))
        again = replace(found, letter_at=after(hours=5), components=(8,), language="zh")

        def more(db: sqlite3.Connection) -> None:
            subscribers.working(db, made.id)
            subscribers.lettered(db, again)

        await store.write(more)
        assert await get(store, made.id) == replace(again, failing_since=None)


async def test_a_page_of_them_is_read_by_id_and_they_are_counted(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page, other = await add_page(store), await add_page(store, "other")
        made = [await add(store, somebody(page, n, confirmed_at=START if n < 3 else None)) for n in range(5)]
        await add(store, somebody(other, 9))
        async with store.read() as reader:
            first = await subscribers.page(reader, store.vault, page, limit=3)
            rest = await subscribers.page(reader, store.vault, page, after=first[-1].id, limit=3)
            counted = await subscribers.counts(reader, page)
        assert first + rest == made
        assert counted == [("email", False, 2), ("email", True, 3)]
        assert await store.write(lambda db: subscribers.count(db, page)) == 5


async def test_whoever_goes_takes_along_what_waits_for_them_and_nothing_else(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        ann, bob = await add(store, somebody(page, 1)), await add(store, somebody(page, 2))

        def fill(db: sqlite3.Connection) -> None:
            for key, whose in (("a", ann.id), ("b", bob.id), ("c", None)):
                outbox.add(db, notification(0, key=key, subscriber_id=whose))

        await store.write(fill)
        assert await store.write(lambda db: subscribers.delete(db, ann.id)) is True
        assert await store.write(lambda db: subscribers.delete(db, ann.id)) is False
        assert await rows(store, "SELECT key FROM notifications ORDER BY id") == [("b",), ("c",)]
        # And so does a page that is deleted.
        await store.write(lambda db: pages.delete(db, page))
        assert await rows(store, "SELECT key FROM notifications ORDER BY id") == [("c",)]
        assert await rows(store, "SELECT count(*) FROM subscribers") == [(0,)]


async def test_who_does_not_confirm_within_two_days_is_forgotten(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        await add(store, somebody(page, 1))
        kept = await add(store, somebody(page, 2, confirmed_at=START))
        await store.write(lambda db: retention.sweep(db, after(days=2), Retention()))
        assert await store.write(lambda db: subscribers.count(db, page)) == 2
        late = after(days=2) + timedelta(seconds=1)
        while await store.write(lambda db: retention.sweep(db, late, Retention())):
            pass
        async with store.read() as reader:
            assert await subscribers.page(reader, store.vault, page) == [kept]
        assert await store.write(lambda db: bulletins.waiting(db)) == 0
