"""Puts the primary together: settings, store, network, engine, HTTP; runs it until it is told to stop."""

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import zoneinfo
from collections.abc import Iterator

import msgspec
import uvicorn

from asura import log, parts
from asura import settings as configuration
from asura.announce import announce
from asura.cli.export_commands import export_commands
from asura.cli.local import NAME as SOCKET_NAME
from asura.cli.local import serve_local
from asura.clock import Clock, SystemClock
from asura.engine import declared, trail
from asura.engine.acting import CONFIGURATION, acting
from asura.engine.declared import Item
from asura.engine.engine import Engine
from asura.errors import AsuraError, Invalid
from asura.listening import bind, bind_mail, taking_mail
from asura.net.network import open_network
from asura.settings import Settings, SettingsError
from asura.settings_source import Problem
from asura.store.db import Store
from asura.web.app import create_app

LOG = logging.getLogger("asura")

STOP_WITHIN_S = 8.0


async def serve(settings: Settings, clock: Clock | None = None) -> int:
    """Run the primary until SIGTERM or SIGINT; returns the exit status.

    1. Bind first, so that a taken port is an error before anything is touched.
    2. Open the store, start the engine, and only then answer.
    3. On the way out: stop accepting, judge what has arrived, checkpoint.
    """
    clock = clock or SystemClock()
    # Zones come from the package, so that they are the same on every machine.
    zoneinfo.reset_tzpath(())
    with contextlib.closing(bind(settings)) as listener:
        port = listener.getsockname()[1]
        settings = _with_port(settings, port)
        letters = bind_mail(settings)
        store = Store.open(settings.server.data, clock=clock)
        net = open_network(parts.network(settings, port))
        try:
            engine = Engine(store, net, clock, parts.options(settings))
            await engine.start()
            await _follow_file(engine, settings)
            _collect_seldom()
            await announce(engine, settings)
            async with taking_mail(engine, settings, letters):
                await _run(engine, settings, listener)
        finally:
            if letters is not None:
                letters.close()
            await net.close()
            await store.close()
    return 0


def _collect_seldom() -> None:
    """Keep the collector of cycles off what stays: one look at ten thousand monitors holds everybody up for 80 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


async def _run(engine: Engine, settings: Settings, listener: socket.socket) -> None:
    site = create_app(engine, parts.web_options(settings))
    server = _Server(parts.server(site, settings))
    async with asyncio.TaskGroup() as group:
        loops = group.create_task(engine.run(), name="engine")
        path = settings.server.data / SOCKET_NAME
        commands = group.create_task(serve_local(engine, path, export_commands(site)), name="local commands")
        web = group.create_task(server.serve(sockets=[listener]), name="web")
        stop = asyncio.Event()
        with _signals(engine, settings, stop):
            waiting = group.create_task(stop.wait())
            await asyncio.wait((waiting, web), return_when=asyncio.FIRST_COMPLETED)
            LOG.info("stopping")
            site.streams.close()
            server.should_exit = True
            loops.cancel()
            commands.cancel()
            waiting.cancel()
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    await engine.stop()
                    await asyncio.wait((web,))
            except TimeoutError:
                web.cancel()


@contextlib.contextmanager
def _signals(engine: Engine, settings: Settings, stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()
    one_at_a_time = asyncio.Lock()

    async def reload_in_turn() -> None:
        async with one_at_a_time:
            await _reload(engine, settings)

    def reload() -> None:
        task = loop.create_task(reload_in_turn())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, reload)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.remove_signal_handler(number)


async def _reload(engine: Engine, settings: Settings) -> None:
    """Read the configuration again; a bad one changes nothing and says so."""
    try:
        fresh = configuration.reload(settings).settings
        await _follow_file(engine, fresh)
    except SettingsError as error:
        LOG.error("the configuration was not reloaded, the old one stays:\n%s", error)
        return
    except AsuraError as error:
        LOG.error("the configuration was reloaded in part, send SIGHUP again: %s", error)
        return
    engine.keys.configure(parts.configured_keys(fresh))
    engine.probes.configure(fresh.probes.probe_key_hash)
    await trail.reloaded(engine.store, engine.clock.now())
    log.configure(level=fresh.logging.level, format=fresh.logging.format)
    LOG.info(
        "the configuration was reloaded: monitors, channels, status page, keys and logging; the rest needs a restart"
    )


async def _follow_file(engine: Engine, settings: Settings) -> None:
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


def _with_port(settings: Settings, port: int) -> Settings:
    """Return the settings with the port that was really bound, for `:0`."""
    host, wanted = settings.server.address
    if wanted == port:
        return settings
    shown = f"[{host}]" if ":" in host else host
    server = msgspec.structs.replace(settings.server, listen=f"{shown}:{port}")
    return msgspec.structs.replace(settings, server=server)


class _Server(uvicorn.Server):
    """uvicorn without its own ideas about signals, which belong to the whole process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
