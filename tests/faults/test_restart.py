"""Restarts and crashes under a service manager that keeps the sockets: nobody is refused, no ping is lost."""

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.engine.key_desk import hash_token
from tests.process import CONFIG, KEY, free_port, until
from tests.service import ServiceManager, service_manager

pytestmark = pytest.mark.faults

RESTARTS, KILLS = 5, 3
EVERY_S = 0.15
EXECUTABLE = Path(__file__).resolve().parents[2] / "dist" / "asura"


class Job:
    """One job that pings again and again until it is told to end; it notes who refused it, and how long it waited."""

    def __init__(self, port: int, token: str, *, keeps: bool) -> None:
        self.port, self.token, self.keeps = port, token, keeps
        self.sent = self.acknowledged = self.refused = self.cut_off = 0
        self.longest_s = 0.0
        self.over = False
        self._way: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self) -> None:
        """Ping; a connection that breaks without an answer is counted, and the ping is sent again."""
        while not self.over:
            began = time.monotonic()
            while not await self._pinged():
                await asyncio.sleep(0.01)
            self.longest_s = max(self.longest_s, time.monotonic() - began)
            await asyncio.sleep(EVERY_S)
        self._hang_up()

    async def _pinged(self) -> bool:
        try:
            reader, writer = await self._connected()
        except ConnectionRefusedError:
            self.refused += 1
            return False
        self.sent += 1
        try:
            writer.write(f"GET /api/v1/heartbeat/{self.token} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
        except (ConnectionError, asyncio.IncompleteReadError):
            self.cut_off += 1
            self._hang_up()
            return False
        assert head.startswith(b"HTTP/1.1 200"), head
        self.acknowledged += 1
        if not self.keeps or b"connection: close" in head.lower():
            self._hang_up()
        return True

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._way is not None and self._way[0].at_eof():
            # Closed while it was idle, as every server may: no request was on its way.
            self._hang_up()
        if self._way is None:
            self._way = await asyncio.open_connection("127.0.0.1", self.port)
        return self._way

    def _hang_up(self) -> None:
        if self._way is not None:
            self._way[1].close()
            self._way = None


def _words(folder: Path, port: int, config: str = "") -> list[str]:
    (folder / "config.yaml").write_text(CONFIG.format(hash=hash_token(KEY)) + config)
    return ["--config", str(folder / "config.yaml"), "--data", str(folder / "data"), "--listen", f"127.0.0.1:{port}"]


def _client(port: int) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", headers={"X-API-Key": KEY}, timeout=60)


async def _heartbeats(port: int, count: int) -> list[dict[str, Any]]:
    made = []
    async with _client(port) as client:
        for number in range(count):
            body = {"name": f"job {number}", "type": "heartbeat", "interval": 3600}
            made.append((await client.post("/monitors", json=body)).raise_for_status().json())
    return made


async def _agrees(port: int, jobs: list[Job], made: list[dict[str, Any]]) -> None:
    async with _client(port) as client:
        for job, one in zip(jobs, made, strict=True):
            shown = (await client.get(f"/monitors/{one['id']}")).raise_for_status().json()
            assert job.acknowledged <= shown["heartbeat"]["pings"] <= job.sent, "what was acknowledged is there"


async def _all_go_on(jobs: list[Job]) -> None:
    before = [job.acknowledged for job in jobs]
    await until(lambda: all(job.acknowledged > n for job, n in zip(jobs, before, strict=True)), within=20, what="pings")


async def _keeps_on_pinging(manager: ServiceManager, port: int, *, restarts: int, kills: int) -> list[Job]:
    made = await _heartbeats(port, 6)
    jobs = [Job(port, one["heartbeat"]["token"], keeps=at % 2 == 0) for at, one in enumerate(made)]
    running = [asyncio.ensure_future(job.run()) for job in jobs]
    for _ in range(restarts):
        await asyncio.sleep(0.3)
        assert await manager.end() == 0
        await manager.start()
    await _all_go_on(jobs)
    waited, cut_off = max(job.longest_s for job in jobs), sum(job.cut_off for job in jobs)
    for _ in range(kills):
        await asyncio.sleep(0.3)
        await manager.end(signal.SIGKILL)
        await manager.start()
    await _all_go_on(jobs)
    for job in jobs:
        job.over = True
    await asyncio.gather(*running)
    pings = sum(job.acknowledged for job in jobs)
    print(f"{restarts} restarts, {kills} kills: {pings} pings, longest wait in a restart {waited:.2f} s")
    await _agrees(port, jobs, made)
    assert sum(job.refused for job in jobs) == 0, "nobody is refused, ever"
    assert cut_off == 0, "a restart that was asked for leaves no request without its answer"
    return jobs


async def test_no_ping_is_refused_or_lost_over_restarts_and_kills(tmp_path: Path) -> None:
    port = free_port()
    async with service_manager(tmp_path, *_words(tmp_path, port)) as manager:
        await manager.start()
        assert list(manager.kept) == ["asura-http"]
        await _keeps_on_pinging(manager, port, restarts=RESTARTS, kills=KILLS)
        assert len(manager.said("FDSTORE")) == 1, "what is kept is not handed over again"
        assert await manager.end() == 0


@pytest.mark.frozen
async def test_the_executable_takes_its_sockets_from_the_manager_too(tmp_path: Path) -> None:
    if not EXECUTABLE.exists():
        pytest.skip("dist/asura is not there: ./dev binary builds it")
    port = free_port()
    async with service_manager(tmp_path, *_words(tmp_path, port), command=(str(EXECUTABLE),), watchdog_s=3) as manager:
        await manager.start()
        await _keeps_on_pinging(manager, port, restarts=1, kills=1)
        await until(lambda: bool(manager.said("WATCHDOG")), within=10, what="a sign of life")
        assert await manager.end() == 0


@pytest.mark.parametrize(
    "command",
    [(sys.executable, "-m", "asura"), pytest.param((str(EXECUTABLE),), marks=pytest.mark.frozen)],
    ids=["source", "executable"],
)
async def test_sockets_of_a_socket_unit_are_served_whatever_the_configuration_says(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    if not Path(command[0]).exists():
        pytest.skip("dist/asura is not there: ./dev binary builds it")
    port, other, door = free_port(), free_port(), tmp_path / "door"
    activate = ("systemd-socket-activate", "-l", f"127.0.0.1:{port}", "-l", str(door), "--fdname=http:http")
    passed = [one for name in ("NOTIFY_SOCKET", "PYTHONPATH") for one in ("-E", name)]
    async with service_manager(tmp_path, *_words(tmp_path, other), command=(*activate, *passed, *command)) as manager:
        began = await manager.launch()
        async with _client(port) as client:
            answer = await _patiently(client)
            assert answer.status_code == 200
        await until(lambda: bool(manager.said("READY", since=began)), within=20, what="ready")
        by_file = httpx2.AsyncHTTPTransport(uds=str(door))
        async with httpx2.AsyncClient(transport=by_file, base_url="http://x/api/v1") as client:
            assert (await client.get("/health")).status_code == 200
        assert manager.kept == {}, "what a socket unit opened is kept by it"
        log = manager.log.read_text()
        assert f"server.listen (127.0.0.1:{other}) is not used" in log
        assert f"asura 0.1.0 is running: http://127.0.0.1:{port}" in log
        assert await manager.end() == 0


async def _patiently(client: httpx2.AsyncClient) -> httpx2.Response:
    """Ask as soon as somebody listens: from then on nobody is refused, though asura starts with the first knock."""
    while True:
        try:
            return await client.get("/health")
        except httpx2.ConnectError:
            await asyncio.sleep(0.05)
