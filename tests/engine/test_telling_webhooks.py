"""Telling webhooks and chats of subscribers: what they get, and when they are subscribers no more."""

import asyncio
from pathlib import Path

import pytest

from tests.channels.services import Reply, silence
from tests.engine.kit import rows
from tests.engine.readers import hook, readers

DAY = 86_400
TOLD = "SELECT count(*) FROM notifications WHERE status = 'sent'"


async def test_a_webhook_gets_what_readers_of_statuspages_webhooks_know(tmp_path: Path) -> None:
    async with readers(tmp_path) as r, hook() as receiver:
        made = await r.add(f"{receiver.url}/in", "webhook")
        receiver.received.clear()
        await r.say(key="post-7-42", subject_id=7)
        await r.say(
            "Moving", event="maintenance", status="scheduled", impact="none", subject_id=3, key="m", ends_at=None
        )
        await r.tell()
        first, second = (one.json for one in receiver.received)
        links = "https://asura.example/status/acme"
        assert first["meta"]["unsubscribe"] == f"{links}/unsubscribe?token={made.token.reveal()}"
        assert first["page"] == {
            "id": str(r.page.id),
            "status_indicator": "critical",
            "status_description": "Major Service Outage",
        }
        incident = first["incident"]
        assert (incident["id"], incident["name"], incident["status"]) == ("7", "The shop is down", "investigating")
        assert (incident["impact"], incident["shortlink"]) == ("major", f"{links}/incidents/7")
        assert incident["incident_updates"][0]["id"] == "42"
        assert incident["incident_updates"][0]["body"] == "We **look**."
        assert incident["components"] == [{"id": "1", "name": "Shop", "status": "major_outage"}]
        assert second["incident"]["impact"] == "maintenance"
        assert [one.headers["x-asura-delivery"] for one in receiver.received] == [
            row[0] for row in await rows(r.store, "SELECT key FROM notifications ORDER BY id")
        ]


async def test_chats_get_a_message_with_the_way_out(tmp_path: Path) -> None:
    async with readers(tmp_path, language="de") as r, hook() as receiver:
        slack = await r.add(f"{receiver.url}/slack", "slack")
        discord = await r.add(f"{receiver.url}/api/webhooks/1/x", "discord")
        receiver.received.clear()
        await r.say("Laden zu", status="resolved")
        await r.tell()
        by_path = {one.path: one.json for one in receiver.received}
        attachment = by_path["/slack"]["attachments"][0]
        assert attachment["color"] == "#22a559"
        assert "*Acme: Laden zu*" in attachment["blocks"][0]["text"]["text"]
        assert "Behoben" in attachment["blocks"][0]["text"]["text"]
        assert attachment["blocks"][-1]["elements"][0]["text"].startswith("<https://asura.example/status/acme/unsub")
        assert slack.token.reveal() in str(attachment["blocks"][-1])
        embed = by_path["/api/webhooks/1/x"]["embeds"][0]
        assert embed["footer"]["text"] == "Acme"
        assert (
            f"[Abbestellen](https://asura.example/status/acme/unsubscribe?token={discord.token.reveal()})"
            in (embed["description"])
        )


@pytest.mark.parametrize(
    ("kind", "status", "left"),
    [("webhook", 410, 0), ("webhook", 404, 1), ("slack", 404, 0), ("discord", 404, 0), ("slack", 410, 0)],
)
async def test_a_webhook_that_says_that_it_is_gone_is_no_subscriber_any_more(
    tmp_path: Path, kind: str, status: int, left: int
) -> None:
    async with readers(tmp_path) as r, hook(Reply(), Reply(status)) as receiver:
        await r.add(f"{receiver.url}/in", kind)
        await r.say()
        await r.say()
        await r.tell()
        assert len(await r.people()) == left
        assert len(await r.statuses()) == 2 * left
        ended = await rows(r.store, "SELECT actor, entity_id FROM audit WHERE action = 'end'")
        assert ended == ([] if left else [("asura", 1)])


async def test_a_webhook_that_takes_nothing_for_a_week_is_ended_and_one_that_recovers_is_not(tmp_path: Path) -> None:
    async with readers(tmp_path) as r, hook(Reply(), Reply(500)) as receiver:
        made = await r.add(f"{receiver.url}/in", "webhook")
        days = 0
        while await r.people():
            await r.say()
            await r.tell()
            r.clock.turn(DAY)
            await r.tell()
            days += 1
        assert days == 7

        receiver.replies = [Reply()]
        await r.add(f"{receiver.url}/in", "webhook")
        receiver.replies = [Reply(500)]
        await r.say()
        await r.tell()
        receiver.replies = [Reply()]
        r.clock.turn(3600)
        await r.tell()
        (found,) = await r.people()
        assert found.failing_since is None
        assert found.id != made.id


async def test_a_webhook_that_hangs_delays_only_itself(tmp_path: Path) -> None:
    async with readers(tmp_path) as r, hook(Reply(), Reply(instead=silence)) as slow, hook() as quick:
        await r.add(f"{slow.url}/slow", "webhook")
        await r.add(f"{quick.url}/quick", "webhook")
        await r.add()
        r.courier.hook_within_s = 20
        quick.received.clear()
        await r.say()
        await r.say()
        telling = r.telling
        await telling.tick(r.clock.now())
        async with asyncio.timeout(10):
            while await rows(r.store, TOLD) != [(4,)]:
                await asyncio.sleep(0.01)
                telling.wake.clear()
                await telling.tick(r.clock.now())
        assert (len(quick.received), len(r.box.mails), len(slow.received)) == (2, 2, 2)
        for lane in telling._lanes.values():
            lane.cancel()
        await asyncio.gather(*telling._lanes.values(), return_exceptions=True)
        # What was not told is given back, to be told again.
        assert await rows(r.store, "SELECT count(*) FROM notifications WHERE status = 'pending'") == [(2,)]
