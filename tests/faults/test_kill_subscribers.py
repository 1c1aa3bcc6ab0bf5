"""SIGKILL while subscribers are told: each bulletin reaches everybody, repeated at most under the same Message-ID."""

import asyncio
import os
import random
import re
from collections import Counter
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from tests.process import Asura, Mailbox, asura, mailbox, until

pytestmark = pytest.mark.faults

ROUNDS = int(os.environ.get("ASURA_KILLS", "3"))
READERS = 25


def config(box: Mailbox) -> str:
    smtp = f"{{host: 127.0.0.1, port: {box.port}, from: news@asura.example, tls_mode: none}}"
    return f"\nsubscriptions: {{mails_per_minute: 100000, smtp: {smtp}}}\n"


async def readers_of(program: Asura) -> int:
    """Make a page with subscribers, and return its id."""
    page = await program.post("/status-pages", {"title": "Acme", "slug": "acme"})
    for number in range(READERS):
        await program.post(
            f"/status-pages/{page['id']}/subscribers", {"address": f"{number}@example.org", "confirmed": True}
        )
    return int(page["id"])


async def test_every_subscriber_is_told_of_everything_whenever_asura_is_killed(tmp_path: Path) -> None:
    chance = random.Random(11)
    async with mailbox() as box, asura(tmp_path, config=config(box)) as program:
        page = await readers_of(program)
        for number in range(ROUNDS):
            body = {"title": f"Round {number}", "status": "investigating", "text": "We look."}
            await program.post(f"/status-pages/{page}/incidents", body)
            # In the midst of it, or before anybody was told.
            some = len(box.mails) + chance.choice((0, 1, 5, 12))
            await until(lambda some=some: len(box.mails) >= some, within=30, what="some mails")
            await program.kill()
            await program.start()
        wanted = {(f"{reader}@example.org", number) for reader in range(READERS) for number in range(ROUNDS)}
        await until(lambda: set(_told(box)) >= wanted, within=60, what="everybody is told of everything")
        await asyncio.sleep(1)
        told = _told(box)
        assert set(told) == wanted
        ids = {mail["Message-ID"] for mail in _mails(box)}
        assert len(ids) == len(wanted), "a repeated mail carries the Message-ID of the first"
        repeats = sum(told.values()) - len(wanted)
        # Of each kill at most what was on its way: a few mails are sent side by side.
        assert repeats <= 4 * ROUNDS
        print(f"kills {ROUNDS}, mails {len(wanted)}, repeats {repeats}")
        assert "example.org" not in program.log.read_text()


async def test_a_wish_that_was_answered_is_a_letter_whatever_happens_then(tmp_path: Path) -> None:
    async with mailbox() as box, asura(tmp_path, config=config(box)) as program:
        await program.post("/status-pages", {"title": "Acme", "slug": "acme"})
        for number in range(4):
            await program.post("/status-pages/acme/subscribe", {"address": f"{number}@example.org"})
            await program.kill()
            await program.start()
        everybody = {f"{number}@example.org" for number in range(4)}
        await until(lambda: {mail["To"] for mail in _mails(box)} == everybody, within=30, what="a letter to each")
        assert len({mail["Message-ID"] for mail in _mails(box)}) == 4


def _mails(box: Mailbox) -> list[Message]:
    return [message_from_bytes(mail) for _, mail in box.mails]


def _told(box: Mailbox) -> Counter[tuple[str, int]]:
    found = [(mail["To"], re.search(r"Round (\d+)", str(mail["Subject"]))) for mail in _mails(box)]
    return Counter((to, int(about[1])) for to, about in found if about is not None)
