"""A real probe of a real primary, both processes of their own: it is enrolled, follows, delivers, and is put out."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from asura.engine.key_desk import hash_token
from tests import targets
from tests.places import Probe, enrol, known, probe
from tests.process import Asura, asura, eventually, until

REGION = "eu-west"
SHARED = "key-of-all-probes-0123456789"


@asynccontextmanager
async def enrolled(folder: Path, config: str = "") -> AsyncIterator[tuple[Asura, Probe, dict[str, Any]]]:
    """Run a primary with one probe that is enrolled, and started."""
    async with asura(folder, config=config) as program:
        made = await enrol(program, REGION, "one")
        async with probe(folder, "one", primary=program.url, key=made["key"]) as one:
            await one.start()
            yield program, one, made


async def online(program: Asura, probe_id: int, *, within: float = 10) -> None:
    async def reached() -> bool:
        return bool((await known(program, probe_id))["online"])

    await eventually(reached, within=within, what="the probe is there")


async def results(program: Asura, monitor_id: int) -> list[dict[str, Any]]:
    path = f"/monitors/{monitor_id}/results?region={REGION}&limit=100"
    found: list[dict[str, Any]] = (await program.get(path))["data"]
    return found


async def shop_of(program: Asura, url: str, **more: Any) -> dict[str, Any]:
    body = {"name": "Shop", "type": "http", "target": url, "interval": 5, "timeout": 2, "retries": 0} | more
    made: dict[str, Any] = await program.post("/monitors", body)
    return made


async def test_it_checks_what_there_is_follows_edits_and_says_goodbye(tmp_path: Path) -> None:
    async with targets.serving(targets.answering()) as shop, enrolled(tmp_path) as (program, one, made):
        await online(program, made["id"])
        monitor = await shop_of(program, shop.url("/first"), regions=[REGION])

        async def checked() -> bool:
            return len(await results(program, monitor["id"])) > 0

        took = await eventually(checked, within=3, what="a result of the new monitor")
        shop.requests.clear()
        await program.http.patch(f"/monitors/{monitor['id']}", json={"target": shop.url("/second")})
        edited = await until(lambda: any(b"/second" in one for one in shop.requests), within=2, what="the edit")
        print(f"new monitor: a result after {took:.2f} s; edited: checked after {edited:.2f} s")
        row = await known(program, made["id"])
        assert (row["monitors"], row["blind"], row["refused"]) == (1, None, 0)
        assert abs(row["clock_skew_s"]) < 1
        assert await one.end(signal.SIGTERM) == 0

        async def gone() -> bool:
            return not (await known(program, made["id"]))["online"]

        await eventually(gone, within=3, what="the goodbye")
        assert made["key"] not in one.log.read_text()
        assert "Traceback" not in one.log.read_text()


async def test_a_secret_reaches_the_check_and_no_log(tmp_path: Path) -> None:
    async with targets.serving(targets.answering()) as shop, enrolled(tmp_path) as (program, one, made):
        await online(program, made["id"])
        auth = {"type": "bearer", "token": "hunter2-of-the-shop"}
        await shop_of(program, shop.url(), regions=[REGION], settings={"auth": auth})
        await until(lambda: bool(shop.requests), within=3, what="a check")
        assert shop.header("authorization") == "Bearer hunter2-of-the-shop"
        assert "hunter2" not in one.log.read_text() + program.log.read_text()


async def test_a_check_now_is_made_by_the_probe_and_answered(tmp_path: Path) -> None:
    async with targets.serving(targets.answering()) as shop, enrolled(tmp_path) as (program, _, made):
        await online(program, made["id"])
        monitor = await shop_of(program, shop.url(), regions=[REGION], interval=3600)
        await until(lambda: shop.connections == 1, within=3, what="the first check")
        # One that was made a moment before is as good as the one that is asked for.
        await asyncio.sleep(2)
        began = time.monotonic()
        answer = await program.post(f"/monitors/{monitor['id']}/check-now")
        assert time.monotonic() - began < 3
        assert shop.connections == 2, answer


async def test_a_key_that_is_revoked_stops_the_checks_at_once(tmp_path: Path) -> None:
    async with targets.serving(targets.answering()) as shop, enrolled(tmp_path) as (program, one, made):
        await online(program, made["id"])
        await shop_of(program, shop.url(), regions=[REGION])
        await until(lambda: shop.connections > 0, within=3, what="a check")
        assert (await program.http.delete(f"/probes/{made['id']}")).status_code == 204
        await until(lambda: "nothing is checked any more" in one.log.read_text(), within=5, what="it stops")
        before = shop.connections
        await asyncio.sleep(6)
        assert shop.connections == before
        assert one.process is not None
        assert one.process.returncode is None, "and waits: a key may come back"


async def test_a_second_process_with_the_same_key_waits_for_its_turn(tmp_path: Path) -> None:
    async with enrolled(tmp_path) as (program, one, made):
        await online(program, made["id"])
        async with probe(tmp_path, "two", primary=program.url, key=made["key"]) as two:
            await two.start()
            await until(lambda: "another process" in two.log.read_text(), within=10, what="it is told")
            assert "refuses" not in one.log.read_text()
            await one.end(signal.SIGTERM)
            await until(lambda: "primary answers" in two.log.read_text(), within=15, what="its turn")


async def test_what_is_wrong_at_the_start_is_said(tmp_path: Path) -> None:
    async with enrolled(tmp_path) as (program, _, made):
        async with probe(tmp_path, "lost", primary=program.url, key=made["key"]) as lost:
            await lost.start("--region", "mars")
            assert lost.process is not None
            assert await asyncio.wait_for(lost.process.wait(), 10) == 2
            assert f"is for a probe of the region '{REGION}', not of 'mars'" in lost.log.read_text()
        async with probe(tmp_path, "stranger", primary=program.url, key="asura_" + "x" * 32) as stranger:
            await stranger.start()
            assert stranger.process is not None
            assert await asyncio.wait_for(stranger.process.wait(), 10) == 2
            assert "does not know the key of this probe" in stranger.log.read_text()


async def test_one_round_with_the_key_that_all_have(tmp_path: Path) -> None:
    config = f"probes:\n  probe_key_hash: {hash_token(SHARED)}\n"
    async with targets.serving(targets.answering()) as shop, asura(tmp_path, config=config) as program:
        monitor = await shop_of(program, shop.url())
        async with probe(tmp_path, "round", primary=program.url, key=SHARED) as one:
            await one.start("--region", REGION, "--name", "by-the-sea", "--once")
            assert one.process is not None
            assert await asyncio.wait_for(one.process.wait(), 20) == 0
            assert f"{monitor['id']}" in one.log.read_text()
            found = await results(program, monitor["id"])
            assert [row["status"] for row in found] == ["up"], one.log.read_text()
        (row,) = (await program.get("/probes"))["data"]
        assert (row["region"], row["name"], row["shared"]) == (REGION, "by-the-sea", True)


async def test_a_primary_without_probes_says_so(tmp_path: Path) -> None:
    async with (
        asura(tmp_path, config="probes: {enabled: false}\n") as program,
        probe(tmp_path, "one", primary=program.url, key="k" * 40) as one,
    ):
        await one.start()
        await until(lambda: "probes.enabled" in one.log.read_text(), within=10, what="it is told")
