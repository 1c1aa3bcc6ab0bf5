"""Starts: what must refuse refuses with a plain sentence, and what was killed goes on where it was."""

import asyncio
import re
import shutil
import signal
import socket
import sqlite3
import time
from pathlib import Path

import httpx2
import pytest

from tests.process import KEY, SURROUNDINGS, Asura, asura, eventually, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

MONITORS = 300
DECLARED = """
monitors:
  - {{name: Shop, type: http, target: "http://127.0.0.1:{port}/", interval: {interval}}}
"""
WRONG_KEYS = """
monitor:
  default_intervall: 60s
  default_timeout: soon
"""
WRONG_MONITOR = """
monitors:
  - name: Shop
    type: http
    target: not a url at all
    interval: 1s
"""


async def test_a_list_of_the_file_that_became_empty_stops_nothing_until_somebody_means_it(tmp_path: Path) -> None:
    async def shown() -> list[str]:
        return [one["slug"] for one in (await program.get("/monitors"))["data"]]

    async with asura(tmp_path, config=DECLARED.format(port=9, interval=60)) as program:
        await program.kill()
        program.configure("monitors: []\n")
        await program.start()
        assert await shown() == ["shop"]
        assert "1 came from it before" in program.log.read_text()
        await program.kill()
        program.environment["ASURA_PRUNE"] = "1"
        await program.start()
        assert await shown() == []


async def test_no_library_of_secrets_is_in_memory_while_there_is_none(tmp_path: Path) -> None:
    def loaded(program: Asura) -> bool:
        assert program.process is not None
        return "/cryptography/" in Path(f"/proc/{program.process.pid}/maps").read_text()

    async with asura(tmp_path) as program:
        assert (await program.get("/monitors"))["data"] == [] and not loaded(program)
        key = (await program.get("/heartbeat-key"))["ping_key"]
        assert loaded(program) and len(key) > 20
        await program.kill()
        await program.start()
        assert (await program.get("/heartbeat-key"))["ping_key"] == key


async def test_a_second_instance_on_the_same_data_refuses_and_the_first_goes_on(tmp_path: Path) -> None:
    async with asura(tmp_path) as first:
        second = Asura(tmp_path)
        status, said = await second.refuse()
        await second.http.aclose()
        assert status == 1
        assert "another asura is running on this data" in said
        assert "Traceback" not in said
        await first.post("/monitors", {"name": "m", "type": "tcp", "target": "127.0.0.1:9", "enabled": False})


