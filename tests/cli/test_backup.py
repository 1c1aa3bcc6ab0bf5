"""`asura backup` and `asura restore` as people call them: real processes on a real folder."""

import asyncio
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyrage
import pytest

from asura.clock import SystemClock
from asura.store import folder as names
from asura.store.db import Store
from tests.store.backing import fill, unpacked

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "correct horse battery staple"
# Everything is loaded first: where Python lies may be closed to others.
AS_NOBODY = """
import os, sys, asura.cli.backup
from asura.cli.root import run
os.setgid(65534)
os.setuid(65534)
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("place")
    asyncio.run(fill(place / "data"))
    (place / "key").write_text(PASSPHRASE)
    return place


def asura(place: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "asura", "--data", str(place / "data"), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=place, stdin=stdin, capture_output=True, check=False, env=environment, timeout=60
    )


def test_a_file_a_folder_and_standard_output(place: Path, tmp_path: Path) -> None:
    done = asura(place, "backup", str(tmp_path / "one.backup"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().startswith(f"{tmp_path}/one.backup: ")
    assert b"1 monitors, schema" in done.stdout
    assert b"verified, not encrypted" in done.stdout
    assert b"it holds the key of all stored secrets" in done.stderr
    assert asura(place, "backup", str(tmp_path)).returncode == 0
    assert asura(place, "backup").returncode == 0
    (made,) = (place / "data" / "backups").iterdir()
    assert made.name.startswith("asura-2")
    made.unlink()
    streamed = asura(place, "backup", "-")
    (tmp_path / "streamed").write_bytes(streamed.stdout)
    assert list(unpacked(tmp_path / "streamed")) == ["manifest.json", "asura.db", "secret.key"]
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_without_a_name_is_wrong_use_and_no_folder(place: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "asura", "--data", str(place / "data"), "backup", ""]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, list(tmp_path.iterdir())) == (2, "", [])
    assert "FILE is empty: name a file or a folder" in done.stderr


def test_where_standard_output_takes_no_more_it_is_named(place: Path) -> None:
    command = [sys.executable, "-m", "asura", "--data", str(place / "data"), "backup", "-"]
    for more in ([], ["--key-file", str(place / "key")]):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([*command, *more], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 1
        said = "asura: standard output: No space left on device. No backup was made. Make room there"
        assert done.stderr.decode().startswith(said), done.stderr


def test_a_pipe_that_nobody_writes_into_is_refused_and_not_waited_for(place: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = asura(place, "restore", "--check", str(tmp_path / "pipe"))
    assert done.returncode == 1
    assert b"pipe: is no file on a disk" in done.stderr


def test_nothing_but_an_older_backup_is_replaced_and_nothing_of_the_data(place: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(place / "data", data)
    (tmp_path / "link").symlink_to(data)
    (tmp_path / "by-link.backup").symlink_to(data / "asura.db")
    os.link(data / "asura.db", tmp_path / "hard.backup")
    os.link(data / "secret.key", tmp_path / "key.backup")
    (tmp_path / "letter.odt").write_text("dear all")
    (tmp_path / "letter.backup").write_text("dear all")
    inside = "asura.db", "secret.key", "asura.db-wal", "new.backup", ".", "backups/../asura.db", "../link/asura.db"
    targets = [(data / name, "lies in the data folder") for name in inside]
    targets += [(tmp_path / "link", "lies in the data folder"), (tmp_path / "by-link.backup", "lies in the data")]
    targets += [(tmp_path / name, "delete it first") for name in ("hard.backup", "key.backup", "letter.odt")]
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    for path, sentence in (*targets, (tmp_path / "letter.backup", "delete it first")):
        done = asura(tmp_path, "backup", str(path))
        assert (done.returncode, done.stdout) == (1, b""), (path, done.stderr)
        assert sentence in done.stderr.decode(), path
        assert "No backup was made" in done.stderr.decode()
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in before if before[path] != after.get(path)} == set()
    (tmp_path / "empty.backup").touch()
    for path in (tmp_path / "good.backup", tmp_path / "good.backup", tmp_path / "empty.backup", data / "backups" / "x"):
        done = asura(tmp_path, "backup", str(path))
        assert done.returncode == 0, done.stderr


def test_it_is_encrypted_as_the_options_or_the_configuration_say(place: Path, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "id").write_text(str(identity))
    assert asura(place, "backup", "--recipient", str(identity.to_public()), str(tmp_path)).returncode == 0
    (made,) = tmp_path.glob("*.backup.age")
    (tmp_path / "config.yaml").write_text(f"backup: {{key_file: {place}/key}}\nserver: {{data: {place}/data}}\n")
    command = [sys.executable, "-m", "asura", "--config", str(tmp_path / "config.yaml"), "backup", str(tmp_path / "x")]
    assert subprocess.run(command, check=False, cwd=ROOT, capture_output=True).returncode == 0
    for path, option, key in ((made, "--identity", tmp_path / "id"), (tmp_path / "x", "--key-file", place / "key")):
        assert asura(place, "restore", "--check", option, str(key), str(path)).returncode == 0
        refused = asura(place, "restore", "--check", str(path))
        assert (refused.returncode, refused.stdout) == (1, b"")
        assert b"it is encrypted: name the file of its identity with --identity" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "sentence"),
    [
        (("backup", "--recipient", "age1x", "x"), 2, "'age1x' is no recipient"),
        (("backup", "--key-file", "nowhere", "x"), 1, "nowhere: cannot be read"),
        (("backup", "--key-file", "key", "--recipient", "age1x", "x"), 2, "choose one of the two"),
        (("backup", "nowhere/x"), 1, "nowhere: No such file or directory. No backup was made. Make that folder first"),
        (("restore", "nowhere"), 1, "nowhere: No such file or directory"),
        (("restore", "key"), 1, "is no backup of asura"),
        (("restore", "data"), 1, "data: is a folder"),
        (("restore", "--check", "/dev/null"), 1, "/dev/null: is no file on a disk. Write the backup into a file first"),
        (("restore", "--identity", "key", "--key-file", "key", "x"), 2, "choose one of the two"),
        (("restore", "--identity", "key", "x"), 1, "holds no identity"),
    ],
)  # fmt: skip
def test_wrong_use_is_told_from_failure(place: Path, arguments: tuple[str, ...], status: int, sentence: str) -> None:
    done = asura(place, *arguments)
    assert (done.returncode, done.stdout) == (status, b""), done.stderr
    assert sentence in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (place / "x").exists()


def test_a_folder_of_somebody_else_is_a_plain_error(place: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    # The folders of the tests themselves are closed to everybody else.
    with tempfile.TemporaryDirectory() as open_to_all:
        Path(open_to_all).chmod(0o777)
        shutil.copytree(place / "data", Path(open_to_all, "data"))
        arguments = ["--data", f"{open_to_all}/data", "backup", f"{open_to_all}/never"]
        done = subprocess.run([sys.executable, "-c", AS_NOBODY, *arguments], cwd=ROOT, capture_output=True, check=False)
        assert os.listdir(open_to_all) == ["data"]
    assert done.returncode == 1, done.stderr
    assert b"belongs to root: run this as that user (sudo -u root asura backup)" in done.stderr


def test_restoring_asks_and_keeps_what_was_there(place: Path, tmp_path: Path) -> None:
    asura(place, "backup", str(tmp_path / "one"))
    fresh = ("restore", "--data", str(tmp_path / "new"), str(tmp_path / "one"))
    done = asura(place, *fresh)
    assert (done.returncode, b"tells nobody anything until" in done.stderr) == (0, True), done.stderr
    # The words to go on with are those for this folder.
    assert done.stderr.decode().splitlines()[-1].endswith(f"say so: asura --data {tmp_path}/new release")
    assert b"what was there" not in done.stdout
    assert b"  users: none\n  API keys: none\n  probes: none\n" in done.stdout
    assert b"Revoke again what was revoked since 2" in done.stderr
    assert sorted(os.listdir(tmp_path / "new")) == ["asura.db", "asura.lock", "secret.key"]
    again = asura(place, *fresh)
    assert again.returncode == 2
    assert b"holds a database of 1 monitors" in again.stderr
    assert b"add --yes" in again.stderr
    assert asura(place, *fresh, "--yes").returncode == 0
    (kept,) = (tmp_path / "new").glob("replaced-*")
    assert sorted(os.listdir(kept)) == ["asura.db", "secret.key"]
    store = Store.open(tmp_path / "new", clock=SystemClock())
    refused = asura(place, *fresh, "--yes")
    assert refused.returncode == 1
    assert b"asura is running on this data. Stop it" in refused.stderr
    assert asura(place, "restore", "--check", "--data", str(tmp_path / "new"), str(tmp_path / "one")).returncode == 0
    asyncio.run(store.close())


def test_the_words_after_it_name_the_configuration_too(place: Path, tmp_path: Path) -> None:
    asura(place, "backup", str(tmp_path / "one"))
    config = tmp_path / "my config.yaml"
    config.write_text(f"server: {{data: '{tmp_path}/new'}}\n")
    command = [sys.executable, "-m", "asura", "--config", str(config), "restore", str(tmp_path / "one")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert done.stderr.decode().splitlines()[-1].endswith(f"say so: asura --config '{config}' release")


def test_no_at_the_question_changes_nothing(place: Path, tmp_path: Path) -> None:
    asura(place, "backup", str(tmp_path / "one"))
    before = (place / "data" / names.DATABASE).read_bytes()
    master, slave = pty.openpty()
    os.write(master, b"n\n")
    done = asura(place, "restore", str(tmp_path / "one"), stdin=slave)
    assert done.returncode == 1, done.stderr
    assert b"Replace it?" in done.stderr
    assert done.stderr.endswith(b"Nothing was changed.\n")
    assert (place / "data" / names.DATABASE).read_bytes() == before
    assert not list((place / "data").glob("replaced-*"))
    assert not list((place / "data").glob(".run-*"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_no_trace_and_a_terminal_sees_progress(
    place: Path, tmp_path: Path, number: signal.Signals
) -> None:
    data = tmp_path / "data"
    shutil.copytree(place / "data", data)
    store = Store.open(data, clock=SystemClock())
    rows = [(number_of, bytes(1_000_000)) for number_of in range(40)]
    asyncio.run(store.write(lambda db: db.executemany("INSERT INTO blobs VALUES (?, 1, ?)", rows)))
    asyncio.run(store.close())
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "asura", "--data", str(data), "backup", str(tmp_path / "one.backup")]
    with subprocess.Popen(command, cwd=ROOT, stderr=slave, stdout=subprocess.PIPE) as running:
        os.close(slave)
        seen = b""
        while b"%" not in seen:
            seen += os.read(master, 1000)
        running.send_signal(number)
        began = time.monotonic()
        assert running.wait(20) == 1
        assert time.monotonic() - began < 10
        assert running.stdout is not None
        assert running.stdout.read() == b""
    seen += os.read(master, 10_000)
    assert b"copying" in seen
    assert seen.rstrip().endswith(b"asura: stopped")
    assert os.listdir(tmp_path) == ["data"]
    assert os.listdir(data / "backups") == []
    os.close(master)
