"""`asura demo`: the real program, watching a made-up company."""

import os
import signal
import socket
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from asura.cli.root import Invocation

LISTEN = "127.0.0.1:8090"
ANY_PORT = "127.0.0.1:0"


@click.command()
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Keep the demo in this folder.")
@click.option("--listen", metavar="HOST:PORT", help=f"Address to listen on; {LISTEN}, or any port when that is taken.")
@click.option("--days", type=click.IntRange(7, 365), default=90, show_default=True, help="How long its past is.")
@click.option("--still", is_flag=True, help="Nothing more goes wrong or gets well: for pictures.")
@click.pass_obj
def demo(invocation: "Invocation", data: Path | None, listen: str | None, days: int, still: bool) -> int:
    """Show asura at work on a made-up company, without setting anything up.

    Thirty monitors of all kinds with three months behind them, incidents, a status page and jobs, and something that
    goes wrong while you look. Nothing is sent to anybody, and nothing is reached but the demo's own servers inside the
    process. Its data is gone when it ends, unless --data names a folder.
    """
    from asura import log
    from asura.cli.run import loop_factory
    from asura.demo import program
    from asura.demo.place import place
    from asura.outlet import hold_nobody_up

    hold_nobody_up()
    log.configure(level="error", format="text")
    kept = data or (Path(invocation.flags["server.data"]) if "server.data" in invocation.flags else None)
    wanted = listen or invocation.flags.get("server.listen")
    where = _had(_checked(wanted)) if wanted else _free()
    # Until the server takes over, a signal ends it as Ctrl-C does: what was begun is removed.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    with place(kept) as found:
        return program.run(found, program.Wish(where, days=days, still=still), loop_factory=loop_factory())


def _checked(listen: str) -> str:
    from asura.settings_values import LISTEN as ADDRESS

    try:
        return str(ADDRESS.read(listen))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--listen") from None


def _had(where: str) -> str:
    """Return an address that can be listened on now, before three months are made up for nothing."""
    from asura.demo.program import settings_of
    from asura.listening import CannotListen, bind

    try:
        bind(settings_of(Path(), where)).close()
    except CannotListen as error:
        why = os.strerror(error.errno)
        raise CannotListen(f"cannot listen on {where}: {why}; choose another with --listen", error.errno) from None
    return where


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _free() -> str:
    """Return the usual address, or one with any free port where somebody has that."""
    host, _, port = LISTEN.rpartition(":")
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, int(port)))
        except OSError:
            click.echo(f"{LISTEN} is taken; another port is used.")
            return ANY_PORT
    return LISTEN
