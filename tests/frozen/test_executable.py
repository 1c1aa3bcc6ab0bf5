"""The one-file executable, as people get it: in an empty folder, with an empty environment."""

import contextlib
import http.server
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from asura import __version__
from asura.channels import channel_types
from asura.checks import check_types

ROOT = Path(__file__).resolve().parents[2]
EXECUTABLE = ROOT / "dist" / "asura"
LARGEST = 30_000_000

pytestmark = pytest.mark.frozen


@pytest.fixture(autouse=True)
def built() -> None:
    """There must be something to drive."""
    if not EXECUTABLE.exists():
        pytest.skip("dist/asura is not there: ./dev binary builds it")


class Running:
    """An executable that serves, with its own folder for data and for what it unpacks."""

    def __init__(self, folder: Path) -> None:
        self.data, self.unpacked = folder / "work", folder / "unpacked"
        self.data.mkdir(exist_ok=True)
        self.unpacked.mkdir(exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.listen = f"127.0.0.1:{free.getsockname()[1]}"
        self.process = subprocess.Popen(
            [EXECUTABLE, "--listen", self.listen],
            cwd=self.data,
            env={"TMPDIR": str(self.unpacked)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.first_answer_s = self._wait()

    def _wait(self) -> float:
        began = time.monotonic()
        while time.monotonic() - began < 30:
            assert self.process.poll() is None, self.process.communicate()[0]
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"http://{self.listen}/api/v1/health").status_code == 200:
                    return time.monotonic() - began
            time.sleep(0.02)
        raise AssertionError("no answer within 30 s")

    def client(self) -> httpx2.Client:
        """Returns a client with the first key."""
        key = (self.data / "asura-data" / "first-admin-key").read_text().strip()
        return httpx2.Client(base_url=f"http://{self.listen}", headers={"Authorization": f"Bearer {key}"}, timeout=30)

    def crash(self) -> None:
        """Kills launcher and child at once, as a machine that loses its power does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate(timeout=15)

    def stop(self, sign: signal.Signals = signal.SIGTERM) -> int:
        """Ends it and returns its exit status."""
        self.process.send_signal(sign)
        self.process.communicate(timeout=15)
        return self.process.returncode


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """An executable that serves."""
    started = Running(tmp_path)
    yield started
    if started.process.poll() is None:
        started.stop()


@pytest.fixture
def target() -> Iterator[str]:
    """A real web server on the loopback."""

    class Quiet(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the executable with an empty environment."""
    return subprocess.run(
        [EXECUTABLE, *arguments], cwd=cwd, env={}, capture_output=True, text=True, check=False, timeout=60
    )


def test_it_is_small_enough() -> None:
    assert EXECUTABLE.stat().st_size <= LARGEST


def test_it_says_its_version(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"asura {__version__}\n"


def test_the_self_test_finds_every_part(tmp_path: Path) -> None:
    done = run("selftest", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_one_check_works_without_a_server(tmp_path: Path, target: str) -> None:
    done = run("check", target, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_bad_configuration_exits_with_two(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("server:\n  lisen: :9000\n")
    done = run("config", "check", cwd=tmp_path)
    assert done.returncode == 2
    assert "config.yaml:2" in done.stderr
    assert "listen" in done.stderr


def test_it_offers_every_type_that_the_source_has(running: Running) -> None:
    with running.client() as client:
        checks, channels = (client.get(f"/api/v1/{kind}-types").text for kind in ("check", "channel"))
    assert check_types()
    assert [name for name in check_types() if f'"{name}"' not in checks] == []
    assert [name for name in channel_types() if f'"{name}"' not in channels] == []


def test_it_serves_the_page_and_the_documents(running: Running) -> None:
    with running.client() as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "<script" in page.text
        assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
        assert client.get("/api/v1/health/ready").status_code == 200
        assert "checks_processed_total" in client.get("/metrics").text


def test_it_checks_a_target_and_remembers_after_being_killed(tmp_path: Path, target: str) -> None:
    first = Running(tmp_path)
    with first.client() as client:
        created = client.post("/api/v1/monitors", json={"name": "Shop", "type": "http", "target": target})
        assert created.status_code == 201, created.text
        assert client.post("/api/v1/monitors/shop/check-now").json()["status"] == "up"
        headers = dict(client.headers)
    first.crash()
    second = Running(tmp_path)
    with httpx2.Client(
        base_url=f"http://{second.listen}", headers={"Authorization": headers["authorization"]}
    ) as client:
        overview = client.get("/api/v1/overview").json()
    assert [(one["slug"], one["status"]) for one in overview["monitors"]] == [("shop", "up")]
    assert second.stop() == 0


def test_a_second_one_on_the_same_data_refuses_to_start(running: Running) -> None:
    done = run("--listen", "127.0.0.1:0", cwd=running.data)
    assert done.returncode == 1
    assert "another asura" in done.stdout + done.stderr


def test_a_job_calls_in_by_the_executable_and_shows_on_a_badge(running: Running) -> None:
    with running.client() as client:
        body = {
            "name": "Backup",
            "type": "heartbeat",
            "cron": "30 2 * * *",
            "timezone": "Europe/Berlin",
            "public": True,
        }
        beat = client.post("/api/v1/monitors", json=body).json()["heartbeat"]
        ran = run("ping", beat["ping_url"], "--", "/bin/sh", "-c", "echo done; exit 0", cwd=running.data)
        assert (ran.returncode, ran.stdout) == (0, "done\n"), ran.stderr
        assert [one["kind"] for one in client.get("/api/v1/monitors/1/pings").json()["data"]] == ["success", "start"]
        assert 'aria-label="Backup: up"' in client.get("/api/v1/badge/backup.svg").text
        assert client.get(f"/ping/{beat['uuid']}/3").text == "OK"
        assert client.get("/api/v1/badge/backup/heartbeat.json").json()["message"] == "failed, just now"


def test_it_ends_cleanly_and_leaves_nothing_unpacked(running: Running) -> None:
    assert any(running.unpacked.iterdir())
    began = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - began < 10
    assert list(running.unpacked.iterdir()) == []


def test_killing_the_launcher_leaves_no_orphan(running: Running) -> None:
    running.process.kill()
    # The child holds the other end of the pipe: that it is closed says that the child is gone.
    running.process.communicate(timeout=15)
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://{running.listen}/api/v1/health")


def test_it_needs_nothing_of_the_build_machine() -> None:
    listed = subprocess.run(["grep", "-c", str(ROOT).encode(), EXECUTABLE], capture_output=True, text=True, check=False)
    assert listed.stdout.strip() == "0"
    assert os.access(EXECUTABLE, os.X_OK)
