"""What the tests of the one-file executable share: it runs in an empty folder with an empty environment."""

import contextlib
import http.server
import os
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).resolve().parents[2]
EXECUTABLE = ROOT / "dist" / "asura"
WITHIN_S = 60


class Running:
    """An executable that serves, with its own folder for data and for what it unpacks."""

    def __init__(self, folder: Path, *command: str | Path, executable: Path = EXECUTABLE) -> None:
        self.data, self.unpacked, self._log = folder / "work", folder / "unpacked", folder / "said"
        self.data.mkdir(exist_ok=True)
        self.unpacked.mkdir(exist_ok=True)
        self.listen = f"127.0.0.1:{free_port()}"
        # Into a file and not into a pipe: it would stand still where nobody reads what it says.
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [executable, *command, "--listen", self.listen],
                cwd=self.data,
                env={"TMPDIR": str(self.unpacked)},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.first_answer_cpu_s = self._wait()

    def _wait(self) -> float:
        """Return the seconds of CPU that launcher and child took to the first answer."""
        began = time.monotonic()
        while time.monotonic() - began < WITHIN_S:
            assert self.process.poll() is None, self.said()
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"http://{self.listen}/api/v1/health").status_code == 200:
                    self.child = self._child()
                    return _cpu_s(self.process.pid) + _cpu_s(self.child)
            time.sleep(0.02)
        raise AssertionError(f"no answer within {WITHIN_S} s")

    def client(self) -> httpx2.Client:
        """Returns a client with the first key."""
        key = (self.data / "asura-data" / "first-admin-key").read_text().strip()
        return httpx2.Client(base_url=f"http://{self.listen}", headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def said(self) -> str:
        """Returns what it printed."""
        return self._log.read_text("utf-8")

    def _child(self) -> int:
        """Returns the process that the launcher started."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def crash(self) -> None:
        """Kills launcher and child at once, as a machine that loses its power does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.wait()

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Ends it and returns its exit status."""
        self.process.send_signal(sign)
        self.wait()
        return self.process.returncode

    def wait(self) -> None:
        """Waits until both its processes are gone."""
        self.process.wait(timeout=WITHIN_S)
        eventually(lambda: not _is_alive(self.child), f"the process {self.child} goes on")


def _cpu_s(process: int) -> float:
    """Return the seconds of CPU that a process has taken, for itself and in the kernel."""
    ticks = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(") ")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def _is_alive(process: int) -> bool:
    """Return whether a process runs; one that has ended and that nobody waited for does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text("ascii").rpartition(") ")[2][0] != "Z"
    return False


@contextmanager
def running(folder: Path, executable: Path = EXECUTABLE) -> Iterator[Running]:
    """Have an executable serve, and end it at the end."""
    started = Running(folder, executable=executable)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


def run(
    *arguments: str | Path, cwd: Path, executable: Path = EXECUTABLE, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Runs the executable with an empty environment."""
    return subprocess.run(
        [executable, *arguments],
        cwd=cwd,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_S,
        stdin=subprocess.DEVNULL,
    )


class _Quiet(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A real web server on the loopback; yields its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds."""
    until = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.05)
