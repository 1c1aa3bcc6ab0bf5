"""SIGKILL at any moment of an outage: nothing acknowledged is lost, and every transition is told."""

import asyncio
import json
import os
import random
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.process import Asura, Call, Mailbox, Target, asura, mailbox, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

ROUNDS = int(os.environ.get("ASURA_KILLS", "6"))


async def test_every_acknowledged_transition_is_told_whenever_asura_is_killed(tmp_path: Path) -> None:
    chance = random.Random(7)
    async with asura(tmp_path) as program, mailbox() as box, listening() as target, listening() as hook:
        settings = {"url": f"http://127.0.0.1:{hook.port}/hook"}
        await program.post("/channels", {"name": "hook", "type": "webhook", "default": True, "settings": settings})
        mail = {"host": "127.0.0.1", "port": box.port, "tls_mode": "plain"}
        mail |= {"from": "asura@example.org", "to": ["ops@example.org"]}
        await program.post("/channels", {"name": "mail", "type": "email", "default": True, "settings": mail})
        body = {"name": "Shop", "type": "http", "target": f"http://127.0.0.1:{target.port}/", "interval": 3600}
        monitor = await program.post("/monitors", {**body, "retries": 0, "failure_threshold": 1})
        while (await program.get(f"/monitors/{monitor['id']}"))["status"] != "up":
            await asyncio.sleep(0.01)
        up, transitions, starts = True, 0, []
        for _ in range(ROUNDS):
            await (target.stop() if up else target.start())
            up = not up
            result = await program.post(f"/monitors/{monitor['id']}/check-now")
            assert result["status"] == ("up" if up else "down")
            transitions += 1
            await asyncio.sleep(chance.choice((0, 0.001, 0.005, 0.02, 0.1)))
            await program.kill()
            starts.append(await program.start())
            assert (await program.get(f"/monitors/{monitor['id']}"))["status"] == ("up" if up else "down")
        await until(lambda: len(_told(hook)) == transitions, within=10, what="every transition is told")
        await until(lambda: len(_message_ids(box)) >= transitions, within=10, what="every transition is mailed")
        assert len(_message_ids(box)) == transitions, "a repeated mail carries the Message-ID of the first"
        await _everything_fits(program, hook, transitions)
        assert sorted(starts)[len(starts) // 2] < 5


async def test_acknowledged_writes_survive_a_kill_in_their_midst(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        acknowledged: list[int] = []

        async def write(lane: int) -> None:
            for number in range(1000):
                body = {"name": f"m{lane}-{number}", "type": "tcp", "target": "127.0.0.1:9", "enabled": False}
                acknowledged.append((await program.post("/monitors", body))["id"])

        lanes = [asyncio.create_task(write(lane)) for lane in range(4)]
        await until(lambda: len(acknowledged) > 60, within=20, what="some writes")
        await program.kill()
        await asyncio.gather(*lanes, return_exceptions=True)
        await program.start()
        stored = {row["id"] for row in (await program.get("/overview"))["monitors"]}
        assert set(acknowledged) <= stored


async def _everything_fits(program: Asura, hook: Target, transitions: int) -> None:
    counts = _told(hook)
    repeats = sum(counts.values()) - len(counts)
    assert repeats <= ROUNDS, "a repeat happens only after a crash"
    incidents = (await program.get("/incidents?limit=500"))["data"]
    assert len(incidents) == (transitions + 1) // 2
    events = Counter(json.loads(call.body)["event"] for call in _first_of_each(hook))
    assert events == {"incident.opened": (transitions + 1) // 2, "incident.resolved": transitions // 2}
    print(f"kills {ROUNDS}, transitions {transitions}, repeats {repeats}")


def _message_ids(box: Mailbox) -> set[str]:
    return {message_from_bytes(mail)["Message-ID"] for _, mail in box.mails}


def _told(hook: Target) -> Counter[str]:
    return Counter(call.headers["x-asura-delivery"] for call in hook.calls)


def _first_of_each(hook: Target) -> list[Call]:
    return list({call.headers["x-asura-delivery"]: call for call in hook.calls}.values())
