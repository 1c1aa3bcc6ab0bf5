"""STARTTLS against a real mail server, and against small ones that know the way to TLS and its flaws."""

import asyncio
import ssl

import pytest
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP

from asura.checks.tls import CHECK
from asura.domain.reason import Reason
from asura.domain.status import Finding
from tests.checks.bench import attempt, served
from tests.checks.certificates import good, root


def trusted(**more):
    return {"ca_pem": root().pem, **more}


def dialogue(greeting: bytes, answers: dict[bytes, bytes], upgrade: bytes, context: ssl.SSLContext):
    """Return a server that greets, answers each line by its first word, and turns to TLS after `upgrade`."""

    async def talk(reader, writer):
        writer.write(greeting)
        while line := await reader.readline():
            asked = line.strip().upper()
            answer = next((text for words, text in answers.items() if asked.startswith(words)), b"500 what?\r\n")
            writer.write(answer)
            await writer.drain()
            if asked.startswith(upgrade):
                await writer.start_tls(context)
                await reader.read()
                return

    return talk


def imap(**flaws):
    return dialogue(
        flaws.get("greeting", b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"),
        {b"A1 STARTTLS": flaws.get("answer", b"* note\r\na1 OK begin\r\n")},
        flaws.get("upgrade", b"A1 STARTTLS"),
        good(),
    )


def pop3(**flaws):
    answer = flaws.get("answer", b"+OK begin\r\n")
    return dialogue(flaws.get("greeting", b"+OK ready\r\n"), {b"STLS": answer}, flaws.get("upgrade", b"STLS"), good())


def ftp(**flaws):
    greeting = flaws.get("greeting", b"220-Welcome\r\n  to this server\r\n220 ready\r\n")
    answer = flaws.get("answer", b"234 begin\r\n")
    return dialogue(greeting, {b"AUTH TLS": answer}, flaws.get("upgrade", b"AUTH TLS"), good())


def smtp(**flaws):
    capabilities = flaws.get("capabilities", b"250-mail\r\n250-PIPELINING\r\n250 STARTTLS\r\n")
    answers = {b"EHLO": capabilities, b"STARTTLS": flaws.get("answer", b"220 go ahead\r\n")}
    return dialogue(flaws.get("greeting", b"220 mail ESMTP\r\n"), answers, flaws.get("upgrade", b"STARTTLS"), good())


def postgres(answer: bytes = b"S"):
    async def talk(reader, writer):
        if await reader.readexactly(8) != b"\x00\x00\x00\x08\x04\xd2\x16\x2f":
            return
        writer.write(answer)
        await writer.drain()
        if answer == b"S":
            await writer.start_tls(good())
        await reader.read()

    return talk


@pytest.mark.parametrize(
    ("protocol", "server"),
    [("imap", imap()), ("pop3", pop3()), ("ftp", ftp()), ("smtp", smtp()), ("postgres", postgres())],
    ids=["imap", "pop3", "ftp", "smtp", "postgres"],
)
async def test_starttls_leads_to_the_certificate(protocol, server):
    async with served(server) as port:
        outcome = await attempt(CHECK, f"localhost:{port}", trusted(starttls=protocol))
    assert outcome.finding is Finding.UP, outcome.message
    assert len(outcome.evidence.certificates) == 2


async def test_starttls_with_a_real_mail_server():
    sessions = []

    def session():
        sessions.append(SMTP(Sink(), tls_context=good(), timeout=5))
        return sessions[-1]

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", trusted(starttls="smtp"))
        while any(one.transport is not None for one in sessions):
            await asyncio.sleep(0.01)
    assert outcome.finding is Finding.UP, outcome.message
    assert outcome.evidence.certificates[0].names[0] == "localhost"


async def test_starttls_still_reads_what_it_does_not_trust():
    async with served(imap()) as port:
        outcome = await attempt(CHECK, f"localhost:{port}", {"starttls": "imap"})
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TLS_UNTRUSTED)
    assert len(outcome.evidence.certificates) == 2


@pytest.mark.parametrize(
    ("protocol", "server", "reason", "words"),
    [
        (
            "smtp",
            smtp(capabilities=b"250-mail\r\n250 PIPELINING\r\n"),
            Reason.STARTTLS_REFUSED,
            "does not offer STARTTLS",
        ),
        ("smtp", smtp(answer=b"454 later\r\n", upgrade=b"-"), Reason.STARTTLS_REFUSED, "“454 later”"),
        ("smtp", smtp(greeting=b"554 no service\r\n"), Reason.UNEXPECTED_ANSWER, "“554 no service”"),
        ("smtp", smtp(greeting=b"220-x\r\n" * 200), Reason.UNEXPECTED_ANSWER, "100 lines"),
        ("smtp", smtp(greeting=b"x" * 100_000), Reason.UNEXPECTED_ANSWER, "lines of text"),
        (
            "smtp",
            smtp(answer=b"220 go\r\n250 injected\r\n", upgrade=b"-"),
            Reason.STARTTLS_REFUSED,
            "before the encryption",
        ),
        ("imap", imap(answer=b"a1 NO not here\r\n", upgrade=b"-"), Reason.STARTTLS_REFUSED, "a1 NO not here"),
        ("imap", imap(answer=b"a1 BAD what\r\n", upgrade=b"-"), Reason.STARTTLS_REFUSED, "a1 BAD what"),
        ("imap", imap(greeting=b"* BYE too busy\r\n"), Reason.UNEXPECTED_ANSWER, "* BYE too busy"),
        ("pop3", pop3(answer=b"-ERR no\r\n", upgrade=b"-"), Reason.STARTTLS_REFUSED, "-ERR no"),
        ("pop3", pop3(greeting=b"-ERR closed\r\n"), Reason.UNEXPECTED_ANSWER, "POP3"),
        ("ftp", ftp(answer=b"502 no\r\n", upgrade=b"-"), Reason.STARTTLS_REFUSED, "“502 no”"),
        ("ftp", smtp(greeting=b"SSH-2.0-x\r\n"), Reason.UNEXPECTED_ANSWER, "SSH-2.0-x"),
        ("postgres", postgres(b"N"), Reason.STARTTLS_REFUSED, "ssl = on"),
        ("postgres", postgres(b"HTTP/1.1 400"), Reason.UNEXPECTED_ANSWER, "HTTP/1.1 400"),
        ("postgres", postgres(b""), Reason.TIMEOUT, "did not get ready for TLS (postgres)"),
    ],
)
async def test_a_broken_starttls_says_what_happened(protocol, server, reason, words):
    async with served(server) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", trusted(starttls=protocol), timeout=1)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, reason), outcome.message
    assert words in outcome.message


@pytest.mark.parametrize("protocol", ["smtp", "imap", "pop3", "ftp", "postgres"])
async def test_a_server_that_hangs_up_before_starttls(protocol):
    async def hang_up(reader, writer):
        writer.close()

    async with served(hang_up) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", trusted(starttls=protocol))
    assert outcome.finding is Finding.DOWN
    assert outcome.reason in (Reason.CONNECTION_CLOSED, Reason.UNEXPECTED_ANSWER, Reason.CONNECT_RESET)


@pytest.mark.parametrize("protocol", ["smtp", "imap", "pop3", "ftp"])
async def test_a_trickling_greeting_ends_with_the_time_out(protocol):
    async def trickle(reader, writer):
        while True:
            writer.write(b"2")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with served(trickle) as port:
        outcome = await attempt(CHECK, f"127.0.0.1:{port}", trusted(starttls=protocol), timeout=0.5)
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.TIMEOUT)
