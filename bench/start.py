"""From start to first answer, and the memory of an idle process; of the sources, or of an executable that is named.

With an executable also: its version, and a probe from its start to the first report. CPU is that of the process and
its children; unlike the seconds it hardly depends on what else the machine does.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.rig import figure

RUNS = 5
IDLE_S = 3.0
ASSIGNED = (
    b'{"tag":"1","full":true,"probe_id":1,"region":"eu","now":%.3f,"monitors":'
    b'[{"id":1,"generation":1,"type":"tcp","target":"127.0.0.1:1","timeout":1,"interval":60}]}'
)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    """Return whether the process answers."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def family(process_id: int) -> list[int]:
    """Return a process and all below it."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text("ascii").split()
    return [process_id, *(one for child in children for one in family(int(child)))]


def resident_mb(process_id: int) -> float:
    """Return the resident memory of one process, in MB."""
    pages = int(Path(f"/proc/{process_id}/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_s(process_id: int) -> float:
    """Return the seconds of CPU that one process took."""
    fields = Path(f"/proc/{process_id}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running(command: list[str], **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process and stop it afterwards."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **variables}
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)


def serve_once(command: list[str], data: str, *, idle: float) -> tuple[float, float, float]:
    """Return the seconds to the first answer, those of CPU, and the memory after a while."""
    port = free_port()
    began = time.monotonic()
    with running([*command, "--data", data, "--listen", f"127.0.0.1:{port}"]) as process:
        while not answers(f"http://127.0.0.1:{port}/api/v1/health"):
            if process.poll() is not None or time.monotonic() - began > 60:
                raise SystemExit("it did not start")
            time.sleep(0.005)
        took, cpu = time.monotonic() - began, sum(map(cpu_s, family(process.pid)))
        time.sleep(idle)
        return took, cpu, sum(map(resident_mb, family(process.pid)))


class Primary(ThreadingHTTPServer):
    """Plays the primary: gives one monitor, and notes when the first result comes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.reported = threading.Event()


class Answering(BaseHTTPRequestHandler):
    """What the played primary answers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Tell what to check."""
        self._answer(ASSIGNED % time.time())

    def do_POST(self) -> None:
        """Take what was found."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.reported.set()  # type: ignore[attr-defined]
        self._answer(b'{"now":%.3f}' % time.time())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def probe_once(command: list[str]) -> tuple[float, float, float]:
    """Return seconds from a probe's start to its first report, those of CPU, and its memory without the launcher."""
    with Primary() as primary:
        threading.Thread(target=primary.serve_forever, daemon=True).start()
        began = time.monotonic()
        url = f"http://127.0.0.1:{primary.server_address[1]}"
        with running([*command, "--mode", "probe", "--primary", url], ASURA_KEY="key") as process:
            if not primary.reported.wait(60):
                raise SystemExit("the probe reported nothing")
            took, cpu = time.monotonic() - began, sum(map(cpu_s, family(process.pid)))
            time.sleep(1)
            memory = resident_mb(family(process.pid)[-1])
        primary.shutdown()
    return took, cpu, memory


def version_once(command: list[str]) -> tuple[float, float]:
    """Return the seconds that it takes to say the version, and those of CPU."""
    before, began = os.times(), time.monotonic()
    subprocess.run([*command, "--version"], check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    took = time.monotonic() - began
    return took, (after.children_user - before.children_user) + (after.children_system - before.children_system)


def median(values: list[float]) -> float:
    """Return the middle of an odd number of values."""
    return sorted(values)[len(values) // 2]


def main() -> None:
    """Print the median start, the first one on an empty folder, and the idle memory."""
    executable = sys.argv[1:2]
    name = "executable" if executable else "sources"
    command = executable or [sys.executable, "-m", "asura"]
    with tempfile.TemporaryDirectory() as data:
        first, _, memory = serve_once(command, data, idle=IDLE_S)
        again = [serve_once(command, data, idle=0) for _ in range(RUNS)]
    figure(f"{name}_first_start", first, "s")
    figure(f"{name}_start", median([one[0] for one in again]), "s")
    figure(f"{name}_start_cpu", median([one[1] for one in again]), "s")
    figure(f"{name}_idle_resident", memory, "MB")
    probes = [probe_once(command) for _ in range(RUNS)]
    figure(f"{name}_probe_first_report", median([one[0] for one in probes]), "s")
    figure(f"{name}_probe_first_report_cpu", median([one[1] for one in probes]), "s")
    figure(f"{name}_probe_resident", median([one[2] for one in probes]), "MB")
    versions = [version_once(command) for _ in range(RUNS)]
    figure(f"{name}_version", median([one[0] for one in versions]), "s")
    figure(f"{name}_version_cpu", median([one[1] for one in versions]), "s")


if __name__ == "__main__":
    main()
