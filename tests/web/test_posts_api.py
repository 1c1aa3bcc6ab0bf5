"""Incidents and notices of status pages over HTTP: written, edited, guarded, and every wrong field named."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.web.api.posts import MANY
from asura.web.present import instant
from tests.web.harness import V1, Asura, asura, paths_of

PAGES = f"{V1}/status-pages"


async def page(site: Asura, title: str = "Shop") -> tuple[str, list[int]]:
    """Make a page with two components, and return the address of its posts and their ids."""
    body = {"title": title, "components": [{"name": "Europe", "tag": "eu"}, {"name": "America", "tag": "us"}]}
    made = await site.engine.pages.create(site.engine.pages.prepare(body))
    return f"{PAGES}/{made.id}/incidents", [one.id for one in made.config.components]


def soon(**length: float) -> str:
    return instant(datetime.now(UTC) + timedelta(**length))


async def written(client: httpx2.AsyncClient, url: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(url, json={"title": "The shop is slow", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_an_incident_goes_from_its_first_word_to_its_postmortem(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, (europe, america) = await page(site)
        affected = [{"component_id": europe, "status": "partial_outage"}]
        made = await client.post(
            url, json={"title": "Slow", "impact": "major", "text": "We *look*.", "components": affected}
        )
        one, at = made.json(), f"{url}/{made.json()['id']}"
        assert (made.status_code, made.headers["location"]) == (201, at)
        assert (one["kind"], one["status"], one["impact"], one["published"]) == (
            "incident",
            "investigating",
            "major",
            True,
        )
        assert (one["components"], one["automatic"], one["resolved_at"]) == (affected, False, None)
        assert one["updates"][0]["text"] == "We *look*."
        assert one["created_by"] == one["updates"][0]["created_by"] == "editor"
        wider = [*affected, {"component_id": america, "status": "degraded"}]
        said = await client.post(f"{at}/updates", json={"status": "identified", "text": "DNS", "components": wider})
        assert (said.status_code, said.headers["location"]) == (201, f"{at}/updates/{said.json()['id']}")
        await client.post(f"{at}/updates", json={"status": "resolved"})
        over = (await client.get(at)).json()
        assert (over["status"], over["resolved_at"] is not None) == ("resolved", True)
        assert {one["status"] for one in over["components"]} == {"operational"}
        assert [one["status"] for one in over["updates"]] == ["investigating", "identified", "resolved"]
        learned = await client.patch(at, json={"postmortem": "It was DNS."})
        assert (learned.status_code, learned.json()["postmortem"]) == (200, "It was DNS.")
        assert (await client.delete(at)).status_code == 204
        assert (await client.get(at)).status_code == 404


async def test_an_incident_says_since_when_it_is_unless_that_is_its_publication(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        began, earlier = soon(minutes=-10), soon(minutes=-20)
        one = await written(client, url, started_at=began)
        at = f"{url}/{one['id']}"
        assert one["started_at"] == began < one["publish_at"]
        assert (await written(client, url))["started_at"] is None
        assert (await client.patch(at, json={"started_at": earlier})).json()["started_at"] == earlier
        assert (await client.patch(at, json={"title": "Gone"})).json()["started_at"] == earlier
        await client.post(f"{at}/updates", json={"status": "resolved"})
        for wrong in (soon(seconds=0), soon(minutes=5), "yesterday"):
            answer = await client.patch(at, json={"started_at": wrong})
            assert (answer.status_code, paths_of(answer)) == (422, {"started_at"})
        assert (await client.patch(at, json={"started_at": None})).json()["started_at"] is None
        notice = await client.post(url, json={"kind": "notice", "title": "Hello", "started_at": began})
        assert (notice.status_code, paths_of(notice)) == (422, {"started_at"})
        old = await written(client, url, publish_at=earlier, started_at=began)
        early = await client.post(f"{url}/{old['id']}/updates", json={"status": "resolved", "at": soon(minutes=-15)})
        assert (early.status_code, paths_of(early)) == (422, {"at"})


async def test_a_notice_and_what_is_to_come_are_listed_by_kind_and_standing(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        over = await written(client, url, status="resolved")
        notice = await written(client, url, kind="notice", title="Hello", ends_at=soon(hours=1))
        to_come = await written(client, url, kind="notice", title="Later", publish_at=soon(hours=2))
        assert (notice["status"], notice["impact"]) == ("monitoring", "none")
        assert (to_come["published"], to_come["updates"][0]["at"]) == (False, to_come["publish_at"])

        async def listed(query: str) -> list[int]:
            return [row["id"] for row in (await client.get(f"{url}?{query}")).json()["data"]]

        assert await listed("") == [to_come["id"], notice["id"], over["id"]]
        assert await listed("kind=incident") == [over["id"]]
        assert await listed("status=open") == [notice["id"]]
        assert await listed("status=scheduled&kind=notice") == [to_come["id"]]
        assert await listed("status=resolved") == [over["id"]]
        wrong = await client.get(f"{url}?status=lost&kind=poem&limit=0")
        assert (wrong.status_code, paths_of(wrong)) == (422, {"status", "kind", "limit"})
        ended = await client.patch(f"{url}/{to_come['id']}", json={"publish_at": None})
        assert ended.json()["published"] is True


async def test_a_long_list_comes_in_pages(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        ids = [(await written(client, url, publish_at="2026-03-01T00:00:00Z"))["id"] for _ in range(5)]
        seen, cursor = [], ""
        for _ in range(3):
            answer = (await client.get(f"{url}?limit=2{cursor}")).json()
            seen += [row["id"] for row in answer["data"]]
            cursor = f"&cursor={answer['next_cursor']}"
        assert (seen, answer["next_cursor"]) == (ids[::-1], None)
        assert (await client.get(f"{url}?cursor=x")).status_code == 422


async def test_texts_come_as_the_page_shows_them_too_one_by_one_and_in_long_lists(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        hostile = "**out** <script>alert(1)</script> [x](javascript:alert(1))"
        made = (await client.post(url, json={"title": "Slow", "text": hostile})).json()
        shown = "<p><strong>out</strong> &lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1))</p>"
        assert [one["html"] for one in made["updates"]] == [shown]
        assert (made["postmortem"], made["postmortem_html"]) == ("", "")
        await client.post(f"{url}/{made['id']}/updates", json={"status": "resolved"})
        learned = (await client.patch(f"{url}/{made['id']}", json={"postmortem": "It was *DNS*."})).json()
        assert learned["postmortem_html"] == "<p>It was <em>DNS</em>.</p>"
        for number in range(MANY):
            await client.post(url, json={"title": f"{number}", "text": f"_{number}_"})
        listed = (await client.get(f"{url}?limit=100")).json()["data"]
        assert [one["updates"][0]["html"] for one in listed[:2]] == [
            f"<p><em>{number}</em></p>" for number in (MANY - 1, MANY - 2)
        ]
        assert listed[-1]["updates"][0]["html"] == shown


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"title"}),
        ({"title": "", "impact": "huge", "text": "x" * 20_001}, {"title", "impact", "text"}),
        ({"title": "x", "id": 1, "updates": [], "colour": 1}, {"id", "updates", "colour"}),
        ({"title": "x", "publish_at": "tomorrow", "ends_at": 5}, {"ends_at"}),
        ({"title": "x", "publish_at": "tomorrow"}, {"publish_at"}),
        ({"title": "x", "ends_at": "2030-01-01T00:00:00Z"}, {"ends_at"}),
        ({"title": "x", "kind": "notice", "status": "identified"}, {"status"}),
        ({"title": "x", "components": [{"component_id": 999, "status": "degraded"}]}, {"components[0].component_id"}),
        ({"title": "x", "components": [{"component_id": 1, "status": "fine", "x": 1}]}, {"components[0].status"}),
        ({"title": "  "}, {"title"}),
    ],
)
async def test_every_wrong_field_is_named(tmp_path: Path, body: dict[str, Any], paths: set[str]) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        answer = await client.post(url, json=body)
        assert (answer.status_code, paths_of(answer) >= paths) == (422, True), answer.text
        assert (await client.get(url)).json()["data"] == []


async def test_edits_are_guarded_by_the_tag_of_what_was_read(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, (europe, _) = await page(site)
        at = f"{url}/{(await written(client, url))['id']}"
        guard = {"If-Match": (await client.get(at)).headers["etag"]}
        claimed = [{"component_id": europe, "status": "degraded"}]
        changed = await client.patch(at, json={"title": " New ", "components": claimed}, headers=guard)
        assert (changed.json()["title"], changed.json()["components"]) == ("New", claimed)
        assert changed.headers["etag"] != guard["If-Match"]
        for method in ("PATCH", "PUT", "DELETE"):
            body = None if method == "DELETE" else {"title": "Other"}
            assert (await client.request(method, at, json=body, headers=guard)).status_code == 412
        replaced = await client.put(at, json={"title": "Whole"}, headers={"If-Match": changed.headers["etag"]})
        assert (replaced.json()["title"], replaced.json()["components"]) == ("Whole", [])
        assert replaced.json()["impact"] == "minor"
        read_only = await client.patch(at, json={"status": "resolved", "resolved_at": None, "nonsense": 1})
        assert paths_of(read_only) == {"status", "resolved_at", "nonsense"}


async def test_an_update_is_edited_and_taken_back(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        one = await written(client, url)
        at, first = f"{url}/{one['id']}/updates", one["updates"][0]["id"]
        said = (await client.post(at, json={"status": "resolved", "at": "2026-01-01T00:00:00Z", "tell": False})).json()
        assert (said["at"], said["told_at"] is not None) == ("2026-01-01T00:00:00.000Z", True)
        other = await client.put(f"{at}/{said['id']}", json={"status": "monitoring", "text": "Wait"})
        assert (other.json()["text"], other.json()["at"]) == ("Wait", said["at"])
        assert (await client.delete(f"{at}/{said['id']}")).status_code == 204
        assert (await client.delete(f"{at}/{first}")).status_code == 409
        assert (await client.delete(f"{at}/999")).status_code == 404
        wrong = await client.post(at, json={"status": "lost", "at": 3, "text": "x" * 20_001, "told_at": None})
        assert paths_of(wrong) == {"status", "at", "text", "told_at"}


async def test_what_is_not_there_is_a_404_wherever_it_is_looked_for(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        other, _ = await page(site, "Other")
        one = await written(client, url)
        for path in (f"{other}/{one['id']}", f"{url}/999", f"{url}/x", f"{PAGES}/999/incidents/{one['id']}"):
            for method in ("GET", "DELETE", "PATCH"):
                answer = await client.request(method, path, json={} if method == "PATCH" else None)
                assert answer.status_code == 404, path
        assert (await client.post(f"{PAGES}/none/incidents", json={"title": "x"})).status_code == 404
        by_slug = await client.get(f"{PAGES}/shop/incidents/{one['id']}")
        assert by_slug.json()["id"] == one["id"]


async def test_viewers_read_and_write_nothing(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as editor, site.client("viewer") as viewer:
        url, _ = await page(site)
        at = f"{url}/{(await written(editor, url))['id']}"
        assert (await viewer.get(url)).status_code == (await viewer.get(at)).status_code == 200
        for method, path in (("POST", url), ("PUT", at), ("PATCH", at), ("DELETE", at), ("POST", f"{at}/updates")):
            body = None if method == "DELETE" else {"title": "x", "status": "resolved"}
            assert (await viewer.request(method, path, json=body)).status_code == 403


async def test_a_repeated_post_is_written_once(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        url, _ = await page(site)
        key = {"Idempotency-Key": "one"}
        answers = await asyncio.gather(*(client.post(url, json={"title": "x"}, headers=key) for _ in range(3)))
        assert {answer.json()["id"] for answer in answers} == {1}
        assert len((await client.get(url)).json()["data"]) == 1


async def test_the_page_of_the_configuration_takes_posts_like_any_other(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        made = await written(client, f"{PAGES}/status/incidents", title="Hello", kind="notice")
        assert (await client.get(f"{PAGES}/status/incidents")).json()["data"][0]["id"] == made["id"]
