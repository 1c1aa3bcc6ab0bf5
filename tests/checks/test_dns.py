"""The DNS check against a real name server, honest, forging, silent and broken."""

import socket
import time

import dns.flags
import dns.message
import dns.rcode
import pytest

from asura.checks.dns import CHECK
from asura.domain.fields import convert
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.errors import Invalid
from tests.checks.bench import attempt, served, silent
from tests.checks.certificates import good, root
from tests.checks.nameserver import NameServer

NAME = "example.test"


async def asked(settings: dict, *assertions: Assertion, name: str = NAME, server: NameServer | None = None, **more):
    server = server or NameServer()
    async with server.running():
        return await attempt(CHECK, name, {"resolver": server.address, **settings}, *assertions, **more)


async def test_a_name_that_resolves_is_up_with_its_answers():
    outcome = await asked({})
    assert (outcome.finding, outcome.reason) == (Finding.UP, Reason.OK), outcome.message
    assert sorted(outcome.evidence.facts["answers"]) == ["192.0.2.1", "192.0.2.2"]
    assert outcome.evidence.facts["rcode"] == "NOERROR"
    assert "192.0.2.1, 192.0.2.2" in outcome.message
    assert outcome.phases.dns is not None and outcome.latency_ms is not None


@pytest.mark.parametrize(
    ("kind", "expected", "mode"),
    [
        ("A", ["192.0.2.2", "192.0.2.1"], "exact"),
        ("A", ["192.0.2.2"], "contains"),
        ("A", ["192.0.2.9", "192.0.2.1"], "any"),
        ("AAAA", ["2001:DB8:0::1"], "exact"),
        ("mx", ["20 mx2.example.test", "10 MX1.EXAMPLE.test."], "exact"),
        ("TXT", ["one two", '"v=spf1 -all"'], "exact"),
        ("TXT", ['"one " "two"'], "contains"),
    ],
)
async def test_expected_answers_in_any_order_and_notation_are_up(kind, expected, mode):
    outcome = await asked({"record_type": kind, "expected": expected, "mode": mode})
    assert outcome.finding is Finding.UP, outcome.message


@pytest.mark.parametrize(
    ("expected", "mode", "words"),
    [
        (["192.0.2.1"], "exact", "unexpectedly 192.0.2.2"),
        (["192.0.2.1", "192.0.2.2", "192.0.2.3"], "exact", "not 192.0.2.3"),
        (["192.0.2.1", "192.0.2.3"], "contains", "not 192.0.2.3"),
        (["192.0.2.3", "192.0.2.4"], "any", "none of 192.0.2.3, 192.0.2.4"),
    ],
)
async def test_other_answers_are_down_and_say_which(expected, mode, words):
    outcome = await asked({"expected": expected, "mode": mode})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.DNS_ANSWER)
    assert words in outcome.message
    assert "192.0.2.1, 192.0.2.2" in outcome.message


async def test_aliases_are_followed_and_can_be_asked_for():
    followed = await asked({"expected": ["192.0.2.1", "192.0.2.2"]}, name="www.example.test")
    alias = await asked({"record_type": "CNAME", "expected": ["example.test"]}, name="www.example.test")
    assert followed.finding is Finding.UP, followed.message
    assert alias.finding is Finding.UP, alias.message


async def test_an_address_is_turned_around_for_ptr():
    outcome = await asked({"record_type": "PTR", "expected": ["example.test"]}, name="192.0.2.1")
    assert outcome.finding is Finding.UP, outcome.message


async def test_a_name_that_does_not_exist_is_nxdomain():
    outcome = await asked({}, name="nowhere.test")
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.DNS_NXDOMAIN)
    assert "nowhere.test does not exist" in outcome.message
    wanted = await asked({"rcode": "nxdomain"}, name="nowhere.test")
    assert wanted.finding is Finding.UP


async def test_a_name_that_should_not_exist_but_does_is_down():
    outcome = await asked({"rcode": "NXDOMAIN"})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.DNS_RCODE)
    assert "instead of NXDOMAIN" in outcome.message


async def test_no_record_of_the_type_is_no_answer():
    outcome = await asked({"record_type": "CAA"})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.DNS_NO_ANSWER)
    assert "no record of type CAA" in outcome.message


