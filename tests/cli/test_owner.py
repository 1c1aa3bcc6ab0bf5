"""Commands as root in a folder that somebody else owns, who may have laid anything there; and as a stranger."""

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from asura.store import folder, swap
from tests.cli.commands import Commands, commands
from tests.databases import unpacked as old_database
from tests.store.backing import fill, packed, unpacked

NOBODY = 65534
STRANGER = 4242


@pytest.fixture(name="cli", scope="module")
def _cli() -> Iterator[Commands]:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    with commands() as cli:
        yield cli


@pytest.fixture(name="filled", scope="module")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    filled = tmp_path_factory.mktemp("filled") / "data"
    asyncio.run(fill(filled))
    return filled


@pytest.fixture(name="place")
def _place() -> Iterator[Path]:
    """A folder that everybody may look into: those of the tests are closed."""
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.fixture(name="data")
def _data(place: Path, filled: Path) -> Path:
    """A data folder of nobody's."""
    shutil.copytree(filled, place / "data")
    return give(place / "data")


@pytest.fixture(name="victim")
def _victim(place: Path) -> Path:
    """A file of root's, in a folder that others may look into."""
    (place / "victims").mkdir(mode=0o755)
    victim = place / "victims" / "shadow"
    victim.write_text("root:secret")
    victim.chmod(0o600)
    return victim


def give(path: Path, uid: int = NOBODY) -> Path:
    for one in (path, *path.rglob("*")):
        os.chown(one, uid, uid, follow_symlinks=False)
    return path


def lay(link: Path, target: Path) -> None:
    """Lay a link as the owner of the folder would."""
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)


