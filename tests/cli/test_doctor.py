"""`asura doctor` in real surroundings, whole and broken."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from asura.cli import doctor_database, doctor_folder, doctor_machine
from asura.cli.doctor_finding import State
from asura.cli.root import run
from asura.clock import SystemClock
from asura.domain.channel import ChannelConfig
from asura.domain.fields import Secret
from asura.store import channels
from asura.store.db import Store
from tests.cli.doctor_kit import QUIET, about, look, the
from tests.namespaces import own_mounts
from tests.opening import as_nobody, open_to_others
from tests.process import Asura, asura, free_port, target


async def made(folder: Path) -> Path:
    """Make data with a stored secret, as an asura leaves it; returns the folder of the data."""
    store = Store.open(folder / "data", clock=SystemClock())
    config = ChannelConfig(
        name="Team", type="webhook", settings={"url": "http://127.0.0.1:9/", "secret": Secret("s3cret")}
    )
    now = SystemClock().now()
    await store.write(lambda db: channels.insert(db, store.vault, slug="team", config=config, now=now))
    await store.close()
    return folder / "data"


def spoil(data: Path) -> None:
    """Break pages in the middle of the database."""
    with (data / "asura.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 8))


def age(data: Path) -> None:
    """Make it a database of a later version."""
    with sqlite3.connect(data / "asura.db") as db:
        db.execute("PRAGMA user_version=9999")
    db.close()


def leave_behind(data: Path) -> None:
    """Leave what a killed backup leaves."""
    partial = data / "backups" / "x.partial"
    partial.parent.mkdir()
    partial.write_bytes(b"half")
    os.utime(partial, (0, 0))


BREAKAGES: list[tuple[str, Callable[[Path], object], State, str, str]] = [
    ("folder", lambda data: data.chmod(0o755), State.PROBLEM, "open to others (0755)", "chmod 700"),
    (
        "key rights",
        lambda data: (data / "secret.key").chmod(0o644),
        State.PROBLEM,
        "read by others (0644)",
        "chmod 600",
    ),
    ("other key", lambda data: (data / "secret.key").write_bytes(bytes(32)), State.PROBLEM, "another key", "restore"),
    ("key gone", lambda data: (data / "secret.key").unlink(), State.PROBLEM, "secret.key: missing", "restore"),
    ("key cut", lambda data: (data / "secret.key").write_bytes(b"x"), State.PROBLEM, "not a key of 32", "restore"),
    ("pages", spoil, State.PROBLEM, "database: ", "asura restore"),
    ("newer", age, State.PROBLEM, "schema 9999", "newer executable"),
    (
        "not SQLite",
        lambda data: (data / "asura.db").write_bytes(b"x" * 5000),
        State.PROBLEM,
        "not a database",
        "restore",
    ),
    ("leftovers", leave_behind, State.WARN, "never finished", "rm "),
    ("set-up", lambda data: (data / "setup-link").write_text("x"), State.WARN, "no account yet", "cat "),
]


@pytest.mark.parametrize(
    ("breaks", "state", "seen", "todo"), [row[1:] for row in BREAKAGES], ids=[row[0] for row in BREAKAGES]
)
async def test_what_is_broken_in_the_data_folder_is_found(
    breaks: Callable[[Path], object], state: State, seen: str, todo: str, tmp_path: Path
) -> None:
    data = await made(tmp_path)
    breaks(data)
    found = the(await look(tmp_path), seen)
    assert found.state is state
    assert todo in found.todo


def test_somebody_else_is_told_whose_the_data_is(tmp_path: Path) -> None:
    asyncio.run(made(tmp_path))
    open_to_others(tmp_path)
    with as_nobody():
        seen = doctor_folder.look(tmp_path / "data")
        database = doctor_database.look(tmp_path / "data")
        deeper = doctor_folder.look(tmp_path / "data" / "inside")
    outside = the(list(doctor_folder.judge(seen)), "may not write")
    assert "belongs to root" in outside.seen
    assert outside.todo == "sudo -u root asura doctor"
    assert the(list(doctor_database.judge(database)), "database").todo.startswith("run this as root")
    assert the(list(doctor_folder.judge(deeper)), "may not write").todo == "sudo -u asura asura doctor"


def test_a_key_that_only_root_may_read_is_to_be_given_back_and_not_restored(tmp_path: Path) -> None:
    data = asyncio.run(made(tmp_path))
    for path in (data, *data.iterdir()):
        os.chown(path, 65534, -1)
    os.chown(data / "secret.key", 0, -1)
    open_to_others(tmp_path)
    with as_nobody():
        seen = doctor_database.look(data)
    found = the(list(doctor_database.judge(seen)), "secret.key")
    assert found.todo == f"chown {doctor_folder.user(65534)}: {data}/secret.key && chmod 600 {data}/secret.key"


async def test_the_whole_data_of_a_stopped_asura_is_found_whole(tmp_path: Path) -> None:
    data = await made(tmp_path)
    before = sorted((one.name, one.stat().st_size) for one in data.iterdir())
    async with target() as other:
        found = await look(tmp_path, f"server: {{listen: '127.0.0.1:{other.port}'}}\n")
    assert about(found, "secret.key: 0600, opens what is stored")
    assert the(found, "lock: nobody").seen.startswith("nobody")
    assert "whole" in the(found, "database: ").seen
    # Something listens there, and it is no asura.
    port = the(found, "port: ")
    assert port.state is State.PROBLEM
    assert f"sport = :{other.port}" in port.todo
    assert "1 of 1" in the(found, "channels: ").seen
    # It says of itself that it changes nothing: no file of SQLite's is left either.
    assert sorted((one.name, one.stat().st_size) for one in data.iterdir()) == before


async def test_a_running_asura_is_found_by_its_lock_and_its_socket_and_its_address(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        assert program.process is not None
        lines = f"server: {{listen: '127.0.0.1:{program.port}', external_url: '{program.url}', base_path: ''}}\n"
        found = await look(tmp_path, lines)
        assert str(program.process.pid) in the(found, "lock: an asura runs").seen
        assert "parts do their work" in the(found, "running: ").seen
        assert the(found, "port: ").seen.endswith("answers")
        assert the(found, "address: ").state is State.OK
        assert the(found, "clock: agrees with").state is State.OK
        assert the(found, "open files").seen.startswith("the running asura")
        # Another configuration than the one it was started with: it tells where it really listens.
        other_port = free_port()
        found = await look(tmp_path, f"server: {{listen: '127.0.0.1:{other_port}'}}\n")
        port = the(found, "port: ")
        assert port.state is State.OK
        assert port.seen.startswith(f"127.0.0.1:{program.port}: asura ")
        assert port.seen.endswith(f"(this configuration says 127.0.0.1:{other_port})")
        async with target() as other:
            found = await look(tmp_path, f"server: {{external_url: 'http://127.0.0.1:{other.port}'}}\n")
            assert "is no asura" in the(found, "address: ").seen


async def test_the_asura_of_other_data_is_not_taken_for_the_one_that_is_to_run(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    async with asura(tmp_path / "other") as program:
        await made(tmp_path)
        found = await look(tmp_path, f"server: {{listen: '127.0.0.1:{program.port}'}}\n")
        port = the(found, "port: ")
        assert port.state is State.PROBLEM
        assert port.seen.startswith(f"another asura, of other data, has 127.0.0.1:{program.port}: asura ")
        assert f"sport = :{program.port}" in port.todo
        # That is so: a start cannot have the port.
        starting = Asura(tmp_path)
        starting.port = program.port
        status, said = await starting.refuse()
        await starting.http.aclose()
        assert (status, "cannot listen on" in said) == (1, True)


def test_who_may_not_write_to_the_own_folder_is_told_of_its_mode(tmp_path: Path) -> None:
    data = asyncio.run(made(tmp_path))
    for path in (data, *data.iterdir()):
        os.chown(path, 65534, 65534)
    data.chmod(0o500)
    open_to_others(tmp_path)
    with as_nobody():
        own = doctor_folder.look(data)
    for seen in (own, doctor_folder.look(data)):
        (found,) = about(list(doctor_folder.judge(seen)), "data folder: ")
        assert found.state is State.PROBLEM
        assert "closed to its owner (0500)" in found.seen
        assert found.todo == f"chmod 700 {data}"


def test_folders_of_executables_that_were_killed_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "_MEI00000001abcdef").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    seen = doctor_machine.look(None, 10)
    assert seen.unpacked_before == (f"{tmp_path}/_MEI00000001abcdef",)
    monkeypatch.setenv("TMPDIR", f"{tmp_path}/missing")
    assert doctor_machine.look(None, 10).temporary_missing == f"{tmp_path}/missing"
    assert doctor_machine.look(os.getpid(), 10).files_of == "the running asura"


def test_a_disk_that_is_read_only_or_fleeting_is_found(tmp_path: Path) -> None:
    asyncio.run(made(tmp_path))
    with own_mounts() as mounts:
        mounts.run("mount", "--bind", str(tmp_path), str(tmp_path))
        mounts.run("mount", "-o", "remount,ro,bind", str(tmp_path))
        mounts.run("mount", "-t", "tmpfs", "none", "/mnt")
        seen = {}
        for data in (tmp_path / "data", Path("/mnt")):
            command = (*mounts.prefix, sys.executable, "-m", "asura", "--data", str(data), "doctor", "--json")
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            rows = json.loads(done.stdout)["findings"]
            seen[data.name] = done.returncode, {row["seen"]: row["state"] for row in rows}
    status, rows = seen["data"]
    assert status == 1
    assert rows[f"{tmp_path}/data is on a disk that is mounted read-only"] == "problem"
    assert "warn" in [state for words, state in seen["mnt"][1].items() if words.startswith("tmpfs")]


@pytest.fixture
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_an_empty_folder")
def test_it_prints_lines_with_what_to_do_below(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.yaml").write_text(
        QUIET + "server: {read_timeout: 5s}\nsmtp: {host: 127.0.0.1, port: 1, from: a@b.c}\n"
    )
    assert run(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "has no effect" in out
    assert "problem  mail server    127.0.0.1:1 (smtp): The mail server 127.0.0.1" in out
    assert "correct smtp, then: asura doctor" in out
    broken = sum(line.startswith("problem") for line in out.splitlines())
    assert out.rstrip().endswith(f" {broken} broken")


@pytest.mark.usefixtures("in_an_empty_folder")
def test_a_bad_configuration_is_told_with_all_its_errors(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.yaml").write_text(
        "server: {listne: x}\nmonitors:\n  - {name: Shop, type: tcp, target: shop.example}\n"
    )
    assert run(["doctor"]) == 2
    told = capsys.readouterr().err
    assert "server.listne: unknown key" in told
    assert "monitors.shop.target" in told


@pytest.mark.usefixtures("in_an_empty_folder")
def test_an_address_that_is_none_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--send-mail", "nobody"]) == 2
    assert "--send-mail: This is not an e-mail address." in capsys.readouterr().err
