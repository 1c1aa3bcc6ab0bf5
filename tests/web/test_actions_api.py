"""What can be done to monitors over HTTP: pause, resume, clone, check now, bulk, trying out."""

from pathlib import Path
from typing import Any

import pytest

from tests.web.harness import V1, asura, listener, monitor, paths_of

URL = f"{V1}/monitors"


async def test_pausing_and_resuming_show_in_the_state(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        await client.post(URL, json=monitor(enabled=True))
        paused = (await client.post(f"{URL}/shop/pause")).json()
        assert (paused["enabled"], paused["status"]) == (False, "paused")
        assert (await client.post(f"{URL}/shop/check-now")).status_code == 409
        resumed = (await client.post(f"{URL}/shop/resume")).json()
        assert (resumed["enabled"], resumed["status"]) == (True, "pending")


async def test_a_clone_is_another_monitor_with_the_same_configuration(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        first = (await client.post(URL, json=monitor(tags=["eu"]))).json()
        copy = await client.post(f"{URL}/1/clone")
        named = await client.post(f"{URL}/1/clone", json={"name": "Second shop"})
        wrong = await client.post(f"{URL}/1/clone", json={"name": "", "target": "x"})
    assert (copy.status_code, copy.headers["location"]) == (201, f"{URL}/2")
    assert copy.json()["slug"] != first["slug"]
    assert copy.json()["tags"] == ["eu"]
    assert named.json()["name"] == "Second shop"
    assert paths_of(wrong) == {"name", "target"}


async def test_check_now_answers_the_result_and_it_counts(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client, listener(b"hello") as target:
        await client.post(URL, json=monitor(target=target, enabled=True))
        result = (await client.post(f"{URL}/1/check-now")).json()
        assert (result["status"], result["reason"], result["counted"]) == ("up", "ok", True)
        assert set(result["phases_ms"]) == {"dns", "connect", "tls", "ttfb", "transfer"}
        assert result["latency_ms"] > 0
        shown = (await client.get(f"{URL}/1")).json()
        assert shown["status"] == "up"
        assert shown["last_result"]["at"] == result["at"]
        assert "evidence" not in shown["last_result"]


async def test_an_unsaved_monitor_is_checked_and_not_kept(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client, listener() as target:
        tried = await client.post(f"{V1}/checks", json={"type": "tcp", "target": target})
        broken = await client.post(f"{V1}/checks", json={"type": "tcp", "target": "127.0.0.1:9"})
        wrong = await client.post(f"{V1}/checks", json={"type": "tcp", "target": "", "settings": {"nonsense": 1}})
        assert (await client.get(URL)).json()["data"] == []
    assert (tried.status_code, tried.json()["status"]) == (200, "up")
    assert (broken.json()["status"], broken.json()["reason"]) == ("down", "connect_refused")
    assert "settings.nonsense" in paths_of(wrong)


@pytest.mark.parametrize(
    ("body", "paths"),
    [
        ({}, {"ids", "action"}),
        ({"ids": [], "action": "pause"}, {"ids"}),
        ({"ids": [1, 99, "none"], "action": "pause"}, {"ids[1]", "ids[2]"}),
        ({"ids": [1], "action": "explode"}, {"action"}),
        ({"ids": [1], "action": "set"}, {"set"}),
        (
            {"ids": [1], "action": "set", "set": {"interval": -1, "colour": 2, "id": 3}},
            {"set.interval", "set.colour", "set.id"},
        ),
        ({"ids": [1], "action": "set", "set": {"slug": "same"}}, {"set.slug"}),
        ({"ids": [1], "action": "pause", "set": {"interval": 60}}, {"set"}),
        ({"ids": [1], "action": "tag", "set": {"tags": [1]}}, {"set.tags[0]"}),
        ({"ids": [1], "action": "tag", "set": {"name": "x"}}, {"set.name"}),
        ({"ids": [{}], "action": "pause"}, {"ids[0]"}),
    ],
)
async def test_a_wrong_bulk_changes_nothing(tmp_path: Path, body: dict[str, Any], paths: set[str]) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        before = (await client.post(URL, json=monitor(enabled=True))).json()
        answer = await client.post(f"{URL}/bulk", json=body)
        assert (answer.status_code, paths_of(answer)) == (422, paths)
        assert (await client.get(f"{URL}/1")).json() == before


async def test_bulk_does_one_thing_to_many(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        for name in ("one", "two", "three"):
            await client.post(URL, json=monitor(name=name, tags=["old"], enabled=True))

        async def bulk(action: str, **more: Any) -> list[dict[str, Any]]:
            answer = await client.post(f"{URL}/bulk", json={"ids": [1, "two", 1], "action": action, **more})
            assert answer.status_code == 200, answer.text
            assert [row["id"] for row in answer.json()["data"]] == [1, 2]
            return list((await client.get(URL)).json()["data"])

        assert [row["status"] for row in await bulk("pause")] == ["paused", "paused", "pending"]
        assert [row["status"] for row in await bulk("resume")] == ["pending"] * 3
        tagged = await bulk("tag", set={"tags": ["new", "old"]})
        assert [row["tags"] for row in tagged] == [["old", "new"], ["old", "new"], ["old"]]
        untagged = await bulk("untag", set={"tags": ["old", "never there"]})
        assert [row["tags"] for row in untagged] == [["new"], ["new"], ["old"]]
        assert [row["interval"] for row in await bulk("set", set={"interval": 300})] == [300, 300, 60]
        assert [row["id"] for row in await bulk("delete")] == [3]


async def test_a_refused_bulk_names_every_monitor_that_it_does_not_fit(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        for name, timeout in (("slow", 30), ("quick", 2), ("slower", 40)):
            await client.post(URL, json=monitor(name=name, slug=name, timeout=timeout, interval=60))
        body = {"ids": [1, 2, 3], "action": "set", "set": {"interval": 20}}
        errors = (await client.post(f"{URL}/bulk", json=body)).json()["errors"]
        assert sorted(error["message"].rpartition(" ")[2] for error in errors) == ["(slow)", "(slower)"]
        assert [row["interval"] for row in (await client.get(URL)).json()["data"]] == [60, 60, 60]


async def test_what_the_file_manages_is_a_conflict_and_stays(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        config = site.engine.monitors.prepare(monitor(enabled=True))
        await site.engine.monitors.create(config, slug="declared", managed_by="file")
        await client.post(URL, json=monitor(slug="mine"))
        before = (await client.get(f"{URL}/declared")).json()
        assert before["managed_by"] == "file"
        for method, path, body in (
            ("PATCH", "/declared", {"name": "x"}),
            ("PUT", "/declared", monitor(name="x")),
            ("DELETE", "/declared", None),
            ("POST", "/declared/pause", None),
        ):
            answer = await client.request(method, URL + path, json=body)
            assert answer.status_code == 409, (method, path)
            assert "configuration file" in answer.json()["detail"]
        many = {"ids": ["declared", "mine"], "action": "set", "set": {"interval": 300}}
        outcomes = (await client.post(f"{URL}/bulk", json=many)).json()["data"]
        assert (await client.get(f"{URL}/declared")).json() == before
    assert [(row["id"], row["ok"]) for row in outcomes] == [(1, False), (2, True)]
    assert "configuration file" in outcomes[0]["error"]
