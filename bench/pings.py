"""Durable pings a second on one core, and what each costs: `python -m bench.pings [heartbeats] [seconds]`."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from asura.engine.key_desk import hash_token
from bench import rig

KEY = "key-of-the-benchmark"
CONNECTIONS = 64


@contextmanager
def server(folder: Path, core: int | None, more: str = "") -> Iterator[tuple[int, int]]:
    """Run asura as its own process on one core (None: all), with more configuration; yields its port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    config = folder / "config.yaml"
    auth = f"auth:\n  api_keys:\n    - {{name: bench, hash: {hash_token(KEY)}, role: admin}}\n"
    config.write_text("network:\n  canaries: []\nserver:\n  rate_limit_per_sec: 0\n" + auth + more)
    command = [sys.executable, "-m", "asura", "--config", str(config), "--data", str(folder / "data")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, "--listen", f"127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        if core is not None:
            os.sched_setaffinity(process.pid, {core})
        wait_for(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Wait until it answers."""
    for _ in range(200):
        try:
            call(port, "GET", "/health")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("asura did not start")


def call(port: int, method: str, path: str, body: Any = None, *, key: str = KEY) -> Any:
    """Call the API."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def written_by(pid: int) -> int:
    """Return how many bytes a process caused to be written to disk."""
    lines = Path(f"/proc/{pid}/io").read_text("ascii").splitlines()
    return int(next(line for line in lines if line.startswith("write_bytes")).split()[1])


def main() -> None:
    """Make heartbeats, ping them as fast as they are answered, and print what that came to."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as folder, server(Path(folder), cores[0]) as (port, pid):
        os.sched_setaffinity(0, set(cores[1:]) or {cores[0]})
        body = {"type": "heartbeat", "interval": 86_400}
        made = [call(port, "POST", "/monitors", {**body, "name": f"job {number}"}) for number in range(count)]
        task = {"port": port, "tokens": [one["heartbeat"]["token"] for one in made], "connections": CONNECTIONS}
        for warm_up, lasting in ((True, 2.0), (False, seconds)):
            cpu, written = cpu_of(pid), written_by(pid)
            told = subprocess.run(
                [sys.executable, "-m", "bench.pinger"],
                input=json.dumps({**task, "seconds": lasting}) + "\n",
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
            if warm_up:
                continue
            found = json.loads(told.stdout)
            took, pings = found["took"], len(found["took"])
            rig.figure("pings", pings / found["seconds"], "pings/s")
            rig.figure("refused", found["refused"], "pings")
            rig.figure("wait_p50", took[pings // 2] * 1000, "ms")
            rig.figure("wait_p99", took[pings * 99 // 100] * 1000, "ms")
            rig.figure("wait_max", took[-1] * 1000, "ms")
            rig.figure("cpu_per_ping", (cpu_of(pid) - cpu) / pings * 1000, "ms")
            rig.figure("written_per_ping", (written_by(pid) - written) / pings, "B")


if __name__ == "__main__":
    main()
