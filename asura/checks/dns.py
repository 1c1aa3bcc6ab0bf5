"""Asks a name server and holds its answer against what is expected."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from asura.checks.assertions import Seen
from asura.checks.base import Job
from asura.checks.budget import deadline
from asura.checks.conclusion import conclude
from asura.checks.endpoint import parse_endpoint
from asura.domain.fields import FAMILIES, field
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Fault, Invalid
from asura.net.errors import NetError
from asura.net.local import resolvers
from asura.net.network import Network
from asura.net.tls import TlsSettings
from asura.net.trace import Trace

if TYPE_CHECKING:
    from asura.net.dns_query import Reply, Server
    from asura.net.dns_records import Record

Verdict = tuple[Finding, Reason, str]
MAX_SYSTEM_RESOLVERS = 3
RECORDS = ("A", "AAAA", "CNAME", "MX", "TXT", "NS", "SOA", "SRV", "CAA", "PTR")
_UP: Verdict = (Finding.UP, Reason.OK, "")
_MEANINGS = {
    "SERVFAIL": "it could not find the answer out",
    "REFUSED": "it is not willing to answer",
    "NOTAUTH": "it is not responsible for this name",
    "FORMERR": "it did not understand the question",
    "NOTIMP": "it does not know this kind of question",
}


class DnsParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a question to a name server."""

    record_type: Annotated[
        str, field("Record type", "A, AAAA, CNAME, MX, TXT, NS, SOA, SRV, CAA, PTR or any other.", suggest=RECORDS)
    ] = "A"
    resolver: Annotated[
        str, field("Name server", "Host or host:port to ask; empty asks the system's own.", placeholder="9.9.9.9")
    ] = ""
    transport: Annotated[
        Literal["udp", "tcp", "tls"],
        field(
            "Transport",
            "UDP (TCP when the answer is too long for it), TCP, or TLS.",
            advanced=True,
            labels={"udp": "UDP", "tcp": "TCP", "tls": "TLS"},
        ),
    ] = "udp"
    expected: Annotated[
        tuple[str, ...],
        field("Expected answers", "What the records must hold, in any order; empty accepts any.", max_length=100),
    ] = ()
    mode: Annotated[
        Literal["exact", "contains", "any"],
        field(
            "Compare",
            "exact: these and no others; contains: all of these; any: at least one of these.",
            labels={"exact": "These and no others", "contains": "All of these", "any": "At least one of these"},
        ),
    ] = "exact"
    rcode: Annotated[str, field("Response code", "The response code that is right.", advanced=True)] = "NOERROR"
    verify: Annotated[
        bool, field("Verify certificate", "With TLS: refuse certificates that cannot be trusted.", advanced=True)
    ] = True
    ca_pem: Annotated[
        str, field("Own CA", "With TLS: certificates (PEM) to trust as well.", multiline=True, advanced=True)
    ] = ""
    server_name: Annotated[
        str, field("Server name", "With TLS: the name in the certificate; default: the name server.", advanced=True)
    ] = ""
    family: Annotated[
        Literal["any", "ipv4", "ipv6"],
        field("IP version", "How the name server is reached.", advanced=True, labels=FAMILIES),
    ] = "any"


class DnsCheck:
    """One question, the answer verified to be an answer to it."""

    name = "dns"
    title = "DNS"
    target_help = "The name to ask for, like example.com; for PTR an address is fine."
    params = DnsParams
    assertable = frozenset({"answer", "rcode", "response_time"})

    def validate(self, target: str, params: DnsParams) -> None:
        """Raise `Invalid` where name, type, code, name server or an expected answer cannot be."""
        faults = _word_faults(target, params) or _expected_faults(params)
        try:
            servers_of(params)
        except Invalid as exc:
            faults += exc.faults
        if faults:
            raise Invalid(*faults)

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Ask, and judge code and records of the answer."""
        import dns.rcode

        from asura.net.dns_records import listed, records

        params: DnsParams = job.params
        reply = await _asked(job, net, trace)
        latency = trace.elapsed_ms()
        found = records(reply.message, params.record_type)
        rcode = dns.rcode.to_text(reply.message.rcode())
        trace.response = reply.message.to_text()[:4096]
        trace.facts.update(rcode=rcode, answers=[record.text for record in found][:100], server=str(reply.server))
        finding, reason, message = _judged(job, found, rcode, str(reply.server))
        if finding is Finding.UP:
            message = f"{reply.server} answered {listed(found) or rcode} within {latency:.0f} ms."
        seen = Seen(answers=tuple(record.text for record in found), rcode=rcode, response_ms=latency)
        outcome = Outcome(finding, reason, message, latency, code=int(reply.message.rcode()))
        return conclude(outcome, job, seen, trace)


def servers_of(params: DnsParams) -> tuple["Server", ...]:
    """Return the name servers to ask, the system's own where none is set. Raises Invalid for what is no server."""
    from asura.net.dns_query import Server

    port = 853 if params.transport == "tls" else 53
    names = (params.resolver,) if params.resolver else resolvers()[:MAX_SYSTEM_RESOLVERS] or ("127.0.0.1",)
    schemes = ("udp", "tcp", "tls", "dns")
    ends = [
        parse_endpoint(name.partition("%")[0], port=port, schemes=schemes, path="settings.resolver") for name in names
    ]
    tls = TlsSettings(verify=params.verify, ca_pem=params.ca_pem) if params.transport == "tls" else None
    return tuple(Server(end.host, end.port, params.transport, params.family, tls, params.server_name) for end in ends)