@pytest.mark.parametrize("code", ["SERVFAIL", "REFUSED"])
async def test_an_error_code_is_told_in_words(code):
    def fail(query, response):
        failed = dns.message.make_response(query)
        failed.set_rcode(dns.rcode.from_text(code))
        return [failed.to_wire()]

    outcome = await asked({}, server=NameServer(fail))
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.DNS_RCODE)
    assert code in outcome.message and "it " in outcome.message
    assert outcome.code == dns.rcode.from_text(code)


async def test_a_server_that_stumbles_over_extensions_is_asked_plainly():
    def old(query, response):
        if query.edns < 0:
            return [response.to_wire()]
        stumbling = dns.message.make_response(query)
        stumbling.set_rcode(dns.rcode.FORMERR)
        return [stumbling.to_wire()]

    outcome = await asked({}, server=NameServer(old))
    assert outcome.finding is Finding.UP, outcome.message


async def test_an_answer_too_long_for_udp_comes_over_tcp():
    server = NameServer()
    outcome = await asked({"record_type": "TXT"}, name="big.example.test", server=server)
    assert outcome.finding is Finding.UP, outcome.message
    assert server.asked == ["udp", "stream"]
    assert len(outcome.evidence.facts["answers"][0]) == 3000


async def test_tcp_is_used_when_asked_for():
    server = NameServer()
    outcome = await asked({"transport": "tcp"}, server=server)
    assert outcome.finding is Finding.UP, outcome.message
    assert server.asked == ["stream"]


async def test_tls_is_verified():
    server = NameServer()
    async with server.running(tls=good(), udp=False):
        settings = {"resolver": server.address, "transport": "tls"}
        fine = await attempt(CHECK, NAME, {**settings, "ca_pem": root().pem})
        named = await attempt(CHECK, NAME, {**settings, "ca_pem": root().pem, "server_name": "dns.example"})
        distrusted = await attempt(CHECK, NAME, settings)
        trusting = await attempt(CHECK, NAME, {**settings, "verify": False})
    assert fine.finding is Finding.UP, fine.message
    assert (named.finding, named.reason) == (Finding.DOWN, Reason.TLS_HOSTNAME)
    assert (distrusted.finding, distrusted.reason) == (Finding.DOWN, Reason.TLS_UNTRUSTED)
    assert trusting.finding is Finding.UP


async def test_a_lost_datagram_is_sent_again():
    server = NameServer(lose=1)
    outcome = await asked({}, server=server)
    assert outcome.finding is Finding.UP, outcome.message
    assert server.asked == ["udp", "udp"]


async def test_forged_and_foreign_answers_are_ignored():
    def forge(query, response):
        wire = response.to_wire()
        other = dns.message.make_query("evil.test", "A")
        other.id = query.id
        wrong_id = (query.id ^ 0xFFFF).to_bytes(2) + wire[2:]
        not_an_answer = query.to_wire()
        foreign = dns.message.make_response(other)
        garbage = query.id.to_bytes(2) + b"\x80\x00" + b"\xff" * 30
        return [wrong_id, not_an_answer, foreign.to_wire(), garbage, b"", b"short", wire]

    outcome = await asked({"expected": ["192.0.2.1", "192.0.2.2"]}, server=NameServer(forge))
    assert outcome.finding is Finding.UP, outcome.message
    assert outcome.evidence.facts["ignored"] >= 4
    assert outcome.evidence.facts["malformed"] == 1


async def test_only_forged_answers_end_as_a_timeout():
    def forge(query, response):
        return [(query.id ^ 1).to_bytes(2) + response.to_wire()[2:]]

    outcome = await asked({}, server=NameServer(forge), timeout=0.5)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.DNS_TIMEOUT)
    assert "no answer to it" in outcome.message


async def test_silence_is_a_dns_timeout():
    began = time.monotonic()
    outcome = await asked({}, server=NameServer(lambda query, response: []), timeout=0.5)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.DNS_TIMEOUT)
    assert "did not answer the question for example.test A within 0.5 s" in outcome.message
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
async def test_nobody_there_is_refused(transport):
    with socket.socket() as taken, socket.socket(type=socket.SOCK_DGRAM) as shadow:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        shadow.close()
        outcome = await attempt(CHECK, NAME, {"resolver": f"127.0.0.1:{port}", "transport": transport})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.CONNECT_REFUSED)
    assert str(port) in outcome.message


