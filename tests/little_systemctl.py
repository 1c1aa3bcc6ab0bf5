"""A systemctl for tests where no systemd runs: starts and stops what the unit of a service names, below a root.

Called as `python little_systemctl.py ROOT arguments of systemctl`. It knows Type=notify (it waits for READY=1, with
TimeoutStartSec), and keeps the number of the process in ROOT/run.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def main(root: Path, verb: str, *arguments: str) -> int:
    """Do what systemctl is asked for and return its exit status."""
    names = [one for one in arguments if not one.startswith("-")]
    with (root / "systemctl-calls").open("a") as file:
        file.write(f"{verb} {' '.join(arguments)}\n")
    if verb == "--version":
        print("systemd 252 (little)")
    if verb in ("stop", "restart") or "--now" in arguments:
        stop(root, names[0])
    if verb in ("start", "restart"):
        return start(root, names[0])
    if verb == "is-active":
        return 0 if process_of(root, names[0]) else 3
    if verb == "show":
        print(f"MainPID={process_of(root, names[-1])}")
    return 0


def settings_of(root: Path, name: str) -> dict[str, str]:
    """Return what the unit says; the last word on a key wins."""
    lines = (root / "etc/systemd/system" / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def process_of(root: Path, name: str) -> int:
    """Return the process of a service, or 0 when it has none that runs."""
    with contextlib.suppress(OSError, ValueError):
        number = int((root / "run" / f"{name}.pid").read_text())
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        return 0 if state in "ZX" else number
    return 0


def stop(root: Path, name: str) -> None:
    """End a service as systemd does: asked first, killed when it does not."""
    number = process_of(root, name)
    deadline = time.monotonic() + 20
    if number:
        os.kill(number, signal.SIGTERM)
    while process_of(root, name):
        if time.monotonic() > deadline:
            os.kill(number, signal.SIGKILL)
        time.sleep(0.02)


def start(root: Path, name: str) -> int:
    """Start a service where it does not run; return 0 once it is ready, as its type has it."""
    if process_of(root, name):
        return 0
    unit = settings_of(root, name)
    words = [f"{root}{word}" if word.startswith("/") else word for word in unit["ExecStart"].split()]
    path = root / "run" / "notify"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard, (root / f"{name}.log").open("ab") as log:
        heard.bind(str(path))
        variables = {**os.environ, "NOTIFY_SOCKET": str(path)}
        process = subprocess.Popen(words, env=variables, cwd=root, stdout=log, stderr=log, start_new_session=True)
        (root / "run" / f"{name}.pid").write_text(str(process.pid))
        return 0 if unit["Type"] != "notify" or is_ready(process, heard) else 1


def is_ready(process: "subprocess.Popen[bytes]", heard: socket.socket) -> bool:
    """Wait for READY=1; False when the process ends before, or takes too long."""
    deadline = time.monotonic() + 60
    heard.settimeout(0.1)
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(TimeoutError):
            if b"READY=1" in heard.recv(4096).split(b"\n"):
                return True
    return False


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
