"""Subscribers over HTTP, for those who keep a page; and that nobody else learns who is among them."""

import asyncio
import statistics
import time
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.channels.services import Reply, provider
from tests.web.harness import V1, paths_of
from tests.web.status.subscribing import WHO, Post, post, text_of


def at(p: Post, rest: str = "") -> str:
    return f"{V1}/status-pages/{p.page.id}/subscribers{rest}"


async def test_editors_see_addresses_and_viewers_a_part_of_them(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        await p.subscribed(components=str(p.shop))
        found = {}
        for role in ("viewer", "editor", "admin"):
            async with p.site.client(role) as client:
                found[role] = (await client.get(at(p))).json()["data"][0]
        async with p.site.client(None) as anyone:
            assert (await anyone.get(at(p))).status_code == 401
        assert [one["address"] for one in found.values()] == ["a***@example.org", WHO, WHO]
        shown = found["editor"]
        assert (shown["kind"], shown["components"], shown["confirmed"]) == ("email", [p.shop], True)
        assert shown["confirmed_at"] > shown["created_at"]
        assert "token" not in str(found)


async def test_the_list_is_given_in_pages(tmp_path: Path) -> None:
    async with post(tmp_path) as p, p.site.client() as admin:
        for number in range(5):
            body = {"address": f"{number}@example.org", "confirmed": True}
            assert (await admin.post(at(p), json=body)).status_code == 201
        listed, cursor = [], ""
        while True:
            page = (await admin.get(at(p), params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
            listed += [one["address"] for one in page["data"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert listed == [f"{number}@example.org" for number in range(5)]


async def test_only_an_administrator_says_that_somebody_has_confirmed(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        async with p.site.client("viewer") as viewer, p.site.client("editor") as editor, p.site.client() as admin:
            body = {"address": WHO, "components": [p.shop]}
            assert (await viewer.post(at(p), json=body)).status_code == 403
            assert (await editor.post(at(p), json=body | {"confirmed": True})).status_code == 403
            asked = await editor.post(at(p), json=body)
            assert (asked.status_code, asked.json()["confirmed"]) == (201, False)
            assert asked.headers["location"] == at(p, f"/{asked.json()['id']}")
            assert (await editor.post(at(p), json=body)).status_code == 409
            sure = await admin.post(at(p), json={"address": "bob@example.org", "confirmed": True})
            assert sure.json()["confirmed"] is True
        assert (await p.mail(1))["To"] == WHO


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"address"}),
        ({"address": "nobody"}, {"address"}),
        ({"address": "a@b.example", "kind": "pigeon"}, {"kind"}),
        ({"address": "ftp://a.example", "kind": "webhook"}, {"address"}),
        ({"address": "https://u:p@a.example/", "kind": "webhook"}, {"address"}),
        ({"address": "a@b.example", "components": [99]}, {"components[0]"}),
        ({"address": "a@b.example", "token": "mine"}, {"token"}),
    ],
)
async def test_what_cannot_be_told_is_named(tmp_path: Path, body: dict[str, Any], paths: set[str]) -> None:
    async with post(tmp_path) as p, p.site.client("editor") as editor:
        refused = await editor.post(at(p), json=body)
        assert refused.status_code == 422
        assert paths_of(refused) == paths


async def test_an_editor_hears_why_a_webhook_was_not_taken(tmp_path: Path) -> None:
    async with post(tmp_path) as p, p.site.client("editor") as editor, provider(Reply(403, "not you")) as hook:
        refused = await editor.post(at(p), json={"kind": "webhook", "address": f"{hook.url}/in"})
        assert refused.json()["errors"] == [{"path": "address", "message": "did not take a first message: not you"}]
        inside = await editor.post(at(p), json={"kind": "webhook", "address": "http://10.0.0.1/in"})
        assert "subscriptions.allow_private" in inside.text


async def test_somebody_is_deleted_with_what_waits_for_them(tmp_path: Path) -> None:
    async with post(tmp_path) as p, p.site.client("editor") as editor:
        await p.subscribed()
        (row,) = (await editor.get(at(p))).json()["data"]
        assert (await editor.delete(at(p, "/999"))).status_code == 404
        assert (await editor.delete(at(p, "/x"))).status_code == 404
        assert (await editor.delete(at(p, f"/{row['id']}"))).status_code == 204
        assert (await editor.delete(at(p, f"/{row['id']}"))).status_code == 404
        assert (await editor.get(at(p))).json()["data"] == []


async def test_the_export_is_a_table_that_no_spreadsheet_calculates_with(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        async with p.site.client() as admin, p.site.client("viewer") as viewer:
            for address in ("=cmd@example.org", "ann@example.org"):
                made = await admin.post(at(p), json={"address": address, "confirmed": True, "components": [p.search]})
                assert made.status_code == 201, made.text
            assert (await viewer.get(at(p, "/export"))).status_code == 403
            table = await admin.get(at(p, "/export"))
            trail = (await admin.get(f"{V1}/audit", params={"entity": "subscriber"})).text
        assert table.headers["content-type"].startswith("text/csv")
        assert 'filename="subscribers-acme.csv"' in table.headers["content-disposition"]
        lines = table.text.splitlines()
        assert lines[0] == "id,kind,address,components,confirmed,created_at"
        assert ",email,'=cmd@example.org,Search,yes," in lines[1]
        assert len(lines) == 3
        assert '"export"' in trail
        assert "example.org" not in trail


async def test_counts_say_how_many_and_which_ways_are_open(tmp_path: Path) -> None:
    async with post(tmp_path, subscribe=("email", "webhook")) as p, p.site.client("viewer") as viewer:
        await p.subscribed()
        await p.subscribe("bob@example.org")
        found = (await viewer.get(at(p, "/counts"))).json()
        assert (found["total"], found["offered"]) == (2, ["email", "webhook"])
        assert {"kind": "email", "confirmed": 1, "unconfirmed": 1} in found["data"]


async def test_the_list_of_messages_shows_none_to_subscribers(tmp_path: Path) -> None:
    async with post(tmp_path) as p, p.site.client() as admin:
        await p.subscribed()
        await p.say()
        await p.settled()
        for asked in ("", "?channel_id=0", "?status=sent"):
            answer = await admin.get(f"{V1}/notifications{asked}")
            assert answer.json().get("data", []) == []
        assert (await admin.post(f"{V1}/notifications/1/retry")).status_code == 404
        assert "example.org" not in (await admin.get(f"{V1}/notifications/tallies")).text


async def test_nobody_can_tell_from_an_answer_who_is_subscribed(tmp_path: Path) -> None:
    """Known, unknown, unconfirmed, and one too many: the same status, headers and bytes."""
    async with post(tmp_path, most=2) as p:
        await p.subscribed()
        await p.subscribe("waiting@example.org")
        answers = {}
        for address in (WHO, WHO.upper(), "waiting@example.org", "unknown@example.org"):
            page = await p.subscribe(address)
            data = await p.client.post(f"{V1}/status-pages/acme/subscribe", json={"address": address})
            for name, answer in (("page", page), ("json", data)):
                assert answer.status_code == 202
                kept = {key: value for key, value in answer.headers.items() if key not in ("x-request-id", "date")}
                answers.setdefault(name, []).append((answer.content, tuple(sorted(kept.items()))))
        assert all(len(set(each)) == 1 for each in answers.values())


async def test_nor_from_how_long_it_takes(tmp_path: Path) -> None:
    async with post(tmp_path, most=1000) as p:
        await p.subscribed()
        desk, spent = p.site.engine.subscribers, {"known": [], "unknown": []}
        for number in range(12):
            for name, address in (("known", WHO), ("unknown", f"{number}@example.net")):
                # The throttle has a test of its own.
                desk._networks._attempts.clear()
                desk._addresses._attempts.clear()
                began = time.perf_counter()
                answer = await p.client.post(f"{V1}/status-pages/acme/subscribe", json={"address": address})
                spent[name].append(time.perf_counter() - began)
                assert answer.status_code == 202
            await asyncio.sleep(0.01)
        known, unknown = (statistics.median(each) for each in spent.values())
        print(f"known {known * 1000:.1f} ms, unknown {unknown * 1000:.1f} ms")
        assert min(known, unknown) >= 0.1
        assert abs(known - unknown) < 0.03


async def test_too_many_wishes_of_one_network_wait_in_json_and_in_the_form(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        answers = [await p.subscribe(f"{number}@example.org") for number in range(11)]
        assert [one.status_code for one in answers] == [202] * 10 + [429]
        assert "Too many attempts" in answers[-1].text
        assert int(answers[-1].headers["retry-after"]) > 0
        refused = await p.client.post(f"{V1}/status-pages/acme/subscribe", json={"address": "x@example.org"})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0


@pytest.mark.parametrize("visibility", ["password", "signed_in", "networks"])
async def test_a_page_that_is_hidden_takes_no_wishes_and_looks_like_none(tmp_path: Path, visibility: Any) -> None:
    more = {"networks": ("192.0.2.0/24",)} if visibility == "networks" else {}
    async with post(tmp_path) as p:
        config = replace(p.page.config, visibility=visibility, **more)
        given = {"password": "a quiet afternoon"} if visibility == "password" else {}
        await p.site.engine.pages.replace(p.page.id, config, **given)
        for slug in ("acme", "nowhere"):
            found = [
                await p.client.get(f"/status/{slug}/subscribe"),
                await p.client.post(f"/status/{slug}/subscribe", data={"kind": "email", "address": WHO}),
                await p.client.post(f"{V1}/status-pages/{slug}/subscribe", json={"address": WHO}),
            ]
            locked = visibility == "password" and slug == "acme"
            assert {one.status_code for one in found} == {401 if locked else 404}
            if not locked:
                assert {one.text for one in found} == {"not found"}
        assert await p.site.engine.subscribers.of_page(p.page.id) == []


async def test_a_webhook_of_a_visitor_is_subscribed_by_the_form_when_it_answers(tmp_path: Path) -> None:
    async with post(tmp_path) as p, provider(Reply(500, "internal")) as hook:
        data = {"kind": "webhook", "address": f"{hook.url}/in"}
        refused = await p.client.post(f"{p.root}/subscribe", data=data)
        assert refused.status_code == 422
        assert "the answer was 500" in refused.text
        assert "internal" not in refused.text
        hook.replies = [Reply()]
        taken = await p.client.post(f"{p.root}/subscribe", data=data)
        assert taken.status_code == 202
        assert "That worked" in taken.text
        await p.say()
        await p.settled()
        assert [one.json.get("incident", {}).get("name") for one in hook.received] == [None, None, "The shop is down"]


async def test_a_page_that_offers_no_way_says_how_to_follow_it(tmp_path: Path) -> None:
    async with post(tmp_path, subscribe=()) as p:
        page = await p.client.get(f"{p.root}/subscribe")
        assert page.status_code == 200
        assert "Follow a feed instead" in page.text
        assert (await p.subscribe()).status_code == 422


async def test_links_in_mails_lead_where_the_api_says_without_telling_whether_a_page_is_there(tmp_path: Path) -> None:
    async with post(tmp_path) as p:
        for slug in ("acme", "nowhere"):
            for name in ("confirm", "unsubscribe"):
                led = await p.client.get(f"{V1}/status-pages/{slug}/{name}?token=a%26b", follow_redirects=False)
                assert (led.status_code, led.headers["location"]) == (303, f"/status/{slug}/{name}?token=a%26b")
        token = await p.subscribed()
        led = await p.client.get(f"{V1}/status-pages/acme/unsubscribe?token={token}", follow_redirects=True)
        assert led.status_code == 200
        assert "Unsubscribe" in led.text
        assert text_of(p.box.mails[0])