async def test_a_newer_database_is_refused_and_left_untouched(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        assert await program.terminate() == 0
        path = program.data / "asura.db"
        db = sqlite3.connect(path)
        db.execute("PRAGMA user_version=9999")
        db.close()
        before = path.read_bytes()
        status, said = await program.refuse()
        assert status == 1
        assert "made by a newer asura (schema 9999" in said
        assert "Traceback" not in said
        assert path.read_bytes() == before


async def test_a_taken_port_is_an_error_before_anything_is_touched(tmp_path: Path) -> None:
    program = Asura(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", program.port))
        taken.listen()
        status, said = await program.refuse()
    await program.http.aclose()
    assert status == 1
    assert f"cannot listen on 127.0.0.1:{program.port}" in said
    assert "Traceback" not in said
    assert not program.data.exists()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    assert shutil.which("setpriv"), "this test needs setpriv (util-linux), to take root's right to write anywhere"
    # Root without these rights is held to the modes of files like anybody else.
    program = Asura(tmp_path, prefix=("setpriv", "--bounding-set=-dac_override,-dac_read_search"))
    program.log.touch()
    program.data.mkdir(mode=0o500)
    status, said = await program.refuse()
    await program.http.aclose()
    assert status == 1
    assert str(program.data) in said
    assert "Traceback" not in said


async def test_the_first_admin_key_is_private_in_no_log_and_gone_after_its_first_use(tmp_path: Path) -> None:
    async with asura(tmp_path, base=SURROUNDINGS) as program:
        path = program.data / "first-admin-key"
        token = path.read_text().strip()
        assert path.stat().st_mode & 0o777 == 0o600
        assert program.data.stat().st_mode & 0o777 == 0o700
        assert token not in program.log.read_text(), "what is not a terminal may be a log"
        await program.kill()
        await program.start()
        assert path.read_text().strip() == token, "kept until it is used, over restarts"
        assert (await program.http.get("/monitors")).status_code == 401
        answer = await program.http.get("/monitors", headers={"X-API-Key": token})
        assert answer.status_code == 200
        assert not path.exists()
        await program.kill()
        await program.start()
        assert (await program.http.get("/monitors", headers={"X-API-Key": token})).status_code == 200
        assert token not in program.log.read_text()


async def test_after_a_kill_the_first_request_is_served_soon_and_the_outage_goes_on(tmp_path: Path) -> None:
    async with asura(tmp_path) as program, listening() as target, listening() as hook, listening() as shop:
        await _busy_with_an_outage(program, target.port, hook.port, shop.port)
        await shop.stop()
        await until(lambda: len(hook.calls) == 1, within=10, what="the outage is told")
        (incident,) = (await program.get("/incidents?status=open"))["data"]
        await asyncio.sleep(0.2)

        took = []
        for _ in range(3):
            await program.kill()
            took.append(await program.start())
            assert (await program.get("/monitors/shop"))["status"] == "down", "known again before the first answer"
        print(f"start after kill -9, {MONITORS} monitors: {min(took):.2f} s to {max(took):.2f} s")
        assert min(took) < 2

        for _ in range(2):
            assert (await program.post("/monitors/shop/check-now"))["status"] == "down"
        assert (await program.get("/incidents"))["data"] == [incident], "not opened again"
        assert len(hook.calls) == 1, "and nothing else was told"
        assert await program.terminate() == 0


async def _busy_with_an_outage(program: Asura, good: int, hook: int, shop: int) -> None:
    settings = {"url": f"http://127.0.0.1:{hook}/hook"}
    await program.post("/channels", {"name": "hook", "type": "webhook", "default": True, "settings": settings})
    bodies = [
        {"name": f"m{n}", "type": "http", "target": f"http://127.0.0.1:{good}/", "interval": 3600}
        for n in range(MONITORS)
    ]
    await asyncio.gather(*(program.post("/monitors", body) for body in bodies))
    body = {"name": "Shop", "type": "http", "target": f"http://127.0.0.1:{shop}/", "interval": 5}
    await program.post("/monitors", {**body, "retries": 0, "failure_threshold": 1})
    await eventually(lambda: _status(program, "shop", "up"), within=10, what="the shop is up")


async def _status(program: Asura, slug: str, status: str) -> bool:
    return (await program.get(f"/monitors/{slug}"))["status"] == status


@pytest.mark.parametrize("keys", [WRONG_KEYS, ""], ids=["with wrong keys", "monitors alone"])
async def test_every_fault_of_a_configuration_is_told_with_its_line(tmp_path: Path, keys: str) -> None:
    program = Asura(tmp_path, config=keys + WRONG_MONITOR)
    lines = program.config.read_text().splitlines()
    status, said = await program.refuse()
    await program.http.aclose()
    assert status == 2
    for key in ("target", "interval", *(("default_intervall", "default_timeout") if keys else ())):
        line = next(number for number, one in enumerate(lines, 1) if one.strip().startswith(f"{key}:"))
        assert re.search(rf"config\.yaml:{line}: [\w.]*\b{key}: ", said), said
    assert not keys or "default_interval" in said.replace("default_intervall", ""), "the nearest right key"
    assert "Traceback" not in said


async def test_sighup_follows_a_good_configuration_and_refuses_a_bad_one(tmp_path: Path) -> None:
    async with listening() as target, asura(tmp_path, config=DECLARED.format(port=1, interval=5)) as program:
        shop = await program.get("/monitors/shop")
        assert shop["managed_by"] == "file"
        assert (await program.http.patch("/monitors/shop", json={"interval": 9})).status_code == 409

        program.configure(DECLARED.format(port=target.port, interval=7))
        program.send(signal.SIGHUP)
        await eventually(lambda: _interval(program, 7), within=5, what="the new interval")
        await eventually(lambda: _status(program, "shop", "up"), within=5, what="the new target, checked at once")
        assert (await program.get("/monitors/shop"))["id"] == shop["id"], "the same monitor, with its history"

        good = DECLARED.format(port=target.port, interval=9)
        fast = DECLARED.format(port=target.port, interval=1)
        for bad in (fast, WRONG_KEYS + good, WRONG_MONITOR, "monitors: [", good * 2):
            told = program.log.read_text().count("not reloaded")
            program.configure(bad)
            program.send(signal.SIGHUP)
            await until(lambda t=told: program.log.read_text().count("not reloaded") > t, within=5, what="the refusal")
            assert (await program.get("/monitors/shop"))["interval"] == 7, "the old configuration stays"

        program.configure("")
        program.send(signal.SIGHUP)
        await until(lambda: "1 came from it before" in program.log.read_text(), within=5, what="the doubt")
        assert (await program.get("/monitors/shop"))["interval"] == 7, "an empty file puts nothing away"

        program.configure(DECLARED.format(port=target.port, interval=8))
        program.send(signal.SIGHUP)
        await eventually(lambda: _interval(program, 8), within=5, what="a good one after the bad ones")
        assert await program.terminate() == 0


async def _interval(program: Asura, seconds: float) -> bool:
    return (await program.get("/monitors/shop"))["interval"] == seconds


async def test_a_request_that_comes_while_asura_starts_is_answered_not_refused(tmp_path: Path) -> None:
    program = Asura(tmp_path)
    process = await program.launch()
    try:
        answers = []
        deadline = time.monotonic() + 15
        while not answers and time.monotonic() < deadline:
            try:
                answers.append(await program.http.get("/overview", headers={"X-API-Key": KEY}))
            except httpx2.ConnectError:
                await asyncio.sleep(0.005)
        # From the first connection that is taken on, there is an answer, and a right one.
        assert [answer.status_code for answer in answers] == [200]
    finally:
        process.kill()
        await process.wait()
        await program.http.aclose()
