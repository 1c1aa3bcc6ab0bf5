"""`asura` without a command: serve until stopped."""

import asyncio
import logging
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from asura import log
from asura.settings import SettingsError, load

if TYPE_CHECKING:
    from asura.cli.root import Invocation

LOG = logging.getLogger("asura")


def run_server(invocation: "Invocation") -> int:
    """Read the settings, set up the log, and serve until SIGTERM; returns the exit status."""
    try:
        loaded = load(invocation.path, flags=invocation.flags)
    except SettingsError as error:
        # Imported here: what checks monitors and channels is of use only to whoever has to correct them.
        from asura.cli.config import whole

        raise whole(error) from None
    settings = loaded.settings
    log.configure(level=settings.logging.level, format=settings.logging.format)
    log.know(settings.probe.key)
    for warning in loaded.warnings:
        LOG.warning("%s", warning)
    if invocation.prune:
        os.environ["ASURA_PRUNE"] = "1"
    if settings.mode == "probe":
        raise click.UsageError("mode probe: this version has no probes yet")
    # The server brings HTTP, SQLite and the network with it; a wrong setting is told without them.
    from asura.app import serve

    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        status: int = runner.run(serve(settings))
        return status


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the faster event loop where there is one."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