async def test_a_stream_that_stays_silent_or_ends_early_gives_its_class():
    async def half(reader, writer):
        await reader.read(100)
        writer.write(b"\x00\x50half of it")

    async with served(silent) as port:
        mute = await attempt(CHECK, NAME, {"resolver": f"127.0.0.1:{port}", "transport": "tcp"}, timeout=0.5)
        stuck = await attempt(CHECK, NAME, {"resolver": f"127.0.0.1:{port}", "transport": "tls"}, timeout=0.5)
    async with served(half) as port:
        cut = await attempt(CHECK, NAME, {"resolver": f"127.0.0.1:{port}", "transport": "tcp"}, timeout=2)
    assert (mute.finding, mute.reason) == (Finding.DOWN, Reason.DNS_TIMEOUT)
    assert (stuck.finding, stuck.reason) == (Finding.DOWN, Reason.TLS_TIMEOUT)
    assert (cut.finding, cut.reason) == (Finding.DOWN, Reason.CONNECTION_CLOSED)


async def test_a_stream_of_nonsense_is_unexpected():
    async def nonsense(reader, writer):
        query = await reader.read(100)
        wire = query[2:4] + b"\x80\x00" + b"\xff" * 30
        writer.write(len(wire).to_bytes(2) + wire)

    async with served(nonsense) as port:
        outcome = await attempt(CHECK, NAME, {"resolver": f"127.0.0.1:{port}", "transport": "tcp"})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.UNEXPECTED_ANSWER)


async def test_the_systems_name_servers_are_asked_in_turn(monkeypatch):
    server = NameServer()
    async with server.running():
        monkeypatch.setattr("asura.checks.dns.resolvers", lambda: ("127.0.0.1",))
        # Port 53 of this machine may be taken by anything: the silent first server is one of our own.
        quiet = NameServer(lambda query, response: [])
        async with quiet.running():
            from asura.checks import dns as module

            ends = [quiet.port, server.port]
            real = module.servers_of

            def both(params):
                return tuple(real(params)[0]._replace(port=port) for port in ends)

            monkeypatch.setattr(module, "servers_of", both)
            outcome = await attempt(CHECK, NAME, {})
    assert outcome.finding is Finding.UP, outcome.message
    assert quiet.asked == ["udp"]
    assert str(server.port) in outcome.evidence.facts["server"]


async def test_assertions_on_answer_code_and_time():
    outcome = await asked(
        {},
        Assertion("answer", "contains", "192.0.2.1"),
        Assertion("rcode", "eq", "NOERROR"),
        Assertion("response_time", "lt", 4000),
        Assertion("answer", "contains", "203.0.113.1", severity="degraded"),
    )
    assert (outcome.finding, outcome.reason) == (Finding.DEGRADED, Reason.ASSERTION)
    assert [one.passed for one in outcome.evidence.assertions] == [True, True, True, False]


@pytest.mark.parametrize(
    ("target", "settings", "paths"),
    [
        ("", {}, ["target"]),
        ("https://example.test", {}, ["target"]),
        ("a" * 70 + ".test", {}, ["target"]),
        ("a..test", {"record_type": "WAT", "rcode": "NO"}, ["settings.record_type", "settings.rcode", "target"]),
        (NAME, {"record_type": "AXFR"}, ["settings.record_type"]),
        (NAME, {"record_type": "PTR"}, ["target"]),
        (NAME, {"expected": ["192.0.2.1", "192.0.2.256"]}, ["settings.expected[1]"]),
        (NAME, {"record_type": "MX", "expected": ["mail.example"]}, ["settings.expected[0]"]),
        (NAME, {"resolver": "http://x"}, ["settings.resolver"]),
        (NAME, {"resolver": "1.1.1.1:0"}, ["settings.resolver"]),
    ],
)
def test_what_cannot_work_is_refused_with_its_paths(target, settings, paths):
    with pytest.raises(Invalid) as refused:
        CHECK.validate(target, convert(settings, CHECK.params))
    assert [fault.path for fault in refused.value.faults] == paths


def test_the_check_loads_no_dns_library_before_it_runs():
    import subprocess
    import sys

    code = "import sys; from asura.checks import check_types; check_types(); print('dns.message' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30)
    assert shown.stdout.strip() == "False"
