"""Commands to a running asura: a line of JSON each way, over a socket in the data folder that only its owner opens."""

import asyncio
import errno
import inspect
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from asura.engine.acting import COMMAND_LINE, acting
from asura.errors import AsuraError, Conflict, Fault, Invalid, NotFound, StoreUnavailable

if TYPE_CHECKING:
    from asura.engine.engine import Engine
    from asura.engine.key_desk import KeyDesk

Commands = dict[str, Callable[..., Awaitable[Any]]]
LOG = logging.getLogger(__name__)
NAME = "asura.sock"
LINE_LIMIT = 1 << 16
# Answers hold whole pages.
ANSWER_LIMIT = 1 << 26
# Longer paths do not fit into the address of a socket.
PATH_LIMIT = 100
ANSWER_WITHIN_S = 30
WRITABLE = "It must be a folder that asura may write to."
_ERRORS: dict[str, type[AsuraError]] = {
    "not_found": NotFound,
    "conflict": Conflict,
    "unavailable": StoreUnavailable,
    "error": AsuraError,
}


class NotRunning(AsuraError):
    """No asura runs on this data folder."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One command with its arguments."""

    command: str
    arguments: dict[str, Any] = {}


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a command: an answer, or the kind of an error with its text and the faults of a value."""

    answer: Any = None
    error: str = ""
    message: str = ""
    faults: tuple[tuple[str, str], ...] = ()


# The server


def make_room(path: Path) -> None:
    """Remove the socket that a killed asura left; AsuraError when its folder is closed to us, so that none can be made.

    Who holds the lock of the folder owns the socket.
    """
    try:
        with _address(path) as address, suppress(FileNotFoundError):
            os.unlink(address)
    except OSError as error:
        raise AsuraError(f"{path.parent}: {error.strerror}. {WRITABLE}") from error
    if not os.access(path.parent, os.W_OK | os.X_OK, effective_ids=True):
        raise AsuraError(f"{path.parent}: {os.strerror(errno.EACCES)}. {WRITABLE}")


async def serve_local(engine: "Engine", path: Path, more: Commands | None = None) -> None:
    """Answer local commands, `more` among them, until cancelled; the socket is removed at the end."""
    from asura.cli.doctor_commands import doctor_commands
    from asura.cli.health_commands import health_commands
    from asura.cli.hold_commands import hold_commands
    from asura.cli.user_commands import user_commands

    own = key_commands(engine.keys) | user_commands(engine.users, engine.invitations, engine.clock)
    own |= hold_commands(engine.hold) | health_commands(engine) | doctor_commands(engine)
    handler = _Handler(own | (more or {}))
    make_room(path)
    with _address(path) as address:
        server = await asyncio.start_unix_server(handler.serve, address, limit=LINE_LIMIT)
        # The folder itself is closed to others, so there is no moment in which they could connect.
        os.chmod(address, 0o600)
    try:
        async with server:
            await server.serve_forever()
    finally:
        with _address(path) as address, suppress(FileNotFoundError):
            os.unlink(address)


class _Handler:
    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the commands of one connection, one after the other."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while line := await reader.readline():
                    writer.write(msgspec.json.encode(await self._reply(line)) + b"\n")
                    await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            # A line without an end, or a reader that has gone: nobody is there to be told.
            LOG.debug("a local command ended early")
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _reply(self, line: bytes) -> Reply:
        try:
            request = msgspec.json.decode(line, type=Request)
        except msgspec.MsgspecError as error:
            return Reply(error="error", message=f"not a command: {error}")
        run = self._commands.get(request.command)
        if run is None:
            return Reply(error="error", message=f"this asura knows no command {request.command}")
        try:
            given = inspect.signature(run).bind(**request.arguments)
        except TypeError as error:
            return Reply(error="error", message=f"{request.command}: {error}")
        try:
            with acting(COMMAND_LINE):
                return Reply(answer=await run(*given.args, **given.kwargs))
        except AsuraError as error:
            return _refusal(error)
        except Exception:
            LOG.exception("the local command %s failed by our own fault", request.command)
            return Reply(error="error", message="asura itself failed; its log tells more")


def _refusal(error: AsuraError) -> Reply:
    if isinstance(error, Invalid):
        return Reply(error="invalid", message=str(error), faults=tuple((one.path, one.message) for one in error.faults))
    kind = next((name for name, cls in _ERRORS.items() if isinstance(error, cls)), "error")
    return Reply(error=kind, message=str(error))


def key_commands(desk: "KeyDesk") -> Commands:
    """Return the commands about API keys, over a running engine or over a store that was opened for them."""

    async def create(
        *,
        name: str,
        role: str,
        scopes: list[str] | None = None,
        expires_at: str | None = None,
        rate: float | None = None,
    ) -> dict[str, Any]:
        until = datetime.fromisoformat(expires_at) if expires_at else None
        stored, token = await desk.create(name, role, tuple(scopes or ()), expires_at=until, rate_per_sec=rate)
        return {**key_view(stored), "key": token}

    async def revoke(*, id: int) -> dict[str, Any]:
        await desk.revoke(id)
        return {"id": id}

    async def list_all() -> list[dict[str, Any]]:
        return [key_view(one) for one in desk.list()]

    return {"key.create": create, "key.revoke": revoke, "key.list": list_all}


def key_view(stored: Any) -> dict[str, Any]:
    """Return what may be shown of a stored API key: everything but its hash."""
    names = ("id", "name", "role", "scopes", "created_at", "last_used_at", "expires_at", "rate_per_sec")
    plain: dict[str, Any] = msgspec.to_builtins({name: getattr(stored, name) for name in names})
    return plain


# The client


async def ask(path: Path, command: str, **arguments: Any) -> Any:
    """Return the answer of the asura that runs on a socket; raises NotRunning, or the error that it answered."""
    try:
        with _address(path) as address:
            reader, writer = await asyncio.open_unix_connection(address, limit=ANSWER_LIMIT)
    except (FileNotFoundError, ConnectionRefusedError):
        raise NotRunning("no asura is running on this data folder") from None
    except PermissionError:
        raise AsuraError(f"{path} may not be opened: run this as the user that asura runs as") from None
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            writer.write(msgspec.json.encode(Request(command, arguments)) + b"\n")
            line = await reader.readline()
    except TimeoutError:
        raise AsuraError("the running asura did not answer") from None
    finally:
        writer.close()
    if not line:
        raise AsuraError("the running asura hung up")
    return _answer(msgspec.json.decode(line, type=Reply))


def _answer(reply: Reply) -> Any:
    if not reply.error:
        return reply.answer
    if reply.error == "invalid":
        raise Invalid(*(Fault(path, message) for path, message in reply.faults))
    raise _ERRORS.get(reply.error, AsuraError)(reply.message)


@contextmanager
def _address(path: Path) -> Iterator[str]:
    """Yield an address of a socket that fits, also for a path that is too long, by way of its opened folder."""
    if len(os.fsencode(path)) <= PATH_LIMIT:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
