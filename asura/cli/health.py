"""`asura health`: asks the asura that runs on this data whether it is well; made to be called again and again."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from asura.cli.local import NAME, NotRunning, ask
from asura.errors import AsuraError

if TYPE_CHECKING:
    from asura.cli.root import Invocation

# Its event loop is never held up for longer than a fraction of this.
ANSWER_WITHIN_S = 5.0


@click.command("health")
@click.option("--ready", is_flag=True, help="Fail also when a part of it does not do its work, and say which.")
@click.pass_obj
def health(invocation: "Invocation", ready: bool) -> int:
    """Ask the asura that runs on this data whether it is alive.

    Exit status 0 when it answers, else 1: for containers and scripts on the same machine, whatever address, path or
    certificate it serves with. A probe has nothing that could be asked, and passes.
    """
    named = _named_folder(invocation)
    try:
        if named is None:
            raise NotRunning
        found = asyncio.run(asked(named))
    except NotRunning:
        # Loaded here: to read the settings takes as long as all else, and this is called again and again.
        from asura.settings import load

        settings = load(invocation.path, flags=invocation.flags).settings
        if settings.mode == "probe":
            click.echo("a probe is watched by its primary, and ends when it cannot go on: nothing to ask here")
            return 0
        found = asyncio.run(asked(settings.server.data))
    click.echo(f"asura {found['version']} is alive, started {found['uptime_s']:.0f} s ago")
    if not ready:
        return 0
    for name, detail in found["failing"].items():
        click.echo(f"{name} fails: {detail}", err=True)
    return 1 if found["failing"] else 0


def _named_folder(invocation: "Invocation") -> Path | None:
    """Return the data folder where something says it that wins over the file."""
    variables = (os.environ.get(name, "") for name in ("ASURA_SERVER__DATA", "ASURA_DATA"))
    named = next(filter(None, (invocation.flags.get("server.data"), *variables)), None)
    return None if named is None else Path(named)


async def asked(data: Path, within: float = ANSWER_WITHIN_S) -> dict[str, Any]:
    """Return what the asura on a data folder says of itself; AsuraError when it is silent for `within` seconds."""
    try:
        async with asyncio.timeout(within):
            answer: dict[str, Any] = await ask(data / NAME, "health")
            return answer
    except TimeoutError:
        raise AsuraError(f"the asura on {data} did not answer within {within:g} s") from None
