"""The configuration followed while asura runs: what the file declares, and what SIGHUP changes."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Callable, Iterator
from typing import NamedTuple

from asura import log, parts
from asura import settings as configuration
from asura.engine import declared, trail
from asura.engine.acting import CONFIGURATION, acting
from asura.engine.declared import Item
from asura.engine.engine import Engine
from asura.errors import AsuraError, Invalid
from asura.service_manager import Manager
from asura.settings import Settings, SettingsError
from asura.settings_problem import Problem
from asura.tls_files import TlsFiles

LOG = logging.getLogger("asura")

_RELOADED = "monitors, channels, status page, keys, certificate and logging"


class Reload(NamedTuple):
    """What SIGHUP does: everything that can be taken anew without a restart. `sentence` says how it goes."""

    engine: Engine
    settings: Settings
    manager: Manager
    tls: TlsFiles | None
    sentence: Callable[[], str]

    async def run(self) -> None:
        """Read the configuration and the certificate again, and keep the service manager informed."""
        self.manager.reloading()
        try:
            if self.tls is not None:
                await asyncio.to_thread(self.tls.look, now=True)
            await _reload(self.engine, self.settings, self.tls)
        finally:
            self.manager.ready(self.sentence())


@contextlib.contextmanager
def signals(stop: asyncio.Event, reload: Reload) -> Iterator[None]:
    """Set `stop` on SIGTERM and SIGINT, and reload on SIGHUP, once at a time."""
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()
    one_at_a_time = asyncio.Lock()

    async def reload_in_turn() -> None:
        async with one_at_a_time:
            await reload.run()

    def begin() -> None:
        task = loop.create_task(reload_in_turn())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # A demo has no configuration; it ends with its terminal.
    loop.add_signal_handler(signal.SIGHUP, stop.set if reload.engine.options.demo else begin)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


async def _reload(engine: Engine, settings: Settings, tls: TlsFiles | None) -> None:
    """Read the configuration again; a bad one changes nothing and says so."""
    try:
        fresh = configuration.reload(settings).settings
        await follow_file(engine, fresh)
    except SettingsError as error:
        LOG.error("the configuration was not reloaded, the old one stays:\n%s", error)
        return
    except AsuraError as error:
        LOG.error("the configuration was reloaded in part, send SIGHUP again: %s", error)
        return
    engine.keys.configure(parts.configured_keys(fresh))
    engine.probes.configure(fresh.probes.probe_key_hash)
    if tls is not None and fresh.server.tls_cert:
        await asyncio.to_thread(tls.follow, fresh.server.tls_cert, fresh.server.tls_key)
    await trail.reloaded(engine.store, engine.clock.now())
    log.configure(level=fresh.logging.level, format=fresh.logging.format)
    LOG.info("the configuration was reloaded: %s; the rest needs a restart", _RELOADED)


async def follow_file(engine: Engine, settings: Settings) -> None:
    """Keep declared monitors and channels in step; raises SettingsError with file and line of every fault."""
    monitors = [Item(one.kind, one.slug, one.body) for one in settings.monitors]
    channels = [Item(one.kind, one.slug, one.body) for one in settings.channels]
    # A wish for this start alone: a list that becomes empty later is a mistake again.
    prune = os.environ.pop("ASURA_PRUNE", "") not in ("", "0")
    try:
        with acting(CONFIGURATION):
            applied = await declared.reconcile(engine, monitors, channels, prune=prune)
        await engine.pages.keep_main(parts.main_page(settings))
    except Invalid as invalid:
        raise SettingsError(_problems(settings, invalid)) from None
    for what, slugs in (("created", applied.created), ("changed", applied.changed), ("archived", applied.archived)):
        if slugs:
            LOG.info("%s from the configuration file: %s", what, ", ".join(slugs))
    for kind, count in applied.held.items():
        LOG.warning(
            "%s: the list is empty, and %d came from it before: that looks like a mistake, so they stay; "
            "start once with --prune (or ASURA_PRUNE=1) to put them away",
            kind,
            count,
        )


def _problems(settings: Settings, invalid: Invalid) -> tuple[Problem, ...]:
    declared_items = {f"{one.kind}.{one.slug}": one for one in (*settings.monitors, *settings.channels)}
    found = []
    for fault in invalid.faults:
        kind, _, rest = fault.path.partition(".")
        slug, _, path = rest.partition(".")
        item = declared_items.get(f"{kind}.{slug}")
        place = str(settings.origin.path or "")
        found.append(item.problem(path, fault.message) if item else Problem(place, None, fault.path, fault.message, ""))
    return tuple(found)
