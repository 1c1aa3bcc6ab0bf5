"""asura's own form: a token in the path, and what may stand behind it."""

import asyncio
from pathlib import Path

import pytest

from tests.engine.kit import break_commits, mend_commits
from tests.web.harness import V1, asura
from tests.web.pings.kit import job, same

OWN = f"{V1}/heartbeat"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize(
    ("path", "kind", "exit_status"),
    [
        ("", "success", None),
        ("/", "success", None),
        ("/start", "start", None),
        ("/fail", "fail", None),
        ("/log", "log", None),
        ("/0", "success", 0),
        ("/3", "fail", 3),
        ("/255", "fail", 255),
    ],
)
async def test_a_signal_is_recorded(tmp_path: Path, method: str, path: str, kind: str, exit_status: int | None) -> None:
    async with job(tmp_path) as j:
        answer = await j.job.request(method, f"{OWN}/{j.token}{path}", headers={"User-Agent": "curl/8"})
        assert answer.status_code == 200
        assert answer.text == ("OK" if method != "HEAD" else answer.text)
        assert answer.headers["ping-body-limit"] == "100000"
        assert answer.headers["access-control-allow-origin"] == "*"
        [ping] = await j.pings()
        assert (ping["kind"], ping["exit_status"], ping["method"]) == (kind, exit_status, method)
        assert (ping["n"], ping["user_agent"], ping["source"]) == (1, "curl/8", "127.0.0.1")


