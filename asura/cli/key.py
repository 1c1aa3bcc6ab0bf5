"""`asura key`: makes, lists and revokes API keys, whether or not the server runs."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
import msgspec

from asura.cli.commanding import carry_out
from asura.cli.terminal import table
from asura.settings_values import seconds_of

if TYPE_CHECKING:
    from asura.cli.root import Invocation

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
    made = carry_out(invocation, "key.create", name=name, role=role, scopes=list(scopes), expires_at=until, rate=rate)
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
    found = carry_out(invocation, "key.list")
    if as_json:
        click.echo(msgspec.json.encode(found))
        return 0
    click.echo(table(COLUMNS, found))
    return 0


@key.command("revoke")
@click.argument("id", type=int)
@click.pass_obj
def revoke(invocation: "Invocation", id: int) -> int:
    """End the key with this ID at once."""
    carry_out(invocation, "key.revoke", id=id)
    click.echo(f"key {id} is revoked")
    return 0


def _until(expires: str | None) -> str | None:
    if expires is None:
        return None
    try:
        return (datetime.now(UTC) + timedelta(seconds=seconds_of(expires))).isoformat()
    except (ValueError, OverflowError) as error:
        raise click.UsageError(f"--expires: {error}") from None
