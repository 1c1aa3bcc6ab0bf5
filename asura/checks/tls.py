"""Watches a TLS endpoint: chain, names, days left, protocol; with STARTTLS where the protocol begins plainly."""

from typing import Annotated, Literal

import msgspec

from asura.checks.assertions import Seen
from asura.checks.base import Job
from asura.checks.budget import deadline
from asura.checks.chain import Limits, Verdict, explained, judged
from asura.checks.conclusion import conclude
from asura.checks.endpoint import Endpoint, check_host, parse_endpoint, refuse_forbidden
from asura.checks.starttls import PORTS, PROTOCOLS, StartTls, prepare
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

Version = Literal["1.0", "1.1", "1.2", "1.3"]
VERSIONS = {"TLSv1": "1.0", "TLSv1.1": "1.1", "TLSv1.2": "1.2", "TLSv1.3": "1.3"}
# After these the connection itself is fine: without verification the certificate can still be read.
ABOUT_THE_CERTIFICATE = frozenset(
    {
        Reason.TLS_EXPIRED,
        Reason.TLS_NOT_YET_VALID,
        Reason.TLS_HOSTNAME,
        Reason.TLS_SELF_SIGNED,
        Reason.TLS_UNTRUSTED,
    }
)


class TlsParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a watched certificate."""

    starttls: Annotated[
        StartTls, field("STARTTLS", "The protocol that is spoken before TLS begins.", labels=PROTOCOLS)
    ] = "none"
    server_name: Annotated[
        str, field("Server name", "The name to ask for and to verify; default: the target's host.", advanced=True)
    ] = ""
    verify: Annotated[
        bool, field("Verify certificate", "Off: trust any issuer and name; dates are still checked.", advanced=True)
    ] = True
    ca_pem: Annotated[str, field("Own CA", "Certificates (PEM) to trust as well.", multiline=True, advanced=True)] = ""
    warn_days: Annotated[
        float, field("Warn before", "Degraded when the certificate has fewer days left.", unit="days", ge=0, le=3650)
    ] = 14
    warn_days_intermediate: Annotated[
        float,
        field("Warn before (intermediates)", "The same for those above it.", unit="days", ge=0, le=3650, advanced=True),
    ] = 14
    min_protocol: Annotated[Version, field("Oldest protocol", "Down when an older TLS version is spoken.")] = "1.2"
    names: Annotated[
        tuple[str, ...], field("Expected names", "Host names that the certificate must cover.", max_length=100)
    ] = ()
    family: Annotated[
        Literal["any", "ipv4", "ipv6"],
        field("IP version", "Which kind of address is dialled.", advanced=True, labels=FAMILIES),
    ] = "any"


class TlsCheck:
    """A TLS handshake, and everything that the certificate chain tells."""

    name = "tls"
    title = "TLS certificate"
    target_help = "Host, or host and port, like example.com or mail.example.com:25."
    params = TlsParams
    assertable = frozenset({"certificate_days", "protocol", "response_time"})

    def validate(self, target: str, params: TlsParams) -> None:
        """Raise `Invalid` where target or names are no hosts."""
        refuse_forbidden(endpoint_of(target, params).host)
        if params.ca_pem and not params.verify:
            raise Invalid(Fault("settings.ca_pem", "has a meaning only while certificates are verified"))
        for index, name in enumerate(params.names):
            check_host(name.removeprefix("*."), f"settings.names[{index}]")

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Shake hands, read the chain even when it is not trusted, and judge it."""
        params: TlsParams = job.params
        where = endpoint_of(job.target, params)
        failure: NetError | None = None
        try:
            stream = await _secured(where, job, net, trace, verify=params.verify)
        except NetError as error:
            if not params.verify or error.reason not in ABOUT_THE_CERTIFICATE:
                raise
            failure = error
            stream = await _unverified(where, job, net, trace, error)
        try:
            latency = trace.elapsed_ms()
            version = _read(stream, trace)
        finally:
            stream.abort()
        verdict = _verdict(failure, version, params, trace, where)
        message = verdict.message or _summary(where, version, trace)
        days = trace.certificates[0].days_left if trace.certificates else None
        seen = Seen(certificate_days=days, protocol=version, response_ms=latency)
        return conclude(Outcome(verdict.finding, verdict.reason, message, latency), job, seen, trace)


def endpoint_of(target: str, params: TlsParams) -> Endpoint:
    """Return where to connect to; the port is the one of the protocol where the target names none."""
    return parse_endpoint(target, port=PORTS[params.starttls], schemes=("tls", "ssl"))


async def _secured(where: Endpoint, job: Job, net: Network, trace: Trace, *, verify: bool) -> Stream:
    """Return a stream whose handshake is done."""
    params: TlsParams = job.params
    oldest = params.min_protocol if params.min_protocol in ("1.0", "1.1") else ""
    settings = TlsSettings(verify=verify, ca_pem=params.ca_pem if verify else "", min_version=oldest)
    stream = await net.dialer.open(where.host, where.port, family=params.family, trace=trace)
    try:
        async with deadline(job, trace, lambda: _silence(where, params, job)):
            await prepare(stream, params.starttls)
            await stream.start_tls(settings, params.server_name, trace)
    except BaseException:
        stream.abort()
        raise
    return stream


async def _unverified(where: Endpoint, job: Job, net: Network, trace: Trace, error: NetError) -> Stream:
    """Return a second connection that trusts everything, only to read what was not trusted."""
    try:
        async with deadline(job, trace, lambda: error):
            return await _secured(where, job, net, trace, verify=False)
    except (NetError, TimeoutError, OSError):
        raise error from None


def _read(stream: Stream, trace: Trace) -> str:
    """Write down what the handshake agreed on; return the protocol's version."""
    session = stream.ssl_object
    trace.certificates = certificates(session)
    trace.tls_version = session.version() or ""
    cipher = session.cipher()
    trace.tls_cipher = cipher[0] if cipher else ""
    return trace.tls_version


def _verdict(failure: NetError | None, version: str, params: TlsParams, trace: Trace, where: Endpoint) -> Verdict:
    chain = trace.certificates
    if failure is not None:
        message = explained(failure.reason, failure.message, chain, str(where)) if chain else failure.message
        return Verdict(Finding.DOWN, failure.reason, message)
    if VERSIONS.get(version, "") < params.min_protocol:
        text = f"{where} speaks {version}, which is older than TLS {params.min_protocol}."
        return Verdict(Finding.DOWN, Reason.TLS_PROTOCOL, text)
    if not chain:
        return Verdict(Finding.DOWN, Reason.TLS_FAILED, f"{where} sent no certificate.")
    return judged(chain, Limits(params.warn_days, params.warn_days_intermediate, params.names), str(where))


def _silence(where: Endpoint, params: TlsParams, job: Job) -> NetError:
    text = (
        f"{where} accepted the connection, but did not get ready for TLS ({params.starttls}) within {job.timeout:g} s."
    )
    return NetError(Reason.TIMEOUT, text)


def _summary(where: Endpoint, version: str, trace: Trace) -> str:
    leaf = trace.certificates[0]
    return f"The certificate of {where} is valid for {int(leaf.days_left)} more days ({version})."


CHECK = TlsCheck()