def seen(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_uid, found.st_gid, found.st_mode


def owners(data: Path) -> set[tuple[int, int]]:
    return {(one.lstat().st_uid, one.lstat().st_gid) for one in (data, *data.rglob("*"))}


def test_a_backup_follows_no_link_out_of_the_folder(cli: Commands, data: Path, victim: Path) -> None:
    before, folder_before = seen(victim), seen(victim.parent)
    lay(data / folder.BACKUPS, victim.parent)
    assert cli.run("--data", data, "backup").status == 1
    assert cli.run("--data", data, "backup", "-").status == 1
    assert (seen(victim), seen(victim.parent)) == (before, folder_before)
    (data / folder.BACKUPS).unlink()

    lay(data / folder.KEY, victim)
    told = cli.run("--data", data, "backup", data.parent / "victims" / "x")
    assert told.status == 1 and "nobody may not write there" in told.err, told
    told = cli.run("--data", data, "backup", "-")
    assert told.status == 1 and "secret.key: is a link" in told.err, told


def test_a_restore_follows_no_link_out_of_the_folder(cli: Commands, data: Path, filled: Path, victim: Path) -> None:
    backup = victim.parent / "one"
    assert cli.run("--data", filled, "backup", backup).status == 0
    before, folder_before = seen(victim), seen(victim.parent)
    lay(data / folder.LOCK, victim)
    told = cli.run("--data", data, "restore", "--yes", backup)
    assert told.status == 1 and "asura.lock: is a link, and has to be a file" in told.err, told
    assert victim.read_text() == "root:secret"
    (data / folder.LOCK).unlink()

    lay(data / folder.BACKUPS, victim.parent)
    assert cli.run("--data", data, "restore", "--check", backup).status == 0
    (data / folder.BACKUPS).unlink()

    (data / ".incoming-x").mkdir()
    (data / swap.MARK).write_text(json.dumps({"incoming": ".incoming-x", "replaced": "replaced-20260302T120000Z"}))
    lay(data / ".incoming-x" / folder.DATABASE, victim)
    give(data)
    told = cli.run("--data", data, "restore", "--yes", backup)
    assert told.status == 1 and "is a link" in told.err, told
    assert (seen(victim), seen(victim.parent)) == (before, folder_before)


def test_what_root_leaves_is_the_owners(cli: Commands, data: Path, place: Path) -> None:
    vault = place / "vault"
    vault.mkdir(mode=0o700)
    streamed = cli.run("--data", data, "backup", "-")
    assert streamed.status == 0, streamed.err
    (vault / "one").write_bytes(streamed.out.encode("latin-1"))
    (vault / "one").chmod(0o600)
    assert list(unpacked(vault / "one")) == ["manifest.json", "asura.db", "secret.key"]
    refused = cli.run("--data", data, "backup", vault / "two")
    assert refused.status == 1
    assert "vault: nobody may not write there" in refused.err and "asura backup - > FILE" in refused.err
    assert not (vault / "two").exists()

    (data / folder.LOCK).unlink(missing_ok=True)
    for command in (
        ("backup",),
        ("restore", "--check", vault / "one"),
        ("restore", "--yes", vault / "one"),
        ("release",),
        ("key", "create", "ci"),
        ("user", "create", "mia"),
        ("upgrade", "--check", "--rehearse"),
        ("upgrade",),
    ):
        told = cli.run("--data", data, *command)
        assert told.status == 0, (command, told)
        assert owners(data) == {(NOBODY, NOBODY)}, command
    assert not list(data.rglob(".run-*"))


def test_a_migration_by_root_is_the_owners(cli: Commands, place: Path) -> None:
    data = place / "data"
    old_database(1, data)
    data.chmod(0o700)
    give(data)
    told = cli.run("--data", data, "upgrade")
    assert told.status == 0 and "migrated from schema 1" in told.out, told
    assert owners(data) == {(NOBODY, NOBODY)}


def test_root_opens_no_backup_for_the_owner_that_the_owner_names(cli: Commands, data: Path, filled: Path) -> None:
    vault = data.parent / "vault"
    vault.mkdir(mode=0o700)
    assert cli.run("--data", filled, "backup", vault / "one").status == 0
    lay(data / "x.backup", vault / "one")
    told = cli.run("--data", data, "restore", "--yes", data / "x.backup")
    assert told.status == 1 and "x.backup: Permission denied" in told.err, told


def test_a_folder_that_is_not_there_is_given_to_whom_it_shall_belong(cli: Commands, place: Path, filled: Path) -> None:
    backup, new = place / "one", place / "lib" / "asura"
    assert cli.run("--data", filled, "backup", backup).status == 0
    told = cli.run("restore", "--data", new, "--owner", "nobody", backup)
    assert told.status == 0, told
    assert {uid for uid, _ in owners(new)} == {NOBODY}
    assert cli.run("--data", new, "key", "list", uid=NOBODY).status == 0

    told = cli.run("restore", "--data", place / "mine", backup)
    assert told.status == 0 and "mine is root's. If asura runs as another user, give it: chown -R" in told.err, told
    told = cli.run("restore", "--data", place / "mine", "--owner", "nobody", "--yes", backup)
    assert told.status == 1 and "belongs to root, not to nobody" in told.err, told
    assert cli.run("restore", "--data", place / "x", "--owner", "no-such-user", backup).status == 2
    assert cli.run("restore", "--data", place / "x", "--owner", "root", backup, uid=NOBODY).status in (1, 2)
    assert not (place / "x").exists()


def test_a_wrong_folder_stays_as_it_is(cli: Commands, place: Path) -> None:
    (place / "empty").mkdir()
    for data in (place / "empty", place / "nowhere"):
        for command in (("release",), ("user", "list"), ("key", "list"), ("key", "revoke", 1), ("backup",)):
            told = cli.run("--data", data, *command)
            assert told.status == 1 and "there is no database of asura" in told.err, (command, told)
    assert os.listdir(place) == ["empty"] and os.listdir(place / "empty") == []


def test_a_stranger_is_told_whose_the_folder_is(cli: Commands, data: Path, filled: Path, place: Path) -> None:
    assert cli.run("--data", filled, "backup", place / "one").status == 0
    (place / "one").chmod(0o644)
    before = owners(data)
    told = cli.run("--data", data, "export-status", place / "static")
    assert told.status == 1 and "sudo -u nobody asura export-status DIR" in told.err, told
    strange = ("backup", "-"), ("restore", place / "one"), ("release",), ("user", "list"), ("key", "list"), ("upgrade",)
    for command in strange:
        told = cli.run("--data", data, *command, uid=STRANGER)
        assert told.status == 1, (command, told)
        assert f"{data} belongs to nobody: run this as that user (sudo -u nobody asura " in told.err, (command, told)
    assert cli.run("--data", data, "restore", "--check", place / "one", uid=STRANGER).status == 0
    assert owners(data) == before


def test_a_link_of_somebody_else_leads_root_nowhere(cli: Commands, place: Path, filled: Path) -> None:
    shutil.copytree(filled, place / "roots")
    lay(place / "link", place / "roots")
    told = cli.run("--data", place / "link", "backup", "-")
    assert told.status == 1 and "link is a link of nobody's: name the folder itself" in told.err, told


def test_what_a_backup_says_of_itself_commands_no_terminal(cli: Commands, place: Path, filled: Path) -> None:
    assert cli.run("--data", filled, "backup", place / "one").status == 0
    inside = unpacked(place / "one")
    manifest = json.loads(inside["manifest.json"])
    manifest["version"] = "1.0\x1b]0;owned\x07\x1b[2J"
    inside["manifest.json"] = json.dumps(manifest).encode()
    packed(place / "forged", list(inside.items()))
    told = cli.run("restore", "--data", place / "new", "--check", place / "forged")
    assert told.status == 0 and "\x1b" not in told.out + told.err and "by asura 1.0" in told.out, told


def test_a_folder_that_its_mode_closes_to_its_owner_is_told_with_what_opens_it(cli: Commands, data: Path) -> None:
    data.chmod(0o500)
    for command in (["backup", data / "backups" / "x.backup"], ["key", "list"], ["upgrade", "--check"]):
        told = cli.run("--data", data, *command)
        assert (told.status, told.out) == (1, "")
        assert told.err.endswith(f" may not come to {data}: it is closed to its owner (chmod 700 {data})\n")
    data.chmod(0o700)
    data.parent.chmod(0o700)
    told = cli.run("--data", data, "key", "list")
    assert "it, or a folder above it, is closed" in told.err
