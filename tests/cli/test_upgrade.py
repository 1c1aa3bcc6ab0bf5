"""`asura upgrade`: what it says before anything is changed, the rehearsal, and the migration itself."""

import asyncio
import contextlib
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from asura.cli import upgrade_check
from asura.cli.doctor_finding import State, worst
from asura.cli.root import run
from asura.clock import SystemClock
from asura.store import folder, migrate
from asura.store.db import Store
from tests.databases import SCHEMAS, unpacked
from tests.namespaces import own_mounts
from tests.process import asura
from tests.store.test_migrate import untouched

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
Told = pytest.CaptureFixture[str]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


def upgrade(data: Path, *options: str) -> int:
    return run(["--data", str(data), "upgrade", *options])


def names(data: Path) -> list[str]:
    return sorted(file.name for file in data.rglob("*"))


def schema(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


def make_newer(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version=9999")


def test_a_check_says_from_and_to_and_what_it_needs_and_touches_nothing(data: Path, capsys: Told) -> None:
    path = unpacked(2, data)
    before = names(data)
    with untouched(path):
        assert upgrade(data, "--check") == 0
    told = capsys.readouterr().out
    assert f"schema 2, will be {migrate.newest()}" in told
    assert "a migration needs" in told and "no asura runs on this data" in told
    assert told.splitlines()[-1].endswith(f"may take over {data}; nothing was changed")
    assert names(data) == before


def test_a_check_in_json_has_the_same(data: Path, capsys: Told) -> None:
    unpacked(1, data)
    assert upgrade(data, "--check", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["before"], told["after"], told["running"]) == (True, 1, migrate.newest(), False)
    assert told["needed"] > 0 and told["free"] > told["needed"]
    assert {one["state"] for one in told["findings"]} == {"ok"}


def test_where_there_is_nothing_yet_there_is_nothing_in_the_way(data: Path, capsys: Told) -> None:
    assert upgrade(data, "--check") == 0
    assert "the first start makes it" in capsys.readouterr().out
    assert upgrade(data) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert not data.exists()


def test_a_newer_database_may_not_be_taken_over_by_anything_and_stays_as_it_is(data: Path, capsys: Told) -> None:
    path = unpacked(SCHEMAS[-1], data)
    make_newer(path)
    commands = (
        ["upgrade", "--check"],
        ["upgrade", "--rehearse"],
        ["upgrade"],
        ["key", "list"],
        ["user", "list"],
        ["export-status", str(data.parent / "static")],
        ["release"],
        [],
    )
    for command in commands:
        with untouched(path):
            assert run(["--data", str(data), *command]) != 0, command
        told = capsys.readouterr()
        assert "newer" in told.out + told.err, (command, told)
    # A backup of it only reads, and whoever goes back to the newer one may be glad of it.
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    run(["--data", str(data), "backup", str(data.parent / "one.backup")])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


@pytest.mark.parametrize("number", SCHEMAS)
def test_a_database_of_any_age_is_looked_at_and_no_file_appears(data: Path, capsys: Told, number: int) -> None:
    path = unpacked(number, data)
    before = names(data)
    with untouched(path):
        assert upgrade(data, "--check") == 0
    told = capsys.readouterr().out
    assert names(data) == before and "not all of it" not in told and "malformed" not in told


def test_what_a_start_would_stumble_over_is_found_before(data: Path, capsys: Told) -> None:
    path = unpacked(SCHEMAS[-1], data)
    key, whole = data / "secret.key", path.read_bytes()
    good = key.read_bytes()
    for wrong, sentence in ((None, "missing"), (b"", "not a key of 32 bytes"), (bytes(32), "sealed with another key")):
        key.unlink() if wrong is None else key.write_bytes(wrong)
        assert upgrade(data, "--check") == 1
        told = capsys.readouterr().out
        assert sentence in told and "put the right secret.key back" in told and "may not take over" in told
        key.write_bytes(good)
    damaged = bytearray(whole)
    for page in range(4, len(whole) // 4096, 3):
        damaged[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    for broken in (bytes(damaged), whole[: len(whole) // 2]):
        path.write_bytes(broken)
        with untouched(path):
            assert upgrade(data, "--check") == 1
        told = capsys.readouterr().out
        assert str(path) in told and "asura restore FILE" in told and "may not take over" in told
    path.write_bytes(whole)
    assert upgrade(data, "--check") == 0


def test_what_is_no_database_is_said_with_what_to_do(data: Path, capsys: Told) -> None:
    data.mkdir(mode=0o700)
    (data / "asura.db").write_bytes(b"not a database" * 100)
    assert upgrade(data, "--check") == 1
    assert "this is no database" in capsys.readouterr().out


def test_a_configuration_that_this_version_does_not_take_is_told_whole(data: Path, capsys: Told) -> None:
    unpacked(1, data)
    file = data.parent / "other.yaml"
    file.write_text("monitor:\n  default_intervall: 60s\nserver:\n  listen: nowhere\nmonitors:\n  - {name: x}\n")
    assert run(["--config", str(file), "--data", str(data), "upgrade", "--check"]) == 2
    told = capsys.readouterr().err
    assert "default_intervall" in told and "server.listen" in told and "monitors" in told


def test_the_file_is_found_as_by_the_server(data: Path, capsys: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked(3, data)
    (data.parent / "config.yaml").write_text(f"server:\n  data: {data}\n")
    assert run(["upgrade", "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["before"] == 3
    monkeypatch.setenv("ASURA_DATA", str(data.parent / "elsewhere"))
    assert run(["upgrade", "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["before"] == 0


def test_a_probe_has_nothing_to_migrate(data: Path, capsys: Told) -> None:
    probe = ["--mode", "probe", "--primary", "http://127.0.0.1:9", "--key", "k"]
    assert run([*probe, "upgrade", "--check"]) == 0
    assert "keeps no data" in capsys.readouterr().out


def test_a_rehearsal_migrates_a_copy_and_leaves_nothing(data: Path, capsys: Told) -> None:
    path = unpacked(1, data)
    before = names(data)
    assert upgrade(data, "--rehearse") == 0
    told = capsys.readouterr().out
    assert "a copy was migrated and read in" in told and "nothing was changed" in told
    assert schema(path) == 1
    assert names(data) == before


def test_on_a_full_disk_nothing_may_take_over_although_there_is_nothing_to_migrate(data: Path) -> None:
    unpacked(SCHEMAS[-1], data)
    with own_mounts() as mounts:
        mounts.run("mount", "-t", "tmpfs", "-o", "size=8m", "none", "/mnt")
        mounts.run("cp", "-a", f"{data}/.", "/mnt")
        command = [*mounts.prefix, sys.executable, "-m", "asura", "--data", "/mnt", "upgrade", "--check"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and "may not take over /mnt yet" in done.stdout, done.stdout + done.stderr
    assert "are free, a start needs 32.0 MB to write to" in done.stdout


def test_a_rehearsal_finds_what_a_migration_would_fail_at(data: Path, capsys: Told) -> None:
    path = unpacked(2, data)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE audit (a)")
    assert upgrade(data, "--check") == 0
    assert upgrade(data, "--rehearse") == 1
    told = capsys.readouterr().out
    assert "table audit already exists" in told and "may not take over" in told
    assert schema(path) == 2 and not list(data.glob(".run-*"))


def test_the_migration_is_carried_out_and_says_where_the_copy_is(data: Path, capsys: Told) -> None:
    path = unpacked(1, data)
    assert upgrade(data) == 0
    told = capsys.readouterr().out
    (copy,) = (data / "backups").iterdir()
    assert f"migrated from schema 1 to {migrate.newest()}" in told and str(copy) in told
    assert schema(path) == migrate.newest() and schema(copy) == 1
    assert upgrade(data, "--json") == 0
    assert json.loads(capsys.readouterr().out)["migrated"] is False


def test_who_may_not_write_there_is_told_before(data: Path) -> None:
    unpacked(1, data)
    (data / "secret.key").chmod(0o000)
    seen = upgrade_check.Outlook(data=str(data), owner="asura", we="mia", rights=("secret.key belongs to root",))
    assert worst(upgrade_check.judge(seen)) is State.PROBLEM
    if os.geteuid() == 0:
        os.chown(data / "asura.db", 1, 1)
        assert any("asura.db belongs to" in one for one in upgrade_check._rights(data))


def test_a_rehearsal_that_is_stopped_leaves_no_copy(data: Path) -> None:
    path = unpacked(1, data)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TABLE ballast (body)")
        db.executemany("INSERT INTO ballast VALUES (?)", [(bytes(1_000_000),)] * 40)
        db.commit()
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "asura", "--data", str(data), "upgrade", "--check", "--rehearse"]
    with subprocess.Popen(command, stderr=slave, stdout=subprocess.DEVNULL, env=ENVIRONMENT) as running:
        os.close(slave)
        seen = b""
        while b"%" not in seen:
            seen += os.read(master, 1000)
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 1
    os.close(master)
    assert not {name for name in names(data) if "run-" in name or "rehearsal" in name}


@pytest.mark.parametrize(
    ("more", "state", "words"),
    [
        ({"before": 5, "needed": 32 * 10**6, "free": 0}, State.PROBLEM, "0 kB are free, a start needs 32.0 MB to"),
        ({"needed": 5 * 10**9, "free": 10**9}, State.PROBLEM, "1.0 GB are free, a migration needs 5.0 GB"),
        ({"needed": 10**8, "free": 10**9, "size": 3 * 10**9}, State.OK, "the copy is written while it runs"),
        ({"needed": 10**8, "free": 10**9, "size": 3 * 10**9, "shared": True}, State.OK, "makes the copy at once"),
        ({"free": 10**9, "running": True, "running_version": "0.9"}, State.OK, "asura 0.9 runs on this data"),
        ({"before": 7}, State.PROBLEM, "made by a newer asura: schema 7"),
        ({"before": 5}, State.OK, "nothing to migrate"),
        ({"before": 5, "looked_at_all": False}, State.OK, "not all of it was looked at"),
    ],
    ids=["full", "no-room", "copied", "shared", "running", "newer", "current", "large"],
)
def test_each_thing_that_is_seen_has_its_words(more: dict[str, Any], state: State, words: str) -> None:
    seen = upgrade_check.Outlook(**{"data": "/var/lib/asura", "owner": "asura", "before": 2, "after": 5, **more})
    findings = list(upgrade_check.judge(seen))
    assert worst(findings) is state
    assert any(words in one.seen for one in findings), findings


def test_a_folder_that_is_held_is_not_migrated(data: Path, capsys: Told) -> None:
    unpacked(1, data)
    held = folder.lock(data)
    try:
        assert upgrade(data) == 1
        assert "another asura is running on this data" in capsys.readouterr().err
        assert upgrade(data, "--check") == 0
        assert "an asura runs on this data" in capsys.readouterr().out
    finally:
        folder.unlock(held)


async def test_a_running_asura_says_its_version_and_may_go_on(tmp_path: Path, capsys: Told) -> None:
    async with asura(tmp_path) as program:
        command = ["--config", str(program.config), "--data", str(program.data), "upgrade"]
        assert await asyncio.to_thread(run, [*command, "--check", "--rehearse", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["running"] and told["running_version"]
        assert any(one["subject"] == "rehearsal" for one in told["findings"])
        assert (await program.http.get("/health")).status_code == 200


def test_the_next_start_has_nothing_left_to_do(data: Path, capsys: Told) -> None:
    unpacked(1, data)
    assert upgrade(data) == 0

    async def start() -> None:
        await Store.open(data, clock=SystemClock()).close()

    asyncio.run(start())
    assert len(list((data / "backups").iterdir())) == 1
