"""The desk of subscribers: what a wish leads to, what the audit log has of it, and that nobody learns who is there."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain.fields import Secret
from asura.domain.subscription import CONFIRM, KNOWN
from asura.engine.acting import Acting, acting
from asura.engine.subscriber_courier import Ungreeted
from asura.errors import Conflict, Invalid, NotFound, TooMany
from asura.store import subscribers
from tests.channels.services import Reply, silence
from tests.engine.kit import faults, rows
from tests.engine.readers import Readers, hook, readers

ANN = "ann@example.org"


async def letters(r: Readers) -> list[str]:
    return [row[0] for row in await rows(r.store, "SELECT event FROM notifications ORDER BY id")]


async def test_a_first_wish_is_kept_unconfirmed_with_a_letter_in_the_outbox(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        await r.desk.ask(r.page, "email", f" {ANN} ", (1,), "de")
        (found,) = await r.people()
        assert (found.address.reveal(), found.components, found.language) == (ANN, (1,), "de")
        assert found.confirmed_at is None
        assert len(found.token.reveal()) >= 32
        assert await letters(r) == [CONFIRM]
        assert await r.say() == 0


async def test_another_wish_within_the_hour_leads_to_no_letter_and_one_after_it_to_one_more(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        for _ in range(3):
            await r.desk.ask(r.page, "email", ANN.upper(), (), "en")
        assert await letters(r) == [CONFIRM]
        r.clock.turn(3600)
        await r.desk.ask(r.page, "email", ANN, (2,), "en")
        assert await letters(r) == [CONFIRM, CONFIRM]
        (found,) = await r.people()
        assert found.components == (2,)


async def test_who_is_subscribed_already_gets_a_letter_that_says_so_at_most_once_an_hour(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        made = await r.add()
        for seconds in (0, 0, 3599):
            r.clock.turn(seconds)
            await r.desk.ask(r.page, "email", ANN, (1,), "en")
        assert await letters(r) == [KNOWN]
        r.clock.turn(1)
        await r.desk.ask(r.page, "email", ANN, (1,), "en")
        assert await letters(r) == [KNOWN, KNOWN]
        (found,) = await r.people()
        assert (found.components, found.confirmed_at) == ((), made.confirmed_at)
        await r.tell()
        assert r.subjects == ["You get the news of Acme already"] * 2


async def test_every_wish_commits_something_whatever_becomes_of_it(tmp_path: Path) -> None:
    """An answer without a commit would come sooner than the others, and tell who is on the list."""
    async with readers(tmp_path, most=2) as r:
        await r.add()
        for address in (ANN, ANN, "new@example.org", "new@example.org", "full@example.org"):
            before = await rows(r.store, "SELECT value FROM meta WHERE key = 'subscriptions.asked_at'")
            r.clock.turn(1)
            await r.desk.ask(r.page, "email", address, (), "en")
            assert await rows(r.store, "SELECT value FROM meta WHERE key = 'subscriptions.asked_at'") != before
        assert len(await r.people()) == 2


async def test_a_link_confirms_again_and_again_and_ends_once(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        await r.desk.ask(r.page, "email", ANN, (), "en")
        (found,) = await r.people()
        token = found.token.reveal()
        assert await r.desk.confirm(token) is not None
        first = (await r.people())[0].confirmed_at
        r.clock.turn(60)
        assert await r.desk.confirm(token) is not None
        assert (await r.people())[0].confirmed_at == first
        assert await r.desk.choose(token, (2,)) is not None
        assert (await r.desk.find(token)).components == (2,)
        assert await r.desk.leave(token) is not None
        assert await r.people() == []
        for came in (
            await r.desk.find(token),
            await r.desk.confirm(token),
            await r.desk.choose(token, ()),
            await r.desk.leave(token),
        ):
            assert came is None


async def test_only_ways_that_the_page_and_the_settings_offer_are_open(tmp_path: Path) -> None:
    async with readers(tmp_path, subscribe=("email", "slack")) as r:
        assert r.desk.ways(r.page) == ("email", "slack")
        with pytest.raises(Invalid) as refused:
            await r.desk.ask(r.page, "webhook", "https://a.example/x", (), "en")
        assert faults(refused.value) == {"kind": "is not offered by this page"}
        without = type(r.desk)(r.store, r.pages, r.clock, type(r.desk._rule)(mails=False))
        assert without.ways(r.page) == ("slack",)
        off = type(r.desk)(r.store, r.pages, r.clock, type(r.desk._rule)(enabled=False, mails=True))
        assert off.ways(r.page) == ()


async def test_a_webhook_is_subscribed_at_once_when_it_takes_a_first_message(tmp_path: Path) -> None:
    async with readers(tmp_path) as r, hook() as receiver:
        url = f"{receiver.url}/in?key=abc"
        await r.desk.ask(r.page, "webhook", url, (), "en")
        await r.desk.ask(r.page, "webhook", url, (), "en")
        (found,) = await r.people()
        assert found.confirmed_at is not None
        first, second = (one.json for one in receiver.received)
        assert first == second
        assert first["test"] is True
        assert first["meta"]["unsubscribe"] == (
            f"https://asura.example/status/acme/unsubscribe?token={found.token.reveal()}"
        )


@pytest.mark.parametrize(
    ("reply", "status"),
    [(Reply(404, "gone secret"), 404), (Reply(500), 500), (Reply(302, headers={"Location": "/x"}), 302)],
)
async def test_a_webhook_that_takes_nothing_is_not_subscribed_and_the_answer_stays_inside(
    tmp_path: Path, reply: Reply, status: int
) -> None:
    async with readers(tmp_path) as r, hook(reply) as receiver:
        with pytest.raises(Ungreeted) as refused:
            await r.desk.ask(r.page, "webhook", f"{receiver.url}/in", (), "en")
        assert refused.value.status == status
        assert "secret" not in str(refused.value)
        assert await r.people() == []


@pytest.mark.parametrize(
    "url",
    [
        "http://10.255.0.1/x",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "http://0/x",
    ],
)
async def test_no_webhook_leads_into_this_network(tmp_path: Path, url: str) -> None:
    async with readers(tmp_path) as r:
        with pytest.raises(Ungreeted) as refused:
            await r.desk.ask(r.page, "webhook", url, (), "en")
        # A visitor hears the same as of an address at which nobody answers.
        assert str(refused.value) == "address: did not take a first message: nobody answered at this address"
        assert "was not contacted" in refused.value.detail
        assert await r.people() == []


async def test_a_webhook_that_never_answers_is_given_up_in_time(tmp_path: Path) -> None:
    async with readers(tmp_path) as r, hook(Reply(instead=silence)) as receiver:
        r.courier.hook_within_s = 0.2
        with pytest.raises(Ungreeted):
            await r.desk.ask(r.page, "webhook", f"{receiver.url}/in", (), "en")


async def test_somebody_who_is_added_confirms_all_the_same_unless_it_is_said_that_they_did(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        asked = await r.desk.add(r.page, "email", ANN, (), "en")
        assert asked.confirmed_at is None
        assert await letters(r) == [CONFIRM]
        sure = await r.desk.add(r.page, "email", "bob@example.org", (), "en", confirmed=True)
        assert sure.confirmed_at is not None
        assert await letters(r) == [CONFIRM]
        with pytest.raises(Conflict):
            await r.desk.add(r.page, "email", ANN, (), "en")
        assert [one.id for one in await r.people()] == [asked.id, sure.id]


async def test_a_page_has_no_more_than_so_many(tmp_path: Path) -> None:
    async with readers(tmp_path, most=1) as r:
        await r.add()
        with pytest.raises(Conflict, match="1 subscribers already"):
            await r.add("bob@example.org")
        await r.desk.ask(r.page, "email", "bob@example.org", (), "en")
        assert len(await r.people()) == 1
        assert await letters(r) == []


async def test_deleting_and_exporting_are_in_the_audit_log_without_addresses(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        with acting(Acting("eve")):
            made = await r.add(components=(1,))
            assert [one async for one in r.desk.export(r.page)] == [made]
            with pytest.raises(NotFound):
                await r.desk.delete(r.page.id + 1, made.id)
            await r.desk.delete(r.page.id, made.id)
            with pytest.raises(NotFound):
                await r.desk.delete(r.page.id, made.id)
        found: list[Any] = await rows(
            r.store, "SELECT actor, action, entity_id, before, after FROM audit WHERE entity = 'subscriber' ORDER BY id"
        )
        assert [row[:3] for row in found] == [
            ("eve", "create", made.id),
            ("eve", "export", None),
            ("eve", "delete", made.id),
        ]
        assert "ann" not in str(found)
        assert made.token.reveal() not in str(await rows(r.store, "SELECT * FROM audit"))


async def test_what_subscribers_do_themselves_is_not_in_the_audit_log(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        before = await rows(r.store, "SELECT count(*) FROM audit")
        await r.desk.ask(r.page, "email", ANN, (), "en")
        token = (await r.people())[0].token.reveal()
        await r.desk.confirm(token)
        await r.desk.leave(token)
        assert await rows(r.store, "SELECT count(*) FROM audit") == before


def admitted(r: Readers, *wishes: tuple[str, str]) -> tuple[int, float]:
    """Return how many wishes of (network, address) are let in, and how long the next one has to wait."""
    for number, (network, address) in enumerate(wishes):
        try:
            r.desk.admit(network=network, kind="email", address=address)
        except TooMany as error:
            return number, error.retry_after
    return len(wishes), 0.0


async def test_wishes_are_counted_by_address_whether_it_is_known_or_not(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        await r.add()
        for address in (ANN, "nobody@example.org"):
            wishes = [(f"192.0.2.{n}", f" {address.upper()}") for n in range(9)]
            assert admitted(r, *wishes) == (5, 600.0)


async def test_wishes_are_counted_by_network(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        wishes = [(f"2001:db8:0:1::{n:x}", f"{n}@example.org") for n in range(20)]
        assert admitted(r, *wishes) == (10, 30.0)
        r.clock.turn(30)
        assert admitted(r, ("2001:db8:0:1::ffff", "later@example.org")) == (1, 0.0)
        assert admitted(r, ("2001:db8:0:2::1", "elsewhere@example.org")) == (1, 0.0)


async def test_counts_are_by_way_and_confirmation(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        await r.add()
        await r.desk.ask(r.page, "email", "bob@example.org", (), "en")
        assert await r.desk.counts(r.page.id) == [("email", False, 1), ("email", True, 1)]


async def test_a_token_is_looked_up_by_its_hash(tmp_path: Path) -> None:
    async with readers(tmp_path) as r:
        made = await r.add()
        assert await rows(r.store, "SELECT token_hash FROM subscribers") == [(subscribers.hashed(made.token),)]
        assert await r.desk.find(subscribers.hashed(made.token).hex()) is None
        assert Secret(made.token.reveal()) == made.token
