"""What answers behind the names of the demo: web servers, mail, databases, a name server; all on the loopback."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any, cast

from asura.demo.cast import NAME_SERVER
from asura.demo.internet import Internet, Service
from asura.demo.script import Mood

LOOPBACK = "127.0.0.1"
LONGEST_HEAD = 16 * 1024
_PHRASES = {200: "OK", 502: "Bad Gateway", 503: "Service Unavailable"}
_UPSTREAM = b"upstream connect error or disconnect/reset before headers. reset reason: connection timeout"
_GREETINGS = {25: b"220 mail.example.com ESMTP ready\r\n"}
Opened = tuple[int, Callable[[], None]]


async def opened(internet: Internet, service: Service) -> Opened:
    """Open the server of a service; returns its port and what closes it."""
    if service.port == 53:
        return await _name_server(internet, service)
    speaks_web = service.seed.type in ("http", "statuspage")
    secure = service.port == 443 or service.seed.type == "tls"
    context = internet.authority.context(service.host, days=internet.days_left(service)) if secure else None

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError):
            await (_web if speaks_web else _plain)(internet, service, reader, writer)
        writer.close()

    server = await asyncio.start_server(serve, LOOPBACK, 0, ssl=context, limit=LONGEST_HEAD)
    return int(server.sockets[0].getsockname()[1]), server.close


async def _plain(
    internet: Internet, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Greet, and say PONG to whoever says PING."""
    writer.write(_GREETINGS.get(service.port, b""))
    await writer.drain()
    while line := await reader.readline():
        if line.strip().upper() == b"PING":
            writer.write(b"+PONG\r\n")
            await writer.drain()


async def _web(
    internet: Internet, service: Service, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Answer one request, after as long as this service takes."""
    head = await reader.readuntil(b"\r\n\r\n")
    method, _, rest = head.decode("latin-1").partition(" ")
    mood = internet.mood(service.seed)
    took = internet.delays(service.host, service.port, service.region).ttfb or 0.0
    if mood is not Mood.WELL:
        took = took * 9 if mood is Mood.FAILING else took + _too_long_ms(service)
    await asyncio.sleep(took / 1000)
    status, kind, body = answer(service, rest.partition(" ")[0], mood)
    lines = (
        f"HTTP/1.1 {status} {_PHRASES[status]}",
        "Server: envoy",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    writer.write("\r\n".join((*lines, "", "")).encode() + (b"" if method == "HEAD" else body))
    await writer.drain()


def _too_long_ms(service: Service) -> float:
    """Return by how much a web server that is slow misses what is allowed."""
    return 100.0 + float(service.seed.more.get("latency_threshold_ms", 800.0))


def answer(service: Service, path: str, mood: Mood) -> tuple[int, str, bytes]:
    """Return status, type and body of what a web server says."""
    if service.seed.type == "statuspage":
        return 200, "application/json", json.dumps(_statuspage(service, troubled=mood is Mood.FAILING)).encode()
    if mood is Mood.FAILING:
        return (503 if service.seed.slug == "checkout-api" else 502), "text/plain", _UPSTREAM
    if path.endswith((".png", ".json")) or path.rpartition("/")[2] in ("health", "status", "ping"):
        return 200, "application/json", b'{"status":"ok"}'
    page = f"<!doctype html><title>{service.seed.name}</title><h1>{service.seed.name}</h1><p>Made up for a demo.</p>"
    return 200, "text/html; charset=utf-8", page.encode()


def _statuspage(service: Service, *, troubled: bool) -> dict[str, Any]:
    names = ("Labels", "Tracking", "Pick-up") if "parcels" in service.host else ("Payments", "Refunds", "Reports")
    parts = [{"id": f"part-{name.lower()}", "name": name, "status": "operational"} for name in names]
    whole = {"indicator": "none", "description": "All Systems Operational"}
    if troubled:
        parts[0]["status"] = "partial_outage"
        whole = {"indicator": "major", "description": "Partial System Outage"}
    return {"page": {"id": "demo", "name": service.seed.name}, "status": whole, "components": parts}


class _NameServer(asyncio.DatagramProtocol):
    """Answers for the names of the demo."""

    def __init__(self, internet: Internet, service: Service) -> None:
        self._internet = internet
        self._service = service
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        # uvloop's transports are not of asyncio's class, only of its shape.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Answer a question, after as long as that takes."""
        wire = answered(self._internet, data, failing=self._internet.mood(self._service.seed) is Mood.FAILING)
        took = self._internet.delays(self._service.host, 53, self._service.region).dns or 0.0
        if wire is not None:
            asyncio.get_running_loop().call_later(took / 1000, self._send, wire, addr)

    def _send(self, wire: bytes, addr: Any) -> None:
        if not self._transport.is_closing():
            self._transport.sendto(wire, addr)


def answered(internet: Internet, data: bytes, *, failing: bool) -> bytes | None:
    """Return what the name server says to a question; None to what is none."""
    import dns.exception
    import dns.message
    import dns.rcode
    import dns.rdatatype
    import dns.rrset

    try:
        query = dns.message.from_wire(data)
        question = query.question[0]
    except (dns.exception.DNSException, IndexError):
        return None
    response = dns.message.make_response(query)
    name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    found = records(internet, name, kind)
    if failing:
        response.set_rcode(dns.rcode.SERVFAIL)
    elif found is None:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif found:
        response.answer.append(dns.rrset.from_text(question.name, 300, "IN", kind, *found))
    return response.to_wire()


def records(internet: Internet, name: str, kind: str) -> list[str] | None:
    """Return the records of a name; None when there is no such name."""
    zone = {"MX": ["10 mail.example.com."], "NS": [f"{NAME_SERVER}."], "TXT": ['"v=spf1 mx -all"']}
    if name == "example.com":
        return zone.get(kind, [])
    address = internet.address(name)
    if address is None:
        return None
    return [address] if kind == "A" else []


async def _name_server(internet: Internet, service: Service) -> Opened:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _NameServer(internet, service), local_addr=(LOOPBACK, 0))
    return int(transport.get_extra_info("sockname")[1]), transport.close
