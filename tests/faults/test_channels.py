"""Channels that refuse, fail, hang or die after accepting: told at least once, under one key, and nobody else waits."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.process import Asura, Target, asura, eventually, until
from tests.process import target as listening
from tests.targets import read_request

pytestmark = pytest.mark.faults


class Call(NamedTuple):
    """One request as it came in: when, under which key, and what it told."""

    at: float
    key: str
    event: str


class Receiver:
    """A webhook's receiver that does with each request what its script says; the last line is for all that follow."""

    def __init__(self, *script: str) -> None:
        self.script = list(script)
        self.calls: list[Call] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a request, note it, and answer by the script."""
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head, _, body = (await read_request(reader)).partition(b"\r\n\r\n")
            lines = (line.partition(": ") for line in head.decode("latin-1").split("\r\n")[1:])
            headers = {name.lower(): value for name, _, value in lines}
            self.calls.append(Call(time.monotonic(), headers["x-asura-delivery"], json.loads(body)["event"]))
            step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
            if step == "hang":
                await reader.read()
            elif step != "die":
                writer.write(f"HTTP/1.1 {step}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def receiving(*script: str) -> AsyncIterator[Receiver]:
    """Run a receiver on this loop."""
    one = Receiver(*script)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


@asynccontextmanager
async def _shop(folder: Path, **receivers: Receiver) -> AsyncIterator[tuple[Asura, Target]]:
    """Run asura with one healthy shop that is checked on demand, and a default channel for each receiver."""
    async with listening() as shop, asura(folder) as program:
        for name, receiver in receivers.items():
            settings = {"url": f"http://127.0.0.1:{receiver.port}/hook"}
            body = {"name": name, "type": "webhook", "default": True, "settings": settings}
            await program.post("/channels", body)
        monitor = {"name": "Shop", "type": "http", "target": f"http://127.0.0.1:{shop.port}/", "interval": 3600}
        await program.post("/monitors", {**monitor, "retries": 0, "failure_threshold": 1})
        await eventually(lambda: _status(program, "up"), within=10, what="the shop is up")
        yield program, shop


async def _status(program: Asura, status: str) -> bool:
    return (await program.get("/monitors/shop"))["status"] == status


async def _check(program: Asura, expected: str) -> None:
    assert (await program.post("/monitors/shop/check-now"))["status"] == expected


async def test_a_receiver_that_asks_for_patience_then_fails_is_told_in_the_end_and_in_order(tmp_path: Path) -> None:
    script = ("429 Too Many Requests\r\nRetry-After: 3", "500 Internal Server Error", "200 OK")
    async with receiving(*script) as receiver, _shop(tmp_path, hook=receiver) as (program, shop):
        await shop.stop()
        await _check(program, "down")
        await until(lambda: len(receiver.calls) == 1, within=3, what="the first attempt")
        await shop.start()
        await _check(program, "up")
        await until(lambda: len(receiver.calls) == 4, within=20, what="both are told")

        first, second, third, ended = receiver.calls
        assert second.at - first.at >= 2.9, "Retry-After is obeyed"
        assert third.at - second.at >= 1, "a failure is not tried again at once"
        assert first.key == second.key == third.key != ended.key
        events = [call.event for call in receiver.calls]
        assert events == ["incident.opened"] * 3 + ["incident.resolved"], "the end is not told before the beginning"
        await eventually(lambda: _sent(program, 2), within=3, what="both are recorded as sent")
        attempts = {one["event"]: one["attempts"] for one in (await program.get("/notifications"))["data"]}
        assert [one["ok"] for one in attempts["incident.opened"]] == [False, False, True]
        assert [one["ok"] for one in attempts["incident.resolved"]] == [True]


async def _sent(program: Asura, count: int) -> bool:
    return len((await program.get("/notifications?status=sent"))["data"]) == count


async def test_a_receiver_that_dies_after_accepting_is_told_again_under_the_same_key(tmp_path: Path) -> None:
    async with receiving("die", "200 OK") as receiver, _shop(tmp_path, hook=receiver) as (program, shop):
        await shop.stop()
        await _check(program, "down")
        await until(lambda: len(receiver.calls) == 2, within=10, what="told again")
        assert len({call.key for call in receiver.calls}) == 1
        await eventually(lambda: _sent(program, 1), within=3, what="recorded as sent")
        await asyncio.sleep(2)
        assert len(receiver.calls) == 2, "and nothing else was sent"


async def test_a_receiver_that_is_gone_for_good_is_a_dead_letter_that_can_be_retried(tmp_path: Path) -> None:
    async with receiving("410 Gone", "200 OK") as receiver, _shop(tmp_path, hook=receiver) as (program, shop):
        await shop.stop()
        await _check(program, "down")
        await eventually(lambda: _dead(program, 1), within=5, what="a dead letter")
        (letter,) = (await program.get("/notifications?status=dead"))["data"]
        assert "410" in letter["attempts"][0]["answer"]
        await program.post(f"/notifications/{letter['id']}/retry")
        await eventually(lambda: _sent(program, 1), within=5, what="sent after all")
        assert len({call.key for call in receiver.calls}) == 1


async def _dead(program: Asura, count: int) -> bool:
    return len((await program.get("/notifications?status=dead"))["data"]) == count


async def test_a_channel_that_hangs_delays_no_other_one(tmp_path: Path) -> None:
    async with (
        receiving("hang") as hanging,
        receiving("200 OK") as quick,
        _shop(tmp_path, hanging=hanging, quick=quick) as (program, shop),
    ):
        delays = []
        for turn in range(6):
            await (shop.start() if turn % 2 else shop.stop())
            began = time.monotonic()
            await _check(program, "up" if turn % 2 else "down")
            await until(lambda turn=turn: len(quick.calls) == turn + 1, within=5, what="the quick channel")
            delays.append(quick.calls[-1].at - began)
        print(f"told beside a hanging channel after {min(delays) * 1000:.0f} to {max(delays) * 1000:.0f} ms")
        assert len(hanging.calls) == 1, "in order: what hangs is not overtaken by its own next ones"
        assert sorted(delays)[len(delays) // 2] < 1
