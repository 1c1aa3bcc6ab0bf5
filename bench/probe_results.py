"""Results of probes taken in durably on one core, and what each costs: `python -m bench.probe_results [monitors]`."""

import asyncio
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import uvloop

from asura.domain import wire
from asura.domain.result import Phases
from bench import rig
from bench.pings import call, cpu_of, server, written_by

REGIONS = ("eu", "us", "ap")
BATCH = 500
# More of a monitor than can come of its checks is refused: with this, 18,000 a second of 10,000 monitors are news.
INTERVAL = 5
# One result in so many fails, in one region: it is in doubt there, and nobody is told.
ONE_FAILS_OF = 500
SEED = 7
BOOT = "00000000-be6c"


class Deliverer:
    """One probe: a connection, over which it delivers all its monitors in turn, as fast as it is answered."""

    def __init__(self, port: int, key: str, monitors: Sequence[Sequence[int]], first: int) -> None:
        self.port, self.key, self.next = port, key, first
        self.monitors = monitors
        self.took: list[float] = []
        self.news = self.other = self.sent_bytes = 0

    async def run(self, until: float) -> None:
        """Deliver until a monotonic second."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        batches = self._batches()
        while (began := time.perf_counter()) < until:
            body = self._packed(self.next, next(batches))
            self.next += 1
            began = time.perf_counter()
            head = (
                "POST /api/v1/internal/results HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
                f"Content-Encoding: gzip\r\nAuthorization: Bearer {self.key}\r\n"
                f"{wire.SENT_AT}: {time.time():.3f}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = await _answer(reader)
            self.took.append(time.perf_counter() - began)
            self.news += answer.news
            self.other += answer.history + answer.refused
            self.sent_bytes += len(body)
        writer.close()

    def _batches(self) -> Iterator[Sequence[Sequence[int]]]:
        while True:
            for start in range(0, len(self.monitors), BATCH):
                yield self.monitors[start : start + BATCH]

    def _packed(self, seq: int, monitors: Sequence[Sequence[int]]) -> bytes:
        at, chance = round(time.time() * 1000) - 1000, random.random
        found = []
        for monitor_id, generation in monitors:
            fails = chance() < 1 / ONE_FAILS_OF
            times = [round(chance() * most, 3) for most in (5, 20, 40, 90, 3)]
            found.append(
                wire.Finding(
                    monitor_id,
                    generation,
                    at,
                    2 if fails else 0,
                    "http_status" if fails else "ok",
                    "Status 503." if fails else "",
                    round(sum(times), 3),
                    503 if fails else 200,
                    Phases(*times),
                    certificate_days=41.5,
                )
            )
        return gzip.compress(msgspec.json.encode(wire.Batch(boot=BOOT, seq=seq, results=tuple(found))), 5)


async def _answer(reader: asyncio.StreamReader) -> wire.Taken:
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").lower().split("\r\n")
    length = next(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))
    body = await reader.readexactly(length)
    if " 200 " not in lines[0]:
        raise SystemExit(f"{lines[0]}\n{body.decode()}")
    return msgspec.json.decode(body, type=wire.Taken)


async def deliver() -> None:
    """Read the task from stdin as JSON, deliver, and print what came of it as JSON."""
    task = json.loads(sys.stdin.readline())
    random.seed(SEED)
    lanes = [Deliverer(task["port"], key, task["monitors"], task["first"]) for key in task["keys"]]
    until = time.perf_counter() + task["seconds"]
    await asyncio.gather(*(lane.run(until) for lane in lanes))
    took = sorted(second for lane in lanes for second in lane.took)
    figures = {name: sum(getattr(lane, name) for lane in lanes) for name in ("news", "other", "sent_bytes")}
    print(json.dumps({"took": took, **figures}))


def configured(count: int) -> str:
    """Return the configuration of monitors that are checked from elsewhere alone."""
    often = f"interval: {INTERVAL}s, regions: [{', '.join(REGIONS)}]"
    rows = (
        f"  - {{name: m{number}, type: http, target: 'https://m{number}.example/', {often}}}\n"
        for number in range(count)
    )
    return "monitors:\n" + "".join(rows)


def enrolled(port: int) -> tuple[list[str], list[list[int]]]:
    """Enrol a probe in each region; return their keys, and the id and generation of each monitor."""
    keys = [call(port, "POST", "/probes", {"region": region})["key"] for region in REGIONS]
    for key in keys:
        call(port, "GET", f"/internal/monitors?boot={BOOT}", key=key)
    # A region has its monitors from the first call of a probe on, in steps.
    time.sleep(2)
    assigned = [call(port, "GET", f"/internal/monitors?boot={BOOT}", key=key)["monitors"] for key in keys]
    return keys, [[one["id"], one["generation"]] for one in assigned[-1]]


def main() -> None:
    """Have probes deliver as fast as they are answered, and print what that came to."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), cores[0], configured(count)) as (port, pid):
        os.sched_setaffinity(0, set(cores[1:]) or {cores[0]})
        keys, monitors = enrolled(port)
        rig.figure("monitors", len(monitors), "monitors")
        for warm_up, lasting in ((True, 4.0), (False, seconds)):
            first = 0 if warm_up else 1_000_000
            task = {"port": port, "keys": keys, "monitors": monitors, "first": first, "seconds": lasting}
            cpu, written = cpu_of(pid), written_by(pid)
            told = subprocess.run(
                [sys.executable, "-m", "bench.probe_results", "--deliver"],
                input=json.dumps(task) + "\n",
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            if warm_up:
                continue
            found = json.loads(told.stdout)
            took, news = found["took"], found["news"]
            rig.figure("results", news / lasting, "results/s")
            rig.figure("not_news", found["other"], "results")
            rig.figure("batch_p50", took[len(took) // 2] * 1000, "ms")
            rig.figure("batch_p99", took[len(took) * 99 // 100] * 1000, "ms")
            rig.figure("cpu_per_result", (cpu_of(pid) - cpu) / news * 1000, "ms")
            rig.figure("sent_per_result", found["sent_bytes"] / news, "B")
            rig.figure("written_per_result", (written_by(pid) - written) / news, "B")


if __name__ == "__main__":
    if "--deliver" in sys.argv:
        uvloop.run(deliver())
    else:
        main()
