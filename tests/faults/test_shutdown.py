"""SIGTERM in the middle of everything: gone within ten seconds, nothing lost, nothing left lying about."""

import asyncio
import time
from pathlib import Path

import httpx2
import pytest

from tests import targets
from tests.faults.test_channels import receiving
from tests.process import KEY, Asura, asura, eventually, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

HANGING = 50


async def test_a_stop_amid_checks_and_a_hanging_webhook_loses_nothing(tmp_path: Path) -> None:
    async with (
        targets.serving(targets.half_open) as silent,
        listening() as shop,
        receiving("hang", "200 OK") as hook,
        asura(tmp_path) as program,
    ):
        settings = {"url": f"http://127.0.0.1:{hook.port}/hook"}
        await program.post("/channels", {"name": "hook", "type": "webhook", "default": True, "settings": settings})
        await _watch(program, shop.port, silent.url())
        await until(lambda: silent.connections >= HANGING, within=10, what="checks that run")
        await shop.stop()
        assert (await program.post("/monitors/shop/check-now"))["status"] == "down"
        await until(lambda: len(hook.calls) == 1, within=5, what="a delivery that hangs")

        began = time.monotonic()
        assert await program.terminate() == 0
        took = time.monotonic() - began
        print(f"SIGTERM with {HANGING} running checks and a hanging webhook: gone after {took:.1f} s")
        assert took < 10
        _nothing_is_left(program)

        await program.start()
        await until(lambda: len(hook.calls) == 2, within=5, what="told after the start")
        assert hook.calls[0].key == hook.calls[1].key
        await eventually(lambda: _all_sent(program), within=5, what="recorded as sent")
        (incident,) = (await program.get("/incidents"))["data"]
        assert incident["status"] == "open"
        statuses = {row["status"] for row in (await program.get("/overview"))["monitors"]}
        assert statuses <= {"down", "pending"}, "a check that was cut off has found nothing"
        assert await program.terminate() == 0


async def _watch(program: Asura, shop: int, silent: str) -> None:
    body = {"type": "http", "interval": 3600, "retries": 0, "failure_threshold": 1, "timeout": 300}
    shop_body = {**body, "name": "Shop", "target": f"http://127.0.0.1:{shop}/"}
    await program.post("/monitors", shop_body)
    bodies = [{**body, "name": f"silent {number}", "target": silent} for number in range(HANGING)]
    await asyncio.gather(*(program.post("/monitors", one) for one in bodies))


async def _all_sent(program: Asura) -> bool:
    return {one["status"] for one in (await program.get("/notifications"))["data"]} == {"sent"}


def _nothing_is_left(program: Asura) -> None:
    log = program.data / "asura.db-wal"
    assert not log.exists() or log.stat().st_size == 0, "everything is in the database"
    assert not (program.data / "asura.sock").exists()


async def test_an_idle_asura_stops_at_once_also_with_open_event_streams(tmp_path: Path) -> None:
    async with asura(tmp_path) as program, httpx2.AsyncClient(headers={"X-API-Key": KEY}, timeout=30) as listener:
        async with listener.stream("GET", f"{program.url}/api/v1/events") as stream:
            assert stream.status_code == 200
            began = time.monotonic()
            assert await program.terminate() == 0
            took = time.monotonic() - began
            print(f"SIGTERM when idle, with an event stream open: gone after {took:.2f} s")
            assert took < 3
        _nothing_is_left(program)


async def test_a_stop_under_a_storm_of_writes_keeps_all_that_was_acknowledged(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        acknowledged: list[int] = []

        async def write(lane: int) -> None:
            for number in range(10_000):
                body = {"name": f"m{lane}-{number}", "type": "tcp", "target": "127.0.0.1:9", "enabled": False}
                acknowledged.append((await program.post("/monitors", body))["id"])

        lanes = [asyncio.create_task(write(lane)) for lane in range(4)]
        await until(lambda: len(acknowledged) > 40, within=20, what="some writes")
        assert await program.terminate() == 0
        await asyncio.gather(*lanes, return_exceptions=True)
        _nothing_is_left(program)
        await program.start()
        stored = {row["id"] for row in (await program.get("/overview"))["monitors"]}
        assert set(acknowledged) <= stored
