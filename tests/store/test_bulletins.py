"""Bulletins in the outbox: one row for each whom they concern, in lanes, beside what operators are told."""

import sqlite3
from pathlib import Path
from typing import Any

from asura.domain.channel import Delivery, NotificationStatus
from asura.domain.subscription import CONFIRM, LETTER_LANE, MAIL_LANE, digest
from asura.store import bulletins, outbox, subscribers
from asura.store.bulletins import Said
from asura.store.db import Store
from tests.store.kit import START, after, notification, opened, rows
from tests.store.test_subscribers import add, add_page, somebody


def said(page_id: int, key: str = "k", components: list[int] | None = None, **more: Any) -> Said:
    values: dict[str, Any] = {"event": "status_page.incident", "thread": "t", "payload": {"title": "down"}}
    return Said(page_id=page_id, key=key, components=components, **(values | more))


async def tell(store: Store, what: Said) -> int:
    return await store.write(lambda db: bulletins.tell(db, what, START))


async def hear(store: Store, what: Said) -> set[int]:
    """Return who is told of a bulletin."""
    await tell(store, what)
    found = await rows(store, "SELECT subscriber_id FROM notifications WHERE key LIKE ?", f"%-{digest(what.key)}")
    return {row[0] for row in found}


async def test_everybody_is_told_of_the_whole_page_and_of_components_who_wants_these_or_all(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page, other = await add_page(store), await add_page(store, "other")
        everything = (await add(store, somebody(page, 1, confirmed_at=START))).id
        shop = (await add(store, somebody(page, 2, confirmed_at=START, components=(7,)))).id
        both = (await add(store, somebody(page, 3, confirmed_at=START, components=(7, 8)))).id
        await add(store, somebody(page, 4, components=(7,)))
        await add(store, somebody(other, 5, confirmed_at=START))
        assert await hear(store, said(page, "whole")) == {everything, shop, both}
        assert await hear(store, said(page, "shop", [7])) == {everything, shop, both}
        assert await hear(store, said(page, "search", [8])) == {everything, both}
        assert await hear(store, said(page, "third", [9, 8])) == {everything, both}
        assert await hear(store, said(page, "none of theirs", [10])) == {everything}


async def test_a_bulletin_is_stored_once_and_told_once_with_the_same_key(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        for number in range(3):
            await add(store, somebody(page, number, confirmed_at=START))
        assert await tell(store, said(page, payload={"text": "x" * 500})) == 3
        before = await rows(store, "SELECT key, thread FROM notifications ORDER BY id")
        assert await tell(store, said(page, payload={"text": "x" * 500})) == 0
        assert await rows(store, "SELECT key, thread FROM notifications ORDER BY id") == before
        assert len({key for key, _ in before}) == len({thread for _, thread in before}) == 3
        assert await rows(store, "SELECT max(length(payload)) < 20 FROM notifications") == [(1,)]
        ((number,),) = await rows(store, "SELECT id FROM bulletins")
        assert await store.write(lambda db: bulletins.payload(db, number)) == {"text": "x" * 500}
        assert await store.write(lambda db: bulletins.payload(db, 99)) is None
        # Neither key nor thread holds anything of the token that lets somebody unsubscribe others.
        assert "token-of" not in str(before)


async def test_letters_come_before_bulletins_and_webhooks_have_lanes_of_their_own(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        ann = await add(store, somebody(page, 1, confirmed_at=START))
        hooks = [
            await add(store, somebody(page, n, kind=kind, confirmed_at=START))
            for n, kind in ((2, "webhook"), (3, "slack"))
        ]
        await tell(store, said(page))
        letter = notification(LETTER_LANE, event=CONFIRM, key="letter", subscriber_id=ann.id, next_attempt_at=START)
        await store.write(lambda db: outbox.add(db, letter))

        def look(db: sqlite3.Connection) -> tuple[list[int], list[int], list[int], list[int]]:
            return (
                [one.channel_id for one in bulletins.due_mails(db, START, limit=10)],
                [one.channel_id for one in bulletins.due_mails(db, START, limit=1)],
                [one.channel_id for one in bulletins.due_hooks(db, START, busy=(), limit=10)],
                [one.channel_id for one in bulletins.due_hooks(db, START, busy=[-1 - hooks[0].id], limit=10)],
            )

        mails, one, lanes, others = await store.write(look)
        assert mails == [LETTER_LANE, MAIL_LANE]
        assert one == [LETTER_LANE]
        assert sorted(lanes) == sorted(-1 - hook.id for hook in hooks)
        assert others == [-1 - hooks[1].id]


async def test_of_one_subject_the_next_waits_for_the_one_before_and_other_subjects_do_not(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        await add(store, somebody(page, 1, confirmed_at=START))
        await tell(store, said(page, "first"))
        await tell(store, said(page, "second"))
        await tell(store, said(page, "other", thread="u"))

        def due(db: sqlite3.Connection) -> list[int]:
            return [one.id for one in bulletins.due_mails(db, after(minutes=1), limit=10)]

        assert await store.write(due) == [1, 3]
        told = Delivery(notification_id=1, at=START, ok=False, answer="", duration_ms=1.0)
        again = after(minutes=5)
        await store.write(
            lambda db: outbox.finish(db, 1, told, status=NotificationStatus.FAILED, next_attempt_at=again)
        )
        assert await store.write(due) == [3]
        assert await store.write(lambda db: bulletins.next_at(db, after(minutes=1))) == again
        await store.write(lambda db: outbox.finish(db, 1, told, status=NotificationStatus.DEAD))
        assert await store.write(due) == [2, 3]
        assert await store.write(lambda db: bulletins.next_at(db, after(minutes=1))) is None
        assert await store.write(bulletins.waiting) == 2


async def test_operators_neither_see_nor_wait_for_what_subscribers_are_told(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        await add(store, somebody(page, 1, confirmed_at=START))
        await tell(store, said(page))
        await store.write(lambda db: outbox.add(db, notification(5, key="alert", next_attempt_at=after(hours=1))))

        def look(db: sqlite3.Connection) -> tuple[Any, Any]:
            return outbox.due(db, START), outbox.next_at(db)

        assert await store.write(look) == ([], after(hours=1))
        async with store.read() as reader:
            listed, more = await outbox.page(reader)
            of_lane, _ = await outbox.page(reader, channel_id=MAIL_LANE)
        assert [one.key for one, _ in listed] == ["alert"]
        assert (of_lane, more) == ([], None)


async def test_what_was_told_is_kept_for_three_days_and_its_text_for_two_weeks(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        page = await add_page(store)
        await add(store, somebody(page, 1, confirmed_at=START))
        await tell(store, said(page))
        told = Delivery(notification_id=1, at=START, ok=True, answer="", duration_ms=1.0)
        await store.write(lambda db: outbox.finish(db, 1, told, status=NotificationStatus.SENT))
        assert await store.write(lambda db: bulletins.sweep(db, after(days=3), limit=10)) is False
        assert await store.write(lambda db: bulletins.sweep(db, after(days=3, seconds=1), limit=10)) is True
        assert await rows(store, "SELECT count(*) FROM notifications") == [(0,)]
        assert await store.write(lambda db: bulletins.sweep(db, after(days=14), limit=10)) is False
        assert await store.write(lambda db: bulletins.sweep(db, after(days=14, seconds=1), limit=10)) is True
        assert await store.write(lambda db: subscribers.count(db, page)) == 1
