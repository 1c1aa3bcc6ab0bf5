"""`asura health`: asks the asura that runs on this data whether it is well; made to be called again and again."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asura.cli.local import NAME, ask
from asura.cli.needed import settings_for
from asura.cli.pulse import ANSWER_WITHIN_S, sentence
from asura.errors import AsuraError

if TYPE_CHECKING:
    from asura.cli.root import Invocation


@click.command("health")
@click.option("--ready", is_flag=True, help="Fail also when a part of it does not do its work, and say which.")
@click.pass_obj
def health(invocation: "Invocation", ready: bool) -> int:
    """Ask the asura that runs on this data whether it is alive.

    Exit status 0 when it answers, else 1: for containers and scripts on the same machine, whatever address, path or
    certificate it serves with. A probe has nothing that could be asked, and passes. A configuration file that has
    become wrong is told and no fault of the running asura, which goes on with what it has.
    """
    settings = settings_for(invocation, "server.data")
    if settings.mode == "probe":
        click.echo("a probe is watched by its primary, and ends when it cannot go on: nothing to ask here")
        return 0
    found = asyncio.run(asked(settings.server.data))
    click.echo(sentence(found))
    if not ready:
        return 0
    for name, detail in found["failing"].items():
        click.echo(f"{name} fails: {detail}", err=True)
    return 1 if found["failing"] else 0


async def asked(data: Path, within: float = ANSWER_WITHIN_S) -> dict[str, Any]:
    """Return what the asura on a data folder says of itself; AsuraError when it is silent for `within` seconds."""
    try:
        async with asyncio.timeout(within):
            answer: dict[str, Any] = await ask(data / NAME, "health")
            return answer
    except TimeoutError:
        raise AsuraError(f"the asura on {data} did not answer within {within:g} s") from None
