"""Puts the primary together: settings, store, network, engine, HTTP; runs it until it is told to stop."""

import asyncio
import contextlib
import gc
import logging
import socket
import zoneinfo
from collections.abc import Iterator

import msgspec
import uvicorn

from asura import parts
from asura.announce import announce
from asura.cli.doctor_commands import health_commands
from asura.cli.export_commands import export_commands
from asura.cli.local import NAME as SOCKET_NAME
from asura.cli.local import serve_local
from asura.clock import Clock, SystemClock
from asura.engine.engine import Engine
from asura.listening import bind, bind_mail, taking_mail
from asura.net.network import open_network
from asura.reloading import follow_file, signals
from asura.settings import Settings
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
            await follow_file(engine, settings)
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
        commands = group.create_task(
            serve_local(engine, path, export_commands(site) | health_commands(engine)), name="local commands"
        )
        web = group.create_task(server.serve(sockets=[listener]), name="web")
        stop = asyncio.Event()
        with signals(engine, settings, stop):
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
    def capturesignals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield
