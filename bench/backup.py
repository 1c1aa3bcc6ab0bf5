"""A backup while jobs call in: `python -m bench.backup [megabytes] [pings a second] [--encrypted]`.

First the same pings without a backup, then with one, from its begin to its end: what counts is the difference, and the
longest wait of all. Server, backup and client share all cores.
"""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from bench import pings, rig

HEARTBEATS = 1000
# Results pack well, but not as well as zeros: each row is two thirds chance.
ROW, CHANCE = 3000, 2000
TOO_LONG_MS = 100
PAGE = bytes(4096)
EVERY_S = 0.05


def fill(path: Path, megabytes: int) -> None:
    """Let a database grow by rows of packed results, as a year of monitors leaves them."""
    db = sqlite3.connect(path)
    hour = int(time.time()) // 3600 << 43
    for start in range(0, megabytes * 1_000_000 // ROW, 1000):
        rows = ((hour + start + n, 0, os.urandom(CHANCE) + bytes(ROW - CHANCE)) for n in range(1000))
        db.executemany("INSERT INTO blobs (id, upto, packed) VALUES (?, ?, ?)", rows)
        db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    db.close()


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def stolen_s() -> float:
    """Return the seconds since the start in which the machine wanted a processor, and its host gave it to others."""
    return int(Path("/proc/stat").read_text("ascii").split()[8]) / os.sysconf("SC_CLK_TCK")


class Beside:
    """Does something again and again beside what a block does."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    @contextmanager
    def on(self) -> Iterator[None]:
        """Do it until the block ends."""
        thread = threading.Thread(target=self._repeat)
        thread.start()
        try:
            yield
        finally:
            self._ended.set()
            thread.join()

    def _repeat(self) -> None:
        while not self._ended.wait(EVERY_S):
            self._once()

    def _once(self) -> None:
        raise NotImplementedError


class Watch(Beside):
    """Looks at the log of the database and at the memory of a process and of those it starts."""

    def __init__(self, wal: Path, pid: int) -> None:
        super().__init__()
        self.wal_mb = self.memory_mb = self.maker_mb = 0.0
        self._wal, self._pid = wal, pid

    def _once(self) -> None:
        self.wal_mb = max(self.wal_mb, self._wal.stat().st_size / 1e6)
        self.memory_mb = max(self.memory_mb, memory_mb(self._pid))
        for children in Path(f"/proc/{self._pid}/task").glob("*/children"):
            with suppress(OSError):
                started = sum(memory_mb(int(one)) for one in children.read_text("ascii").split())
                self.maker_mb = max(self.maker_mb, started)


class Disk(Beside):
    """Appends a page to a file, durably: how long the disk itself takes."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self.longest_s = 0.0
        self._file = file

    def _once(self) -> None:
        began = time.monotonic()
        self._file.write(PAGE)
        self._file.flush()
        os.fdatasync(self._file)
        self.longest_s = max(self.longest_s, time.monotonic() - began)


@contextmanager
def pinging(task: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Ping while the block runs, or for the `seconds` of the task; what came of it is in what is yielded then."""
    command = [sys.executable, "-m", "bench.pinger"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(task) + "\n")
        process.stdin.flush()
        found: dict[str, Any] = {}
        yield found
        told, _ = process.communicate()
        found |= json.loads(told)


@contextmanager
def waits(name: str, folder: Path, pid: int, task: dict[str, Any]) -> Iterator[None]:
    """Ping meanwhile, and print how long pings waited, how many did so for too long, and what all that cost."""
    cpu, own, stolen = pings.cpu_of(pid), os.times(), stolen_s()
    with (folder / "disk").open("wb") as file:
        disk = Disk(file)
        with disk.on(), pinging(task) as found:
            yield
    took, spent, stolen = found["took"], os.times(), stolen_s() - stolen
    rig.figure(f"{name}_pings", len(took) / found["seconds"], "pings/s")
    rig.figure(f"{name}_refused", found["refused"], "pings")
    rig.figure(f"{name}_cores_of_server", (pings.cpu_of(pid) - cpu) / found["seconds"], "cores")
    client = spent.children_user + spent.children_system - own.children_user - own.children_system
    rig.figure(f"{name}_cores_of_client", client / found["seconds"], "cores")
    rig.figure(f"{name}_cores_stolen", stolen / found["seconds"], "cores")
    for label, part in (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("max", 1.0)):
        rig.figure(f"{name}_wait_{label}", took[min(len(took) - 1, int(len(took) * part))] * 1000, "ms")
    rig.figure(f"{name}_pause_max", found["pause"] * 1000, "ms")
    rig.figure(f"{name}_disk_max", disk.longest_s * 1000, "ms")
    rig.figure(f"{name}_waits_over_{TOO_LONG_MS}_ms", sum(one * 1000 > TOO_LONG_MS for one in took), "pings")


def lag_ms(port: int) -> float:
    """Return the longest lag of the event loop since the start."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"X-API-Key": pings.KEY})
    lines = urllib.request.urlopen(request, timeout=30).read().decode().splitlines()
    return float(next(one for one in lines if one.startswith("event_loop_lag_max")).split()[1]) * 1000


def backup(port: int) -> dict[str, Any]:
    """Let a backup be made, wait for its end, and return what is said of it."""
    pings.call(port, "POST", "/backups", {})
    while (state := pings.call(port, "GET", "/system")["backup"])["running"]:
        time.sleep(0.25)
    if state["failed"]:
        raise SystemExit(state["failed"]["message"])
    last: dict[str, Any] = state["last"]
    return last


def main() -> None:
    """Measure, and print the figures."""
    numbers = [one for one in sys.argv[1:] if not one.startswith("-")]
    megabytes, rate = int(numbers[0]) if numbers else 300, float(numbers[1]) if len(numbers) > 1 else 5000.0
    with tempfile.TemporaryDirectory() as name:
        folder, more = Path(name), ""
        if "--encrypted" in sys.argv:
            (folder / "key").write_text("correct horse battery staple\n")
            more = f"backup:\n  key_file: {folder}/key\n"
        with pings.server(folder, None, more):
            pass
        fill(folder / "data" / "asura.db", megabytes)
        with pings.server(folder, None, more) as (port, pid):
            body = {"type": "heartbeat", "interval": 86_400}
            made = [pings.call(port, "POST", "/monitors", {**body, "name": f"job {n}"}) for n in range(HEARTBEATS)]
            task = {
                "port": port,
                "tokens": [one["heartbeat"]["token"] for one in made],
                "connections": 256,
                "rate": rate,
            }
            measure(folder / "data", port, pid, task)


def measure(data: Path, port: int, pid: int, task: dict[str, Any]) -> None:
    """Ping without a backup and with one."""
    with pinging({**task, "seconds": 3.0}):
        pass
    with waits("without", data.parent, pid, {**task, "seconds": 10.0}):
        pass
    size, before = (data / "asura.db").stat().st_size, lag_ms(port)
    watch, began = Watch(data / "asura.db-wal", pid), time.monotonic()
    with watch.on(), waits("with", data.parent, pid, task):
        time.sleep(1.0)
        last = backup(port)
        made_in = time.monotonic() - began
    rig.figure("lag_max_before", before, "ms")
    rig.figure("lag_max_after", lag_ms(port), "ms")
    rig.figure("database", size / 1e6, "MB")
    rig.figure("backup", last["bytes"] / 1e6, "MB")
    rig.figure("made_in", made_in, "s")
    rig.figure("speed", size / 1e6 / last["took_s"], "MB/s")
    rig.figure("wal_max", watch.wal_mb, "MB")
    rig.figure("memory_max", watch.memory_mb, "MB")
    rig.figure("memory_of_its_process", watch.maker_mb, "MB")


if __name__ == "__main__":
    main()
