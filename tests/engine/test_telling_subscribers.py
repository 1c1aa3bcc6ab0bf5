"""Telling subscribers: by a real mail server and real webhooks, in order, throttled, and ended where nobody is."""

import logging
import resource
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from asura.domain.fields import Secret
from asura.domain.subscription import Subscriber
from asura.store import subscribers
from tests.channels.mail_server import Mailbox
from tests.channels.services import Reply
from tests.engine.kit import rows
from tests.engine.readers import Readers, hook, readers

DAY = 86_400


async def test_of_one_subject_mails_go_out_in_order_with_one_thread_and_keys_of_their_own(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        await r.add()
        for status in ("investigating", "monitoring", "resolved"):
            await r.say(status=status, thread="post-1")
        await r.tell()
        assert [subject.rpartition(": ")[2] for subject in r.subjects] == ["Investigating", "Monitoring", "Resolved"]
        assert len({mail["References"] for mail in r.box.mails}) == 1
        assert len({mail["Message-ID"] for mail in r.box.mails}) == 3
        assert await r.statuses() == ["sent"] * 3


async def test_each_subscriber_has_a_message_id_and_a_link_of_their_own(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        for number in range(3):
            await r.add(f"{number}@example.org")
        await r.say()
        await r.tell()
        for header in ("To", "Message-ID", "References", "List-Unsubscribe"):
            assert len({mail[header] for mail in r.box.mails}) == 3, header
        assert {tuple(envelope.rcpt_tos) for envelope in r.box.envelopes} == {
            ("0@example.org",),
            ("1@example.org",),
            ("2@example.org",),
        }


async def test_so_many_mails_go_out_in_a_minute_and_the_rest_after_it(tmp_path: Path) -> None:
    async with readers(tmp_path, per_minute=60) as r:
        for number in range(25):
            await r.add(f"{number}@example.org")
        await r.say()
        due = await r.tell()
        assert len(r.box.mails) == 10
        assert due is not None
        assert 0.9 < (due - r.clock.now()).total_seconds() < 1.1
        r.clock.turn(5)
        await r.tell()
        assert len(r.box.mails) == 15
        r.clock.turn(60)
        await r.tell()
        assert len(r.box.mails) == 25


async def test_a_letter_that_somebody_waits_for_goes_before_what_everybody_is_told(tmp_path: Path) -> None:
    async with readers(tmp_path, per_minute=60) as r:
        for number in range(25):
            await r.add(f"{number}@example.org")
        await r.say()
        await r.tell()
        await r.desk.ask(r.page, "email", "new@example.org", (), "en")
        r.clock.turn(1)
        await r.tell()
        assert r.box.mails[-1]["To"] == "new@example.org"


async def test_a_mail_server_that_is_away_is_left_alone_and_only_mails_that_were_tried_count_a_try(
    tmp_path: Path,
) -> None:
    box = Mailbox(answers={"MAIL": "451 4.3.0 no room"})
    async with readers(tmp_path, box=box) as r:
        for number in range(12):
            await r.add(f"{number}@example.org")
        await r.say()
        tried = []
        for seconds in (0, 4.9, 0.1, 9.9, 0.1):
            r.clock.turn(seconds)
            await r.tell()
            tried += [row[0] for row in await rows(r.store, "SELECT count(*) FROM deliveries")]
        # Four at a time, and twice as long a pause after the second time.
        assert tried == [4, 4, 8, 8, 12]
        box.answers.clear()
        for _ in range(3):
            r.clock.turn(30)
            await r.tell()
        assert len(box.mails) == 12
        assert set(await r.statuses()) == {"sent"}


async def test_a_password_that_the_mail_server_refuses_loses_no_mail(tmp_path: Path) -> None:
    box = Mailbox(answers={"MAIL": "550 5.7.1 you may not send"})
    async with readers(tmp_path, box=box) as r:
        await r.add()
        await r.say()
        await r.tell()
        assert await r.statuses() == ["failed"]
        box.answers.clear()
        r.clock.turn(60)
        await r.tell()
        assert await r.statuses() == ["sent"]


async def test_a_receiver_who_is_refused_for_good_is_given_up_and_holds_up_nobody(tmp_path: Path) -> None:
    box = Mailbox(answers={"gone@example.org": "550 5.1.1 gone@example.org is nobody"})
    async with readers(tmp_path, box=box) as r:
        await r.add("gone@example.org")
        await r.add("ann@example.org")
        await r.say()
        await r.tell()
        assert await r.statuses() == ["dead", "sent"]
        # Not even what the server said keeps the address.
        assert "gone@example.org" not in str(await rows(r.store, "SELECT answer FROM deliveries"))
        assert len(await r.people()) == 2


async def test_mails_are_tried_for_a_day_and_then_given_up(tmp_path: Path) -> None:
    box = Mailbox(answers={"RCPT": "450 4.2.1 try later"})
    async with readers(tmp_path, box=box) as r:
        await r.add()
        await r.say()
        tries = 0
        while (await r.statuses()) == ["failed"] or not tries:
            due = await r.tell()
            tries += 1
            if due is not None:
                r.clock.turn((due - r.clock.now()).total_seconds())
        assert await r.statuses() in (["dead"], ["dropped"])
        ((first, last),) = await rows(r.store, "SELECT min(at), max(at) FROM deliveries")
        assert 0.9 * DAY < (last - first) / 1000 <= DAY
        assert len(await r.people()) == 1


async def test_what_waits_for_somebody_who_left_or_a_page_that_offers_it_no_more_is_not_told(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        made = await r.add()
        await r.add("bob@example.org")
        await r.say()
        await r.desk.leave(made.token.reveal())
        r.page = await r.pages.replace(r.page.id, replace(r.page.config, subscribe=("webhook",)))
        await r.tell()
        assert r.box.mails == []
        assert await rows(r.store, "SELECT status, reason FROM notifications") == [("dropped", "not_offered")]


async def test_what_was_claimed_by_a_process_that_died_is_told_under_the_same_key(tmp_path: Path) -> None:
    from asura.store import outbox

    async with readers(tmp_path) as r:
        await r.add()
        await r.say()
        await r.store.write(lambda db: outbox.claim(db, [1], "another boot"))
        await r.tell()
        assert r.box.mails == []
        await r.store.write(lambda db: outbox.release(db, "boot"))
        await r.tell()
        ((key,),) = await rows(r.store, "SELECT key FROM notifications")
        assert key in r.box.mails[0]["Message-ID"]


async def test_no_line_of_the_log_holds_an_address_or_a_token(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "asura")
    box = Mailbox(answers={"gone@example.org": "550 5.1.1 gone@example.org is nobody"})
    async with readers(tmp_path, box=box) as r, hook(Reply(), Reply(410)) as receiver:
        secrets = []
        for address, kind in (("gone@example.org", "email"), (f"{receiver.url}/in?key=hidden1", "webhook")):
            made = await r.add(address, kind)
            secrets += [address, made.token.reveal()]
        await r.desk.ask(r.page, "email", "new@example.org", (), "en")
        await r.say()
        await r.tell()
        stored = str(await rows(r.store, "SELECT * FROM deliveries")) + str(await rows(r.store, "SELECT * FROM audit"))
    # The mail server of the test keeps a log too, where another test has asked for it.
    logged = "\n".join(one.getMessage() for one in caplog.records if not one.name.startswith("mail."))
    assert "has ended" in logged
    for secret in (*secrets, "new@example.org"):
        assert secret not in logged
        assert secret not in stored


async def many(r: Readers, count: int) -> None:
    """Put many confirmed subscribers on the list at once."""
    now = r.clock.now()

    def change(db: Any) -> None:
        for number in range(count):
            one = Subscriber(
                page_id=r.page.id, kind="email", address=Secret(f"{number}@example.org"), token=Secret(f"t{number}"),
                components=(number % 5,) if number % 2 else (), created_at=now, confirmed_at=now,
            )  # fmt: skip
            subscribers.insert(db, r.store.vault, one)

    await r.store.write(change)


async def test_ten_thousand_are_fanned_out_to_in_a_moment_and_in_little_memory(tmp_path: Path) -> None:
    async with readers(tmp_path, most=20_000) as r:
        await many(r, 10_000)
        await r.say("warm up", components=(999,))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        spent: list[float] = []

        def change(db: Any) -> int:
            began = time.thread_time()
            told = r.desk.fan_out(db, r.bulletin(components=(), text="x" * 20_000), r.clock.now())
            spent.append(time.thread_time() - began)
            return told

        assert await r.store.write(change) == 10_000
        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"fan-out to 10,000: {spent[0] * 1000:.0f} ms of CPU, {grown_kib} KiB more at most")
        assert spent[0] < 0.6
        assert grown_kib < 32 * 1024
        # And it takes no more than that for an operators' message to be found beside them.
        from asura.store import outbox

        def look(db: Any) -> float:
            began = time.thread_time()
            outbox.due(db, r.clock.now())
            outbox.next_at(db)
            return time.thread_time() - began

        assert await r.store.write(look) < 0.01
