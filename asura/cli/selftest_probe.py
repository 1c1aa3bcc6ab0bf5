"""The part of the self-test that is a probe for one round, of a primary that is played."""

import asyncio
import time

import msgspec

REGION = "selftest"


async def probes() -> str:
    """Fetch a monitor, check it, and deliver what was found; raises RuntimeError where that does not work."""
    from asura.clock import SystemClock
    from asura.domain.fields import Secret
    from asura.net.network import open_network
    from asura.probe.agent import Agent
    from asura.probe.client import Client
    from asura.probe.clock import ProbeClock
    from asura.probe.once import once

    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    net, clock = open_network(), ProbeClock(SystemClock())
    primary = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    client = Client(net, clock, primary=primary, key=Secret("key"), region=REGION, name="", boot="boot")
    try:
        done = await once(Agent(net, clock, client, boot="boot", canaries=lambda: (), region=REGION))
    finally:
        await client.close()
        await net.close()
        server.close()
    if not done.delivered or len(done.found) != 1:
        raise RuntimeError("what was found was not delivered")
    return f"{done.found[0][1].finding.status.value}, delivered"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    from asura.domain import wire

    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.partition(b":")[2] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    await reader.readexactly(int(lengths[0]) if lengths else 0)
    now = time.time()
    monitor = wire.Assignment(id=1, generation=1, type="http", target="http://127.0.0.1:1/", timeout=1)
    told: wire.Assigned | wire.Taken = wire.Taken(now=now)
    if head.startswith(b"GET"):
        told = wire.Assigned(tag="1", full=True, monitors=(monitor,), probe_id=1, region=REGION, now=now)
    body = msgspec.json.encode(told)
    lines = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(lines.encode() + body)
    writer.close()
