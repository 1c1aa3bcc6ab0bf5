"""Uptime Kuma's push, Gatus' external endpoints and Cronitor's telemetry, as their clients speak."""

import asyncio
from pathlib import Path

import pytest

from asura.web.pings.gatus import go_duration
from tests.web.harness import V1
from tests.web.pings.kit import job, same

NOT_ACTIVE = {"ok": False, "msg": "Monitor not found or not active."}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("query", "kind", "note", "duration"),
    [
        ("", "success", "OK", None),
        ("?status=up&msg=OK&ping=", "success", "OK", None),
        ("?status=up&msg=fine&ping=12.5", "success", "fine", 0.013),
        ("?status=up&ping=0", "success", "OK", None),
        ("?status=down&msg=disk+full", "fail", "disk full", None),
        ("?status=UP", "fail", "OK", None),
        ("?status=", "success", "OK", None),
        ("?ping=abc", "success", "OK", None),
        ("?ping=12abc", "success", "OK", 0.012),
    ],
)
async def test_kuma_push(tmp_path: Path, method: str, query: str, kind: str, note: str, duration: float | None) -> None:
    async with job(tmp_path) as j:
        answer = await j.job.request(method, f"/api/push/{j.token}{query}", content=b"status=down")
        assert (answer.status_code, answer.json()) == (200, {"ok": True})
        [ping] = await j.pings()
        assert (ping["kind"], ping["note"]) == (kind, note)
        assert ping["duration_s"] == pytest.approx(duration, abs=0.001)


async def test_kuma_refuses_everything_with_one_404(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        found = same(await j.job.get(f"/api/push/{'x' * 32}"))
        assert (await j.job.get(f"/api/push/{'x' * 32}")).json() == NOT_ACTIVE
        assert found[0] == 404
        await j.editor.post(f"{V1}/monitors/{j.id}/pause")
        assert same(await j.job.get(f"/api/push/{j.token}")) == found
        assert same(await j.job.get("/api/push/")) == found
        assert await j.pings() == []
        await j.editor.post(f"{V1}/monitors/{j.id}/resume")
        answer = await j.job.get(f"/api/push/{j.token}?ping=1e12")
        assert answer.status_code == 404
        assert answer.json()["msg"] == "Invalid ping value. Must be between 0 and 100000000000 ms."


KEY = "core-jobs_nightly-backup"


@pytest.mark.parametrize(
    ("path", "authorization", "code", "text"),
    [
        (f"{KEY}/external?success=maybe", None, 400, "missing or invalid success query parameter"),
        (f"{KEY}/external", None, 400, "missing or invalid success query parameter"),
        (f"{KEY}/external?success=true", None, 401, "invalid Authorization header"),
        (f"{KEY}/external?success=true", "Basic x", 401, "invalid Authorization header"),
        (f"{KEY}/external?success=true", "Bearer ", 401, "bearer token must not be empty"),
        ("nobody_nothing/external?success=true", "Bearer TOKEN", 404, "not found"),
        (f"{KEY}/external?success=true", "Bearer wrong", 401, "invalid token"),
        (
            f"{KEY}/external?success=true&duration=5",
            "Bearer TOKEN",
            400,
            'invalid duration: time: invalid duration "5"',
        ),
        (f"{KEY}/external?success=true&duration=1.5s", "Bearer TOKEN", 200, ""),
        (f"{KEY}/external?success=false&error=boom", "Bearer TOKEN", 200, ""),
    ],
)
async def test_gatus_external(tmp_path: Path, path: str, authorization: str | None, code: int, text: str) -> None:
    async with job(tmp_path, fields={"group": "Core/Jobs"}) as j:
        headers = {"Authorization": authorization.replace("TOKEN", j.token)} if authorization else {}
        answer = await j.job.post(f"{V1}/endpoints/{path}", headers=headers)
        assert (answer.status_code, answer.text) == (code, text)
        pings = await j.pings()
        assert len(pings) == (code == 200)
        if pings and "boom" in path:
            assert (pings[0]["kind"], pings[0]["note"]) == ("fail", "boom")
            assert (await j.show())["status_message"] == "The job reported a failure: boom"
        elif pings:
            assert (pings[0]["kind"], pings[0]["duration_s"]) == ("success", 1.5)


async def test_gatus_finds_a_monitor_under_its_new_name(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        headers = {"Authorization": f"Bearer {j.token}"}
        assert (await j.job.post(f"{V1}/endpoints/_nightly-backup/external?success=true", headers=headers)).is_success
        await j.editor.patch(f"{V1}/monitors/{j.id}", json={"name": "Dump", "group": "db"})
        # Names are looked up anew at most once a second.
        await asyncio.sleep(1.1)
        assert (await j.job.post(f"{V1}/endpoints/db_dump/external?success=true", headers=headers)).is_success
        old = await j.job.post(f"{V1}/endpoints/_nightly-backup/external?success=true", headers=headers)
        assert old.status_code == 404


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10s", 10),
        ("1m30s", 90),
        ("1.5h", 5400),
        ("250ms", 0.25),
        ("1h2m3.5s", 3723.5),
        (".5s", 0.5),
        ("1us", 0.000001),
        ("1µs", 0.000001),
        ("0", 0),
        ("-1s", -1),
        ("", None),
        ("5", None),
        ("s", None),
        ("1d", None),
        ("1 s", None),
        (".s", None),
        ("9999999h", None),
        ("1" * 200 + "s", None),
    ],
)
def test_durations_are_read_as_go_reads_them(text: str, seconds: float | None) -> None:
    assert go_duration(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("", "success"),
        ("?state=run&series=42", "start"),
        ("?state=complete&metric=duration:1.5", "success"),
        ("?state=fail&status_code=3&message=boom&host=db1", "fail"),
        ("?state=ok", "success"),
    ],
)
async def test_cronitor_telemetry(tmp_path: Path, query: str, kind: str) -> None:
    async with job(tmp_path) as j:
        ping_key = j.site.engine.pings.ping_key.reveal()
        assert (await j.job.get(f"/p/{ping_key}/backup{query}")).status_code == 200
        [ping] = await j.pings()
        assert ping["kind"] == kind
        if kind == "fail":
            assert (ping["exit_status"], ping["note"]) == (3, "db1 boom")
        if "duration" in query:
            assert ping["duration_s"] == 1.5
        if "series" in query:
            assert ping["run_id"] == "42"


async def test_cronitor_creates_what_is_not_there_for_those_who_may(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        assert (await j.job.get("/p/nobody/new-job")).status_code == 404
        assert (await j.job.get(f"/p/{j.site.keys['viewer']}/new-job")).status_code == 404
        assert (await j.job.get(f"/p/{await j.site.key('viewer', 'ping')}/new-job?state=run")).status_code == 200
        assert (await j.job.get(f"/p/{j.site.keys['editor']}/new-job?state=complete")).status_code == 200
        assert (await j.editor.get(f"{V1}/monitors/new-job")).json()["heartbeat"]["pings"] == 2
        assert (await j.job.get(f"/p/{j.site.keys['editor']}/new-job?state=nonsense")).status_code == 400
