"""`asura user`, over the store and over the socket of a running asura."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from asura.cli.local import NAME, serve_local
from asura.cli.root import run
from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.engine.session_desk import Visit
from asura.net.network import open_network
from asura.store.db import Store

PASSWORD = "correct horse battery 9"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return str(tmp_path / "data")


class Told:
    """What commands say."""

    def __init__(self, data: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.data = data
        self.capsys = capsys
        self.monkeypatch = monkeypatch

    def __call__(self, *words: str, typed: str = "", status: int = 0) -> tuple[str, str]:
        """Run a command, with something on standard input; returns what it wrote to stdout and stderr."""
        self.monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        assert run(["--data", self.data, "user", *words]) == status
        told = self.capsys.readouterr()
        return told.out, told.err

    def users(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self("list", "--json")[0])
        return found


@pytest.fixture
def told(data: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(data, capsys, monkeypatch)


@asynccontextmanager
async def opened(data: str) -> AsyncIterator[Engine]:
    """Yield an engine on the folder, with its socket."""
    store, net = Store.open(Path(data), clock=SystemClock()), open_network()
    engine = Engine(store, net, SystemClock(), EngineOptions(url="https://asura.example"))
    await engine.start()
    socket = asyncio.create_task(serve_local(engine, Path(data) / NAME))
    try:
        while not (Path(data) / NAME).exists():
            await asyncio.sleep(0.01)
        yield engine
    finally:
        socket.cancel()
        with suppress(asyncio.CancelledError):
            await socket
        await engine.stop()
        await net.close()
        await store.close()


def test_who_makes_the_first_user_where_no_database_is_hears_of_the_new_one_and_where(told: Told) -> None:
    _, err = told("create", "anna")
    said = f"A new database is made in {told.data}. If asura has one already, name its folder with --data.\n"
    assert said in err
    _, err = told("create", "bob")
    assert "A new database" not in err


def test_without_a_configuration_the_folder_is_named_in_full(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["key", "create", "ci", "--json"]) == 0
    told = capsys.readouterr()
    assert f"A new database is made in {tmp_path}/asura-data." in told.err
    assert json.loads(told.out)["name"] == "ci"


def test_somebody_is_made_with_a_link_alone_on_stdout(told: Told) -> None:
    out, err = told("create", "anna", "--role", "editor", "--email", "anna@example.com", "--tags", "shop, blog")
    assert out.startswith("http://127.0.0.1:8090/invitation#")
    assert len(out.splitlines()) == 1
    assert "anna is made, editor" in err
    assert out.rpartition("#")[2].strip() not in err
    (anna,) = told.users()
    assert (anna["name"], anna["role"], anna["tags"], anna["origin"]) == ("anna", "editor", ["shop", "blog"], "local")
    assert not {"password", "totp_step", "recovery", "subject", "link"} & set(anna)
    table, _ = told("list")
    assert table.splitlines()[0].split()[:3] == ["id", "name", "role"]
    assert "shop,blog" in table


async def test_the_link_makes_the_password_and_works_once(data: str, told: Told) -> None:
    out, _ = await asyncio.to_thread(told, "create", "anna", "--json")
    made = json.loads(out)
    async with opened(data) as engine:
        token = made["link"].rpartition("#")[2]
        await engine.invitations.accept(token, PASSWORD, None)
        session, _ = await engine.signing_in.log_in("anna", PASSWORD, None, Visit(), network="n")
        assert session.user_id == made["id"]
        assert engine.users.get(made["id"]).role == "viewer"


async def test_a_password_can_come_by_standard_input(data: str, told: Told) -> None:
    await asyncio.to_thread(told, "create", "root", "--role", "admin", "--password-stdin", typed=PASSWORD + "\n")
    async with opened(data) as engine:
        assert await engine.signing_in.log_in("root", PASSWORD, None, Visit(), network="n")
    said, _ = await asyncio.to_thread(told, "reset-password", "ROOT", "--password-stdin", typed=PASSWORD[::-1])
    assert said == "user root has a new password; all their sessions have ended\n"
    async with opened(data) as engine:
        assert await engine.signing_in.log_in("root", PASSWORD[::-1], None, Visit(), network="n")


async def test_a_running_asura_does_it_at_once(data: str, told: Told) -> None:
    async with opened(data) as engine:
        await engine.users.create("root", role="admin", password=PASSWORD)
        anna = await engine.users.create("anna", role="viewer", password=PASSWORD)
        _, cookie = await engine.signing_in.log_in("anna", PASSWORD, None, Visit(), network="n")
        out, _ = await asyncio.to_thread(told, "disable", "anna")
        assert out == "user anna is disabled\n"
        assert engine.signing_in.actor(cookie) is None
        assert engine.users.get(anna.id).enabled is False
        await asyncio.to_thread(told, "enable", "anna")
        assert engine.users.get(anna.id).enabled is True
        assert engine.signing_in.actor(cookie) is None
        link, _ = await asyncio.to_thread(told, "reset-password", "anna")
        assert link.startswith("https://asura.example/invitation#")
        await asyncio.to_thread(told, "delete", "anna")
        assert engine.users.named("anna") is None


async def test_a_second_factor_that_is_lost_is_asked_for_no_more(data: str, told: Told) -> None:
    async with opened(data) as engine:
        root = await engine.users.create("root", role="admin", password=PASSWORD)
        await engine.users.change(root.id, totp=Secret("JBSWY3DPEHPK3PXP"), recovery=("x",))
        out, _ = await asyncio.to_thread(told, "unlock-totp", "root")
        assert "without a second factor" in out
        assert (engine.users.get(root.id).totp, engine.users.get(root.id).recovery) == (None, ())


def test_users_come_and_go(told: Told) -> None:
    told("create", "root", "--role", "admin")
    told("create", "anna")
    told("disable", "anna")
    assert [(one["name"], one["enabled"]) for one in told.users()] == [("root", True), ("anna", False)]
    told("enable", "anna", "--json")
    told("delete", "anna", "--yes")
    assert [one["name"] for one in told.users()] == ["root"]


@pytest.mark.parametrize("words", [["disable", "root"], ["delete", "root"], ["create", "Root"], ["enable", "nobody"]])
def test_what_cannot_be_done_is_one_and_told(told: Told, words: list[str]) -> None:
    told("create", "root", "--role", "admin")
    out, err = told(*words, status=1)
    assert out == ""
    assert err.startswith("asura: ")
    assert len(err.splitlines()) == 1
    assert [one["name"] for one in told.users()] == ["root"]


@pytest.mark.parametrize(
    ("words", "typed", "status"),
    [
        (["create"], "", 2),
        (["create", "x", "--role", "king"], "", 2),
        (["create", "x", "--password-stdin"], "", 2),
        (["create", "x", "--password-stdin"], "\n", 2),
        (["create", "x", "--password-stdin"], "password\n", 1),
        (["create", " "], "", 1),
        (["create", "x", "--email", "nobody"], "", 1),
        (["reset-password", "nobody"], "", 1),
        (["nonsense"], "", 2),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(told: Told, words: list[str], typed: str, status: int) -> None:
    assert json.loads(told("create", "anna", "--json")[0])["name"] == "anna"
    _, err = told(*words, typed=typed, status=status)
    assert err
    assert [one["name"] for one in told.users()] == ["anna"]


async def test_who_comes_by_a_provider_has_no_password_to_reset(data: str, told: Told) -> None:
    async with opened(data) as engine:
        await engine.users.create("anna", role="viewer", subject="https://id.example 7")
    _, err = await asyncio.to_thread(told, "reset-password", "anna", status=1)
    assert "no password" in err
