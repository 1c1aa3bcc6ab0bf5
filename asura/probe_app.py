"""Puts a probe together: settings, network, clock, agent; runs it until it is told to stop. It writes no file."""

import asyncio
import contextlib
import gc
import logging
import secrets
import signal
import socket
import ssl
import sys
from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from asura import __version__
from asura.clock import SystemClock
from asura.domain.blindness import is_near
from asura.domain.fields import Secret
from asura.net.client import HTTP
from asura.net.network import Network, NetworkConfig, open_network
from asura.probe.agent import Agent
from asura.probe.client import Client
from asura.probe.clock import ProbeClock
from asura.probe.once import once, table
from asura.probe.trouble import HOPELESS, Trouble
from asura.probe.vitals import VitalSigns
from asura.running.canaries import canaries
from asura.running.open_files import within_open_files
from asura.service_manager import Manager
from asura.settings import Settings, SettingsError
from asura.settings_problem import Problem
from asura.vigil import Vigil

LOG = logging.getLogger("asura")

LONGEST_NAME = 64
# By then everything is loaded that stays.
SETTLED_AFTER_S = 3.0


async def serve(settings: Settings, manager: Manager | None = None, *, single: bool = False) -> int:
    """Run a probe until SIGTERM or SIGINT, or one round of it; returns the exit status."""
    manager = manager or Manager()
    net = open_network(NetworkConfig(dns_threads=settings.network.dns_threads, ca_file=settings.network.ca_file))
    agent, client = _compose(settings, net, single=single)
    try:
        if settings.network.ca_file:
            net.tls.get(HTTP)
    except ssl.SSLError:
        place, words = str(settings.origin.path or "settings"), "holds no certificates in PEM form"
        raise SettingsError((Problem(place, None, "network.ca_file", words),)) from None
    _say_where(settings)
    try:
        return await (_round(agent) if single else _run(agent, manager))
    except Trouble as trouble:
        print(f"asura: {trouble.sentence}", file=sys.stderr, flush=True)
        manager.failed(trouble.sentence)
        return 2 if trouble.kind in HOPELESS else 1
    finally:
        await client.close()
        await net.close()


def _compose(settings: Settings, net: Network, *, single: bool) -> tuple[Agent, Client]:
    wanted, clock, boot = settings.probe, ProbeClock(SystemClock()), secrets.token_hex(8)
    client = Client(
        net,
        clock,
        primary=wanted.primary,
        key=wanted.key or Secret(""),
        region=wanted.region,
        name=wanted.name or socket.gethostname()[:LONGEST_NAME],
        boot=boot,
        visits=single,
    )
    agent = Agent(
        net,
        clock,
        client,
        boot=boot,
        canaries=partial(canaries, settings.network.canaries),
        region=wanted.region,
        max_concurrent=within_open_files(settings.monitor.max_concurrent),
    )
    return agent, client


def _say_where(settings: Settings) -> None:
    primary = settings.probe.primary
    LOG.info("asura %s is a probe of %s", __version__, primary)
    parts = urlsplit(primary)
    if parts.scheme == "http" and parts.hostname != "localhost" and not is_near(parts.hostname or ""):
        LOG.warning("the key and all results travel in plain text to %s: give it an https address", primary)


async def _run(agent: Agent, manager: Manager) -> int:
    vigil = Vigil(manager, SystemClock(), read=VitalSigns(agent).read, sentence=agent.line)
    watching = asyncio.create_task(vigil.run(), name="vigil")
    working = asyncio.create_task(agent.run(), name="probe")
    stop = asyncio.Event()
    with _signals(stop):
        waiting = asyncio.create_task(stop.wait())
        asyncio.get_running_loop().call_later(SETTLED_AFTER_S, _collect_seldom)
        manager.ready(agent.line())
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        watching.cancel()
        if working.done():
            working.result()
        LOG.info("stopping")
        manager.stopping()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        if not await agent.stop():
            LOG.warning("%d results did not reach the primary", agent.courier.waiting)
    return 0


async def _round(agent: Agent) -> int:
    done = await once(agent)
    print(table(done.found), flush=True)
    if not done.delivered:
        LOG.error("%d results did not reach the primary", agent.courier.waiting + agent.courier.spool.lost)
    return 0 if done.delivered else 1


def _collect_seldom() -> None:
    """Keep the collector of cycles off what stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@contextlib.contextmanager
def _signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