async def _asked(job: Job, net: Network, trace: Trace) -> "Reply":
    import dns.rcode

    from asura.net.dns_query import ask
    from asura.net.dns_records import query_for

    params: DnsParams = job.params
    servers = servers_of(params)
    named = ", ".join(str(server) for server in servers)
    trace.request = f"{job.target} IN {params.record_type.upper()} from {named}"
    with_edns = query_for(job.target, params.record_type)
    async with deadline(job, trace, lambda: _silence(job, named, trace)):
        reply = await ask(with_edns, servers, net.dialer, trace)
        if reply.message.rcode() not in (dns.rcode.FORMERR, dns.rcode.NOTIMP):
            return reply
        # Some old servers stumble over the extension; the question itself may still be answered.
        plain = query_for(job.target, params.record_type, edns=False)
        return await ask(plain, (reply.server,), net.dialer, trace)


def _silence(job: Job, named: str, trace: Trace) -> NetError:
    noise = sum(trace.facts.get(kind, 0) for kind in ("ignored", "malformed"))
    besides = f" ({noise} datagrams came that were no answer to it)" if noise else ""
    question = f"the question for {job.target} {job.params.record_type.upper()}"
    return NetError(Reason.DNS_TIMEOUT, f"{named} did not answer {question} within {job.timeout:g} s{besides}.")


def _judged(job: Job, found: tuple["Record", ...], rcode: str, who: str) -> Verdict:
    params: DnsParams = job.params
    wanted, kind = params.rcode.upper(), params.record_type.upper()
    if rcode != wanted:
        return _wrong_code(job.target, rcode, wanted, who)
    if rcode != "NOERROR":
        return _UP
    if not found:
        text = f"{who} answered that {job.target} has no record of type {kind}."
        return Finding.DOWN, Reason.DNS_NO_ANSWER, text
    return _compared(params, found, f"{job.target} {kind}", who)


def _wrong_code(target: str, rcode: str, wanted: str, who: str) -> Verdict:
    instead = f" instead of {wanted}" if wanted != "NOERROR" else ""
    if rcode == "NXDOMAIN":
        return Finding.DOWN, Reason.DNS_NXDOMAIN, f"{who} answered that {target} does not exist (NXDOMAIN{instead})."
    meaning = f" ({_MEANINGS[rcode]})" if rcode in _MEANINGS else ""
    said = f"{who} answered the question for {target} with {rcode}{meaning}{instead}."
    return Finding.DOWN, Reason.DNS_RCODE, said


def _compared(params: DnsParams, found: tuple["Record", ...], question: str, who: str) -> Verdict:
    """Return whether the records are those that are expected, and which are missing or too many."""
    if not params.expected:
        return _UP
    from asura.net.dns_records import expected_record, listed

    expected = [expected_record(text, params.record_type) for text in params.expected]
    keys, wanted = {record.key for record in found}, {record.key for record in expected}
    missing = [record for record in expected if record.key not in keys]
    surplus = [record for record in found if record.key not in wanted]
    if params.mode == "any":
        wrong = [f"none of {listed(expected)}"] if len(missing) == len(expected) else []
    else:
        wrong = [f"not {listed(missing)}"] if missing else []
    if params.mode == "exact" and surplus:
        wrong.append(f"unexpectedly {listed(surplus)}")
    if not wrong:
        return _UP
    text = f"{who} answered {question} with {listed(found)}: {' and '.join(wrong)}."
    return Finding.DOWN, Reason.DNS_ANSWER, text


def _word_faults(target: str, params: DnsParams) -> list[Fault]:
    from asura.net import dns_records

    tries: tuple[tuple[str, Callable[[], object]], ...] = (
        ("settings.record_type", lambda: dns_records.type_of(params.record_type)),
        ("settings.rcode", lambda: dns_records.rcode_of(params.rcode)),
        ("target", lambda: dns_records.name_of(target, params.record_type)),
    )
    faults = []
    for path, attempt in tries:
        try:
            attempt()
        except ValueError as exc:
            faults.append(Fault(path, str(exc)))
    return faults


def _expected_faults(params: DnsParams) -> list[Fault]:
    from asura.net.dns_records import expected_record

    faults = []
    for index, text in enumerate(params.expected):
        try:
            expected_record(text, params.record_type)
        except ValueError as exc:
            faults.append(Fault(f"settings.expected[{index}]", str(exc)))
    return faults


CHECK = DnsCheck()
