"""The e-mail channel against a real SMTP server: what arrives, what is refused, and nothing falls back to plain."""

import asyncio
import re
import ssl
from pathlib import Path
from typing import Any

import pytest

from asura.channels.email import CHANNEL, EmailChannel, Params
from asura.domain.fields import convert
from asura.errors import DeliveryError, Invalid
from tests.channels.mail_server import PASSWORD, USER, Mailbox, certificates, mail_server
from tests.channels.services import Reply, hang_up, message, network, outcome, provider, resolved, silence, verdict


class Impatient(EmailChannel):
    within_s = 0.4


def params(port: int, **changes: Any) -> Params:
    settings = {
        "host": "localhost",
        "port": port,
        "tls_mode": "plain",
        "from": "asura <alerts@example.com>",
        "to": ["ops@example.com"],
    }
    return convert(settings | changes, Params)


LOGIN = {"username": USER, "password": PASSWORD}


async def test_plain_mail_arrives_with_text_and_html() -> None:
    async with mail_server() as box, network() as net:
        answer = await CHANNEL.send(params(box.port, to=["ops@example.com", "Boss <boss@example.com>"]), message(), net)
    [mail], [envelope] = box.mails, box.envelopes
    assert answer == "250 queued as 42"
    assert envelope.mail_from == "alerts@example.com"
    assert envelope.rcpt_tos == ["ops@example.com", "boss@example.com"]
    assert mail["Subject"] == "DOWN: Checkout API"
    assert mail["From"] == "asura <alerts@example.com>"
    assert mail["To"] == "ops@example.com, Boss <boss@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Asura-Event"] == "incident.opened"
    assert mail["Importance"] == "high"
    assert mail["Date"] == "Fri, 20 Nov 2026 17:32:05 +0000"
    assert mail.get_content_type() == "multipart/alternative"
    text = mail.get_body(["plain"]).get_content()
    page = mail.get_body(["html"]).get_content()
    for part in (text, page):
        assert "The connection to 10.1.2.3" in part
        assert "connect refused" in part
        assert "https://asura.example/incidents/3" in part
        assert "hunter2" not in part
    assert "Cause: connect refused" in text.splitlines()


async def test_repeat_has_the_same_message_id_and_one_incident_is_one_thread() -> None:
    async with mail_server() as box, network() as net:
        for one in (message(), message(), resolved()):
            await CHANNEL.send(params(box.port), one, net)
    first, again, last = box.mails
    assert first["Message-ID"] == again["Message-ID"] == f"<{message().key}@example.com>"
    assert last["Message-ID"] != first["Message-ID"]
    assert (
        first["References"] == last["References"] == first["In-Reply-To"] == f"<thread-{message().thread}@example.com>"
    )


async def test_html_loads_nothing_and_escapes_what_a_target_said() -> None:
    async with mail_server() as box, network() as net:
        hostile = message(title="<b>x</b>", text='<img src="http://evil/x.png"> & co', url="javascript:alert(1)")
        await CHANNEL.send(params(box.port), hostile, net)
    page = box.mails[0].get_body(["html"]).get_content()
    assert "&lt;img src=" in page
    assert "javascript:" not in page
    assert not re.search(r"<(img|script|link|iframe|object)\b|url\(|@import|src=\"", page)
    assert "prefers-color-scheme: dark" in page


async def test_starttls_encrypts_before_the_login(tmp_path: Path) -> None:
    context, authority = certificates(tmp_path)
    async with mail_server(starttls=context, auth=True) as box, network(ca_file=authority) as net:
        await CHANNEL.send(params(box.port, tls_mode="starttls", **LOGIN), message(), net)
    assert box.encrypted == [True]
    assert len(box.logins) == 1


async def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, authority = certificates(tmp_path)
    async with mail_server(tls=context, auth=True) as box, network(ca_file=authority) as net:
        await CHANNEL.send(params(box.port, tls_mode="tls", **LOGIN), message(), net)
    assert box.encrypted == [True]


async def test_stripped_starttls_is_an_error_and_neither_mail_nor_password_leaves(tmp_path: Path) -> None:
    context, authority = certificates(tmp_path)
    stripped = Mailbox(strips_starttls=True)
    async with mail_server(stripped, starttls=context, auth=True) as box, network(ca_file=authority) as net:
        came = await outcome(CHANNEL, params(box.port, tls_mode="starttls", **LOGIN), net)
    assert isinstance(came, DeliveryError)
    assert "does not offer STARTTLS" in str(came)
    assert (box.mails, box.logins) == ([], [])


