"""Healthchecks' ping API, as its clients know it: paths, replies, headers, and what a ping does to a run."""

import asyncio
from pathlib import Path

import pytest

from asura.domain.fields import Secret
from tests.web.harness import V1
from tests.web.pings.kit import Job, job, same

NOBODY = "deadbeef-0000-4000-8000-000000000000"
RID, OTHER = "6f1c35b5-3a1b-4f0c-8d51-2d6b1d7b3e10", "0b6bb6b3-1a4a-4b0a-9c0f-9d0d3c8f4a11"


def key(j: Job) -> str:
    return j.site.engine.pings.ping_key.reveal()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
@pytest.mark.parametrize("ending", ["", "/", "/start", "/fail", "/log", "/0", "/7", "/255"])
@pytest.mark.parametrize("form", ["uuid", "upper", "slug", "token"])
async def test_every_form_of_a_ping_is_ok(tmp_path: Path, form: str, ending: str, method: str) -> None:
    async with job(tmp_path) as j:
        names = {"uuid": j.uuid, "upper": j.uuid.upper(), "slug": f"{key(j)}/backup", "token": j.token}
        answer = await j.job.request(method, f"/ping/{names[form]}{ending}")
        assert answer.status_code == 200
        assert method == "HEAD" or answer.text == "OK"
        assert answer.headers["content-type"].startswith("text/plain")
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["ping-body-limit"] == "100000"
        kinds = {"": "success", "/": "success", "/0": "success", "/start": "start", "/log": "log"}
        assert await j.kinds() == [kinds.get(ending, "fail")]


@pytest.mark.parametrize(
    ("path", "code", "text"),
    [
        (f"/ping/{NOBODY}", 404, "not found"),
        ("/ping/wrong-key/backup", 404, "not found"),
        ("/ping/KEY/nothing", 404, "not found"),
        ("/ping/KEY", 404, "not found"),
        ("/ping/", 404, "not found"),
        ("/ping/KEY/Backup", 400, "invalid url format"),
        ("/ping/UUID/256", 400, "invalid url format"),
        ("/ping/KEY/backup/256", 400, "invalid url format"),
        ("/ping/UUID?rid=nonsense", 400, "invalid uuid format"),
        ("/ping/UUID?rid=", 400, "invalid uuid format"),
        ("/ping/UUID/nothing", 404, "not found"),
    ],
)
async def test_what_is_refused_and_how(tmp_path: Path, path: str, code: int, text: str) -> None:
    async with job(tmp_path) as j:
        answer = await j.job.get(path.replace("KEY", key(j)).replace("UUID", j.uuid))
        assert (answer.status_code, answer.text) == (code, text)
        assert await j.pings() == []


async def test_unknown_things_look_alike(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        paths = (f"/ping/{NOBODY}", "/ping/wrong/backup", f"/ping/{key(j)}/nothing", f"{V1}/heartbeat/{'x' * 32}")
        found = [same(await j.job.get(path)) for path in paths]
        assert all(one == found[0] for one in found)


@pytest.mark.parametrize(
    ("start", "end", "lasted", "goes_on"),
    [
        ("", "", True, False),
        (f"?rid={RID}", f"?rid={RID}", True, False),
        (f"?rid={RID}", f"/fail?rid={RID}", True, False),
        (f"?rid={RID}", f"/fail?rid={OTHER}", False, False),
        (f"?rid={RID}", "", False, False),
        (f"?rid={RID}", f"?rid={OTHER}", False, True),
    ],
    ids=["no-rid", "same-rid", "fail-same", "fail-other", "success-none", "success-other"],
)
async def test_starts_and_ends_belong_together_by_run_id(
    tmp_path: Path, start: str, end: str, lasted: bool, goes_on: bool
) -> None:
    async with job(tmp_path) as j:
        await j.job.get(f"/ping/{j.uuid}/start{start}")
        await asyncio.sleep(0.005)
        await j.job.get(f"/ping/{j.uuid}{end}")
        assert ((await j.pings())[0]["duration_s"] is not None) is lasted
        assert bool((await j.show())["heartbeat"]["runs"]) is goes_on


async def test_a_start_leaves_the_last_ping_alone(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        await j.job.get(f"/ping/{j.uuid}")
        before = (await j.show())["heartbeat"]
        await j.job.get(f"/ping/{j.uuid}/start")
        await j.job.get(f"/ping/{j.uuid}/log")
        after = (await j.show())["heartbeat"]
        assert after["last_ping_at"] == before["last_ping_at"]
        assert after["last_start_at"] is not None and after["pings"] == 3


async def test_a_ping_resumes_what_is_paused_unless_a_person_shall(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        await j.editor.post(f"{V1}/monitors/{j.id}/pause")
        assert (await j.job.get(f"/ping/{j.uuid}")).status_code == 200
        assert (await j.show())["status"] == "up"
        await j.editor.patch(f"{V1}/monitors/{j.id}", json={"settings": {"manual_resume": True}})
        await j.editor.post(f"{V1}/monitors/{j.id}/pause")
        assert (await j.job.get(f"/ping/{j.uuid}")).status_code == 200
        assert (await j.show())["status"] == "paused"
        assert await j.kinds() == ["success", "ignored"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"interval": 86_400, "grace": 3_600, "cron": "", "tags": []}),
        ("&period=600&grace=60&tags=db%20eu", {"interval": 600, "grace": 60, "tags": ["db", "eu"]}),
        ("&period=2h&grace=5m", {"interval": 7_200, "grace": 300}),
        ("&schedule=30%202%20*%20*%20*&tz=Europe/Berlin", {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}),
        ("&schedule=Mon..Fri%2002:30", {"on_calendar": "Mon..Fri 02:30", "cron": ""}),
    ],
)
async def test_a_ping_creates_what_is_not_there(tmp_path: Path, query: str, expected: dict[str, object]) -> None:
    async with job(tmp_path) as j:
        answer = await j.job.post(f"/ping/{key(j)}/db_dump?create=1{query}")
        assert (answer.status_code, answer.text) == (201, "Created")
        made = (await j.editor.get(f"{V1}/monitors/db-dump")).json()
        assert {name: made[name] for name in expected} == expected
        assert (made["name"], made["status"]) == ("db_dump", "up")
        again = await j.job.post(f"/ping/{key(j)}/db_dump?create=1")
        assert (again.status_code, again.text) == (200, "OK")


