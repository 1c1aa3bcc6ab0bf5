"""Pings over real ICMP sockets: loopback here, black holes and missing rights in a network of their own."""

import asyncio
import os
import socket
import struct

import pytest
import uvloop

from asura.net.icmp import PermissionProblem, Pinger
from asura.net.icmp_socket import HEADER, V4, V6, checksum, queued_seconds
from tests.net.namespace import BLACK_HOLE, DEAD_END, NO_RAW, UNPRIVILEGED_PINGS, in_namespace

PRELUDE = """
import asyncio, json, time
from asura.net.errors import NetError
from asura.net.icmp import PermissionProblem, Pinger

async def told(ping):
    try:
        return await ping
    except (NetError, PermissionProblem) as exc:
        return [type(exc).__name__, getattr(exc, "reason", ""), str(exc)]
"""


@pytest.fixture
def pinger():
    pinger = Pinger()
    yield pinger
    pinger.close()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "0:0::0:1"])
async def test_loopback_answers(pinger: Pinger, address: str) -> None:
    rtt = await pinger.ping(address)
    assert rtt is not None
    assert 0 <= rtt < 1000


def test_loopback_answers_on_uvloop() -> None:
    async def ping() -> list[float | None]:
        pinger = Pinger()
        try:
            return list(await asyncio.gather(*(pinger.ping(a) for a in ("127.0.0.1", "::1") for _ in range(20))))
        finally:
            pinger.close()

    assert None not in uvloop.run(ping())


@pytest.mark.parametrize("size", [16, 17, 56, 1472, 8972])
async def test_each_size_is_echoed(pinger: Pinger, size: int) -> None:
    assert await pinger.ping("127.0.0.1", size=size) is not None
    assert await pinger.ping("::1", size=size) is not None


async def test_hundreds_of_pings_at_once_each_get_their_own_reply(pinger: Pinger) -> None:
    addresses = [f"127.0.{n // 200}.{n % 200 + 1}" for n in range(400)] + ["::1"] * 100
    answers = await asyncio.gather(*(pinger.ping(address, timeout=5) for address in addresses))
    assert None not in answers


async def test_the_time_a_reply_waits_for_our_own_loop_is_not_latency(pinger: Pinger) -> None:
    import time

    await pinger.ping("127.0.0.1")
    ping = asyncio.create_task(pinger.ping("127.0.0.1"))
    await asyncio.sleep(0)
    time.sleep(0.3)
    rtt = await ping
    assert rtt is not None
    assert rtt < 100


async def test_a_closed_pinger_leaves_nobody_waiting_and_opens_again(pinger: Pinger) -> None:
    await pinger.ping("127.0.0.1")
    line = next(iter(pinger._lines.values()))
    ping = asyncio.create_task(line.ping("127.0.0.1", 56, 30))
    await asyncio.sleep(0)
    pinger.close()
    await asyncio.wait_for(ping, 1)
    assert await pinger.ping("127.0.0.1") is not None


def test_a_pinger_outlives_its_loop() -> None:
    pinger = Pinger()
    assert asyncio.run(pinger.ping("127.0.0.1")) is not None
    assert asyncio.run(pinger.ping("127.0.0.1")) is not None
    pinger.close()


async def test_a_cancelled_ping_is_forgotten(pinger: Pinger) -> None:
    await pinger.ping("::1")
    line = pinger._lines[V6.family]
    ping = asyncio.create_task(line.ping("::1", 56, 30))
    await asyncio.sleep(0)
    assert len(line._waiting) == 1
    ping.cancel()
    await asyncio.gather(ping, return_exceptions=True)
    assert line._waiting == {}


async def test_only_the_exact_reply_is_taken(pinger: Pinger) -> None:
    await pinger.ping("::1")
    line = pinger._lines[V6.family]
    ping = asyncio.create_task(line.ping("::1", 16, 5))
    # The kernel's own reply is kept away, so that only what this test feeds can be taken.
    line.loop.remove_reader(line._watched())
    await asyncio.sleep(0)
    ((_, sequence), waiting) = next(iter(line._waiting.items()))
    ident = line._id

    def reply(kind: int = 129, code: int = 0, *, id: int = ident, seq: int = sequence, token: bytes = b"") -> bytes:
        return HEADER.pack(kind, code, 0, id, seq) + (token or waiting.token) + b"a" * 8

    forged = [
        (reply(kind=128), "::1"),
        (reply(code=1), "::1"),
        (reply(seq=sequence + 1 & 0xFFFF), "::1"),
        (reply(token=b"8 octets"), "::1"),
        (reply(), "::2"),
        (reply()[:12], "::1"),
        (b"", "::1"),
    ]
    if line._raw:
        forged.append((reply(id=ident ^ 1), "::1"))
    for packet, source in forged:
        line._take(memoryview(packet), [], source)
        assert not waiting.answer.done(), (packet, source)
    line._take(memoryview(reply()), [], "::1")
    assert await ping is not None


