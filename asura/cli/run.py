"""`asura` without a command: serve until stopped."""

import asyncio
import errno
import faulthandler
import logging
import os
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import click

from asura import log
from asura.errors import Conflict
from asura.outlet import hold_nobody_up
from asura.service_manager import Manager
from asura.settings import Settings, SettingsError, load
from asura.settings_backup import backup_warnings

if TYPE_CHECKING:
    from asura.cli.root import Invocation

LOG = logging.getLogger("asura")


def run_server(invocation: "Invocation") -> int:
    """Read the settings, set up the log, and serve until SIGTERM; returns the exit status."""
    manager = Manager.found()
    hold_nobody_up()
    if manager.watchdog_s:
        # A watchdog that bites sends SIGABRT: the log shows where everything stood.
        faulthandler.enable()
    try:
        return _run(invocation, manager)
    except Exception as error:
        number = errno.EINVAL if isinstance(error, SettingsError) else getattr(error, "errno", 0)
        manager.failed(log.conceal(str(error).partition("\n")[0] or type(error).__name__), number or 0)
        raise


def _run(invocation: "Invocation", manager: Manager) -> int:
    try:
        loaded = load(invocation.path, flags=invocation.flags)
    except SettingsError as error:
        # Imported here: what checks monitors and channels is of use only to whoever has to correct them.
        from asura.cli.config import whole

        raise whole(error) from None
    settings = loaded.settings
    if settings.mode != "probe" and invocation.once:
        raise click.UsageError("--once is for --mode probe: it checks everything once, delivers, and ends")
    log.configure(level=settings.logging.level, format=settings.logging.format)
    log.know(settings.probe.key)
    for warning in (*loaded.warnings, *backup_warnings(settings.backup)):
        LOG.warning("%s", warning)
    if invocation.prune:
        os.environ["ASURA_PRUNE"] = "1"
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_serve(settings, manager, once=invocation.once))


def _serve(settings: Settings, manager: Manager, *, once: bool) -> Coroutine[Any, Any, int]:
    """Return what runs the primary or a probe, each of which loads only what it needs.

    The server brings HTTP, SQLite and the network with it; a wrong setting is told without them.
    """
    if settings.mode == "probe":
        from asura import probe_app

        return probe_app.serve(settings, manager, single=once)
    from asura import app
    from asura.demo.place import is_demo

    data = settings.server.data
    if is_demo(data):
        again = f"`asura demo --data {data}`"
        raise Conflict(
            f"{data}: is the folder of a demo, with made-up monitors and channels. Choose another, or {again}."
        )
    return app.serve(settings, manager=manager)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """Return the faster event loop where there is one."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
