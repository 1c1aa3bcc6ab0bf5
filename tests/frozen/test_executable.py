"""The one-file executable, as people get it: in an empty folder, with an empty environment."""

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from asura import __version__
from asura.channels import channel_types
from asura.checks import check_types
from tests.frozen.kit import EXECUTABLE, Running, run, running, web_server

pytestmark = pytest.mark.frozen


@pytest.fixture(scope="module")
def asura(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One executable that serves all tests of this file that only look, or leave something behind."""
    with running(tmp_path_factory.mktemp("asura")) as one:
        yield one


@pytest.fixture(scope="module")
def client(asura: Running) -> Iterator[httpx2.Client]:
    """A client of it, with the first key."""
    with asura.client() as one:
        yield one


def test_it_says_its_version(tmp_path: Path) -> None:
    assert run("--version", cwd=tmp_path).stdout == f"asura {__version__}\n"


def test_it_takes_little_to_answer_for_the_first_time(asura: Running) -> None:
    # 0.75 s of CPU on a quiet machine, 1.0 to 1.35 on a busy one (bench/README.md); twice that is no noise any more.
    assert 0.1 < asura.first_answer_cpu_s < 2.7


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
def test_it_runs_without_its_streams(closed: str, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec {EXECUTABLE} "$@" {closed}\n')
    bare.chmod(0o755)
    with running(tmp_path, bare) as one:
        assert (one.data / "asura-data" / "setup-link").read_text().startswith("http")
        assert one.stop() == 0


def test_bad_configuration_exits_with_two(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("server:\n  lisen: :9000\n")
    done = run("config", "check", cwd=tmp_path)
    assert done.returncode == 2
    assert "config.yaml:2" in done.stderr
    assert "listen" in done.stderr


def test_it_offers_every_type_that_the_source_has(client: httpx2.Client) -> None:
    checks, channels = (
        {one["name"] for one in client.get(f"/api/v1/{kind}-types").json()["data"]} for kind in ("check", "channel")
    )
    assert set(check_types()) <= checks
    assert set(channel_types()) <= channels


def test_it_serves_the_dashboard_with_its_scripts_and_the_documents(client: httpx2.Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    files = re.findall(r"""(?:src|href)="([^"]+\.(?:js|css))\"""", page.text)
    assert any(file.endswith(".js") for file in files)
    for file in files:
        got = client.get(str(httpx2.URL("/").join(file)))
        assert got.status_code == 200, file
        assert len(got.content) > 100, file
    assert client.get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")
    assert client.get("/api/v1/health/ready").status_code == 200
    assert "checks_processed_total" in client.get("/metrics").text


def test_a_second_one_on_the_same_data_refuses_to_start(asura: Running) -> None:
    done = run("--listen", "127.0.0.1:0", cwd=asura.data)
    assert done.returncode == 1
    assert "another asura" in done.stdout + done.stderr


def test_a_job_calls_in_by_the_executable_and_shows_on_a_badge(asura: Running, client: httpx2.Client) -> None:
    body = {"name": "Backup", "type": "heartbeat", "cron": "30 2 * * *", "timezone": "Europe/Berlin", "public": True}
    created = client.post("/api/v1/monitors", json=body).json()
    beat = created["heartbeat"]
    # What the job sees of the environment is what whoever called saw: nothing of the executable's own libraries.
    ran = run("ping", beat["ping_url"], "--", "/bin/sh", "-c", "echo done; env; exit 0", cwd=asura.data, GIVEN="1")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("done\n")
    assert "GIVEN=1" in ran.stdout
    assert "LD_LIBRARY_PATH" not in ran.stdout
    assert "_PYI_" not in ran.stdout
    pings = client.get(f"/api/v1/monitors/{created['id']}/pings").json()["data"]
    assert [one["kind"] for one in pings] == ["success", "start"]
    assert 'aria-label="Backup: up"' in client.get("/api/v1/badge/backup.svg").text
    assert client.get(f"/ping/{beat['uuid']}/3").text == "OK"
    assert client.get("/api/v1/badge/backup/heartbeat.json").json()["message"] == "failed, just now"


def test_a_status_page_is_drawn_in_its_zone(client: httpx2.Client) -> None:
    body = {"title": "How we are", "timezone": "Australia/Lord_Howe", "visibility": "public"}
    made = client.post("/api/v1/status-pages", json=body)
    assert made.status_code == 201, made.text
    page = client.get(f"/status/{made.json()['slug']}")
    assert page.status_code == 200
    assert "How we are" in page.text


def test_it_remembers_after_both_its_processes_are_killed_and_clears_what_they_unpacked(tmp_path: Path) -> None:
    first = Running(tmp_path)
    with web_server() as target, first.client() as client:
        created = client.post("/api/v1/monitors", json={"name": "Shop", "type": "http", "target": target})
        assert created.status_code == 201, created.text
        assert client.post("/api/v1/monitors/shop/check-now").json()["status"] == "up"
        headers = {"authorization": client.headers["authorization"]}
    first.crash()
    left = list(first.unpacked.iterdir())
    assert len(left) == 1
    second = Running(tmp_path)
    assert left[0] not in second.unpacked.iterdir()
    overview = httpx2.get(f"http://{second.listen}/api/v1/overview", headers=headers).json()
    assert [(one["slug"], one["status"]) for one in overview["monitors"]] == [("shop", "up")]
    assert second.stop() == 0
    assert list(second.unpacked.iterdir()) == []


def test_an_executable_that_was_replaced_goes_on_from_the_one_that_was_started(tmp_path: Path) -> None:
    own = tmp_path / "asura"
    from tests.frozen.kit import EXECUTABLE

    own.write_bytes(EXECUTABLE.read_bytes())
    own.chmod(0o755)
    one = Running(tmp_path, executable=own)
    newer = tmp_path / "newer"
    newer.write_bytes(b"another version of it" * 1000)
    newer.replace(own)
    # Regular expressions, e-mail and Apprise are loaded when they are first used: out of the file that is gone.
    with one.client() as client:
        for settings in ({"type": "apprise", "settings": {"url": "json://127.0.0.1:1/"}}, {"type": "ntfy"}):
            answer = client.post("/api/v1/channels", json={"name": "x", **settings})
            assert answer.status_code < 500, answer.text
        assert client.get("/api/v1/openapi.json").status_code == 200
        assert client.get("/").status_code == 200
    began = time.monotonic()
    assert one.stop(signal.SIGTERM) == 0
    assert time.monotonic() - began < 30