def test_a_reply_of_somebody_else_is_not_taken_for_a_ping_into_a_black_hole() -> None:
    # A second process of root forges echo replies with the right address and sequence, but cannot know the token.
    answers = in_namespace(
        PRELUDE
        + """
import socket, struct
from asura.net.icmp_socket import HEADER, checksum

def forge(source, ident, sequence):
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    body = b"forgedtokenforgedtoken"
    icmp = HEADER.pack(0, 0, checksum(HEADER.pack(0, 0, 0, ident, sequence) + body), ident, sequence) + body
    size = 20 + len(icmp)
    ends = socket.inet_aton(source) + socket.inet_aton("127.0.0.1")
    ip = struct.pack("!BBHHHBBH", 0x45, 0, size, 1, 0, 64, 1, 0) + ends
    sock.sendto(ip + icmp, ("127.0.0.1", 0))
    sock.close()

async def main():
    pinger = Pinger()
    ping = asyncio.create_task(pinger.ping("192.0.2.9", timeout=0.5))
    await asyncio.sleep(0.05)
    line = pinger._lines[2]
    for (address, sequence) in list(line._waiting):
        forge(address, line._id, sequence)
    own = await pinger.ping("127.0.0.1")
    print(json.dumps([await ping, own is not None]))
    pinger.close()

asyncio.run(main())
""",
        BLACK_HOLE,
    )
    assert answers == [None, True]


@pytest.mark.parametrize("setup", [(), (UNPRIVILEGED_PINGS,)], ids=["raw", "datagram"])
def test_a_black_hole_gives_no_reply_and_an_unreachable_one_says_so(setup: tuple[str, ...]) -> None:
    script = """
async def main():
    pinger = Pinger()
    began = time.monotonic()
    holes = await asyncio.gather(pinger.ping("192.0.2.9", timeout=0.3), pinger.ping("2001:db8::9", timeout=0.3))
    took = time.monotonic() - began
    kinds = [line._raw for line in pinger._lines.values()]
    print(json.dumps({
        "holes": holes, "took": took, "raw": kinds,
        "dead": await told(pinger.ping("198.51.100.1")), "nowhere": await told(pinger.ping("203.0.113.1")),
        "good": await pinger.ping("127.0.0.1") is not None,
    }))
    pinger.close()

asyncio.run(main())
"""
    seen = in_namespace(PRELUDE + script, BLACK_HOLE, DEAD_END, *setup)
    assert seen["holes"] == [None, None]
    assert 0.25 < seen["took"] < 2
    assert seen["raw"] == [not setup, not setup]
    assert seen["dead"] == ["NetError", "connect_unreachable", "This machine knows no way to 198.51.100.1."]
    assert seen["nowhere"][:2] == ["NetError", "connect_unreachable"]
    assert seen["good"] is True


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("setup", [(), (UNPRIVILEGED_PINGS,)], ids=["raw", "datagram"])
def test_a_report_that_comes_back_fails_its_own_ping_only(setup: tuple[str, ...], loop: str) -> None:
    # Nobody answers the neighbour search on this link, so the kernel reports "host unreachable" after a moment.
    link = (
        "ip link add here type veth peer name there; ip link set here up; ip link set there up;"
        " ip addr add 10.9.0.1/24 dev here;"
        " sysctl -qw net.ipv4.neigh.here.mcast_solicit=1 net.ipv4.neigh.here.retrans_time_ms=100"
    )
    script = f"""
async def main():
    pinger = Pinger()
    async def busy():
        return [await pinger.ping("127.0.0.1", timeout=5) for _ in range(300) if not await asyncio.sleep(0.002)]
    lost, good = await asyncio.gather(told(pinger.ping("10.9.0.77", timeout=8)), busy())
    after = await pinger.ping("127.0.0.1", timeout=5)
    print(json.dumps([lost, good.count(None), after is not None]))
    pinger.close()

if {loop == "uvloop"}:
    import uvloop
    uvloop.run(main())
else:
    asyncio.run(main())
"""
    lost, none, after = in_namespace(PRELUDE + script, link, *setup)
    assert lost[:2] == ["NetError", "connect_unreachable"]
    assert "10.9.0.77 does not answer pings" in lost[2]
    assert "the host cannot be reached" in lost[2]
    assert (none, after) == (0, True)


def test_without_rights_it_says_what_to_do() -> None:
    script = """
async def main():
    pinger = Pinger()
    print(json.dumps([await told(pinger.ping("127.0.0.1")), await told(pinger.ping("::1"))]))
    pinger.close()

asyncio.run(main())
"""
    for kind, _, text in in_namespace(PRELUDE + script, wrapper=NO_RAW):
        assert kind == PermissionProblem.__name__
        assert "net.ipv4.ping_group_range" in text
        assert "CAP_NET_RAW" in text


def test_a_firewall_of_our_own_is_not_the_targets_fault() -> None:
    script = """
async def main():
    pinger = Pinger()
    print(json.dumps(await told(pinger.ping("203.0.113.7"))))
    pinger.close()

asyncio.run(main())
"""
    kind, _, text = in_namespace(PRELUDE + script, "ip route add prohibit 203.0.113.0/24")
    assert kind == PermissionProblem.__name__
    assert "203.0.113.7" in text


@pytest.mark.parametrize("length", [8, 9, 64, 65, 1480])
def test_the_checksum_is_the_one_of_the_protocol(length: int) -> None:
    packet = os.urandom(length)
    padded = packet + b"\0" * (length % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert checksum(packet) % 0xFFFF == (~total & 0xFFFF) % 0xFFFF


def test_a_missing_or_future_timestamp_takes_nothing_off() -> None:
    assert queued_seconds([]) == 0
    future = struct.pack("@qq", 2**40, 0)
    assert queued_seconds([(socket.SOL_SOCKET, 35, future)]) == 0
    assert V4.protocol == socket.IPPROTO_ICMP