@pytest.mark.parametrize("query", ["create=0", "create=yes", "", "create=1&rid=x", "create=1&schedule=nonsense"])
async def test_what_cannot_be_created_is_not(tmp_path: Path, query: str) -> None:
    async with job(tmp_path) as j:
        answer = await j.job.post(f"/ping/{key(j)}/other?{query}")
        assert answer.status_code == (404 if "create=1" not in query else 400)
        assert (await j.editor.get(f"{V1}/monitors/other")).status_code == 404


async def test_many_who_create_the_same_at_once_make_one(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        answers = await asyncio.gather(*(j.job.get(f"/ping/{key(j)}/twins?create=1") for _ in range(20)))
        assert sorted({answer.status_code for answer in answers}) == [200, 201]
        assert [answer.status_code for answer in answers].count(201) == 1
        assert (await j.editor.get(f"{V1}/monitors/twins")).json()["heartbeat"]["pings"] == 20


async def test_a_script_that_loops_over_names_creates_only_so_many(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        answers = [await j.job.get(f"/ping/{key(j)}/loop-{number}?create=1") for number in range(210)]
        assert [answer.status_code for answer in answers].count(201) == 200
        assert answers[-1].status_code == 429 and answers[-1].headers["retry-after"]


async def test_the_paths_of_the_hosted_service_work_too(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        assert (await j.job.get(f"/{j.uuid}")).text == "OK"
        assert (await j.job.get(f"/{j.uuid}/start")).text == "OK"
        assert (await j.job.get(f"/{key(j)}/backup/3")).text == "OK"
        assert await j.kinds() == ["success", "start", "fail"]
        assert (await j.job.get(f"/{NOBODY}")).text == "not found"
        assert (await j.job.get(f"/{NOBODY}")).status_code == 404
        assert (await j.job.get(f"{V1}/health")).status_code == 200


async def test_a_short_key_hides_no_page_at_the_root(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        j.site.engine.pings.ping_key = Secret("monitors")
        assert (await j.job.get("/ping/monitors/backup")).text == "OK"
        assert "<html" in (await j.job.get("/monitors/backup")).text
        assert await j.kinds() == ["success"]


async def test_where_they_are_not_wanted_they_are_pages_of_the_dashboard(tmp_path: Path) -> None:
    async with job(tmp_path, ping_root_paths=False) as j:
        await j.job.get(f"/{j.uuid}")
        assert await j.pings() == []


async def test_a_uuid_can_be_taken_over_from_elsewhere(tmp_path: Path) -> None:
    old = "11111111-2222-4333-8444-555555555555"
    async with job(tmp_path, fields={"settings": {"uuid": old, "token": "kuma-token-of-the-old-host"}}) as j:
        assert (await j.job.get(f"/ping/{old}")).text == "OK"
        assert (await j.job.get("/api/push/kuma-token-of-the-old-host")).json() == {"ok": True}
        shown = (await j.show())["heartbeat"]
        assert (shown["uuid"], shown["token"]) == (old, "kuma-token-of-the-old-host")
        body = {"name": "Thief", "type": "heartbeat", "settings": {"uuid": old}}
        assert (await j.editor.post(f"{V1}/monitors", json=body)).status_code == 409
        await j.editor.post(f"{V1}/monitors/{j.id}/heartbeat/rotate")
        assert (await j.job.get(f"/ping/{old}")).status_code == 404
