"""SIGKILL while probes deliver: every result of an acknowledged batch is there, and none of them twice."""

import asyncio
import gzip
import os
import random
import time
from pathlib import Path
from typing import Any

import httpx2
import msgspec
import pytest

from asura.domain import wire
from tests.process import KEY, Asura, asura

pytestmark = pytest.mark.faults

# ASURA_INTAKE_KILLS=1000 asks for more; a round of them is one test.
KILLS = 10
ROUNDS = max(1, int(os.environ.get("ASURA_INTAKE_KILLS", "10")) // KILLS)
REGIONS = ("eu", "us", "ap")
MONITORS = 8
BOOT = "0b5e7c1a-77d2"


class Lane:
    """One probe that delivers as fast as it is answered, and sends what was not acknowledged again."""

    def __init__(self, program: Asura, key: str) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self.client = httpx2.AsyncClient(base_url=f"{program.url}/api/v1", headers=headers, timeout=10)
        self.monitors: list[dict[str, Any]] = []
        self.seq = 0
        # What is on its way, and what was acknowledged last.
        self.body: bytes | None = None
        self.done: bytes | None = None
        self.again = self.stored = 0

    async def begin(self) -> None:
        """Ask what there is to check, as the process of a probe does first."""
        answer = await self.client.get("/internal/monitors", params={"boot": BOOT})
        assert answer.status_code == 200, answer.text
        self.monitors = answer.json()["monitors"]

    async def run(self) -> None:
        """Deliver until the connection breaks."""
        try:
            while True:
                await self.step()
        except httpx2.HTTPError:
            return

    async def step(self) -> None:
        """Deliver one batch: what was not acknowledged, or the next one."""
        again = self.body is not None
        self.body = self.body or self._next()
        taken = await self.deliver(self.body)
        self.again += again
        self.stored += taken.get("known", False)
        self.body, self.done = None, self.body

    async def deliver(self, body: bytes) -> dict[str, Any]:
        """Deliver a batch and return the answer."""
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", wire.SENT_AT: f"{time.time():.3f}"}
        answer = await self.client.post("/internal/results", content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def _next(self) -> bytes:
        """Return a batch in which each result can be told from all others of its monitor by how long it took."""
        seq, self.seq = self.seq, self.seq + 1
        at = round(time.time() * 1000) - 5
        found = tuple(
            wire.Finding(one["id"], one["generation"], at, 0, "ok", latency_ms=(seq + 1) / 1000, code=200)
            for one in self.monitors
        )
        return gzip.compress(msgspec.json.encode(wire.Batch(boot=BOOT, seq=seq, results=found)))


async def stored(program: Asura, monitor_id: int, region: str) -> list[int]:
    """Return the numbers of all results that are stored of a monitor from a region."""
    numbers: list[int] = []
    cursor = ""
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        page = await program.get(f"/monitors/{monitor_id}/results?region={region}&limit=500{more}")
        numbers += [round(row["latency_ms"] * 1000) for row in page["data"]]
        cursor = page["next_cursor"]
        if not cursor:
            return sorted(numbers)


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_no_acknowledged_result_is_lost_or_doubled_however_often_asura_is_killed(
    tmp_path: Path, number: int
) -> None:
    chance = random.Random(number)
    async with asura(tmp_path) as program:
        body = {"type": "http", "target": "http://127.0.0.1:9/", "interval": 3600, "regions": list(REGIONS)}
        made = [await program.post("/monitors", {**body, "name": f"shop {n}"}) for n in range(MONITORS)]
        keys = [(await program.post("/probes", {"region": region}))["key"] for region in REGIONS]
        lanes = [Lane(program, key) for key in keys]
        for lane in lanes:
            await lane.begin()
        for _ in range(KILLS):
            running = [asyncio.ensure_future(lane.run()) for lane in lanes]
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            await program.kill()
            await asyncio.gather(*running)
            await program.start()
            for lane in lanes:
                # What was acknowledged is known.
                assert lane.done is None or (await lane.deliver(lane.done))["known"]
        total = 0
        for lane, region in zip(lanes, REGIONS, strict=True):
            # What was on its way when asura was killed last is delivered before all is counted.
            await lane.step()
            for one in made:
                assert await stored(program, one["id"], region) == list(range(1, lane.seq + 1))
            total += lane.seq * len(made)
            await lane.client.aclose()
        assert [(await program.get(f"/monitors/{one['id']}"))["status"] for one in made] == ["up"] * MONITORS
        again, known = sum(lane.again for lane in lanes), sum(lane.stored for lane in lanes)
        print(f"kills {KILLS}, results {total}, batches sent again {again}, {known} of them stored before, lost 0")
        assert total > KILLS and again
        assert not any(key in (tmp_path / "asura.log").read_text() for key in [KEY, *keys])
