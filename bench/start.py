"""From start to first answer, and the memory of an idle process; of the sources, or of an executable that is named."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.rig import figure

RUNS = 5
IDLE_S = 3.0


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


def resident_mb(process_id: int) -> float:
    """Return the resident memory of a process and its children, in MB."""
    children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text("ascii").split()
    own = int(Path(f"/proc/{process_id}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return own + sum(resident_mb(int(child)) for child in children)


def run_once(command: list[str], data: str, *, idle: float) -> tuple[float, float]:
    """Return the seconds to the first answer, and the memory after a while."""
    port = free_port()
    began = time.monotonic()
    places = ["--data", data, "--listen", f"127.0.0.1:{port}"]
    with subprocess.Popen([*command, *places], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while not answers(f"http://127.0.0.1:{port}/api/v1/health"):
                if process.poll() is not None or time.monotonic() - began > 30:
                    raise SystemExit("it did not start")
                time.sleep(0.005)
            took = time.monotonic() - began
            time.sleep(idle)
            return took, resident_mb(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)


def main() -> None:
    """Print the median start, the first one on an empty folder, and the idle memory."""
    executable = sys.argv[1:2]
    name = "executable" if executable else "sources"
    command = executable or [sys.executable, "-m", "asura"]
    with tempfile.TemporaryDirectory() as data:
        first, memory = run_once(command, data, idle=IDLE_S)
        again = sorted(run_once(command, data, idle=0)[0] for _ in range(RUNS))
    figure(f"{name}_first_start", first, "s")
    figure(f"{name}_start", again[len(again) // 2], "s")
    figure(f"{name}_idle_resident", memory, "MB")


if __name__ == "__main__":
    main()
