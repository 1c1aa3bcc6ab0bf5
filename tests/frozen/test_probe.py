"""The one-file executable as a probe: in an empty folder, with nothing but its key in the environment."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.frozen.kit import EXECUTABLE, Running

pytestmark = pytest.mark.frozen
# What the probe alone takes, with its interpreter and libraries unpacked; the budget is 45.
MOST_MB = 47


@pytest.fixture
def primary(tmp_path: Path) -> Iterator[Running]:
    """A primary from the same file."""
    if not EXECUTABLE.exists():
        pytest.skip("dist/asura is not there: ./dev binary builds it")
    one = Running(tmp_path)
    yield one
    one.stop()


def enrol(client: httpx2.Client) -> str:
    answer = client.post("/api/v1/probes", json={"region": "eu", "name": "one"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["key"])


def probe(primary: Running, key: str, folder: Path, *more: str) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [EXECUTABLE, "-mode", "probe", "-primary", f"http://{primary.listen}", *more],
        cwd=folder,
        env={"TMPDIR": str(folder), "ASURA_KEY": key},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_it_checks_for_a_primary_and_leaves_nothing_behind(primary: Running, tmp_path: Path) -> None:
    with primary.client() as client:
        key = enrol(client)
        body = {"name": "Shop", "type": "http", "target": f"http://{primary.listen}/api/v1/health", "regions": ["eu"]}
        shop = client.post("/api/v1/monitors", json={**body, "interval": 5}).json()
        began = time.monotonic()
        process = probe(primary, key, tmp_path / "elsewhere")
        try:
            while client.get(f"/api/v1/monitors/{shop['id']}").json()["status"] != "up":
                assert process.poll() is None, process.communicate()[0]
                assert time.monotonic() - began < 30
                time.sleep(0.25)
            last = client.get(f"/api/v1/monitors/{shop['id']}").json()["last_result"]
            assert (last["region"], last["code"]) == ("eu", 200)
            assert resident_mb(process.pid) <= MOST_MB
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            said = process.communicate(timeout=15)[0]
        assert process.returncode == 0, said
        assert [one.name for one in (tmp_path / "elsewhere").iterdir()] == []


def resident_mb(pid: int) -> float:
    """Return what the process takes that the launcher started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = Path(f"/proc/{children[0]}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024
