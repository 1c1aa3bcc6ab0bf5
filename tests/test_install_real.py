"""The installer with the real asura as the service: installed, upgraded, and taken back with its data when need be."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.installing import ROOT, write_program
from tests.process import free_port

LITTLE = ROOT / "tests" / "little_systemctl.py"
CONFIG = """\
server: {{listen: "127.0.0.1:{port}", data: "{data}"}}
network: {{canaries: []}}
"""


class Place:
    """A root with a real service in it, and the installer beside what it shall install."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.data = self.root / "var/lib/asura"
        self.port = free_port()
        (self.root / "run/systemd/system").mkdir(parents=True)
        (self.root / "etc/asura").mkdir(parents=True)
        (self.root / "etc/asura/config.yaml").write_text(CONFIG.format(port=self.port, data=self.data))
        (folder / "bin").mkdir()
        write_program(folder / "bin/systemctl", f'exec {sys.executable} {LITTLE} {self.root} "$@"')
        shutil.copy(ROOT / "install.sh", folder / "install.sh")

    def offer(self, version: str, source: Path, *more: str) -> None:
        """Put an asura beside the installer that runs from source, and is given more options when it serves."""
        lines = f"""\
            case "$*" in --version) echo "asura {version}"; exit ;; esac
            export PYTHONPATH="{source}"
            [ $# != 2 ] || set -- "$@" {" ".join(more)}
            exec {sys.executable} -m asura "$@"
            """
        write_program(self.folder / "asura", lines)

    def install(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the installer."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return subprocess.run(
            [str(self.folder / "install.sh"), "--prefix", str(self.root), *arguments],
            env={**os.environ, "PATH": path, "ASURA_HEALTHY_WITHIN": "2"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def log(self) -> str:
        """Return what the service logged."""
        return (self.root / "asura.service.log").read_text()

    def http(self) -> httpx2.Client:
        """Return a client with the first key."""
        key = (self.folder / "key").read_text()
        return httpx2.Client(base_url=f"http://127.0.0.1:{self.port}/api/v1", headers={"X-API-Key": key}, timeout=30)

    def schema(self) -> int:
        """Return the version of the database."""
        with sqlite3.connect(f"file:{self.data / 'asura.db'}?mode=ro", uri=True) as db:
            return int(db.execute("PRAGMA user_version").fetchone()[0])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A root where asura 1.0 is installed and runs, with one monitor; nothing runs any more at the end."""
    one = Place(tmp_path)
    try:
        one.offer("1.0", ROOT)
        done = one.install()
        assert done.returncode == 0, done.stdout + done.stderr
        assert f"http://127.0.0.1:{one.port}/setup#" in done.stdout
        shutil.copy(one.data / "first-admin-key", one.folder / "key")
        (one.folder / "key").write_text((one.folder / "key").read_text().strip())
        with one.http() as http:
            made = http.post(
                "/monitors", json={"name": "Shop", "type": "tcp", "target": "127.0.0.1:1", "interval": 3600}
            )
            assert made.status_code == 201, made.text
        yield one
    finally:
        subprocess.run([one.folder / "bin/systemctl", "stop", "asura.service"], check=False)


def of_the_future(folder: Path) -> Path:
    """Returns the source of an asura with one more migration."""
    shutil.copytree(ROOT / "asura", folder / "asura", ignore=shutil.ignore_patterns("static", "__pycache__"))
    steps = folder / "asura/store/migrations"
    last = max(int(path.name[:4]) for path in steps.glob("*.sql"))
    (steps / f"{last + 1:04}_add_future.sql").write_text("CREATE TABLE future (id INTEGER PRIMARY KEY) STRICT;\n")
    return folder


def monitors(place: Place) -> list[str]:
    """Returns the names of the monitors that the running asura has."""
    with place.http() as http:
        return [one["name"] for one in http.get("/monitors").json()["data"]]


def test_upgraded_for_real_and_taken_back_with_its_data_when_the_new_one_does_not_answer(place: Place) -> None:
    schema = place.schema()
    future = of_the_future(place.folder / "future")
    # It migrates and gets ready, but answers somewhere else than it should.
    place.offer("2.0", future, "--listen", f"127.0.0.1:{free_port()}")
    done = place.install()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "asura 2.0 did not get well: going back to 1.0" in done.stdout
    assert "The data is as it was before its migration" in done.stdout, done.stdout + place.log()
    assert "asura 1.0 runs again" in done.stdout
    assert (place.schema(), monitors(place)) == (schema, ["Shop"])
    assert len(list(place.data.glob("replaced-*/asura.db"))) == 1
    # The same one without its fault gets in, and the one before can be had again with the data of then.
    place.offer("2.1", future)
    done = place.install()
    assert done.returncode == 0, done.stdout + done.stderr
    assert (place.schema(), monitors(place)) == (schema + 1, ["Shop"])
    done = place.install("--rollback")
    assert "asura 1.0 cannot read the data" in done.stderr
    done = place.install("--rollback", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (place.schema(), monitors(place)) == (schema, ["Shop"])
