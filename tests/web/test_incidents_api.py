"""Incidents over HTTP, opened by real failing checks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.web.present import instant
from tests.web.harness import V1, Asura, asura, listener, monitor, paths_of

URL = f"{V1}/incidents"
FRAGILE = {"enabled": True, "failure_threshold": 1, "retries": 0}
FIELDS = {
    "id", "monitor_ids", "status", "severity", "title", "cause", "started_at", "detected_at", "acknowledged_at",
    "acknowledged_by", "resolved_at", "duration_s", "regions",
}  # fmt: skip


async def fail(site: Asura, client: httpx2.AsyncClient, *names: str) -> None:
    """Create monitors whose targets do not answer, and check each once."""
    for name in names:
        made = (await client.post(f"{V1}/monitors", json=monitor(name=name, **FRAGILE))).json()
        result = (await client.post(f"{V1}/monitors/{made['id']}/check-now")).json()
        assert result["status"] == "down"


async def test_a_failing_check_opens_an_incident_with_its_timeline_and_evidence(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as editor, site.client("viewer") as client:
        await fail(site, editor, "Shop")
        incident = (await client.get(f"{URL}/1")).json()
        assert set(incident) > FIELDS
        assert (incident["status"], incident["severity"], incident["monitor_ids"]) == ("open", "critical", [1])
        assert incident["duration_s"] is None
        assert incident["events"][0]["type"] == "incident.opened"
        assert set(incident["events"][0]) == {"at", "type", "reason", "actor", "detail"}
        seen = (await client.get(f"{URL}/1/evidence")).json()["data"]
        assert (seen[0]["region"], seen[0]["status"], seen[0]["reason"]) == ("local", "down", "connect_refused")
        assert seen[0]["evidence"]
        explained = (await client.get(f"{URL}/1/explain")).json()["data"]
        assert explained
        overview = (await client.get(f"{V1}/overview")).json()
        assert overview["incidents_open"] == 1
        assert (await client.get(f"{V1}/monitors/1")).json()["incident_id"] == 1


async def test_people_acknowledge_note_snooze_and_resolve_under_their_name(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        await fail(site, client, "Shop")
        acknowledged = (await client.post(f"{URL}/1/ack", json={"note": "on it"})).json()
        assert (acknowledged["status"], acknowledged["acknowledged_by"]) == ("acknowledged", "editor")
        assert (await client.post(f"{URL}/1/ack")).status_code == 409
        assert (await client.get(f"{V1}/overview")).json()["incidents_open"] == 0
        assert (await client.post(f"{URL}/1/note", json={"note": "the disk is full"})).status_code == 200
        until = site.engine.clock.now() + timedelta(hours=1)
        snoozed = (await client.post(f"{URL}/1/snooze", json={"until": instant(until)})).json()
        assert snoozed["snoozed_until"] == instant(until)
        resolved = (await client.post(f"{URL}/1/resolve", json={"note": "freed"})).json()
        assert (resolved["status"], resolved["resolved_by"]) == ("resolved", "editor")
        assert resolved["duration_s"] >= 0
        assert (await client.post(f"{URL}/1/resolve")).status_code == 409
        types = [event["type"] for event in (await client.get(f"{URL}/1")).json()["events"]]
    assert types == [
        "incident.opened", "incident.acknowledged", "incident.noted", "incident.snoozed", "incident.noted",
        "incident.resolved",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "body", "paths"),
    [
        ("note", {}, {"note"}),
        ("note", {"note": ""}, {"note"}),
        ("note", {"note": 1, "text": "x"}, {"note", "text"}),
        ("note", {"note": "x" * 10_001}, {"note"}),
        ("ack", {"note": ["x"]}, {"note"}),
        ("ack", {"actor": "somebody else"}, {"actor"}),
        ("snooze", {}, {"until"}),
        ("snooze", {"until": "tomorrow"}, {"until"}),
        ("snooze", {"until": "2020-01-01T00:00:00Z"}, {"until"}),
        ("resolve", {"reason": "x"}, {"reason"}),
    ],
)
async def test_a_wrong_action_is_422_and_changes_nothing(
    tmp_path: Path, action: str, body: dict[str, Any], paths: set[str]
) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        await fail(site, client, "Shop")
        before = (await client.get(f"{URL}/1")).json()
        answer = await client.post(f"{URL}/1/{action}", json=body)
        assert (answer.status_code, paths_of(answer)) == (422, paths)
        assert (await client.get(f"{URL}/1")).json() == before


async def test_the_list_is_filtered_and_paged(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        await fail(site, client, "a", "b", "c", "d")
        await client.post(f"{URL}/2/ack")
        await client.post(f"{URL}/3/resolve")

        async def ids(**params: Any) -> list[int]:
            answer = await client.get(URL, params=params)
            assert answer.status_code == 200, answer.text
            return [row["id"] for row in answer.json()["data"]]

        assert await ids() == [4, 3, 2, 1]
        assert await ids(status="open") == [4, 1]
        assert await ids(status=["open", "acknowledged"]) == [4, 2, 1]
        assert await ids(status="resolved") == [3]
        assert await ids(monitor_id=2) == [2]
        assert await ids(monitor_id="c") == [3]
        assert await ids(monitor_id="nothing") == []
        assert await ids(**{"from": "2100-01-01T00:00:00Z", "status": "resolved"}) == []
        assert await ids(to="2000-01-01T00:00:00Z") == []
        assert await ids(severity="critical") == [4, 3, 2, 1]
        assert await ids(severity="warning") == []
        assert (await client.get(URL, params={"severity": "dreadful"})).status_code == 422
        first = (await client.get(URL, params={"limit": 3})).json()
        assert await ids(limit=3, cursor=first["next_cursor"]) == [1]
        assert (await client.get(URL, params={"status": "broken"})).status_code == 422


@pytest.mark.parametrize("ref", ["0", "99", "x", "9" * 25, "-1", "shop"])
async def test_an_incident_that_is_not_there_is_404(tmp_path: Path, ref: str) -> None:
    async with asura(tmp_path) as site, site.client() as client:
        for path in ("", "/evidence", "/explain"):
            assert (await client.get(f"{URL}/{ref}{path}")).status_code == 404
        for path in ("/ack", "/resolve"):
            assert (await client.post(f"{URL}/{ref}{path}")).status_code == 404
        assert (await client.post(f"{URL}/{ref}/note", json={"note": "x"})).status_code == 404


async def test_an_answer_again_resolves_it_with_a_duration(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client, listener() as target:
        await fail(site, client, "Shop")
        await client.patch(f"{V1}/monitors/1", json={"target": target})
        assert (await client.post(f"{V1}/monitors/1/check-now")).json()["status"] == "up"
        incident = (await client.get(f"{URL}/1")).json()
    assert incident["status"] == "resolved"
    assert incident["duration_s"] == pytest.approx(0, abs=30)
