"""`asura demo` as people start it: it answers, lets them in, lives, sends nothing, and leaves nothing behind."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90.0
# Calls that name an address to go to.
OUTWARDS = "connect,sendto,sendmsg,sendmmsg"


class Started:
    """A demo in a process of its own, whose temporary folders are all in one place."""

    def __init__(self, folder: Path, *options: str, prefix: Sequence[str] = ()) -> None:
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self._said = folder / "said"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary), "PYTHONUNBUFFERED": "1"}
        with self._said.open("wb") as out:
            self.process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "asura", "demo", *options],
                cwd=folder,
                env=environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.key = ""

    @property
    def said(self) -> str:
        return self._said.read_text("utf-8")

    def until(self, found: Callable[[], Any], what: str) -> Any:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if answer := found():
                return answer
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"{what} did not come:\n{self.said}")

    def is_up(self) -> dict[str, str]:
        """Wait until it says that it is up, and return what it says, by its headings."""
        self.until(lambda: "Ctrl-C" in self.said, "the end of what it says")
        found = dict(re.findall(r"^ {4}(\w[\w ]+\w) {2,}(\S+)$", self.said, re.MULTILINE))
        self.key = found["API key"]
        self.address = found["Open"].removeprefix("http://")
        return found

    def ask(self, method: str, path: str, body: Any = None, *, key: bool = True) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        headers = {"Authorization": f"Bearer {self.key}"} if key else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        with contextlib.closing(connection):
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            read = response.read()
        is_json = "json" in (response.getheader("Content-Type") or "")
        return response.status, json.loads(read) if is_json else read.decode()

    def get(self, path: str) -> Any:
        status, answer = self.ask("GET", f"/api/v1{path}")
        assert status == 200, answer
        return answer

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextlib.contextmanager
def started(folder: Path, *options: str, prefix: Sequence[str] = ()) -> Iterator[Started]:
    demo = Started(folder, *options, prefix=prefix)
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.wait()


def test_a_visitor_looks_around_and_nothing_leaves(tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is missing: apt-get install strace")
    trace = tmp_path / "calls"
    watched = ("strace", "-f", "--seccomp-bpf", "-qq", "-o", str(trace), "-e", f"trace={OUTWARDS}")
    with started(tmp_path, "--days", "7", "--listen", "127.0.0.1:0", prefix=watched) as demo:
        said = demo.is_up()
        whoever_looks_around(demo, said)
        whoever_changes_things(demo)
        the_world_lives(demo)
        pid = int((demo_data(demo) / "asura.lock").read_text())
        # strace hands no signal on.
        os.kill(pid, signal.SIGTERM)
        assert demo.process.wait(30) == 0, demo.said
        assert "Traceback" not in demo.said, demo.said
        assert list(demo.temporary.iterdir()) == []
    gone = [line for line in trace.read_text().splitlines() if "AF_INET" in line and '"127.0.0.1"' not in line]
    assert gone == []


def demo_data(demo: Started) -> Path:
    return next(demo.temporary.glob("asura-demo-*/data"))


def whoever_looks_around(demo: Started, said: dict[str, str]) -> None:
    status, page = demo.ask("GET", "/", key=False)
    assert status == 200
    assert "<!doctype html>" in page.lower()
    assert demo.get("/setup") == {"needed": False}
    name, password = said["Sign in as"], said["Password"]
    status, me = demo.ask("POST", "/api/v1/login", {"username": name, "password": password}, key=False)
    assert status == 200, me
    assert (demo_data(demo).parent.stat().st_mode & 0o777) == 0o700
    overview = demo.get("/overview")
    assert len(overview["monitors"]) == 30
    assert {one["type"] for one in overview["monitors"]} == {
        *("http", "tcp", "dns", "icmp", "tls", "statuspage", "heartbeat")
    }
    assert overview["incidents_open"] >= 2
    status, public = demo.ask("GET", "/status/example", key=False)
    assert status == 200
    assert "demo" in public.lower()
    assert "Checkout is not available" in public
    assert len(demo.get("/probes")["data"]) == 2
    assert demo.get("/maintenance")["data"]
    assert demo.get("/notifications")["data"][0]["attempts"]


def whoever_changes_things(demo: Started) -> None:
    channel = demo.get("/channels")["data"][0]
    status, tested = demo.ask("POST", f"/api/v1/channels/{channel['id']}/test")
    assert status == 200
    assert tested["ok"] is False
    assert "nothing is sent" in tested["error"]
    own = {"name": "My own", "type": "http", "target": "https://example.org/"}
    status, made = demo.ask("POST", "/api/v1/monitors", own)
    assert status == 201, made
    status, found = demo.ask("POST", f"/api/v1/monitors/{made['id']}/check-now")
    assert status == 200
    assert found["status"] == "unknown"
    assert "This is a demo" in found["message"]
    status, found = demo.ask("POST", "/api/v1/checks", {**own, "target": "https://docs.example.com/"})
    assert (status, found["status"]) == (200, "up"), found
    assert demo.ask("DELETE", f"/api/v1/monitors/{made['id']}")[0] == 204
    assert (
        demo.ask("POST", "/api/v1/users", {"name": "Zoe", "role": "viewer", "password": "three wet otters"})[0] == 201
    )


def the_world_lives(demo: Started) -> None:
    pings = demo.get("/monitors/queue-worker/pings")["data"]
    demo.until(lambda: demo.get("/monitors/queue-worker/pings")["data"][0] != pings[0], "a ping of a job")
    demo.until(lambda: all(probe["online"] for probe in demo.get("/probes")["data"]), "the probes")
    status, opened = demo.ask(
        "POST", f"/api/v1/incidents/{demo.get('/incidents?status=open')['data'][0]['id']}/ack", {}
    )
    assert status == 200, opened


def test_a_kept_one_goes_on_and_a_strange_folder_is_refused(tmp_path: Path) -> None:
    kept = ("--data", str(tmp_path / "kept"), "--days", "7", "--still")
    with socket.socket() as taken:
        # Somebody has the usual port, whoever that is.
        with contextlib.suppress(OSError):
            taken.bind(("127.0.0.1", 8090))
            taken.listen()
        with started(tmp_path, *kept) as first:
            said = first.is_up()
            assert "127.0.0.1:8090 is taken; another port is used." in first.said
            assert not said["Open"].endswith(":8090")
            assert first.ask("PATCH", "/api/v1/monitors/blog", {"description": "changed by me"})[0] == 200
            assert first.end(signal.SIGINT) == 0
    shutil.rmtree(tmp_path / "tmp")
    with started(tmp_path, *kept, "--listen", "127.0.0.1:0") as second:
        again = second.is_up()
        assert "Making up" not in second.said
        assert again["Password"] != said["Password"]
        assert second.get("/monitors/blog")["description"] == "changed by me"
        # As when its terminal is closed.
        assert second.end(signal.SIGHUP) == 0
        assert list(second.temporary.iterdir()) == []
    shutil.rmtree(tmp_path / "tmp")
    # What is made up is never checked and told of for real.
    plain = [sys.executable, "-m", "asura", "--data", str(tmp_path / "kept"), "--listen", "127.0.0.1:0"]
    real = subprocess.run(plain, capture_output=True, text=True, timeout=30, check=False)
    assert (real.returncode, "is the folder of a demo" in real.stderr) == (1, True), real.stderr
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "asura.db").write_text("precious")
    with started(tmp_path, "--data", str(tmp_path / "mine")) as refused:
        assert refused.process.wait(30) == 1
        assert "is not the folder of a demo" in refused.said
    assert (tmp_path / "mine" / "asura.db").read_text() == "precious"


def test_ended_while_it_makes_its_past_up_it_leaves_nothing(tmp_path: Path) -> None:
    with started(tmp_path, "--listen", "127.0.0.1:0") as demo:
        demo.until(lambda: "Making up" in demo.said, "the beginning")
        assert demo.end() == 130
        assert list(demo.temporary.iterdir()) == []
        assert "Traceback" not in demo.said


def test_a_wrong_address_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with started(tmp_path, "--listen", "nonsense") as demo:
        assert demo.process.wait(30) == 2
        assert "--listen" in demo.said
        assert list(demo.temporary.iterdir()) == []


def test_an_address_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        with started(tmp_path, "--listen", where) as demo:
            assert demo.process.wait(30) == 1
            said = f"asura: cannot listen on {where}: Address already in use; choose another with --listen"
            assert demo.said.splitlines() == [said]
            assert list(demo.temporary.iterdir()) == []
