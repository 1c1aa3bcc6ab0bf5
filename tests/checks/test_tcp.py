"""The TCP check against real servers, good, broken and slow."""

import asyncio
import socket
import time

import pytest

from asura.checks.exchange import octets, quoted, readable
from asura.checks.tcp import CHECK
from asura.domain.fields import convert
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.errors import Invalid
from tests.checks.bench import attempt, reset, served, silent
from tests.checks.certificates import good, issue, root, serving


async def redis(reader, writer):
    """Speak as much of a real protocol as the tests need: PING gives +PONG, anything else an error."""
    while line := await reader.readline():
        writer.write(b"+PONG\r\n" if line.strip() == b"PING" else b"-ERR unknown command\r\n")


def banner(*parts: bytes, pause: float = 0.0):
    async def talk(reader, writer):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        await reader.read()

    return talk


async def test_a_port_that_accepts_is_up():
    async with served(silent) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}")
    assert (outcome.finding, outcome.reason) == (Finding.UP, Reason.OK)
    assert outcome.latency_ms is not None and outcome.latency_ms < 1000
    assert outcome.phases.connect is not None
    assert outcome.evidence.address == "127.0.0.1"


async def test_ipv6_in_brackets_and_the_scheme_are_understood():
    async with served(silent, host="::1") as port:
        outcome = await attempt(CHECK, f"tcp://[::1]:{port}")
    assert outcome.finding is Finding.UP
    assert outcome.evidence.address == "::1"


async def test_a_port_where_nothing_listens_is_refused():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        outcome = await attempt(CHECK, f"127.0.0.1:{port}")
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.CONNECT_REFUSED)
    assert str(port) in outcome.message


@pytest.mark.parametrize(
    "settings",
    [
        {"send": r"PING\r\n", "expect": "PONG"},
        {"send": r"PING\r\n", "expect": r"^\+P[OA]NG\s", "expect_as": "regex"},
        {"send": "50 49 4e 47 0d 0a", "send_as": "hex", "expect": "2b504f4e47", "expect_as": "hex"},
        {"send": r"\x50ING\n", "expect": r"PONG\r\n"},
    ],
    ids=["text", "pattern", "hex", "escapes"],
)
async def test_an_answer_that_fits_is_up(settings):
    async with served(redis) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", settings)
    assert outcome.finding is Finding.UP, outcome.message
    assert outcome.evidence.request.strip() == "PING"
    assert outcome.evidence.response.strip() == "+PONG"


async def test_an_answer_in_pieces_is_put_together():
    async with served(banner(b"220 ma", b"il rea", b"dy\r\n", pause=0.05)) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {"expect": "mail ready"})
    assert outcome.finding is Finding.UP


async def test_another_answer_is_unexpected_and_shown():
    async with served(redis) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {"send": r"HELLO\r\n", "expect": "PONG"}, timeout=0.6)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.UNEXPECTED_ANSWER)
    assert "-ERR unknown command" in outcome.message
    assert outcome.evidence.response.startswith("-ERR")


async def test_another_answer_and_the_end_is_unexpected_at_once():
    async def rude(reader, writer):
        writer.write(b"go away\r\n")
        await writer.drain()

    async with served(rude) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {"expect": "welcome"}, timeout=30)
    assert outcome.reason is Reason.UNEXPECTED_ANSWER
    assert "“go away”" in outcome.message and "“welcome”" in outcome.message


async def test_a_server_that_hangs_up_says_so():
    async def hang_up(reader, writer):
        return

    async with served(hang_up) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {"expect": "220"})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.CONNECTION_CLOSED)


async def test_a_reset_says_so():
    async def slam(reader, writer):
        await reader.readline()
        reset(writer)

    async with served(slam) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {"send": r"PING\r\n", "expect": "PONG"})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.CONNECT_RESET)


async def test_silence_is_a_timeout_with_its_own_words():
    async with served(silent) as port:
        began = time.monotonic()
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {"expect": "220"}, timeout=0.5)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TIMEOUT)
    assert "said nothing for 0.5 s" in outcome.message
    assert time.monotonic() - began < 0.9


async def test_a_flood_is_cut_off():
    async def flood(reader, writer):
        while True:
            writer.write(b"x" * 65_536)
            await writer.drain()

    async with served(flood) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", {"expect": "never"}, timeout=5)
    assert outcome.reason is Reason.UNEXPECTED_ANSWER
    assert len(outcome.evidence.response) < 5000


