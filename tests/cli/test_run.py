"""`asura` as a process: it starts without anything, answers local commands, refuses a second one, and stops."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

ASURA = [sys.executable, "-m", "asura"]
ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASURA_")}
    return clean | {"PYTHONPATH": str(ROOT)}


def call(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*ASURA, *words], cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Path, str, subprocess.Popen[str]]]:
    """An asura that was started with nothing but a port; yields its folder, its address and the process."""
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(
            [*ASURA, "-listen", "127.0.0.1:0"],
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        found = re.search(r"http://\S+", first)
        assert found, first + (tmp_path / "log").read_text()
        yield tmp_path, found[0], process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_it_runs_answers_local_commands_and_stops(running: tuple[Path, str, subprocess.Popen[str]]) -> None:
    folder, url, process = running
    assert (folder / "asura-data" / "asura.db").is_file()
    made = call(folder, "key", "create", "ci", "--role", "viewer")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    # The running process knows the key at once: it made it itself.
    answer = httpx2.get(f"{url}/api/v1/overview", headers={"X-API-Key": key}, trust_env=False)
    assert answer.status_code == 200
    assert "ci" in call(folder, "key", "list").stdout
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0
    log = (folder / "log").read_text()
    assert key not in log
    assert "Traceback" not in log


def test_a_second_one_on_the_same_data_refuses_to_start(running: tuple[Path, str, subprocess.Popen[str]]) -> None:
    folder, _, process = running
    second = call(folder, "--listen", "127.0.0.1:0")
    assert second.returncode == 1
    assert "another asura" in second.stderr
    assert process.poll() is None


def test_a_declared_monitor_that_is_wrong_refuses_to_start(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(
        "server: {listen: '127.0.0.1:0'}\nmonitors:\n  - name: Shop\n    type: tcp\n    target: shop.example:1\n"
        "    settings: {sned: x}\n"
    )
    done = call(tmp_path)
    assert done.returncode == 2
    assert "config.yaml:6: monitors.shop.settings.sned: unknown key; did you mean send?" in done.stderr
