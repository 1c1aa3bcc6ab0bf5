"""What docs/upgrading.md says, run as it stands there on the data of an earlier version."""

import contextlib
import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from asura.store import migrate
from tests.databases import expected, unpacked
from tests.process import asura

pytestmark = pytest.mark.faults
PAGE = Path(__file__).resolve().parents[1] / "docs" / "upgrading.md"
CHECK, REHEARSE, UPGRADE, BACK = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def run(snippet: str, folder: Path) -> str:
    """Run a snippet where asura is on the path, and return what it says."""
    program = folder / "bin" / "asura"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m asura "$@"\n')
    program.chmod(0o755)
    places = {"PATH": f"{program.parent}:/usr/bin:/bin", "PYTHONPATH": os.getcwd()}
    data = {"DATA": str(folder / "data"), "ASURA_DATA": str(folder / "data")}
    ran = subprocess.run(
        ["/bin/sh", "-ec", snippet], cwd=folder, env=places | data, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def schema(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


async def test_the_page_leads_forward_and_back_again(tmp_path: Path) -> None:
    path = unpacked(2, tmp_path / "data")
    before = path.read_bytes()
    assert "schema 2, will be" in run(CHECK, tmp_path)
    assert "a copy was migrated" in run(REHEARSE, tmp_path)
    assert path.read_bytes() == before
    assert "migrated from schema 2" in run(UPGRADE, tmp_path)
    assert schema(path) == migrate.newest()
    run(BACK, tmp_path)
    assert path.read_bytes() == before
    assert schema(tmp_path / "data" / "migrated" / "asura.db") == migrate.newest()
    # And forward once more, by the start this time, which says what it does.
    async with asura(tmp_path) as program:
        monitors = (await program.get("/monitors"))["data"]
        assert len(monitors) == len(expected(2)["facts"]["monitors"])
        said = program.log.read_text()
        assert re.search(
            rf"migrating schema 2 to {migrate.newest()}; (\S+ kB are copied afterwards|a copy shares)", said
        )
        assert re.search(rf"at schema {migrate.newest()}, after \d+\.\d s", said)
