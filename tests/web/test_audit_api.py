"""The audit log over HTTP: who, from where, what; for admins, who can prove that nobody touched it."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2

from tests.web.harness import V1, asura, channel, monitor, paths_of


async def log(client: httpx2.AsyncClient, **query: Any) -> list[dict[str, Any]]:
    """Return the rows that a query finds, oldest first."""
    answer = await client.get(f"{V1}/audit", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"][::-1]


async def test_a_change_is_written_with_who_from_where_and_what(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as editor, site.client() as admin:
        made = (await editor.post(f"{V1}/monitors", json=monitor())).json()
        await editor.patch(f"{V1}/monitors/{made['id']}", json={"interval": 90, "tags": ["eu"]})
        created, changed = await log(admin, entity="monitor", entity_id=made["id"])
    assert (created["actor"], created["address"], created["action"]) == ("key:editor", "127.0.0.1", "create")
    assert (created["before"], created["after"]["name"], created["name"]) == (None, "Shop", "Shop")
    assert (changed["before"], changed["after"]) == ({"interval": 60, "tags": []}, {"interval": 90, "tags": ["eu"]})
    assert len(changed["hash"]) == 64


async def test_reading_and_what_is_refused_leave_no_row(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin, site.client("viewer") as viewer:
        before = await log(admin)
        await admin.post(f"{V1}/monitors", json=monitor(interval=1))
        await viewer.post(f"{V1}/monitors", json=monitor())
        await admin.delete(f"{V1}/monitors/77")
        await admin.get(f"{V1}/monitors")
        assert await log(admin) == before


async def test_secrets_stand_nowhere_in_the_log(tmp_path: Path) -> None:
    hook = channel(settings={"url": "https://hooks.example.com/x", "secret": "CANARY-1"})
    watched = monitor(
        type="http",
        target="https://shop.example",
        settings={
            "headers": {"X-Token": "CANARY-2"},
            "auth": {"type": "basic", "username": "u", "password": "CANARY-3"},
        },
    )
    async with asura(tmp_path) as site, site.client() as admin:
        for path, body in (("channels", hook), ("monitors", watched)):
            made = await admin.post(f"{V1}/{path}", json=body)
            assert made.status_code == 201, made.text
            where = f"{V1}/{path}/{made.json()['id']}"
            assert (await admin.patch(where, json={"settings": body["settings"], "name": "other"})).status_code == 200
            await admin.delete(where)
        key = (await admin.post(f"{V1}/keys", json={"name": "k", "role": "viewer"})).json()["key"]
        said = (await admin.get(f"{V1}/audit")).text + (await admin.get(f"{V1}/audit/export")).text
    assert said.count('"action":"delete"') == 4
    assert "CANARY" not in said
    assert key not in said
    assert sha256(key.encode()).hexdigest() not in said


async def test_filters_narrow_and_a_cursor_goes_on(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        for name in ("a", "b", "c"):
            await admin.post(f"{V1}/monitors", json=monitor(name=name))
        assert len(await log(admin, actor="key:admin", action="create", entity="monitor")) == 3
        assert await log(admin, actor="eve") == []
        first = (await admin.get(f"{V1}/audit", params={"limit": 2})).json()
        second = (await admin.get(f"{V1}/audit", params={"limit": 2, "cursor": first["next_cursor"]})).json()
        assert [row["name"] for row in [*first["data"], *second["data"]]][:3] == ["c", "b", "a"]
        wrong = await admin.get(f"{V1}/audit", params={"entity_id": "x", "limit": 0, "from": "now"})
        assert paths_of(wrong) == {"entity_id", "limit", "from"}
        strange = await admin.get(f"{V1}/audit", params={"cursor": "nonsense"})
        assert (strange.status_code, paths_of(strange)) == (422, {"cursor"})
        turned = {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
        assert paths_of(await admin.get(f"{V1}/audit", params=turned)) == {"from"}


async def test_the_export_is_verified_outside_and_the_log_inside(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin:
        await admin.post(f"{V1}/monitors", json=monitor())
        answer = await admin.get(f"{V1}/audit/export")
        verdict = (await admin.get(f"{V1}/audit/verify")).json()
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert "attachment" in answer.headers["content-disposition"]
    previous = "0" * 64
    for line in answer.content.splitlines():
        assert sha256(previous.encode() + line[159:-1]).hexdigest() == line[9:73].decode()
        previous = line[9:73].decode()
    rows = len(answer.content.splitlines())
    assert verdict == {"ok": True, "rows": rows, "broken_at": None, "hash": previous}


async def test_viewers_see_that_a_monitor_changed_and_not_from_what_to_what(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as editor, site.client("viewer") as viewer:
        made = (await editor.post(f"{V1}/monitors", json=monitor())).json()
        await editor.patch(f"{V1}/monitors/{made['id']}", json={"interval": 90})
        await editor.post(f"{V1}/monitors", json=monitor(name="other"))
        found = (await viewer.get(f"{V1}/monitors/{made['slug']}/changes")).json()["data"]
        assert [(one["actor"], one["action"], one["fields"]) for one in found] == [
            ("key:editor", "update", ["interval"]),
            ("key:editor", "create", []),
        ]
        assert found[0].keys() == {"at", "actor", "action", "fields"}
        assert len((await viewer.get(f"{V1}/monitors/{made['id']}/changes", params={"limit": 1})).json()["data"]) == 1
        assert (await viewer.get(f"{V1}/monitors/77/changes")).status_code == 404
        assert (await viewer.get(f"{V1}/audit")).status_code == 403


async def test_changes_through_the_form_of_healthchecks_are_those_of_its_key(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as anyone, site.client() as admin:
        body = {"name": "job", "api_key": site.keys["editor"]}
        assert (await anyone.post("/api/v3/checks/", json=body)).status_code == 201
        (row,) = await log(admin, entity="monitor")
    assert (row["actor"], row["address"]) == ("key:editor", "127.0.0.1")
