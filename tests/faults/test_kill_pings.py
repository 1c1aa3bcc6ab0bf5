"""SIGKILL under a load of pings: none that was acknowledged is lost, and none is counted that was not sent."""

import asyncio
import os
import random
from pathlib import Path

import pytest

from tests.process import Asura, asura

pytestmark = pytest.mark.faults

# ASURA_PING_KILLS=1000 asks for more; a round of them is one test.
KILLS = 10
ROUNDS = max(1, int(os.environ.get("ASURA_PING_KILLS", "10")) // KILLS)
LANES = 8


class Lane:
    """One job that pings as fast as it is answered, and knows what was acknowledged."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.sent = 0
        self.acknowledged = 0

    async def run(self, program: Asura) -> None:
        """Ping until the connection breaks."""
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", program.port)
        except OSError:
            return
        try:
            while True:
                self.sent += 1
                writer.write(f"GET /api/v1/heartbeat/{self.token} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(2)
                assert head.startswith(b"HTTP/1.1 200")
                self.acknowledged += 1
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_no_acknowledged_ping_is_lost_however_often_asura_is_killed(tmp_path: Path, number: int) -> None:
    chance = random.Random(number)
    async with asura(tmp_path) as program:
        bodies = [{"name": f"job {n}", "type": "heartbeat", "interval": 3600} for n in range(LANES)]
        made = [await program.post("/monitors", body) for body in bodies]
        lanes = [Lane(one["heartbeat"]["token"]) for one in made]
        for _ in range(KILLS):
            running = [asyncio.ensure_future(lane.run(program)) for lane in lanes]
            await asyncio.sleep(chance.uniform(0.0, 0.12))
            await program.kill()
            await asyncio.gather(*running)
            await program.start()
        total = 0
        for lane, one in zip(lanes, made, strict=True):
            shown = await program.get(f"/monitors/{one['id']}")
            pings = shown["heartbeat"]["pings"]
            assert lane.acknowledged <= pings <= lane.sent
            rows = (await program.get(f"/monitors/{one['id']}/pings?limit=500"))["data"]
            assert [row["n"] for row in rows] == list(range(pings, pings - len(rows), -1))
            assert len(rows) == min(pings, 500) and shown["status"] == "up"
            total += lane.acknowledged
        print(f"kills {KILLS}, acknowledged {total}, lost 0")
        assert total > KILLS
