"""Connects to a port, says something when told to, and waits for an answer that fits."""

import asyncio
from typing import Annotated, Literal

import msgspec

from asura.checks.assertions import Seen
from asura.checks.base import Job
from asura.checks.budget import deadline
from asura.checks.conclusion import conclude
from asura.checks.endpoint import Endpoint, parse_endpoint, refuse_forbidden
from asura.checks.exchange import Expectation, Notation, expectation, octets, quoted, readable
from asura.domain.fields import FAMILIES, field
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Fault, Invalid
from asura.net.dialer import Stream
from asura.net.errors import NetError
from asura.net.network import Network
from asura.net.tls import TlsSettings, certificates
from asura.net.trace import Trace

MAX_RECEIVED = 16 * 1024
# Without an expectation the answer is over when nothing more comes for so long (seconds).
QUIET = 0.1


class TcpParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a connection to a port."""

    send: Annotated[
        str, field("Send", r"What is sent after connecting; \r \n \t \0 \\ and \xHH are understood.", multiline=True)
    ] = ""
    send_as: Annotated[Notation, field("Send as", "How what is sent is written.", advanced=True)] = "text"
    expect: Annotated[str, field("Expect", "What the answer must contain; empty expects nothing.")] = ""
    expect_as: Annotated[
        Literal["text", "regex", "hex"],
        field(
            "Expect as",
            "How the expected text is read: text and hex are contained, a pattern (RE2) is searched.",
            labels={"text": "Text", "regex": "Pattern", "hex": "Hex"},
        ),
    ] = "text"
    tls: Annotated[bool, field("TLS", "Encrypt the connection from its first byte on.")] = False
    verify: Annotated[bool, field("Verify certificate", "Refuse certificates that cannot be trusted.")] = True
    ca_pem: Annotated[str, field("Own CA", "Certificates (PEM) to trust as well.", multiline=True, advanced=True)] = ""
    server_name: Annotated[
        str, field("Server name", "Name to ask for and verify; default: the target.", advanced=True)
    ] = ""
    family: Annotated[
        Literal["any", "ipv4", "ipv6"],
        field("IP version", "Which kind of address is dialled.", advanced=True, labels=FAMILIES),
    ] = "any"


class TcpCheck:
    """A connection, and optionally a short conversation over it."""

    name = "tcp"
    title = "TCP port"
    target_help = "Host and port, like db.example.com:5432 or [2001:db8::1]:22."
    params = TcpParams
    assertable = frozenset({"body", "response_time", "certificate_days"})

    def validate(self, target: str, params: TcpParams) -> None:
        """Raise `Invalid` where target, what is sent, or what is expected cannot be understood."""
        refuse_forbidden(parse_endpoint(target, schemes=("tcp",)).host)
        octets(params.send, params.send_as, "settings.send")
        expectation(params.expect, params.expect_as, "settings.expect")
        for name in ("ca_pem", "server_name"):
            if getattr(params, name) and not params.tls:
                raise Invalid(Fault(f"settings.{name}", "has a meaning only together with tls"))

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Connect, speak, and judge what came back."""
        params: TcpParams = job.params
        where = parse_endpoint(job.target, schemes=("tcp",))
        tls = TlsSettings(verify=params.verify, ca_pem=params.ca_pem) if params.tls else None
        stream = await net.dialer.open(
            where.host, where.port, family=params.family, trace=trace, tls=tls, server_name=params.server_name
        )
        try:
            received, latency = await self._converse(stream, job, where, trace)
            days = _days_left(stream, trace) if params.tls else None
        finally:
            stream.abort()
        outcome = Outcome(Finding.UP, message=_summary(where, received, latency), latency_ms=latency)
        seen = Seen(body=received.decode("utf-8", "replace"), response_ms=latency, certificate_days=days)
        return conclude(outcome, job, seen, trace)

    async def _converse(self, stream: Stream, job: Job, where: Endpoint, trace: Trace) -> tuple[bytes, float]:
        """Return what was received and the milliseconds until it was there."""
        params: TcpParams = job.params
        message = octets(params.send, params.send_as, "settings.send")
        wanted = expectation(params.expect, params.expect_as, "settings.expect")
        listens = wanted is not None or any(assertion.on == "body" for assertion in job.assertions)
        received = bytearray()
        trace.request = readable(message)
        trace.begin("ttfb")
        try:
            async with deadline(job, trace, lambda: _silence(where, bytes(received), job)):
                stream.writer.write(message)
                await stream.writer.drain()
                latency = await _listen(stream, received, wanted, trace) if listens else trace.elapsed_ms()
        except OSError as exc:
            raise _broken(where, bytes(received), exc) from exc
        finally:
            # Closed here even when this check is cut short: what is waited for is no HTTP answer.
            trace.end()
            trace.response = readable(bytes(received))
        if wanted is not None and not wanted(bytes(received)):
            raise _misfit(where, bytes(received), job)
        return bytes(received), latency


async def _listen(stream: Stream, received: bytearray, wanted: Expectation | None, trace: Trace) -> float:
    """Fill `received` until it fits, ends or is too long; return the milliseconds until the last part came."""
    latency = trace.elapsed_ms()
    while len(received) < MAX_RECEIVED:
        chunk = await _next(stream, None if wanted or not received else QUIET)
        if not chunk:
            break
        if not received:
            trace.begin("transfer")
        received += chunk
        latency = trace.elapsed_ms()
        if wanted is not None and wanted(bytes(received)):
            break
    return latency


async def _next(stream: Stream, patience: float | None) -> bytes:
    """Return the next part of the answer, nothing at its end or when `patience` is given and runs out."""
    if patience is None:
        return await stream.reader.read(MAX_RECEIVED)
    try:
        async with asyncio.timeout(patience):
            return await stream.reader.read(MAX_RECEIVED)
    except TimeoutError:
        return b""


def _days_left(stream: Stream, trace: Trace) -> float | None:
    trace.certificates = trace.certificates or certificates(stream.ssl_object)
    return trace.certificates[0].days_left if trace.certificates else None


def _summary(where: Endpoint, received: bytes, latency: float) -> str:
    answer = f" and answered {quoted(received)}" if received else ""
    return f"{where} accepted the connection{answer} within {latency:.0f} ms."


def _silence(where: Endpoint, received: bytes, job: Job) -> NetError:
    if not received:
        text = f"{where} accepted the connection, but said nothing for {job.timeout:g} s."
        return NetError(Reason.TIMEOUT, text)
    text = f"{where} answered {quoted(received)}, and what was expected did not come within {job.timeout:g} s."
    return NetError(Reason.UNEXPECTED_ANSWER, text)


def _broken(where: Endpoint, received: bytes, exc: Exception) -> NetError:
    after = f"after it said {quoted(received)}" if received else "before it said anything"
    if isinstance(exc, ConnectionResetError | BrokenPipeError):
        return NetError(Reason.CONNECT_RESET, f"{where} broke the connection off (reset) {after}.")
    return NetError(Reason.CONNECTION_CLOSED, f"{where} closed the connection {after}.")


def _misfit(where: Endpoint, received: bytes, job: Job) -> NetError:
    params: TcpParams = job.params
    if not received:
        return NetError(Reason.CONNECTION_CLOSED, f"{where} closed the connection without saying anything.")
    relation = "does not match the pattern" if params.expect_as == "regex" else "does not contain"
    text = f"{where} answered {quoted(received)}, which {relation} “{params.expect[:80]}”."
    return NetError(Reason.UNEXPECTED_ANSWER, text)


CHECK = TcpCheck()
