"""`asura release`: after a restore, lets messages go again, whether or not the server runs."""

from typing import TYPE_CHECKING

import click

from asura.cli.commanding import carry_out

if TYPE_CHECKING:
    from asura.cli.root import Invocation


@click.command("release")
@click.option(
    "--send",
    type=click.Choice(["new", "all", "none"]),
    default="new",
    show_default=True,
    help="Which of the messages that wait go out: those written since the restore, all, or none.",
)
@click.pass_obj
def release(invocation: "Invocation", send: str) -> int:
    """Let a restored asura tell people again.

    A restored database holds every message back until somebody says so, because the asura that made the backup may
    still run, or may have sent them. What is not to go out is dropped, and the log of messages says why.
    """
    done = carry_out(invocation, "notifications.release", send=send)
    if done["held_since"] is None:
        click.echo("Nothing is held back.")
    else:
        click.echo(f"Messages go out again: {done['waiting']} wait for it, {done['dropped']} were dropped.")
    return 0
