"""Two probes of one region share its monitors; when one is killed, the other has them all."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests import targets
from tests.places import enrol, known, places, probe
from tests.process import Asura, asura, eventually, until

pytestmark = pytest.mark.faults

PORT = 8080
INTERVAL = 5
BASE_MONITOR = {"type": "http", "interval": INTERVAL, "timeout": 1, "retries": 0, "failure_threshold": 2}
CONFIG = """
probes:
  consensus_window: 10
"""


async def test_probes_of_one_region_divide_its_monitors_and_take_over_from_each_other(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        map_ = stack.enter_context(places("primary", "shop", "one", "two"))
        seen: dict[str, list[tuple[float, str]]] = {}

        async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            path = (await targets.read_request(reader)).split(b" ")[1].decode()
            seen.setdefault(path, []).append((time.monotonic(), writer.get_extra_info("peername")[0]))
            await targets.answering()(reader, writer, b"")
            writer.close()

        with map_.at("shop"):
            shop = await asyncio.start_server(note, map_.address("shop"), PORT)
        stack.callback(shop.close)
        config = CONFIG + "monitor:\n  local: false\n"
        program = await stack.enter_async_context(asura(tmp_path, config=config, host="0.0.0.0"))
        url = f"http://{map_.address('primary')}:{program.port}"
        probes, ids = {}, {}
        for name in ("one", "two"):
            made = await enrol(program, "eu", name)
            ids[name] = made["id"]
            probes[name] = await stack.enter_async_context(probe(tmp_path, name, primary=url, key=made["key"]))
            with map_.at(name):
                await probes[name].start()
        await eventually(lambda: _both(program, ids), within=10, what="both probes")
        for number in range(20):
            target = f"http://{map_.address('shop')}:{PORT}/{number}"
            await program.post("/monitors", {**BASE_MONITOR, "name": f"Shop {number}", "target": target})
        await until(lambda: len(seen) == 20, within=10, what="a check of each")
        await asyncio.sleep(INTERVAL * 2)
        owners = {path: {address for _, address in calls} for path, calls in seen.items()}
        assert all(len(one) == 1 for one in owners.values()), "no monitor is checked twice"
        assert {address for one in owners.values() for address in one} == {map_.address("one"), map_.address("two")}
        # At most one more than fits, for the check at once after each was made.
        assert max(len(calls) for calls in seen.values()) <= 4

        await probes["one"].end()
        killed = time.monotonic()

        def all_by_the_other() -> bool:
            late = [path for path, one in owners.items() if one == {map_.address("one")}]
            return all(seen[path][-1][1] == map_.address("two") for path in late)

        await until(all_by_the_other, within=15 + INTERVAL + 5, what="the other takes over")
        assert time.monotonic() - killed > 5, "not before it was known to be gone"
        # A report of every five seconds counts for little longer than it takes to miss a probe.
        await eventually(lambda: _all_up(program), within=INTERVAL, what="what the other found")
        assert (await program.get("/incidents"))["data"] == []


async def _both(program: Asura, ids: dict[str, int]) -> bool:
    return all([(await known(program, one))["online"] for one in ids.values()])


async def _all_up(program: Asura) -> bool:
    return {row["status"] for row in (await program.get("/overview"))["monitors"]} == {"up"}