@pytest.mark.parametrize("mode", ["starttls", "tls"])
async def test_certificate_must_be_trusted_and_for_the_host(tmp_path: Path, mode: str) -> None:
    right, _ = certificates(tmp_path)
    wrong, wrong_authority = certificates(tmp_path, "other.example")
    for context, trusted, words in ((right, "", "not trusted"), (wrong, wrong_authority, "not for localhost")):
        served = {"starttls": context} if mode == "starttls" else {"tls": context}
        async with mail_server(**served) as box, network(ca_file=trusted) as net:
            came = await outcome(CHANNEL, params(box.port, tls_mode=mode), net)
        assert verdict(came)[0] == "transient"
        assert words in str(came)
        assert box.mails == []


async def test_certificate_is_not_looked_at_when_told_so(tmp_path: Path) -> None:
    context, _ = certificates(tmp_path, "other.example")
    async with mail_server(starttls=context) as box, network() as net:
        await CHANNEL.send(params(box.port, tls_mode="starttls", verify=False), message(), net)
    assert box.encrypted == [True]


async def test_tls_against_a_plain_server_is_an_error() -> None:
    async with mail_server() as box, network() as net:
        came = await outcome(Impatient(), params(box.port, tls_mode="tls"), net)
    assert verdict(came)[0] == "transient"
    assert box.mails == []


ANSWERS = [
    ({"RCPT": "550 5.1.1 no such user"}, "permanent"),
    ({"RCPT": "450 4.2.0 greylisted, try later"}, "transient"),
    ({"RCPT": "451 4.3.0 local error"}, "transient"),
    ({"RCPT": "452 4.2.2 mailbox full"}, "transient"),
    ({"RCPT": "553 5.1.3 bad address"}, "permanent"),
    ({"MAIL": "550 5.7.1 you may not send as this"}, "permanent"),
    ({"MAIL": "421 4.3.2 going down"}, "transient"),
    ({"MAIL": "452 4.3.1 no space"}, "transient"),
    ({"DATA": "554 5.7.1 looks like spam"}, "permanent"),
    ({"DATA": "552 5.3.4 too big"}, "permanent"),
    ({"DATA": "451 4.7.1 try again"}, "transient"),
]


@pytest.mark.parametrize(("answers", "expected"), ANSWERS, ids=lambda value: str(value)[:40])
async def test_answer_decides_whether_to_try_again(answers: dict, expected: str) -> None:
    async with mail_server(Mailbox(answers=answers)) as box, network() as net:
        came = await outcome(CHANNEL, params(box.port), net)
    assert verdict(came) == (expected, None)
    [words] = answers.values()
    assert words.partition(" ")[0] in str(came)
    assert words.partition(" ")[2] in str(came)


@pytest.mark.parametrize(
    ("answer", "expected"), [("535 5.7.8 wrong", "permanent"), ("454 4.7.0 try later", "transient")]
)
async def test_refused_login(answer: str, expected: str) -> None:
    async with mail_server(Mailbox(answers={"AUTH": answer}), auth=True) as box, network() as net:
        came = await outcome(CHANNEL, params(box.port, username=USER, password="not-the-password"), net)
    assert verdict(came)[0] == expected
    assert "refused user name and password" in str(came)


async def test_password_that_the_server_echoes_is_cut_out() -> None:
    async with mail_server(auth=True) as box, network() as net:
        settings = params(box.port, username=USER, password="wrong-but-secret")
        came = await outcome(CHANNEL, settings, net)
    assert "535 5.7.8 *** is wrong" in str(came)
    assert "wrong-but-secret" not in f"{came} {came!r} {settings!r}"


async def test_login_at_a_server_that_has_none_is_an_error() -> None:
    async with mail_server() as box, network() as net:
        came = await outcome(CHANNEL, params(box.port, **LOGIN), net)
    assert "AUTH" in str(came)
    assert box.mails == []


async def test_one_refused_receiver_of_two_is_named_in_the_answer() -> None:
    box = Mailbox(answers={"gone@example.com": "550 5.1.1 no such user"})
    async with mail_server(box), network() as net:
        answer = await CHANNEL.send(params(box.port, to=["gone@example.com", "ops@example.com"]), message(), net)
    assert box.envelopes[0].rcpt_tos == ["ops@example.com"]
    assert "Refused: gone@example.com (550 5.1.1 no such user)" in answer


