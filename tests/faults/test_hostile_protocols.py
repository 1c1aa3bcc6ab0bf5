"""Half-open, trickling and lying TCP, TLS and DNS targets: each gives its class in time, and a good one beside them
is not delayed."""

import asyncio
import socket
import time
from contextlib import AsyncExitStack, ExitStack, suppress

import pytest

from asura.checks.base import Job
from asura.checks.dns import CHECK as DNS
from asura.checks.tcp import CHECK as TCP
from asura.checks.tls import CHECK as TLS
from asura.domain.fields import convert
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.net.network import open_network
from asura.running.execute import execute
from tests.checks.bench import reset, served, silent
from tests.checks.certificates import good, root
from tests.checks.nameserver import NameServer

pytestmark = pytest.mark.faults

TIMEOUT = 1.0
# Hundreds of targets and their checks share one loop here, also on a slow machine.
IN_A_CROWD = 6.0
COPIES = 40


async def trickle(reader, writer):
    """Send one byte at a time, for ever."""
    while True:
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.02)


async def trickling_handshake(reader, writer):
    """Begin a TLS record of 16 KiB, and never come to its end."""
    writer.write(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
    await trickle(reader, writer)


async def hang_up(reader, writer):
    await reader.read(1)


async def slam(reader, writer):
    await reader.read(1)
    reset(writer)


async def half_an_answer(reader, writer):
    await reader.read(100)
    writer.write(b"\x40\x00")
    await trickle(reader, writer)


def dns(port):
    return {"resolver": f"127.0.0.1:{port}", "transport": "tcp"}


HOSTILE = [
    (TCP, silent, {"expect": "220"}, Reason.TIMEOUT),
    (TCP, trickle, {"expect": "220"}, Reason.UNEXPECTED_ANSWER),
    (TCP, slam, {"send": "x", "expect": "220"}, Reason.CONNECT_RESET),
    (TCP, hang_up, {"send": "x", "expect": "220"}, Reason.CONNECTION_CLOSED),
    (TCP, silent, {"tls": True}, Reason.TLS_TIMEOUT),
    (TLS, silent, {}, Reason.TLS_TIMEOUT),
    (TLS, trickling_handshake, {}, Reason.TLS_TIMEOUT),
    (TLS, slam, {}, Reason.TLS_FAILED),
    (TLS, silent, {"starttls": "imap"}, Reason.TIMEOUT),
    (TLS, trickle, {"starttls": "smtp"}, Reason.TIMEOUT),
    (DNS, silent, dns, Reason.DNS_TIMEOUT),
    (DNS, half_an_answer, dns, Reason.DNS_TIMEOUT),
    (DNS, slam, dns, Reason.CONNECT_RESET),
]
IDS = [f"{check.name}-{handler.__name__}-{reason}" for check, handler, _, reason in HOSTILE]


async def one(check, target, settings, net, timeout=TIMEOUT):
    began = time.monotonic()
    job = Job(target, convert(settings, check.params), timeout)
    outcome = await execute(check, job, net, keep_evidence=True)
    return outcome, time.monotonic() - began


@pytest.mark.parametrize(("check", "handler", "settings", "reason"), HOSTILE, ids=IDS)
async def test_a_hostile_target_gives_its_class_in_time(check, handler, settings, reason):
    net = open_network()
    async with served(handler) as port:
        wanted = settings(port) if callable(settings) else settings
        target = "example.test" if check is DNS else f"127.0.0.1:{port}"
        outcome, took = await one(check, target, wanted, net)
    await net.close()
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, reason), outcome.message
    assert outcome.message.endswith((".", "?"))
    assert took < TIMEOUT + 2


async def test_a_half_open_target_is_a_connect_timeout():
    # A listener whose queue is full drops the handshake: to the caller it looks like a host that swallows packets.
    with socket.socket() as full, ExitStack() as stack:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        loop = asyncio.get_running_loop()
        for _ in range(8):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with suppress(TimeoutError):
                await asyncio.wait_for(loop.sock_connect(filler, ("127.0.0.1", port)), 0.05)
        net = open_network()
        outcome, took = await one(TCP, f"127.0.0.1:{port}", {}, net)
        await net.close()
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.CONNECT_TIMEOUT), outcome.message
    assert took < TIMEOUT + 2


async def test_hundreds_of_hostile_targets_delay_nobody():
    """Good targets, checked again and again beside all the others, answer as fast as if they were alone."""
    async with AsyncExitStack() as stack:
        net = open_network()
        stack.push_async_callback(net.close)
        names = await stack.enter_async_context(NameServer().running())
        secure = await stack.enter_async_context(served(silent, tls=good()))
        plain = await stack.enter_async_context(served(silent))
        tasks = []
        for check, handler, settings, reason in HOSTILE:
            port = await stack.enter_async_context(served(handler))
            wanted = settings(port) if callable(settings) else settings
            target = "example.test" if check is DNS else f"127.0.0.1:{port}"
            tasks += [
                (reason, asyncio.create_task(one(check, target, wanted, net, timeout=IN_A_CROWD)))
                for _ in range(COPIES)
            ]
        fine = []
        while not all(task.done() for _, task in tasks):
            fine += await asyncio.gather(
                one(DNS, "example.test", {"resolver": names.address}, net, timeout=IN_A_CROWD),
                one(TLS, f"localhost:{secure}", {"ca_pem": root().pem}, net, timeout=IN_A_CROWD),
                one(TCP, f"127.0.0.1:{plain}", {}, net, timeout=IN_A_CROWD),
            )
        reasons = [(reason, task.result()[0].reason) for reason, task in tasks]
    assert [pair for pair in reasons if pair[0] is not pair[1]] == []
    assert len(fine) >= 3
    assert {outcome.finding for outcome, _ in fine} == {Finding.UP}
