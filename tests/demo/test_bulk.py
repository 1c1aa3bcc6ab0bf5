"""`./dev seed`: many monitors with their past, the same each time, as the program reads them."""

import asyncio
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.demo import bulk
from asura.store import monitors
from asura.store.db import Store

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def test_every_hour_and_day_of_each_monitor_is_there(tmp_path: Path) -> None:
    made = bulk.fill(tmp_path / "data", 30, days=2, target="http://127.0.0.1:7/{number}", now=NOW)
    assert (made.monitors, made.results) == (30, 30 * 48 * 60)
    with sqlite3.connect(tmp_path / "data" / "asura.db") as db:
        tables = ("hours", "blobs", "days", "carry", "monitors")
        counts = [db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
    assert counts == [30 * 48, 30 * 48, 30 * 3, 30, 30]


def test_it_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        bulk.fill(tmp_path / name, 3, days=1, now=NOW)
    rows = []
    for name in ("one", "two"):
        with sqlite3.connect(tmp_path / name / "asura.db") as db:
            rows.append(db.execute("SELECT * FROM hours ORDER BY id").fetchall())
    assert rows[0] == rows[1]


def test_without_a_target_nothing_is_checked(tmp_path: Path) -> None:
    async def states() -> list[bool]:
        store = Store.open(tmp_path / "data", clock=SystemClock())
        try:
            return [one.config.enabled for one in await store.write(lambda db: monitors.load_all(db, store.vault))]
        finally:
            await store.close()

    bulk.fill(tmp_path / "data", 2, days=0.5, now=NOW)
    assert asyncio.run(states()) == [False, False]


@pytest.mark.parametrize("wish", [["0"], ["5", "--days", "0"], ["5", "--days", "400"], ["200000"], []])
def test_what_cannot_be_is_refused(tmp_path: Path, wish: list[str]) -> None:
    command = [sys.executable, "-m", "asura.demo.bulk", *wish, "--data", str(tmp_path / "data")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert not (tmp_path / "data").exists()


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "asura.db").write_text("precious")
    with pytest.raises(SystemExit):
        bulk.main(["3", "--data", str(tmp_path)])
    assert (tmp_path / "asura.db").read_text() == "precious"