@pytest.mark.parametrize("misbehaviour", [silence, hang_up], ids=lambda m: m.__name__)
async def test_server_without_a_greeting_is_transient_and_soon_over(misbehaviour) -> None:
    async with provider(Reply(instead=misbehaviour)) as fake, network() as net:
        came = await outcome(Impatient(), params(fake.port), net)
    assert verdict(came) == ("transient", None)


@pytest.mark.parametrize(
    ("greeting", "expected"),
    [(b"554 no service\r\n", "permanent"), (b"421 busy\r\n", "transient"), (b"junk\r\n", "transient")],
)
async def test_server_that_greets_badly(greeting: bytes, expected: str) -> None:
    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with network() as net:
        came = await outcome(Impatient(), params(server.sockets[0].getsockname()[1]), net)
    server.close()
    assert verdict(came)[0] == expected


async def test_lost_connection_after_the_mail_was_taken_is_success() -> None:
    class Rude(Mailbox):
        async def handle_QUIT(self, server, session, envelope):
            server.transport.abort()
            return "221 bye"

    async with mail_server(Rude()) as box, network() as net:
        assert await CHANNEL.send(params(box.port), message(), net) == "250 queued as 42"
    assert len(box.mails) == 1


async def test_private_server_is_refused_for_good_unless_allowed() -> None:
    async with mail_server() as box, network("192.0.2.0/24") as net:
        came = await outcome(CHANNEL, params(box.port), net)
    assert verdict(came) == ("permanent", None)
    assert "network.allow_private_channels" in str(came)
    assert box.mails == []


async def test_title_cannot_inject_a_header() -> None:
    evil = message(
        title="DOWN\r\nBcc: victim@example.com\r\n\r\nbody", event="x\r\nX-Evil: 1", key="k\r\nX: 1", thread="t>\r\n"
    )
    async with mail_server() as box, network() as net:
        await CHANNEL.send(params(box.port), evil, net)
    [mail] = box.mails
    assert mail["Subject"] == "DOWN Bcc: victim@example.com body"
    assert (mail["Bcc"], mail["X-Evil"], mail["X"]) == (None, None, None)
    assert box.envelopes[0].rcpt_tos == ["ops@example.com"]


async def test_lines_with_dots_and_words_of_all_languages_arrive() -> None:
    async with mail_server() as box, network() as net:
        await CHANNEL.send(params(box.port), message(title="DOWN: Käse 🧀 漢字", text=".\n..\nüñí\udc80"), net)
    text = box.mails[0].get_body(["plain"]).get_content()
    assert box.mails[0]["Subject"] == "DOWN: Käse 🧀 漢字"
    assert "\n.\n..\nüñí?\n" in text.replace("\r\n", "\n")


async def test_greeting_is_our_address_or_the_name_that_was_set() -> None:
    async with mail_server() as box, network() as net:
        await CHANNEL.send(params(box.port), message(), net)
        await CHANNEL.send(params(box.port, helo="monitor.example.com"), message(), net)
    assert box.commands == ["EHLO [127.0.0.1]", "EHLO monitor.example.com"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"from": "nobody"}, "settings.from"),
        ({"from": "a@b.example\r\nBcc: c@d.example"}, "settings.from"),
        ({"to": ["ok@example.com", "a b@example.com"]}, "settings.to[1]"),
        ({"to": ["a@example.com, b@example.com"]}, "settings.to[0]"),
        ({"to": ["@example.com"]}, "settings.to[0]"),
        ({"to": [""]}, "settings.to[0]"),
        ({"username": "x"}, "settings.password"),
        ({"password": "x"}, "settings.username"),
        ({"host": "mail example"}, "settings.host"),
        ({"host": "mail\r\nX"}, "settings.host"),
    ],
)
def test_wrong_settings_are_refused_by_path(changes: dict, path: str) -> None:
    with pytest.raises(Invalid) as refused:
        CHANNEL.validate(params(25, **changes))
    assert [fault.path for fault in refused.value.faults] == [path]


def test_good_settings_pass_and_the_port_follows_the_mode() -> None:
    from asura.channels.email import DEFAULT_PORT

    CHANNEL.validate(params(25, **LOGIN))
    assert DEFAULT_PORT == {"tls": 465, "starttls": 587, "plain": 25}


def test_context_of_mail_is_shared_and_verifies() -> None:
    from asura.net.network import open_network
    from asura.net.tls import TlsSettings

    tls = open_network().tls
    assert tls.get(TlsSettings()) is tls.get(TlsSettings())
    assert tls.get(TlsSettings()).verify_mode is ssl.CERT_REQUIRED