async def test_the_first_ping_brings_it_up_and_a_failure_down(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        assert (await j.show())["status"] == "pending"
        await j.job.get(f"{OWN}/{j.token}")
        assert (await j.show())["status"] == "up"
        await j.job.post(f"{OWN}/{j.token}/3", content=b"tar: no space left\n")
        shown = await j.show()
        assert (shown["status"], shown["status_reason"]) == ("down", "job_failed")
        assert shown["status_message"] == "The job failed with exit status 3: tar: no space left"
        [evidence] = (await j.editor.get(f"{V1}/incidents/{shown['incident_id']}/evidence")).json()["data"]
        assert evidence["evidence"]["response"] == "tar: no space left\n"
        assert evidence["evidence"]["facts"]["exit_status"] == 3


@pytest.mark.parametrize("path", ["/256", "/999999", "/9999999999999999999999"])
async def test_an_exit_status_above_255_is_400(tmp_path: Path, path: str) -> None:
    async with job(tmp_path) as j:
        answer = await j.job.get(f"{OWN}/{j.token}{path}")
        assert (answer.status_code, answer.text) == (400, "invalid url format")
        assert await j.pings() == []


async def test_what_cannot_be_pinged_is_one_404(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        wrong = ("x" * 32, "", j.token[:-1], f"{j.token}/nothing", f"{j.token}/start/more", f"{j.token}/-1", "%00", "é")
        found = [same(await j.job.get(f"{OWN}/{one}")) for one in wrong]
        assert found[0][:2] == (404, b"not found")
        assert all(one == found[0] for one in found)
        await j.editor.delete(f"{V1}/monitors/{j.id}")
        assert same(await j.job.get(f"{OWN}/{j.token}")) == found[0]


async def test_a_rotated_token_is_unknown_at_once_and_survives_a_restart(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        answer = await j.editor.post(f"{V1}/monitors/{j.id}/heartbeat/rotate")
        fresh = answer.json()["heartbeat"]
        assert fresh["token"] != j.token and len(fresh["token"]) == 32
        assert (await j.job.get(f"{OWN}/{j.token}")).status_code == 404
        assert (await j.job.get(f"/ping/{j.uuid}")).status_code == 404
        assert (await j.job.get(f"{OWN}/{fresh['token']}")).status_code == 200
        assert (await j.job.get(f"/ping/{fresh['uuid']}")).status_code == 200


async def test_a_run_has_a_duration_and_tells_its_steps(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        rid = "6f1c35b5-3a1b-4f0c-8d51-2d6b1d7b3e10"
        await j.job.get(f"{OWN}/{j.token}/start?rid={rid}&step=1&of=7&name=dump")
        await asyncio.sleep(0.02)
        await j.job.get(f"{OWN}/{j.token}/log?rid={rid}&step=3&of=7&name=migrate")
        [run] = (await j.show())["heartbeat"]["runs"]
        assert (run["run_id"], run["step"], run["of"], run["step_name"]) == (rid, 3, 7, "migrate")
        assert (await j.show())["heartbeat"]["status"] == "started"
        await j.job.get(f"{OWN}/{j.token}?rid={rid}")
        beat = (await j.show())["heartbeat"]
        assert beat["runs"] == [] and 0.01 < beat["last_duration_s"] < 5
        assert (await j.pings())[0]["duration_s"] == beat["last_duration_s"]


async def test_a_body_is_kept_up_to_its_limit_and_the_cut_is_told(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        body = b"\x00\xff<script>" + b"x" * 149_990
        assert (await j.job.post(f"{OWN}/{j.token}", content=body)).status_code == 200
        [ping] = await j.pings()
        assert (ping["body_bytes"], ping["body_cut"]) == (len(body), True)
        kept = await j.editor.get(f"{V1}/monitors/{j.id}/pings/1/body")
        assert kept.content == body[:100_000]
        assert kept.headers["content-type"] == "text/plain; charset=utf-8"
        assert kept.headers["x-content-type-options"] == "nosniff"
        assert (await j.editor.get(f"{V1}/monitors/{j.id}/pings/2/body")).status_code == 404


async def test_a_paused_heartbeat_records_and_ignores(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        await j.editor.post(f"{V1}/monitors/{j.id}/pause")
        assert (await j.job.get(f"{OWN}/{j.token}")).status_code == 200
        assert await j.kinds() == ["ignored"]
        assert (await j.show())["status"] == "paused"


async def test_only_post_counts_where_it_was_asked_for(tmp_path: Path) -> None:
    async with job(tmp_path, fields={"settings": {"methods": "post"}}) as j:
        for method in ("GET", "HEAD", "POST"):
            assert (await j.job.request(method, f"{OWN}/{j.token}")).status_code == 200
        assert await j.kinds() == ["ignored", "ignored", "success"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"all well", "ignored"), (b"DONE", "success"), (b"DONE but ERROR 17", "fail"), (b"begin", "start")],
)
async def test_phrases_in_the_body_tell_what_a_ping_means(tmp_path: Path, body: bytes, kind: str) -> None:
    settings = {"fail_if": ["/ERROR \\d+/"], "success_if": ["DONE"], "start_if": ["begin"]}
    async with job(tmp_path, fields={"settings": settings}) as j:
        await j.job.post(f"{OWN}/{j.token}", content=body)
        assert await j.kinds() == [kind]


async def test_a_ping_that_cannot_be_stored_is_503_and_may_be_sent_again(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        await break_commits(j.site.engine.store)
        for path in (f"{OWN}/{j.token}", f"/ping/{j.uuid}", f"/api/push/{j.token}"):
            answer = await j.job.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        await mend_commits(j.site.engine.store)
        assert (await j.job.get(f"{OWN}/{j.token}")).status_code == 200
        assert await j.kinds() == ["success"]


async def test_listeners_hear_of_every_ping(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        heard = j.site.engine.events.subscribe()
        first = asyncio.ensure_future(anext(heard))
        await asyncio.sleep(0)
        await j.job.get(f"{OWN}/{j.token}/log")
        event = await asyncio.wait_for(first, 5)
        assert (event.kind, event.data["id"], event.data["n"], event.data["kind"]) == ("ping", j.id, 1, "log")
        await heard.aclose()


async def test_a_thousand_pings_at_once_are_all_counted(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        answers = await asyncio.gather(*(j.job.get(f"{OWN}/{j.token}") for _ in range(1000)))
        assert {answer.status_code for answer in answers} == {200}
        assert (await j.show())["heartbeat"]["pings"] == 1000
        seen = (await j.editor.get(f"{V1}/monitors/{j.id}/pings?limit=500")).json()
        more = (await j.editor.get(f"{V1}/monitors/{j.id}/pings?limit=500&cursor={seen['next_cursor']}")).json()
        assert [row["n"] for row in seen["data"] + more["data"]] == list(range(1000, 0, -1))
        assert more["next_cursor"] is None


async def test_a_viewer_sees_the_job_and_not_its_address(tmp_path: Path) -> None:
    async with job(tmp_path) as j, j.site.client("viewer") as viewer:
        await j.job.post(f"{OWN}/{j.token}", content=b"hello")
        shown = await viewer.get(f"{V1}/monitors/{j.id}")
        assert j.token not in shown.text and j.uuid not in shown.text
        assert shown.json()["heartbeat"]["token"] == "********"
        assert (await viewer.get(f"{V1}/monitors/{j.id}/pings")).status_code == 200
        assert (await viewer.get(f"{V1}/monitors/{j.id}/pings/1/body")).text == "hello"
        assert (await viewer.post(f"{V1}/monitors/{j.id}/heartbeat/rotate")).status_code == 403
        assert (await viewer.get(f"{V1}/heartbeat-key")).status_code == 403
        assert (await j.editor.get(f"{V1}/heartbeat-key")).status_code == 403


async def test_the_ping_key_is_made_when_an_admin_asks_and_until_then_nothing_is_one(tmp_path: Path) -> None:
    paths = ("/ping//backup", "/ping/%20/backup", "/p//backup")
    async with asura(tmp_path, loops=True) as site, site.client(None) as nobody, site.client() as admin:
        await admin.post(f"{V1}/monitors", json={"name": "Backup", "type": "heartbeat", "interval": 3600})
        assert [(await nobody.get(path)).status_code for path in paths] == [404] * len(paths)
        answers = await asyncio.gather(*(admin.get(f"{V1}/heartbeat-key") for _ in range(5)))
        (key,) = {answer.json()["ping_key"] for answer in answers}
        assert (await nobody.get(f"/ping/{key}/backup")).status_code == 200
    async with asura(tmp_path, loops=True) as site, site.client(None) as nobody:
        assert (await nobody.get(f"/ping/{key}/backup")).status_code == 200


async def test_a_suggestion_needs_ten_pings(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        await j.job.get(f"{OWN}/{j.token}")
        found = (await j.editor.get(f"{V1}/monitors/{j.id}/heartbeat/suggestion")).json()
        assert found["interval"] is None and found["pings"] == 1
        assert found["why"] == "A suggestion needs 10 pings; there are 1 so far."


async def test_a_monitor_that_is_checked_has_no_pings(tmp_path: Path) -> None:
    async with job(tmp_path) as j:
        body = {"name": "Web", "type": "tcp", "target": "127.0.0.1:9", "enabled": False}
        web = (await j.editor.post(f"{V1}/monitors", json=body)).json()
        assert "heartbeat" not in web and "grace" not in web
        for path in ("pings", "pings/1/body", "heartbeat/suggestion"):
            assert (await j.editor.get(f"{V1}/monitors/{web['id']}/{path}")).status_code == 404
        assert (await j.editor.post(f"{V1}/monitors/{web['id']}/heartbeat/rotate")).status_code == 404
