"""Puts the primary together: settings, store, network, engine, HTTP; runs it until it is told to stop."""

import asyncio
import contextlib
import gc
import logging
import zoneinfo
from functools import partial

import msgspec

from asura import parts
from asura.announce import announce
from asura.cli.export_commands import export_commands
from asura.cli.local import NAME as SOCKET_NAME
from asura.cli.local import make_room, serve_local
from asura.clock import Clock, SystemClock
from asura.engine.engine import Engine
from asura.engine.vitals import VitalSigns, sentence
from asura.errors import StoreUnavailable
from asura.listening import Doors, open_doors, taking_mail
from asura.net.network import open_network
from asura.reloading import Reload, follow_file, signals
from asura.service_manager import Manager
from asura.settings import Settings
from asura.store.db import Store
from asura.surroundings import Surroundings
from asura.tls_files import TlsFiles
from asura.vigil import Vigil
from asura.web.app import create_app
from asura.web.server import Server

LOG = logging.getLogger("asura")

# What is answered when it stops has uvicorn's three seconds; what is being delivered, these.
ANSWERED_WITHIN_S, DELIVERED_WITHIN_S = 4.0, 4.0
STOP_WITHIN_S = 9.0


async def serve(
    settings: Settings,
    clock: Clock | None = None,
    manager: Manager | None = None,
    around: Surroundings | None = None,
) -> int:
    """Run the primary until SIGTERM or SIGINT; returns the exit status. With surroundings it is a demo within them.

    1. Bind first, so that a taken port is an error before anything is touched.
    2. Open the store, start the engine, and only then answer.
    3. On the way out: stop accepting, judge what has arrived, checkpoint.
    """
    clock, manager = clock or SystemClock(), manager or Manager()
    # Zones come from the package, so that they are the same on every machine.
    zoneinfo.reset_tzpath(())
    async with contextlib.AsyncExitStack() as stack:
        doors = stack.enter_context(contextlib.closing(open_doors(settings, manager)))
        settings = doors.settled(settings)
        tls = TlsFiles(settings.server.tls_cert, settings.server.tls_key) if settings.server.tls_cert else None
        with manager.patient("opening the database"):
            store = Store.open(settings.server.data, clock=clock)
            stack.push_async_callback(store.close)
            make_room(settings.server.data / SOCKET_NAME)
            network = parts.network(settings, settings.server.address[1])
            own = (*network.own_listeners, *doors.addresses())
            net = (around.network if around else open_network)(msgspec.structs.replace(network, own_listeners=own))
            stack.push_async_callback(net.close)
            options = msgspec.structs.replace(parts.options(settings), demo=around is not None)
            engine = Engine(store, net, clock, options, send=around.send if around else None)
            await engine.start()
            await follow_file(engine, settings)
        _collect_seldom()
        if around is None:
            await announce(engine, settings)
        else:
            await stack.enter_async_context(around.living(engine, settings))
        async with taking_mail(engine, doors.mail, tls.context if tls else None):
            await _run(engine, settings, doors, manager, tls)
    return 0


def _collect_seldom() -> None:
    """Keep the collector of cycles off what stays: one look at ten thousand monitors holds everybody up for 80 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


async def _run(engine: Engine, settings: Settings, doors: Doors, manager: Manager, tls: TlsFiles | None) -> None:
    site = create_app(engine, parts.web_options(settings))
    how_it_goes = partial(sentence, engine)
    vigil = Vigil(manager, engine.clock, read=VitalSigns(engine).read, sentence=how_it_goes)
    server = Server(
        parts.server(site, settings),
        tls=tls.context if tls else None,
        answering=lambda: manager.ready(how_it_goes()),
    )
    async with asyncio.TaskGroup() as group:
        loops = group.create_task(engine.run(), name="engine")
        path = settings.server.data / SOCKET_NAME
        commands = group.create_task(serve_local(engine, path, export_commands(site)), name="local commands")
        aside = [group.create_task(vigil.run(), name="vigil")]
        if tls is not None:
            engine.further_health["tls"] = tls.health
            aside.append(group.create_task(tls.watch(), name="certificate"))
        web = group.create_task(server.serve(sockets=list(doors.http)), name="web")
        stop = asyncio.Event()
        with signals(stop, Reload(engine, settings, manager, tls, how_it_goes)):
            waiting = group.create_task(stop.wait())
            await asyncio.wait((waiting, web), return_when=asyncio.FIRST_COMPLETED)
            LOG.info("stopping")
            manager.stopping()
            site.streams.close()
            server.should_exit = True
            for task in (waiting, *aside):
                task.cancel()
            try:
                async with asyncio.timeout(STOP_WITHIN_S):
                    # Whoever still waits for an answer needs the loops: a ping is answered when it is judged.
                    await asyncio.wait((web,), timeout=ANSWERED_WITHIN_S)
                    loops.cancel()
                    commands.cancel()
                    await _put_away(engine)
                    await asyncio.wait((web,))
            except TimeoutError:
                web.cancel()


async def _put_away(engine: Engine) -> None:
    """Stop the engine; a disk that takes nothing any more is no reason not to end in order."""
    try:
        await engine.stop(patience_s=DELIVERED_WITHIN_S)
    except StoreUnavailable as error:
        LOG.error("what was found last could not be stored: %s. Make room on the disk before the next start.", error)
