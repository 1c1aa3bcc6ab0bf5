"""Pages as JSON: what api.md promises, described by OpenAPI, the same in every language, and nothing internal."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain.instant import kept
from asura.domain.maintenance import WindowConfig
from asura.domain.post import Affected, ComponentStatus, PostKind, PostStatus
from asura.domain.posting import Draft, Saying
from asura.web.shapes.public import PublicStatus
from tests.web.harness import Asura, asura, monitor

V1 = "/api/v1"
KINDS = ["public", "unlisted", "password", "signed_in", "networks"]


async def watch(one: Asura, **more: Any) -> int:
    async with one.client() as client:
        answer = await client.post(f"{V1}/monitors", json=monitor(**more))
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])


async def page(one: Asura, **more: Any) -> Any:
    password = more.pop("password", None)
    return await one.engine.pages.create(one.engine.pages.prepare({"title": "Shop", **more}), password=password)


async def get(one: Asura, path: str = f"{V1}/status/shop", **headers: str) -> Any:
    async with one.client(None) as client:
        answer = await client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        # Every field of the answer is one that OpenAPI describes, of its type.
        msgspec.json.decode(answer.content, type=PublicStatus)
        return answer.json()


async def test_the_main_page_shows_every_public_monitor(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        await watch(one, public=True, group="Web")
        await watch(one, name="Secret")
        told = await get(one, f"{V1}/status")
        assert [(part["name"], part["group"], part["status"]) for part in told["components"]] == [
            ("Shop", "Web", "unknown")
        ]
        assert (told["slug"], told["status"], told["incidents"]) == ("status", "unknown", {"active": [], "past": []})
        assert told["groups"] == [{"name": "Web", "description": "", "component_ids": [told["components"][0]["id"]]}]


async def test_a_page_tells_components_and_their_days(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        shop = await watch(one)
        await page(
            one, description="How we are.", timezone="Asia/Tokyo", components=[{"name": "Shop", "monitor_id": shop}]
        )
        told = await get(one)
        assert list(told) == [
            *("title", "description", "slug", "url", "timezone", "status", "as_of", "updated_at", "groups"),
            *("components", "incidents", "notices", "maintenance"),
        ]
        assert (told["title"], told["description"], told["timezone"]) == ("Shop", "How we are.", "Asia/Tokyo")
        assert told["url"].endswith("/status/shop")
        (part,) = told["components"]
        assert list(part) == [
            *("id", "name", "description", "group", "status", "since", "uptime_ratio", "uptime_90d_ratio", "days"),
        ]
        assert (part["uptime_ratio"], part["uptime_90d_ratio"], part["group"]) == (None, None, None)
        assert len(part["days"]) == 90
        assert part["days"][0] == {
            "date": part["days"][0]["date"],
            "uptime_ratio": None,
            "worst": "no_data",
        }
        assert [day["date"] for day in part["days"]] == sorted({day["date"] for day in part["days"]})


async def test_a_page_tells_what_people_say(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        shop = await watch(one)
        made = await page(one, components=[{"name": "Shop", "monitor_id": shop}])
        number = made.config.components[0].id
        desk = one.engine.posts
        affected = (Affected(number, ComponentStatus.PARTIAL_OUTAGE),)
        post = await desk.create(made, Draft(title="Slow", text="We *look*.", components=affected), by="ann")
        await desk.create(made, Draft(title="Note", kind=PostKind.NOTICE, text="Hi."), by="ann")
        over = await desk.create(made, Draft(title="Over", text="x"), by="ann")
        await desk.add_update(made, over.id, Saying(status=PostStatus.RESOLVED, text="Done."), by="ann")
        told = await get(one)
        (active,) = told["incidents"]["active"]
        assert active | {"updates": [], "started_at": "", "updated_at": ""} == {
            "id": post.id,
            "title": "Slow",
            "status": "investigating",
            "impact": "minor",
            "started_at": "",
            "updated_at": "",
            "resolved_at": None,
            "url": f"{told['url']}/incidents/{post.id}",
            "component_ids": [number],
            "postmortem": "",
            "postmortem_html": "",
            "updates": [],
        }
        (update,) = active["updates"]
        assert (update["text"], update["html"]) == ("We *look*.", "<p>We <em>look</em>.</p>")
        assert update["components"] == [{"component_id": number, "status": "partial_outage"}]
        assert [one["title"] for one in told["notices"]] == ["Note"]
        assert [one["title"] for one in told["incidents"]["past"]] == ["Over"]
        assert told["components"][0]["status"] == "partial_outage"
        assert told["components"][0]["days"][-1]["incident_ids"] == [post.id]


async def test_a_page_tells_response_times_where_it_shows_them(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        shop = await watch(one)
        await page(one, components=[{"monitor_id": shop}], show={"response_times": True, "days": 30, "uptime": False})
        (part,) = (await get(one))["components"]
        assert (part["uptime_ratio"], part["days"]) == (None, [])


async def test_a_page_tells_planned_work(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        shop = await watch(one)
        await page(one, components=[{"monitor_id": shop}])
        now = one.engine.clock.now()
        config = WindowConfig(
            name="Move",
            description="To a *new* disk.",
            monitor_ids=(shop,),
            starts_at=now + timedelta(hours=1),
            ends_at=now + timedelta(hours=2),
        )
        await one.engine.maintenance.create(config, by="ann")
        told = await get(one)
        (work,) = told["maintenance"]
        assert (work["title"], work["status"], work["html"]) == ("Move", "scheduled", "<p>To a <em>new</em> disk.</p>")
        assert work["component_ids"] == [told["components"][0]["id"]]


async def test_the_tag_does_not_change_when_only_time_goes_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with asura(tmp_path) as one:
        # In the millisecond in which the page was made, two of its times are the same.
        now = kept(one.engine.clock.now())
        monkeypatch.setattr(one.engine.clock, "now", lambda: now)
        await page(one)
        async with one.client(None) as client:
            first = await client.get(f"{V1}/status/shop")
            assert first.headers["last-modified"].endswith(" GMT")
            assert first.json()["as_of"] == first.json()["updated_at"]
            now += timedelta(milliseconds=2)
            one.engine.boards.forget()
            again = await client.get(f"{V1}/status/shop")
            assert again.json()["as_of"] > first.json()["as_of"]
            assert again.headers["etag"] == first.headers["etag"]
            one.engine.boards.forget()
            known = await client.get(f"{V1}/status/shop", headers={"if-none-match": first.headers["etag"]})
            assert known.status_code == 304
            assert "last-modified" in known.headers


async def test_it_is_the_same_in_every_language(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        await page(one)
        assert await get(one, **{"accept-language": "de"}) == await get(one, **{"accept-language": "zh"})


@pytest.mark.parametrize("visibility", KINDS)
async def test_only_who_may_see_a_page_reads_it_and_all_others_are_told_the_same(
    tmp_path: Path, visibility: str
) -> None:
    async with asura(tmp_path) as one:
        more: dict[str, Any] = {"networks": ["192.0.2.0/24"]} if visibility == "networks" else {}
        if visibility == "password":
            more["password"] = "a quiet afternoon"
        await page(one, visibility=visibility, **more)
        async with one.client(None) as client:
            missing = await client.get(f"{V1}/status/nobody")
            assert (missing.status_code, missing.text) == (404, "not found")
            found = await client.get(f"{V1}/status/shop")
            if visibility in ("public", "unlisted"):
                assert found.status_code == 200
                assert found.headers["access-control-allow-origin"] == "*"
            elif visibility == "password":
                assert found.status_code == 401
            else:
                assert (found.status_code, found.content) == (404, missing.content)
                assert set(found.headers) == set(missing.headers)
            assert (await client.get(f"{V1}/status/status")).status_code == 404, "it has one address"


async def test_nothing_of_a_monitor_but_its_name_is_told(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        secrets = {"target": "canary.example:9", "description": "canary", "tags": ["canary"]}
        await watch(one, public=True, name="Visible", **secrets)
        async with one.client(None) as client:
            text = (await client.get(f"{V1}/status")).text
        assert "Visible" in text
        assert "canary" not in text


async def test_openapi_describes_it(tmp_path: Path) -> None:
    async with asura(tmp_path) as one:
        document = msgspec.json.decode(one.app.openapi)
        for path in ("/status", "/status/{slug}"):
            found = next(value for name, value in document["paths"].items() if name.endswith(f"/v1{path}"))["get"]
            schema = found["responses"]["200"]["content"]["application/json"]["schema"]
            assert schema["$ref"].endswith("/PublicStatus")
            assert found["security"] == []
