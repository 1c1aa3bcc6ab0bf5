"""What the browser tests drive: asura as a process of its own, and a target that can be stopped and started."""

import contextlib
import http.client
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# The profile of somebody who has chosen nothing.
UNTOUCHED = {"email": "", "zone": "", "theme": "auto", "language": ""}


def free_port() -> int:
    """Return a port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(found: Callable[[], Any], *, what: str, seconds: float = 20.0) -> Any:
    """Return the first true answer of `found`; fails when none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answer := found():
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds:g} s")


class Target:
    """An HTTP server on one port that can be stopped and started again."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/health"
        # Answers the headers that it was asked with.
        self.echo = f"http://127.0.0.1:{self.port}/echo"
        self._server: http.server.ThreadingHTTPServer | None = None

    def start(self) -> None:
        """Answer 200 from now on."""
        self._server = _Server(("127.0.0.1", self.port), _Healthy)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(http.server.ThreadingHTTPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Healthy(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        echo = {"headers": {name.lower(): value for name, value in self.headers.items()}}
        body = json.dumps(echo if self.path == "/echo" else {"ok": True}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            self.wfile.write(body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Asura:
    """The program as its users run it, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        config: str = "",
        set_up: bool = True,
        base_path: str = "",
        executable: Path | None = None,
    ) -> None:
        self.folder = folder
        # The one file that people install has nothing of this checkout around it; else it is run from the source.
        self._program = [str(executable)] if executable else [sys.executable, "-m", "asura"]
        self._environment = {} if executable else {**os.environ, "PYTHONPATH": str(ROOT)}
        self.name, self.password = "Ann", "a cat drank the tea"
        self.port = free_port()
        self._base = base_path
        self.url = f"http://127.0.0.1:{self.port}{base_path}"
        self.key = ""
        self._config = config
        self._set_up = set_up
        self._sessions: dict[str, dict[str, str]] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; the first start tells its key and makes the first user."""
        command = [*self._program, "--data", str(self.folder / "data"), "--listen", f"127.0.0.1:{self.port}"]
        if self._config:
            (self.folder / "config.yaml").write_text(self._config, "utf-8")
            command += ["--config", str(self.folder / "config.yaml")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, env=self._environment, stdout=log, stderr=log)
        wait_until(self._answers, what=f"an answer of asura (its log is {self.folder / 'log'})", seconds=60)
        if not self.key:
            path = self.folder / "data" / "first-admin-key"
            assert path.stat().st_mode & 0o777 == 0o600
            self.key = path.read_text("ascii").strip()
            if self._set_up:
                account = {"token": self.setup_token, "username": self.name, "password": self.password}
                self.call("POST", "/setup", account)

    @property
    def setup_token(self) -> str:
        """Return the token of the link that makes the first user."""
        path = self.folder / "data" / "setup-link"
        assert path.stat().st_mode & 0o777 == 0o600
        return path.read_text("ascii").strip().partition("/setup#")[2]

    def user(self, name: str, role: str = "viewer", **more: Any) -> Any:
        """Make a user with the password of the first one."""
        return self.call("POST", "/users", {"name": name, "role": role, "password": self.password, **more})

    def stop(self) -> None:
        """Ask it to stop, and insist after ten seconds."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Send one request to the API and return its JSON; anything but success fails the test."""
        status, answer, _ = self._request(method, path, body)
        assert 200 <= status < 300, f"{method} {path}: {status} {answer!r}"
        return json.loads(answer) if answer else None

    def session(self, name: str = "") -> dict[str, str]:
        """Return the cookie of somebody who is signed in, for a browser; the one from before while it still opens."""
        name = name or self.name
        kept = self._sessions.get(name, {})
        if not kept or self._request("GET", "/me", headers={"Cookie": f"{kept['name']}={kept['value']}"})[0] != 200:
            account = {"username": name, "password": self.password}
            status, answer, headers = self._request("POST", "/login", account, headers={})
            assert status == 200, answer
            cookie, value = headers["Set-Cookie"].partition(";")[0].split("=", 1)
            kept = {"name": cookie, "value": value, "domain": "127.0.0.1", "path": self._base or "/"}
        self._sessions[name] = kept
        return kept

    def empty(self) -> None:
        """Take away whatever a test has made, so that the next one finds what a first start leaves."""
        for path in ("/monitors", "/maintenance", "/channels", "/status-pages", "/probes", "/invitations"):
            for one in self.call("GET", f"{path}?limit=200")["data"]:
                if one.get("managed_by") != "file":
                    self.call("DELETE", f"{path}/{one['id']}")
        for path in ("/users", "/keys"):
            for one in self.call("GET", path)["data"]:
                if one["id"] > 1:
                    self.call("DELETE", f"{path}/{one['id']}")
        for one in self.call("GET", "/backups")["data"]:
            self.call("DELETE", f"/backups/{one['name']}")
        cookie = self.session()
        own = {"Cookie": f"{cookie['name']}={cookie['value']}", "Sec-Fetch-Site": "same-origin", "Origin": self.url}
        assert self._request("PATCH", "/me", UNTOUCHED, headers=own)[0] == 200

    def watch(self, name: str, target: str, **more: Any) -> Any:
        """Create a monitor that notices at once what happens to its target."""
        eager = {"interval": 5, "timeout": 2, "retries": 0, "failure_threshold": 1}
        return self.call("POST", "/monitors", {"name": name, "type": "http", "target": target, **eager, **more})

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "log").read_text("utf-8", "replace")
        with contextlib.suppress(OSError):
            return self._request("GET", "/health")[0] == 200
        return False

    def _request(
        self, method: str, path: str, body: object = None, *, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, http.client.HTTPMessage]:
        """Send a request with the key, or with the headers that are given; return status, body and headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if headers is None:
            headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        payload = None
        if body is not None:
            payload, headers["Content-Type"] = json.dumps(body), "application/json"
        with contextlib.closing(connection):
            connection.request(method, f"{self._base}/api/v1{path}", payload, headers)
            response = connection.getresponse()
            return response.status, response.read(), response.headers
