"""The local socket: commands to a running asura, and the keys that they make."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from asura.cli.local import NAME, NotRunning, ask, serve_local
from asura.clock import SystemClock
from asura.engine.key_desk import KeyDesk
from asura.errors import AsuraError, Invalid, NotFound
from asura.store.db import Store
from tests.process import Asura


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Path, KeyDesk]]:
    """Yield the socket and the key desk of a store that is served."""
    store = Store.open(folder, clock=SystemClock())
    desk = KeyDesk(store, SystemClock())
    await desk.load()
    path = folder / NAME
    server = asyncio.create_task(
        serve_local(cast("Any", SimpleNamespace(keys=desk, users=None, invitations=None, clock=None, hold=None)), path)
    )
    try:
        while not await answers(path):
            assert not server.done(), server.exception()
            await asyncio.sleep(0.001)
        yield path, desk
    finally:
        server.cancel()
        with suppress(asyncio.CancelledError):
            await server
        await store.close()


async def answers(path: Path) -> bool:
    try:
        await ask(path, "key.list")
    except NotRunning:
        return False
    return True


async def raw(path: Path, sent: bytes) -> dict[str, Any]:
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(sent)
    line = await reader.readline()
    writer.close()
    found: dict[str, Any] = json.loads(line)
    return found


async def test_a_key_is_made_listed_and_revoked(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as (path, desk):
        made = await ask(path, "key.create", name="ci", role="editor", scopes=["read"])
        actor = desk.verify(made["key"])
        assert actor is not None
        assert (actor.name, actor.role, actor.scopes) == ("ci", "editor", frozenset({"read"}))
        (listed,) = await ask(path, "key.list")
        assert listed["id"] == made["id"]
        assert not {"key", "hash"} & set(listed)
        await ask(path, "key.revoke", id=made["id"])
        assert desk.verify(made["key"]) is None
        assert await ask(path, "key.list") == []


async def test_only_the_owner_may_open_the_socket_and_it_goes_away(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as (path, _):
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert stat.S_IMODE(os.stat(path.parent).st_mode) == 0o700
    assert not path.exists()


async def test_a_socket_left_by_a_killed_process_is_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    async with running(folder) as (path, _):
        pass
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with pytest.raises(NotRunning):
        await ask(path, "key.list")
    async with running(folder) as (path, _):
        assert await ask(path, "key.list") == []


async def test_a_path_too_long_for_a_socket_works(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    async with running(folder) as (path, _):
        assert len(str(path)) > 108
        assert await ask(path, "key.list") == []
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


async def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotRunning):
        await ask(tmp_path / NAME, "key.list")


async def test_errors_arrive_as_what_they_are(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as (path, _):
        with pytest.raises(Invalid) as invalid:
            await ask(path, "key.create", name="", role="king")
        assert [fault.path for fault in invalid.value.faults] == ["name", "role"]
        with pytest.raises(NotFound):
            await ask(path, "key.revoke", id=99)
        with pytest.raises(AsuraError, match="knows no command"):
            await ask(path, "nonsense")
        with pytest.raises(AsuraError, match=r"key\.revoke"):
            await ask(path, "key.revoke", wrong=1)


@pytest.mark.parametrize(
    "sent", [b"{\n", b"[]\n", b'{"command": 5}\n', b'{"command": "key.list", "more": 1}\n', b"\xff\n"]
)
async def test_a_line_that_is_no_command_is_answered(tmp_path: Path, sent: bytes) -> None:
    async with running(tmp_path / "data") as (path, _):
        assert "not a command" in (await raw(path, sent))["message"]
        assert await ask(path, "key.list") == []


async def test_a_line_without_end_only_ends_its_connection(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as (path, _):
        reader, writer = await asyncio.open_unix_connection(str(path))
        with suppress(ConnectionError):
            writer.write(b"x" * 300_000)
            await writer.drain()
            assert await reader.read() == b""
        writer.close()
        assert await ask(path, "key.list") == []


@pytest.mark.parametrize("left", [True, False], ids=["its socket is there", "no socket was made yet"])
async def test_a_folder_that_has_become_closed_is_told_before_it_says_that_it_runs(tmp_path: Path, left: bool) -> None:
    # Root without these rights is held to the modes of files like anybody else.
    program = Asura(tmp_path, prefix=("setpriv", "--bounding-set=-dac_override,-dac_read_search"))
    program.log.touch()
    try:
        await program.start()
        await program.kill()
        if not left:
            (program.data / NAME).unlink()
        program.data.chmod(0o500)
        status, said = await program.refuse()
    finally:
        await program.http.aclose()
    assert status == 1
    assert f"asura: {program.data}: Permission denied. It must be a folder that asura may write to.\n" in said
    assert "Traceback" not in said
    assert "is running" not in said
    assert "runs on" not in said
