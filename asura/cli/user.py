"""`asura user`: makes and changes accounts, whether or not the server runs; the way back in for who is locked out."""

import sys
from typing import TYPE_CHECKING, Any

import click
import msgspec

from asura.cli.commanding import carry_out
from asura.cli.terminal import table

if TYPE_CHECKING:
    from asura.cli.root import Invocation

COLUMNS = ("id", "name", "role", "tags", "enabled", "totp", "origin", "email", "last_login_at")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
PASSWORD = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input; without it: a link."
)


@click.group("user")
def user() -> None:
    """Make, list and change users.

    Works whether or not asura runs, and without signing in: who may open the data folder may do this.
    """


@user.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(["admin", "editor", "viewer"]), default="viewer", show_default=True)
@click.option("--email", default="", help="Address; the link is mailed to it where smtp.host is set.")
@click.option("--tags", default="", metavar="TAG,TAG", help="Limit the user to monitors with one of these tags.")
@PASSWORD
@AS_JSON
@click.pass_obj
def create(
    invocation: "Invocation", name: str, role: str, email: str, tags: str, from_stdin: bool, as_json: bool
) -> int:
    """Make a user NAME, and print a link by which they choose a password."""
    limits = [tag.strip() for tag in tags.split(",") if tag.strip()]
    password = _password() if from_stdin else None
    made = carry_out(invocation, "user.create", name=name, role=role, email=email, tags=limits, password=password)
    return _tell(made, f"user {made['name']} is made, {role}", as_json)


@user.command("list")
@AS_JSON
@click.pass_obj
def list_users(invocation: "Invocation", as_json: bool) -> int:
    """List the users."""
    found = carry_out(invocation, "user.list")
    click.echo(msgspec.json.encode(found) if as_json else table(COLUMNS, found))
    return 0


@user.command("reset-password")
@click.argument("name")
@PASSWORD
@AS_JSON
@click.pass_obj
def reset_password(invocation: "Invocation", name: str, from_stdin: bool, as_json: bool) -> int:
    """Print a link by which NAME chooses a new password; it works once, for 24 hours."""
    password = _password() if from_stdin else None
    done = carry_out(invocation, "user.reset-password", name=name, password=password)
    said = "has a new password; all their sessions have ended" if from_stdin else "may choose a new password"
    return _tell(done, f"user {done['name']} {said}", as_json)


@user.command("disable")
@click.argument("name")
@AS_JSON
@click.pass_obj
def disable(invocation: "Invocation", name: str, as_json: bool) -> int:
    """Let NAME in no more; their sessions end at once."""
    done = carry_out(invocation, "user.disable", name=name)
    return _tell(done, f"user {done['name']} is disabled", as_json)


@user.command("enable")
@click.argument("name")
@AS_JSON
@click.pass_obj
def enable(invocation: "Invocation", name: str, as_json: bool) -> int:
    """Let NAME in again."""
    done = carry_out(invocation, "user.enable", name=name)
    return _tell(done, f"user {done['name']} is enabled", as_json)


@user.command("delete")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@AS_JSON
@click.pass_obj
def delete(invocation: "Invocation", name: str, yes: bool, as_json: bool) -> int:
    """Delete NAME with their sessions; what they did stays in the audit log."""
    if not yes and sys.stdin.isatty():
        click.confirm(f"Delete the user {name}?", abort=True, err=True)
    done = carry_out(invocation, "user.delete", name=name)
    return _tell(done, f"user {done['name']} is deleted", as_json)


@user.command("unlock-totp")
@click.argument("name")
@AS_JSON
@click.pass_obj
def unlock_totp(invocation: "Invocation", name: str, as_json: bool) -> int:
    """Ask NAME for no second factor any more, when phone and recovery codes are lost."""
    done = carry_out(invocation, "user.unlock-totp", name=name)
    return _tell(done, f"user {done['name']} signs in without a second factor; all their sessions have ended", as_json)


def _password() -> str:
    """Return the first line of standard input; a person at a terminal types it twice, unseen."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise click.UsageError("--password-stdin: there is no password on standard input")
    return line


def _tell(done: dict[str, Any], said: str, as_json: bool) -> int:
    """Print what was done: the link alone on stdout, so that a script can take it, and the words on stderr."""
    if as_json:
        click.echo(msgspec.json.encode(done))
        return 0
    if "link" not in done:
        click.echo(said)
        return 0
    click.echo(done["link"])
    until = done["expires_at"][:16].replace("T", " ")
    click.echo(f"{said}; the link works once, until {until} UTC", err=True)
    if done["mailed"] or done["mail_problem"]:
        click.echo(done["mail_problem"] or f"it was mailed to {done['email']}", err=True)
    return 0