async def test_tls_is_verified_and_its_days_can_be_asserted():
    async with served(banner(b"+OK\r\n"), tls=good()) as port:
        settings = {"tls": True, "ca_pem": root().pem, "expect": "+OK"}
        passes = Assertion("certificate_days", "gt", 30)
        fails = Assertion("certificate_days", "gt", 300, severity="degraded")
        fine = await attempt(CHECK, f"localhost:{port}", settings, passes)
        soon = await attempt(CHECK, f"localhost:{port}", settings, passes, fails)
    assert fine.finding is Finding.UP, fine.message
    assert fine.evidence.certificates[0].names[0] == "localhost"
    assert (soon.finding, soon.reason) == (Finding.DEGRADED, Reason.ASSERTION)
    assert [one.passed for one in soon.evidence.assertions] == [True, False]


async def test_an_untrusted_certificate_is_down_unless_verification_is_off():
    context = serving(issue("localhost", names=("localhost",)))
    async with served(banner(b"+OK\r\n"), tls=context) as port:
        outcome = await attempt(CHECK, f"localhost:{port}", {"tls": True, "expect": "+OK"})
        trusting = await attempt(CHECK, f"localhost:{port}", {"tls": True, "expect": "+OK", "verify": False})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_SELF_SIGNED)
    assert trusting.finding is Finding.UP


async def test_the_server_name_is_what_is_verified():
    context = serving(issue("db", root(), names=("db.internal",)))
    async with served(silent, tls=context) as port:
        settings = {"tls": True, "ca_pem": root().pem}
        wrong = await attempt(CHECK, f"localhost:{port}", settings)
        right = await attempt(CHECK, f"localhost:{port}", {**settings, "server_name": "db.internal"})
    assert (wrong.finding, wrong.reason) == (Finding.DOWN, Reason.TLS_HOSTNAME)
    assert right.finding is Finding.UP


async def test_the_body_can_be_asserted_without_an_expectation():
    async with served(banner(b"220 mail.example ESMTP\r\n")) as port:
        target = f"127.0.0.1:{port}"
        fine = await attempt(CHECK, target, {}, Assertion("body", "contains", "ESMTP"))
        wrong = await attempt(
            CHECK, target, {}, Assertion("body", "matches", "^5"), Assertion("response_time", "lt", 4000)
        )
    assert fine.finding is Finding.UP
    assert (wrong.finding, wrong.reason) == (Finding.DOWN, Reason.ASSERTION)
    assert [one.passed for one in wrong.evidence.assertions] == [False, True]


@pytest.mark.parametrize(
    ("target", "settings", "path"),
    [
        ("example.com", {}, "target"),
        ("", {}, "target"),
        ("http://example.com:80", {}, "target"),
        ("example.com:70000", {}, "target"),
        ("[::1:22", {}, "target"),
        ("a b:1", {}, "target"),
        ("h:1", {"send": "5", "send_as": "hex"}, "settings.send"),
        ("h:1", {"expect": "zz", "expect_as": "hex"}, "settings.expect"),
        ("h:1", {"expect": "(a", "expect_as": "regex"}, "settings.expect"),
        ("h:1", {"expect": r"(?=a)", "expect_as": "regex"}, "settings.expect"),
        ("h:1", {"server_name": "x"}, "settings.server_name"),
    ],
)
def test_what_cannot_work_is_refused_with_its_path(target, settings, path):
    with pytest.raises(Invalid) as refused:
        CHECK.validate(target, convert(settings, CHECK.params))
    assert [fault.path for fault in refused.value.faults] == [path]


def test_escapes_and_transcripts():
    assert octets(r"a\r\n\t\0\\\x00\xffä\q", "text", "p") == b"a\r\n\t\0\\\x00\xff\xc3\xa4\\q"
    assert octets("0d:0a ff", "hex", "p") == b"\r\n\xff"
    assert readable(b"a\r\nb\x00\xff") == "a\nb\\x00\\xff"
    assert readable(b"x" * 50, 10) == "xxxxxxxxxx… (50 bytes)"
    assert quoted(b"one\r\ntwo  three\r\n") == "“one two three”"
    assert quoted(b"y" * 100, 5) == "“yyyyy…”"
