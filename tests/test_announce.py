"""What is kept for the first start: the first admin's key and the set-up link, each in a private file."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from asura.announce import announce, first_key, setup_link
from asura.engine.key_desk import new_token
from asura.errors import Conflict
from asura.settings import Server, Settings
from tests.world import world

FOREIGN = new_token()


def test_the_first_key_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "first-admin-key"
    key = first_key(path)
    assert len(key) == len(new_token())
    assert path.stat().st_mode & 0o777 == 0o600
    assert first_key(path) == key


@pytest.mark.parametrize("left", ["", "asura_cut-sho", "not a key of ours at all, but long enough"])
def test_a_file_that_was_cut_short_holds_no_key(tmp_path: Path, left: str) -> None:
    path = tmp_path / "first-admin-key"
    path.write_text(left)
    path.chmod(0o600)
    key = first_key(path)
    assert key != left.strip()
    assert path.read_text().strip() == key


def test_a_file_that_others_may_have_written_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "first-admin-key"
    path.write_text(FOREIGN)
    path.chmod(0o644)
    assert first_key(path) != FOREIGN
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_file_of_somebody_else_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "first-admin-key"
    path.write_text(FOREIGN)
    path.chmod(0o600)
    os.chown(path, 12345, 12345)
    assert first_key(path) != FOREIGN
    assert path.stat().st_uid == os.getuid()


def test_a_link_is_not_followed_to_what_it_names(tmp_path: Path) -> None:
    other, path = tmp_path / "other", tmp_path / "first-admin-key"
    other.write_text(FOREIGN)
    other.chmod(0o600)
    path.symlink_to(other)
    assert first_key(path) != FOREIGN
    assert not path.is_symlink()
    assert other.read_text() == FOREIGN


def test_the_set_up_link_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "setup-link"
    link = setup_link(path, "http://127.0.0.1:8090")
    address, _, token = link.partition("#")
    assert address == "http://127.0.0.1:8090/setup" and len(token) >= 22
    assert path.read_text() == f"{link}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert setup_link(path, "http://127.0.0.1:8090") == link
    assert setup_link(tmp_path / "other", "http://127.0.0.1:8090") != link


def test_the_set_up_link_keeps_its_token_where_the_address_changes(tmp_path: Path) -> None:
    path = tmp_path / "setup-link"
    token = setup_link(path, "http://127.0.0.1:8090").partition("#")[2]
    moved = setup_link(path, "https://watch.example/asura")
    assert moved == f"https://watch.example/asura/setup#{token}"
    assert path.read_text().strip() == moved


@pytest.mark.parametrize("left", ["", "http://x:8090/setup#", "http://x/setup#short", "http://x/other#" + "a" * 32])
def test_a_file_without_a_link_of_ours_gets_a_new_one(tmp_path: Path, left: str) -> None:
    path = tmp_path / "setup-link"
    path.write_text(left)
    path.chmod(0o600)
    link = setup_link(path, "http://x")
    assert link != left and len(link.partition("#")[2]) == 32
    assert path.read_text().strip() == link


def test_a_set_up_link_that_others_may_have_written_is_none(tmp_path: Path) -> None:
    path, foreign = tmp_path / "setup-link", f"http://x/setup#{'a' * 32}"
    path.write_text(foreign)
    path.chmod(0o644)
    assert setup_link(path, "http://x") != foreign
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_first_start_offers_both_and_a_used_link_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    settings = Settings(server=Server(data=tmp_path))
    async with world(tmp_path) as w:
        await announce(w.engine, settings)
        said, link = capsys.readouterr(), (tmp_path / "setup-link").read_text().strip()
        key = (tmp_path / "first-admin-key").read_text().strip()
        token = link.partition("#")[2]
        assert token not in said.out + said.err + caplog.text, "what is not a terminal may be a log"
        assert key not in said.out + said.err + caplog.text
        assert str(tmp_path / "setup-link") in said.out
        await w.restart()
        await announce(w.engine, settings)
        assert (tmp_path / "setup-link").read_text().strip() == link, "the same over restarts"
        await w.engine.signing_in.set_up(token, "ann", "a quiet afternoon")
        assert not (tmp_path / "setup-link").exists()
        capsys.readouterr()
        await w.restart()
        await announce(w.engine, settings)
        assert not (tmp_path / "setup-link").exists()
        assert "set it up" not in capsys.readouterr().out


async def test_the_file_of_a_key_that_is_not_known_any_more_goes_as_after_a_restore(tmp_path: Path) -> None:
    settings, path = Settings(server=Server(data=tmp_path)), tmp_path / "first-admin-key"
    async with world(tmp_path) as w:
        await announce(w.engine, settings)
        (first,) = w.engine.keys.list()
        await w.engine.keys.create("another", "admin")
        await announce(w.engine, settings)
        assert path.exists()
        await w.engine.keys.revoke(first.id)
        await announce(w.engine, settings)
        assert not path.exists()


async def test_a_file_that_was_left_behind_by_a_kill_opens_nothing_and_goes(tmp_path: Path) -> None:
    settings = Settings(server=Server(data=tmp_path))
    async with world(tmp_path) as w:
        await w.engine.users.create("ann", role="admin", password="a quiet afternoon")
        link = setup_link(tmp_path / "setup-link", settings.url)
        await w.restart()
        await announce(w.engine, settings)
        assert not (tmp_path / "setup-link").exists()
        with pytest.raises(Conflict):
            await w.engine.signing_in.set_up(link.partition("#")[2], "eve", "a loud afternoon")
        assert [user.name for user in w.engine.users.all()] == ["ann"]


def test_on_a_terminal_the_link_itself_is_shown_and_the_key_is_not(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "asura", "--data", str(tmp_path), "--listen", "127.0.0.1:0"]
    log = (tmp_path / "log").open("wb")
    with log, subprocess.Popen(command, stdout=theirs, stderr=log, cwd=tmp_path) as process:
        os.close(theirs)
        said = b""
        while b"setup#" not in said or not said.endswith(b"\n\r\n"):
            said += os.read(ours, 1024)
        process.terminate()
        process.wait(20)
    os.close(ours)
    link = (tmp_path / "setup-link").read_text().strip()
    assert link in said.decode()
    assert (tmp_path / "first-admin-key").read_text().strip() not in said.decode()
    assert link.partition("#")[2] not in (tmp_path / "log").read_text()
