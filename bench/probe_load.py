"""What one probe carries, and what its primary pays for it: 10,000 monitors at 60 s, checked by the probe alone."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx2

from asura.engine.key_desk import hash_token
from bench import rig

SECONDS = 60.0
KEY = "a-key-for-this-bench"
CONFIG = """
network: {{canaries: []}}
monitor: {{local: false}}
server: {{rate_limit_per_sec: 0}}
auth: {{api_keys: [{{name: bench, hash: {hash}, role: admin}}]}}
monitors:
"""
MONITOR = "  - {{name: m{n}, type: http, target: 'http://127.0.0.1:{port}/', interval: {interval}s}}\n"


class Process:
    """One asura of this bench, and what it has used."""

    def __init__(self, folder: Path, name: str, *arguments: str, **environment: str) -> None:
        log = (folder / f"{name}.log").open("ab")
        command = (sys.executable, "-m", "asura", *arguments)
        self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **environment})

    def cpu_s(self) -> float:
        """Return the CPU seconds that it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mb(self) -> float:
        """Return its resident memory, in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def end(self) -> None:
        """Ask it to stop, and wait."""
        self.process.terminate()
        self.process.wait(30)


async def main() -> None:
    """Print CPU, memory and lateness of both over a minute."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    interval = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    with rig.target() as (port, _), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = "".join(MONITOR.format(n=n, port=port, interval=interval) for n in range(count))
        (folder / "config.yaml").write_text(CONFIG.format(hash=hash_token(KEY)) + rows)
        listen = f"127.0.0.1:{_free_port()}"
        where = ("--config", str(folder / "config.yaml"), "--data", str(folder / "data"), "--listen", listen)
        primary = Process(folder, "primary", *where)
        probe = None
        try:
            async with httpx2.AsyncClient(base_url=f"http://{listen}/api/v1", headers={"X-API-Key": KEY}) as http:
                await _answers(http)
                made = (await http.post("/probes", json={"region": "eu", "name": "bench"})).json()
                arguments = ("--config", os.devnull, "--mode", "probe", "--primary", f"http://{listen}")
                probe = Process(folder, "probe", *arguments, ASURA_KEY=made["key"])
                await _measure(http, primary, probe, count, interval)
        finally:
            for one in (probe, primary):
                if one is not None:
                    one.end()


async def _measure(http: httpx2.AsyncClient, primary: Process, probe: Process, count: int, interval: int) -> None:
    began = time.monotonic()
    while (await http.get("/probes")).json()["data"][0]["monitors"] < count:
        await asyncio.sleep(0.2)
    rig.figure("assigned_after", time.monotonic() - began, "s")
    # The first round, and half a minute in which it becomes even.
    await asyncio.sleep(interval + 30)
    used, began = (primary.cpu_s(), probe.cpu_s()), time.monotonic()
    await asyncio.sleep(SECONDS)
    lasted = time.monotonic() - began
    row = (await http.get("/probes")).json()["data"][0]
    rig.figure("checks", row["checks_per_s"], "checks/s")
    rig.figure("latest", row["late_s"] * 1000, "ms")
    rig.figure("waiting", row["spooled"], "results")
    rig.figure("lost", row["lost"], "results")
    rig.figure("probe_cpu_share", (probe.cpu_s() - used[1]) / lasted, "cores")
    rig.figure("primary_cpu_share", (primary.cpu_s() - used[0]) / lasted, "cores")
    rig.figure("probe_resident", probe.resident_mb(), "MB")
    rig.figure("primary_resident", primary.resident_mb(), "MB")
    counts = (await http.get("/overview", timeout=60)).json()["counts"]
    rig.figure("not_up", count - counts["up"], "monitors")


async def _answers(http: httpx2.AsyncClient) -> None:
    for _ in range(300):
        try:
            if (await http.get("/health")).status_code == 200:
                return
        except httpx2.HTTPError:
            await asyncio.sleep(0.1)
    raise SystemExit("asura does not answer")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


if __name__ == "__main__":
    asyncio.run(main())
