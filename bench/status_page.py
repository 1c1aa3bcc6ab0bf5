"""A status page of 100 monitors and 90 days, made anew and from cache: `python -m bench.status_page [monitors] [s]`."""

import asyncio
import gc
import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import brotli

from asura.clock import SystemClock
from asura.domain.monitor import MonitorConfig
from asura.domain.status import Status
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.net.network import open_network
from asura.store import monitors, spans
from asura.store.db import Store
from asura.web.status import data, html
from asura.web.status.kept import BROTLI_QUALITY, GZIP_LEVEL
from asura.web.status.showing import Showing
from bench import rig
from bench.pings import cpu_of, server

DAYS, OUTAGES, TURNS, CONNECTIONS = 90, 20, 30, 32


class TurnedClock(SystemClock):
    """The machine's clock, which can be turned on so that what is kept grows old."""

    ahead = 0.0

    def now(self) -> datetime:
        """Return the present instant, as much later as it was turned."""
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self) -> float:
        """Return the seconds of the monotonic clock, as many more as it was turned."""
        return super().monotonic() + self.ahead


async def seed(folder: Path, count: int, target: str) -> None:
    """Make public monitors that have been watched for all days, each with some outages."""
    store = Store.open(folder, clock=SystemClock())
    now = SystemClock().now()
    began = now - timedelta(days=DAYS + 5)

    def change(db: Any) -> None:
        for number in range(count):
            config = MonitorConfig(
                name=f"Service number {number}", type="http", target=target, public=True, group=f"Group {number // 10}"
            )
            made = monitors.insert(db, store.vault, slug=f"s{number}", config=config, now=began)
            spans.switch(db, made.id, "", Status.UP, "ok", began)
            for outage in range(OUTAGES):
                at = began + timedelta(days=(outage + 1) * 4.3, minutes=number * 7)
                spans.switch(db, made.id, "", Status.DOWN, "connect_refused", at)
                spans.switch(db, made.id, "", Status.UP, "ok", at + timedelta(minutes=5 + outage))

    await store.write(change)
    await store.close()


async def uncached(folder: Path, count: int) -> None:
    """Print what it costs to make the page anew."""
    clock = TurnedClock()
    store = Store.open(folder, clock=clock)
    net = open_network()
    engine = Engine(store, net, clock, EngineOptions())
    await engine.start()
    page = engine.pages.main
    assert page is not None
    began, cpu = time.perf_counter(), rig.cpu_s()
    board = await engine.boards.board(page)
    rig.figure("status_first_board_cpu", (rig.cpu_s() - cpu) * 1000, "ms")
    rig.figure("status_first_wait", (time.perf_counter() - began) * 1000, "ms")
    assert len(board.components) == count

    # As asura itself does once it has started.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    costs: dict[str, list[float]] = {"board": [], "html": [], "json": []}
    for _ in range(TURNS):
        clock.ahead += 6
        cpu = time.process_time()
        board = await engine.boards.board(page)
        costs["board"].append(time.process_time() - cpu)
        shown = Showing(page, board, "/status", "http://127.0.0.1:8090/status", "en")
        for name, render in (("html", html.page), ("json", data.render)):
            cpu = time.process_time()
            body = render(shown)
            costs[name].append(time.process_time() - cpu)
            if len(costs[name]) == TURNS:
                sizes(name, body)
    for name, cost in costs.items():
        rig.figure(f"status_{name}_cpu", median(cost) * 1000, "ms")
        rig.figure(f"status_{name}_cpu_best", min(cost) * 1000, "ms")
    both = median(costs["board"]) + median(costs["html"])
    rig.figure("status_board_and_html_cpu", both * 1000, "ms")
    await engine.stop()
    await net.close()
    await store.close()


def sizes(name: str, body: bytes) -> None:
    """Print how large an answer is, and what it costs to make it smaller."""
    rig.figure(f"status_{name}_bytes", len(body), "B")
    packers: list[tuple[str, Callable[[bytes], bytes]]] = [
        ("gzip", lambda raw: gzip.compress(raw, GZIP_LEVEL)),
        ("br", lambda raw: bytes(brotli.compress(raw, quality=BROTLI_QUALITY))),
    ]
    for coding, packer in packers:
        cpu = time.process_time()
        packed = packer(body)
        rig.figure(f"status_{name}_{coding}_bytes", len(packed), "B")
        rig.figure(f"status_{name}_{coding}_cpu", (time.process_time() - cpu) * 1000, "ms")


def cached(folder: Path, seconds: float) -> None:
    """Print how often a page is answered from cache by a process on one core, and what that costs."""
    cores = sorted(os.sched_getaffinity(0))
    with server(folder, cores[0]) as (port, pid):
        os.sched_setaffinity(0, set(cores[1:]) or {cores[0]})
        time.sleep(3)
        forms = (
            ("plain", "/status", 200, list),
            ("gzip", "/status", 200, lambda: ["Accept-Encoding: gzip"]),
            ("br", "/status", 200, lambda: ["Accept-Encoding: gzip, deflate, br, zstd"]),
            ("json_304", "/api/v1/status", 304, lambda: [f"If-None-Match: {tag(port, '/api/v1/status')}"]),
        )
        for name, path, status, headers in forms:
            # The first seconds warm up.
            for lasting in (1.0, seconds):
                cpu, began = cpu_of(pid), time.monotonic()
                task = {
                    "port": port, "path": path, "headers": headers(), "status": status,
                    "connections": CONNECTIONS, "seconds": lasting,
                }  # fmt: skip
                found = visit(task)
            took = found["took"]
            rig.figure(f"status_{name}", len(took) / (time.monotonic() - began - 0.3), "requests/s")
            rig.figure(f"status_{name}_cpu", (cpu_of(pid) - cpu) / len(took) * 1000, "ms/request")
            rig.figure(f"status_{name}_p99", took[len(took) * 99 // 100] * 1000, "ms")
            rig.figure(f"status_{name}_max", took[-1] * 1000, "ms")
            rig.figure(f"status_{name}_refused", found["refused"], "requests")


def tag(port: int, path: str) -> str:
    """Return the tag that an answer has now."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
        return str(answer.headers["ETag"])


def visit(task: dict[str, Any]) -> Any:
    """Ask for something as fast as it is answered, in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-m", "bench.visitor"],
        input=json.dumps(task) + "\n",
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(told.stdout)


def main() -> None:
    """Make a page with a past, and print what it costs."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 8.0
    with tempfile.TemporaryDirectory() as folder, rig.target() as (port, _):
        asyncio.run(seed(Path(folder) / "data", count, f"http://127.0.0.1:{port}/"))
        asyncio.run(uncached(Path(folder) / "data", count))
        cached(Path(folder), seconds)


if __name__ == "__main__":
    main()
