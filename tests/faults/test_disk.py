"""A disk that is full, or only to be read: nothing is acknowledged or half there, and checks go on."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.namespaces import OwnMounts, own_mounts
from tests.process import Asura, Target, asura, eventually, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

DISK = "6m"
WATCHED = 5


@pytest.fixture(name="mounts")
def _mounts() -> Iterator[OwnMounts]:
    with own_mounts() as mounts:
        yield mounts


async def test_a_full_disk_costs_no_data_no_check_and_no_false_word(tmp_path: Path, mounts: OwnMounts) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    mounts.run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "none", str(folder))
    async with listening() as shop, listening() as hook, asura(tmp_path, prefix=mounts.prefix) as program:
        await _watch(program, shop, hook)
        ballast = mounts.seen(folder / "ballast")
        full_at = time.time()
        _fill(ballast)

        await eventually(lambda: _refused(program), within=5, what="a write that is refused")
        await _writes_are_refused_in_plain_words(program)
        await eventually(lambda: _ready(program, 503), within=3, what="not ready")
        assert (await program.http.get("/health")).status_code == 200, "alive all the same"
        assert (await program.get("/overview"))["counts"]["up"] == WATCHED, "readable all the same"
        before = (await program.metrics())["checks_processed_total"]
        await shop.stop()
        await eventually(lambda: _processed(program, before + 2 * WATCHED), within=15, what="checks go on")
        assert hook.calls == []

        os.truncate(ballast, 0)
        await eventually(lambda: _ready(program, 200), within=35, what="ready again")
        await until(lambda: len(hook.calls) >= WATCHED, within=10, what="the outage that began meanwhile is told")
        await program.post("/monitors", {"name": "after", "type": "tcp", "target": "127.0.0.1:9", "enabled": False})
        await asyncio.sleep(1)
        await _everything_is_there_once(program, hook, full_at)
        await program.kill()
        await program.start()
        await _everything_is_there_once(program, hook, full_at)
        assert await program.terminate() == 0


async def _watch(program: Asura, shop: Target, hook: Target) -> None:
    settings = {"url": f"http://127.0.0.1:{hook.port}/hook"}
    await program.post("/channels", {"name": "hook", "type": "webhook", "default": True, "settings": settings})
    for number in range(WATCHED):
        body = {"name": f"shop{number}", "type": "http", "target": f"http://127.0.0.1:{shop.port}/", "interval": 5}
        await program.post("/monitors", {**body, "retries": 0, "failure_threshold": 1, "timeout": 2})
    await eventually(lambda: _all(program, "up"), within=10, what="all are up")


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 512):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


async def _refused(program: Asura) -> bool:
    body = {"name": f"full {'x' * 180}", "type": "tcp", "target": "127.0.0.1:9", "enabled": False}
    return (await program.http.post("/monitors", json=body)).status_code == 503


async def _writes_are_refused_in_plain_words(program: Asura) -> None:
    first = (await program.get("/overview"))["monitors"][0]
    body = {"name": "refused", "type": "tcp", "target": "127.0.0.1:9", "enabled": False, "description": "x" * 9000}
    for method, path, sent in (
        ("POST", "/monitors", body),
        ("PATCH", f"/monitors/{first['id']}", {"description": "x" * 9000}),
        ("DELETE", f"/monitors/{first['id']}", None),
        ("POST", f"/monitors/{first['id']}/pause", {}),
        ("POST", "/channels", {"name": "c", "type": "webhook", "settings": {"url": "http://127.0.0.1/"}}),
    ):
        answer = await program.http.request(method, path, json=sent)
        assert answer.status_code == 503, (method, path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        assert int(answer.headers["retry-after"]) > 0
        assert answer.json()["status"] == 503
    shown = (await program.get("/overview"))["monitors"]
    assert "refused" not in {row["name"] for row in shown}
    assert first["id"] in {row["id"] for row in shown}, "what could not be deleted is still there"


async def _ready(program: Asura, status: int) -> bool:
    answer = await program.http.get("/health/ready")
    if status == 503 and answer.status_code == 503:
        assert answer.json()["checks"]["store"]["ok"] is False
    return answer.status_code == status


async def _processed(program: Asura, count: float) -> bool:
    return (await program.metrics())["checks_processed_total"] >= count


async def _all(program: Asura, status: str) -> bool:
    return (await program.get("/overview"))["counts"][status] == WATCHED


async def _everything_is_there_once(program: Asura, hook: Target, full_at: float) -> None:
    shown = (await program.get("/overview"))["monitors"]
    names = {row["name"] for row in shown}
    assert {"after", *(f"shop{number}" for number in range(WATCHED))} <= names
    assert "refused" not in names
    incidents = (await program.get("/incidents"))["data"]
    assert len(incidents) == WATCHED, "one outage each"
    told = [json.loads(call.body)["event"] for call in hook.calls]
    assert told == ["incident.opened"] * WATCHED, "told once, and nothing else"
    for row in shown:
        if row["name"].startswith("shop"):
            results = (await program.get(f"/monitors/{row['id']}/results?limit=100"))["data"]
            downs = [one["at"] for one in results if one["status"] == "down"]
            opened = next(one for one in incidents if one["monitor_ids"] == [row["id"]])
            assert len(downs) >= 2, "what was found while the disk was full is there too"
            assert opened["started_at"] == min(downs), "dated to the first failing check"


async def test_a_start_on_a_full_disk_says_so_and_touches_nothing(tmp_path: Path, mounts: OwnMounts) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    mounts.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", str(folder))
    _fill(mounts.seen(folder / "ballast"))
    program = Asura(tmp_path, prefix=mounts.prefix)
    status, said = await program.refuse()
    assert status == 1
    assert str(folder) in said
    assert "Traceback" not in said
    mounts.run("umount", str(folder))
    mounts.run("mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", str(folder))
    await program.start()
    assert await program.terminate() == 0
    await program.http.aclose()


async def test_a_stop_on_a_full_disk_is_a_plain_line(tmp_path: Path, mounts: OwnMounts) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    mounts.run("mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "none", str(folder))
    async with asura(tmp_path, prefix=mounts.prefix) as program:
        _fill(mounts.seen(folder / "ballast"))
        await eventually(lambda: _refused(program), within=5, what="a write that is refused")
        assert await program.terminate() == 0
        told = program.log.read_text()
        assert "Traceback" not in told
        assert "what was found last could not be stored" in told.splitlines()[-1]
        assert "Make room on the disk" in told.splitlines()[-1]


async def test_a_database_that_can_only_be_read_is_a_plain_error(tmp_path: Path, mounts: OwnMounts) -> None:
    async with asura(tmp_path, prefix=mounts.prefix) as program:
        await program.post("/monitors", {"name": "m", "type": "tcp", "target": "127.0.0.1:9", "enabled": False})
        assert await program.terminate() == 0
        path = program.data / "asura.db"
        before = path.read_bytes()
        mounts.run("mount", "--bind", "-o", "ro", str(path), str(path))
        status, said = await program.refuse()
        assert (status, "Traceback" in said) == (1, False), said
        assert str(path) in said
        mounts.run("umount", str(path))

        mounts.run("mount", "--bind", "-o", "ro", str(program.data), str(program.data))
        status, said = await program.refuse()
        assert (status, "Traceback" in said) == (1, False), said
        assert str(program.data) in said
        mounts.run("umount", str(program.data))
        assert path.read_bytes() == before
        await program.start()
        assert len((await program.get("/overview"))["monitors"]) == 1
        assert await program.terminate() == 0


async def test_a_broken_database_is_a_plain_error_and_is_left_as_it_is(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        assert await program.terminate() == 0
        path = program.data / "asura.db"
        whole = path.read_bytes()
        for broken in (b"not a database at all" * 500, whole[:100] + b"\xff" * 8000, whole[: len(whole) // 2]):
            path.write_bytes(broken)
            for beside in program.data.glob("asura.db-*"):
                beside.unlink()
            status, said = await program.refuse()
            assert (status, "Traceback" in said) == (1, False), said
            assert str(path) in said and "estore a backup" in said and "room" not in said
            assert path.read_bytes() == broken, "it may be all that somebody has to rescue data from"
        path.write_bytes(whole)
        shutil.rmtree(program.data / "backups", ignore_errors=True)
        await program.start()
