"""`asura key`: makes, lists and revokes API keys, whether or not the server runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
import msgspec

from asura.cli.local import NAME, NotRunning, ask, key_commands
from asura.clock import SystemClock
from asura.engine.acting import COMMAND_LINE, become
from asura.settings import load
from asura.settings_values import seconds_of

if TYPE_CHECKING:
    from asura.cli.root import Invocation

Commands = dict[str, Callable[..., Awaitable[Any]]]
COLUMNS = ("id", "name", "role", "scopes", "created_at", "last_used_at", "expires_at", "rate_per_sec")


@click.group("key")
def key() -> None:
    """Make, list and revoke API keys.

    Works whether or not asura runs.
    """


@key.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(["admin", "editor", "viewer"]), default="editor", show_default=True)
@click.option("--scope", "scopes", multiple=True, metavar="SCOPE", help="Narrow the role; may be repeated.")
@click.option("--expires", metavar="DURATION", help="The key ends after this time, such as 90d.")
@click.option("--rate", type=float, metavar="NUMBER", help="Requests a second that it may make; else as everybody.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def create(
    invocation: "Invocation",
    name: str,
    role: str,
    scopes: tuple[str, ...],
    expires: str | None,
    rate: float | None,
    as_json: bool,
) -> int:
    """Make a key for NAME and print it; it is shown this once and kept only as a hash."""
    until = _until(expires)
    made = _run(invocation, "key.create", name=name, role=role, scopes=list(scopes), expires_at=until, rate=rate)
    if as_json:
        click.echo(msgspec.json.encode(made))
    else:
        click.echo(made["key"])
        click.echo(f"key {made['id']} for {name}, {role}; it is not shown again", err=True)
    return 0


@key.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_keys(invocation: "Invocation", as_json: bool) -> int:
    """List the keys that are kept, without what they are."""
    found = _run(invocation, "key.list")
    if as_json:
        click.echo(msgspec.json.encode(found))
        return 0
    rows = [COLUMNS, *(tuple(_cell(one[column]) for column in COLUMNS) for one in found)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(COLUMNS))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0


@key.command("revoke")
@click.argument("id", type=int)
@click.pass_obj
def revoke(invocation: "Invocation", id: int) -> int:
    """End the key with this ID at once."""
    _run(invocation, "key.revoke", id=id)
    click.echo(f"key {id} is revoked")
    return 0


def _run(invocation: "Invocation", command: str, **arguments: Any) -> Any:
    folder = load(invocation.path, flags=invocation.flags).settings.server.data
    return asyncio.run(_ask_or_do(folder, command, arguments))


async def _ask_or_do(folder: Path, command: str, arguments: dict[str, Any]) -> Any:
    """Ask the running asura; without one, open the store, whose lock keeps a server from starting meanwhile."""
    try:
        return await ask(folder / NAME, command, **arguments)
    except NotRunning:
        async with _opened(folder) as commands:
            become(COMMAND_LINE)
            return await commands[command](**arguments)


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[Commands]:
    from asura.engine.key_desk import KeyDesk
    from asura.store.db import Store

    clock = SystemClock()
    store = Store.open(folder, clock=clock)
    try:
        desk = KeyDesk(store, clock)
        await desk.load()
        yield key_commands(desk)
    finally:
        await store.close()


def _until(expires: str | None) -> str | None:
    if expires is None:
        return None
    try:
        return (datetime.now(UTC) + timedelta(seconds=seconds_of(expires))).isoformat()
    except (ValueError, OverflowError) as error:
        raise click.UsageError(f"--expires: {error}") from None


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(cast("list[str]", value)) or "-"
    return "-" if value is None else str(value)
