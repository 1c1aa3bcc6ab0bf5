"""The guarded dialer: who may go where, and what fails how."""

import asyncio
import socket
from typing import Any

import pytest

from asura.domain.reason import Reason
from asura.net import connection
from asura.net.connection import interleaved
from asura.net.dialer import Dialer
from asura.net.errors import NetError
from asura.net.guard import AllowList
from asura.net.local import OwnListeners
from asura.net.network import Network, NetworkConfig, open_network
from asura.net.resolver import Resolver
from asura.net.tls import TlsContexts, TlsSettings
from asura.net.trace import Trace
from tests import targets, tls_targets


def naming(*addresses: str) -> Resolver:
    """Return a resolver to which every name leads to these addresses."""
    rows = [(socket.AF_INET6 if ":" in one else socket.AF_INET, 1, 6, "", (one, 0)) for one in addresses]
    return Resolver(2, lookup=lambda *_, **__: rows)


def dialer(resolver: Resolver, **wanted: Any) -> Dialer:
    return Dialer(resolver, TlsContexts(), **({"private_ok": True} | wanted))


async def test_forbidden_addresses_are_left_out_and_none_left_is_an_error() -> None:
    resolver = naming("169.254.169.254", "127.0.0.1", "fe80::1")
    assert await dialer(resolver).addresses("x.test", 80) == ("127.0.0.1",)
    with pytest.raises(NetError) as fault:
        await dialer(resolver, private_ok=False).addresses("x.test", 80)
    assert fault.value.reason is Reason.BLOCKED_ADDRESS
    assert "x.test leads to 169.254.169.254" in fault.value.message


async def test_channels_reach_private_addresses_only_where_the_settings_name_them() -> None:
    resolver = naming("10.1.2.3")
    assert await dialer(resolver, private_ok=False, allow=AllowList(("10.1.0.0/16",))).addresses("x.test", 80)
    assert await dialer(resolver, private_ok=False, allow=AllowList(("x.test",))).addresses("x.test", 80)
    metadata = dialer(naming("169.254.169.254"), private_ok=False, allow=AllowList(("x.test", "169.254.0.0/16")))
    with pytest.raises(NetError):
        await metadata.addresses("x.test", 80)


@pytest.mark.parametrize(
    ("listener", "address", "refused"),
    [
        ("0.0.0.0", "127.0.0.1", True),
        ("0.0.0.0", "::1", True),
        ("::", "::ffff:127.0.0.1", True),
        ("0.0.0.0", "192.0.2.77", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("localhost", "::1", True),
    ],
)
async def test_the_own_listener_is_refused_wherever_it_listens(listener: str, address: str, refused: bool) -> None:
    own = OwnListeners(((listener, 8080),))
    guarded = dialer(naming(address), own=own)
    assert (guarded.refusal(address, 8080) is not None) == refused
    assert guarded.refusal(address, 8081) is None


async def test_every_local_address_of_this_machine_is_known_as_its_own() -> None:
    own = OwnListeners((("0.0.0.0", 8080),))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("127.0.0.1", 9))
        assert own.cover(probe.getsockname()[0], 8080)


async def test_a_stream_reads_writes_and_knows_where_it_is() -> None:
    net = open_network()
    trace = Trace()
    async with targets.serving(targets.answering()) as target:
        stream = await net.dialer.open("localhost", target.port, family="ipv4", trace=trace)
        stream.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await stream.reader.read()).endswith(b"hello")
        assert stream.address == "127.0.0.1"
        assert stream.where == f"localhost (127.0.0.1 port {target.port})"
        assert stream.ssl_object is None
        stream.abort()
    assert trace.phases().connect is not None
    await net.close()


async def test_a_stream_speaks_tls_from_the_first_byte_or_from_its_middle_on() -> None:
    net = open_network()
    settings = TlsSettings(ca_pem=tls_targets.authority().pem)
    async with targets.serving(targets.answering(), tls=tls_targets.authority().good()) as target:
        for at_once in (True, False):
            trace = Trace()
            stream = await net.dialer.open(
                "127.0.0.1", target.port, trace=trace, tls=settings if at_once else None, server_name="localhost"
            )
            if not at_once:
                await stream.start_tls(settings, "localhost", trace)
            stream.writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await stream.writer.drain()
            assert (await stream.reader.read(1000)).endswith(b"hello")
            assert stream.ssl_object.version() == "TLSv1.3"
            assert trace.phases().tls is not None
            stream.abort()
    await net.close()


async def test_what_arrives_before_the_handshake_is_not_taken_for_protected() -> None:
    net = open_network()
    async with targets.serving(targets.raw(b"220 ready\r\n250 injected\r\n"), silent=True) as target:
        stream = await net.dialer.open("127.0.0.1", target.port)
        await stream.reader.readline()
        await asyncio.sleep(0.05)
        with pytest.raises(NetError) as fault:
            await stream.start_tls(TlsSettings(verify=False))
        stream.abort()
    assert fault.value.reason is Reason.STARTTLS_REFUSED
    await net.close()


async def test_a_connected_socket_is_handed_out_for_libraries_that_bring_their_own_protocol() -> None:
    net = open_network()
    async with targets.serving(targets.answering()) as target:
        connected = await net.dialer.socket("localhost", target.port)
        assert connected.getblocking() is False
        assert connected.getpeername()[1] == target.port
        connected.close()
    with pytest.raises(NetError) as fault:
        await net.dialer.socket("127.0.0.1", targets.free_port())
    assert fault.value.reason is Reason.CONNECT_REFUSED
    await net.close()


async def test_datagrams_go_through_the_guard_too() -> None:
    net = open_network()

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport: Any) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: Any) -> None:
            self.transport.sendto(data, addr)

    class Waiting(asyncio.DatagramProtocol):
        def __init__(self) -> None:
            self.got: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def datagram_received(self, data: bytes, addr: Any) -> None:
            self.got.set_result(data)

    server, _ = await asyncio.get_running_loop().create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    port = server.get_extra_info("sockname")[1]
    transport, protocol = await net.dialer.datagram("127.0.0.1", port, Waiting)
    transport.sendto(b"hello")
    assert await protocol.got == b"hello"
    transport.close()
    server.close()
    with pytest.raises(NetError):
        await net.dialer.datagram("169.254.169.254", 53, Waiting)
    await net.close()


async def test_a_silent_first_address_does_not_hold_up_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "HEAD_START", 0.05)
    async with targets.full_backlog() as port:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.2", port)
        net = Network(NetworkConfig(), resolver=naming("127.0.0.1", "127.0.0.2"))
        trace = Trace()
        async with asyncio.timeout(2):
            stream = await net.dialer.open("x.test", port, trace=trace)
        assert stream.address == trace.address == "127.0.0.2"
        stream.abort()
        server.close()
    await net.close()


async def test_of_several_failures_the_telling_one_is_told() -> None:
    net = Network(NetworkConfig(), resolver=naming("127.0.0.1", "127.0.0.2"))
    with pytest.raises(NetError) as fault:
        await net.dialer.open("x.test", targets.free_port())
    assert fault.value.reason is Reason.CONNECT_REFUSED
    assert "x.test (127.0.0.1 port" in fault.value.message
    await net.close()


def test_families_take_turns() -> None:
    assert interleaved(("::1", "::2", "::3", "1.1.1.1")) == ("::1", "1.1.1.1", "::2", "::3")
    assert interleaved(("1.1.1.1", "1.1.1.2")) == ("1.1.1.1", "1.1.1.2")
