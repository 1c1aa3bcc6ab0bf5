"""What an upgrade of a large database costs: from the start to the first answer and the first check, lag, and disk.

    python -m bench.upgrade [GIGABYTES] [SCHEMA] [FOLDER]

A database of an earlier schema is made (0.3 GB of schema 1, in a temporary folder; 3 GB take ten minutes to make, so
a folder that is named keeps it for the next time), today's asura is started on it, and once more for comparison, when
the copy of what was before is whole. Prints `name value unit`.
"""

import asyncio
import itertools
import os
import shutil
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from asura.store import copies, migrate
from asura.store import folder as names
from bench import past
from bench.rig import figure
from bench.start import cpu_s, free_port

# With a check a minute, and 400 days of figures, these come to 3 GB.
MONITORS = 3000
WATCH_S = 30.0
PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
CONFIG = "network: {{canaries: []}}\nserver: {{listen: 127.0.0.1:{port}, data: {data}, metrics_open: true}}\n"


class Target:
    """A server that keeps when it was asked."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[float] = []

    async def serve(self) -> asyncio.Server:
        """Listen from now on."""
        return await asyncio.start_server(self._answer, "127.0.0.1", self.port, backlog=4096)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.asked.append(time.monotonic())
            writer.write(PAGE)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


def fetch(url: str) -> str:
    """Return what a page says; empty while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def metric(text: str, name: str) -> float:
    """Return one figure of /metrics."""
    return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name} ")), float("nan"))


async def start(name: str, data: Path, config: Path, url: str, target: Target) -> None:
    """Start asura on the data, watch it for a while, print how it went, and stop it."""
    target.asked.clear()
    free = lowest = shutil.disk_usage(data).free
    began = time.monotonic()
    command = [sys.executable, "-m", "asura", "--config", str(config)]
    with (data.parent / f"{name}.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log)
    try:
        while not await asyncio.to_thread(fetch, f"{url}/api/v1/health"):
            lowest = min(lowest, shutil.disk_usage(data).free)
            if process.returncode is not None or time.monotonic() - began > 600:
                raise SystemExit((data.parent / f"{name}.log").read_text())
            await asyncio.sleep(0.01)
        figure(f"{name}_first_answer", time.monotonic() - began, "s")
        while not target.asked:
            await asyncio.sleep(0.01)
        figure(f"{name}_first_check", target.asked[0] - began, "s")
        figure(f"{name}_cpu_until_then", cpu_s(process.pid), "s")
        await asyncio.sleep(WATCH_S)
        seen = [began, *target.asked]
        figure(f"{name}_longest_gap_in_checks", max(b - a for a, b in itertools.pairwise(seen)), "s")
        figure(f"{name}_longest_gap_after_the_first", max(b - a for a, b in itertools.pairwise(seen[1:])), "s")
        figure(f"{name}_event_loop_lag_max", metric(fetch(f"{url}/metrics"), "event_loop_lag_max_seconds"), "s")
        while copies.partials(data / names.DATABASE):
            lowest = min(lowest, shutil.disk_usage(data).free)
            await asyncio.sleep(0.1)
        figure(f"{name}_copy_is_whole", max(0.0, time.monotonic() - began), "s")
        figure(f"{name}_disk", (free - min(lowest, shutil.disk_usage(data).free)) / 1e9, "GB")
    finally:
        process.terminate()
        await process.wait()
    for line in (data.parent / f"{name}.log").read_text().splitlines():
        if "schema" in line:
            print(f"# {line}", flush=True)


async def measure(folder: Path, gigabytes: float, schema: int) -> None:
    """Make the database and start on it twice."""
    made = folder / f"schema-{schema}"
    if not made.exists():
        address = f"http://127.0.0.1:{free_port()}/"
        began = time.monotonic()
        past.fill(made, gigabytes=gigabytes, schema=schema, count=MONITORS, target=address)
        figure("made", time.monotonic() - began, "s")
        (made / "target").write_text(address)
    data, target, port = folder / "data", Target(int((made / "target").read_text().split(":")[2][:-1])), free_port()
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(made, data)
    os.sync()
    figure("size", (data / names.DATABASE).stat().st_size / 1e9, "GB")
    config = folder / "config.yaml"
    config.write_text(CONFIG.format(port=port, data=data))
    async with await target.serve():
        await start(f"schema_{schema}_to_{migrate.newest()}", data, config, f"http://127.0.0.1:{port}", target)
        await start("again", data, config, f"http://127.0.0.1:{port}", target)


def main() -> None:
    """Run it in a folder that is removed, or in one that is named and kept."""
    gigabytes, schema = float((sys.argv[1:2] or ["0.3"])[0]), int((sys.argv[2:3] or ["1"])[0])
    if sys.argv[3:]:
        asyncio.run(measure(Path(sys.argv[3]), gigabytes, schema))
        return
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), gigabytes, schema))


if __name__ == "__main__":
    main()
