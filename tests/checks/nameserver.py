"""A real name server for tests: one zone, every transport, and any misbehaviour."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import dns.rrset

ZONE = """
example.test.        300 IN A     192.0.2.1
example.test.        300 IN A     192.0.2.2
example.test.        300 IN AAAA  2001:db8::1
example.test.        300 IN MX    10 mx1.example.test.
example.test.        300 IN MX    20 MX2.example.test.
example.test.        300 IN TXT   "v=spf1 -all"
example.test.        300 IN TXT   "one " "two"
www.example.test.    300 IN CNAME example.test.
_sip._tcp.example.test. 300 IN SRV 1 2 5060 sip.example.test.
1.2.0.192.in-addr.arpa. 300 IN PTR example.test.
big.example.test.    300 IN TXT   "{long}"
""".replace("{long}", '" "'.join(["x" * 250] * 12))

Spoil = Callable[[dns.message.Message, dns.message.Message], list[bytes]]


def answer(query: dns.message.Message) -> dns.message.Message:
    """Return what the zone knows."""
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    name, kind = query.question[0].name, query.question[0].rdtype
    known = [line.split(None, 4) for line in ZONE.strip().splitlines()]
    names = {line[0] for line in known}
    if name.to_text().lower() not in names:
        response.set_rcode(dns.rcode.NXDOMAIN)
        return response
    _add(response, known, name.to_text().lower(), kind)
    return response


def _add(response, known, name: str, kind: dns.rdatatype.RdataType) -> None:
    for wanted in (kind, dns.rdatatype.CNAME):
        texts = [row[4] for row in known if row[0] == name and row[3] == dns.rdatatype.to_text(wanted)]
        if texts:
            response.answer.append(dns.rrset.from_text(name, 300, "IN", wanted, *texts))
            if wanted != kind:
                _add(response, known, texts[0], kind)
            return


def honest(query: dns.message.Message, response: dns.message.Message) -> list[bytes]:
    """Send the answer as it is."""
    return [response.to_wire(max_size=65_535)]


class _Udp(asyncio.DatagramProtocol):
    def __init__(self, server: "NameServer") -> None:
        self.server = server

    def connection_made(self, transport) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr) -> None:
        self.server.asked.append("udp")
        query = dns.message.from_wire(data)
        if self.server.lose > 0:
            self.server.lose -= 1
            return
        for wire in self.server.spoil(query, answer(query)):
            if len(wire) > max(query.payload, 512):
                cut = dns.message.make_response(query)
                cut.flags |= dns.flags.TC
                wire = cut.to_wire()
            self.transport.sendto(wire, addr)


class NameServer:
    """The server: `asked` tells the transports of the questions, `lose` how many datagrams get lost first."""

    def __init__(self, spoil: Spoil = honest, *, lose: int = 0) -> None:
        self.spoil = spoil
        self.lose = lose
        self.asked: list[str] = []
        self.port = 0

    @asynccontextmanager
    async def running(self, *, tls: ssl.SSLContext | None = None, udp: bool = True) -> AsyncIterator["NameServer"]:
        """Serve TCP (or TLS) and UDP on one port."""
        server = await asyncio.start_server(self._stream, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        transport = None
        if udp:
            transport, _ = await loop.create_datagram_endpoint(lambda: _Udp(self), local_addr=("127.0.0.1", self.port))
        try:
            yield self
        finally:
            server.close()
            if transport is not None:
                transport.close()
            await asyncio.sleep(0)

    @property
    def address(self) -> str:
        """Return host and port as the setting takes them."""
        return f"127.0.0.1:{self.port}"

    async def _stream(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                query = dns.message.from_wire(await reader.readexactly(int.from_bytes(await reader.readexactly(2))))
                self.asked.append("stream")
                for wire in self.spoil(query, answer(query)):
                    writer.write(len(wire).to_bytes(2) + wire)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            return
        finally:
            writer.transport.abort()
