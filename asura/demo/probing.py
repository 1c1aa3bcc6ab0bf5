"""The probes of the demo: the real program's, in this process, each with a longer or shorter way to everything."""

import asyncio
import secrets
from contextlib import suppress

from asura.clock import SystemClock
from asura.demo.cast import PROBES
from asura.demo.internet import Internet
from asura.demo.network import DemoNetwork
from asura.demo.people import VISITOR
from asura.domain.fields import Secret
from asura.engine.engine import Engine
from asura.net.network import Network, NetworkConfig, open_network
from asura.net.tls import TlsContexts
from asura.probe.agent import Agent
from asura.probe.client import Client
from asura.probe.clock import ProbeClock
from asura.probe.trouble import Trouble

MOST_AT_ONCE = 100


async def run(engine: Engine, internet: Internet, tls: TlsContexts, primary: str) -> None:
    """Check from every other region until cancelled."""
    async with asyncio.TaskGroup() as group:
        for region, name in PROBES.items():
            key = await _key(engine, region, name)
            group.create_task(_probe(internet, tls, (region, name), primary, key), name=f"probe {name}")


async def _key(engine: Engine, region: str, name: str) -> str:
    """Return a new key for the probe of a region, which is enrolled where it is not there."""
    known = next((one for one in engine.probes.list() if (one.region, one.name) == (region, name)), None)
    if known is None:
        return (await engine.probes.create(region, name, by=VISITOR))[1]
    return (await engine.probes.rotate(known.id))[1]


async def _probe(internet: Internet, tls: TlsContexts, place: tuple[str, str], primary: str, key: str) -> None:
    region, name = place
    # To the primary, which is this process, it goes by a way of its own.
    way = open_network(NetworkConfig())
    net = DemoNetwork(NetworkConfig(), internet, tls, region=region)
    clock, boot = ProbeClock(SystemClock()), secrets.token_hex(8)
    client = Client(way, clock, primary=primary, key=Secret(key), region=region, name=name, boot=boot)
    agent = Agent(net, clock, client, boot=boot, canaries=tuple, region=region, max_concurrent=MOST_AT_ONCE)
    try:
        # A visitor may revoke it: then it is gone, as a real one would be.
        with suppress(Trouble):
            await agent.run()
    finally:
        await _end(agent, client, net, way)


async def _end(agent: Agent, client: Client, net: Network, way: Network) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(1.0):
            await agent.runner.stop()
    await client.close()
    await net.close()
    await way.close()
