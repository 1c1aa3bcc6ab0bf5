"""Pings by e-mail, over real SMTP: addresses, phrases, mails of every kind, and what is refused."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest
import trustme

from asura.web.pings.mail import LARGEST, connection, read_mail
from tests.engine.kit import break_commits, mend_commits
from tests.process import asura, free_port
from tests.web.harness import V1
from tests.web.pings.kit import Job, job


@asynccontextmanager
async def mailing(j: Job, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Yield the port of a listener for an asura."""
    engine = j.site.engine
    server = await asyncio.get_running_loop().create_server(lambda: connection(engine, tls), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def letter(text: str = "all well", subject: str = "Backup report") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "cron@example.org", "x@example.org"
    message.set_content(text)
    return message


async def send(port: int, *to: str, message: EmailMessage | None = None) -> None:
    await aiosmtplib.send(
        message or letter(), sender="cron@example.org", recipients=list(to), hostname="127.0.0.1", port=port,
        start_tls=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "kind", "exit_status"),
    [
        ("TOKEN", "success", None),
        ("UUID", "success", None),
        ("UPPER", "success", None),
        ("UUID+fail", "fail", None),
        ("UUID+start", "start", None),
        ("UUID+log", "log", None),
        ("TOKEN+3", "fail", 3),
        ("KEY+backup", "success", None),
        ("LOWKEY+backup", "success", None),
    ],
)
async def test_every_form_of_an_address(tmp_path: Path, form: str, kind: str, exit_status: int | None) -> None:
    async with job(tmp_path) as j, mailing(j) as port:
        key = j.site.engine.pings.ping_key.reveal()
        local = form.replace("LOWKEY", key.lower()).replace("TOKEN", j.token)
        local = local.replace("UUID", j.uuid).replace("UPPER", j.uuid.upper()).replace("KEY", key)
        await send(port, f"{local}@any.example")
        [ping] = await j.pings()
        assert (ping["kind"], ping["exit_status"], ping["method"]) == (kind, exit_status, "EMAIL")
        assert (ping["source"], ping["user_agent"]) == ("127.0.0.1", "cron@example.org")
        body = await j.editor.get(f"{V1}/monitors/{j.id}/pings/1/body")
        assert body.text == "Backup report\n\nall well\n"


@pytest.mark.parametrize("local", ["nobody", "00000000-0000-4000-8000-000000000000", "KEY+nothing", "TOKEN+256", "KEY"])
async def test_unknown_recipients_are_refused_alike(tmp_path: Path, local: str) -> None:
    async with job(tmp_path) as j, mailing(j) as port:
        key = j.site.engine.pings.ping_key.reveal()
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
            await send(port, f"{local.replace('KEY', key).replace('TOKEN', j.token)}@any.example")
        assert {(one.code, one.message) for one in caught.value.recipients} == {(550, "5.1.1 no such heartbeat")}
        assert await j.pings() == []


@pytest.mark.parametrize(
    ("subject", "text", "kind"),
    [
        ("Backup FAILED", "x", "fail"),
        ("Backup", "exit FAILED here", "ignored"),
        ("Backup DONE", "x", "success"),
        ("Backup", "x", "ignored"),
    ],
)
async def test_phrases_tell_what_a_mail_means(tmp_path: Path, subject: str, text: str, kind: str) -> None:
    settings = {"fail_if": ["FAILED"], "success_if": ["DONE"], "look_in": ["mail_subject"]}
    async with job(tmp_path, fields={"settings": settings}) as j, mailing(j) as port:
        await send(port, f"{j.uuid}@x.example", message=letter(text, subject))
        assert await j.kinds() == [kind]


async def test_several_recipients_are_each_pinged_and_not_too_many(tmp_path: Path) -> None:
    async with job(tmp_path) as j, mailing(j) as port:
        other = (await j.editor.post(f"{V1}/monitors", json={"name": "Other", "type": "heartbeat"})).json()
        await send(port, f"{j.uuid}@x.example", f"{other['heartbeat']['uuid']}@x.example")
        assert await j.kinds() == ["success"]
        assert (await j.editor.get(f"{V1}/monitors/{other['id']}")).json()["heartbeat"]["pings"] == 1
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
        async with client:
            await client.mail("a@b.example")
            for number in range(20):
                await client.rcpt(f"{j.uuid}@x{number}.example")
            with pytest.raises(aiosmtplib.SMTPRecipientRefused) as caught:
                await client.rcpt(f"{j.uuid}@y.example")
            assert caught.value.code == 452


async def test_what_cannot_be_stored_is_to_be_sent_again(tmp_path: Path) -> None:
    async with job(tmp_path) as j, mailing(j) as port:
        await break_commits(j.site.engine.store)
        with pytest.raises(aiosmtplib.SMTPDataError) as caught:
            await send(port, f"{j.uuid}@x.example")
        assert caught.value.code == 451
        await mend_commits(j.site.engine.store)
        await send(port, f"{j.uuid}@x.example")
        assert await j.kinds() == ["success"]


async def test_a_mail_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with job(tmp_path) as j, mailing(j) as port:
        with pytest.raises((aiosmtplib.SMTPDataError, aiosmtplib.SMTPSenderRefused)) as caught:
            await send(port, f"{j.uuid}@x.example", message=letter("x" * 70 + "\n" * 2 + ("y" * 70 + "\n") * 20_000))
        assert caught.value.code == 552
        await send(port, f"{j.uuid}@x.example", message=letter(("z" * 70 + "\n") * 3_000))
        [ping] = await j.pings()
        assert ping["body_cut"] and ping["body_bytes"] < LARGEST


async def test_fifty_senders_at_once(tmp_path: Path) -> None:
    async with job(tmp_path) as j, mailing(j) as port:
        await asyncio.gather(*(send(port, f"{j.uuid}@x.example") for _ in range(50)))
        assert (await j.show())["heartbeat"]["pings"] == 50


async def test_a_sender_who_hangs_up_has_not_pinged(tmp_path: Path) -> None:
    async with job(tmp_path) as j, mailing(j) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for line in ("", "EHLO x", "MAIL FROM:<a@b.example>", f"RCPT TO:<{j.uuid}@x.example>", "DATA"):
            if line:
                writer.write(f"{line}\r\n".encode())
            while (await reader.readline())[3:4] == b"-":
                pass
        writer.write(b"Subject: half")
        await writer.drain()
        writer.close()
        await asyncio.sleep(0.1)
        assert await j.pings() == []


async def test_tls_is_offered_with_a_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    async with job(tmp_path) as j, mailing(j, context) as port:
        await aiosmtplib.send(
            letter(), sender="a@b.example", recipients=[f"{j.uuid}@x.example"], hostname="localhost", port=port,
            start_tls=True, tls_context=trusting,
        )  # fmt: skip
        assert await j.kinds() == ["success"]


@pytest.mark.parametrize(
    ("raw", "subject", "text"),
    [
        (b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\r\nhello\r\n", "Grüße", "hello\n"),
        (b"Subject: a\r\nContent-Type: text/plain; charset=latin-1\r\n\r\nGr\xfc\xdfe", "a", "Grüße"),
        (b"Content-Type: text/plain; charset=nonsense\r\n\r\nx", "", "x"),
        (b"Content-Type: text/html\r\n\r\n<style>p{}</style><p>it <b>failed</b></p>", "", "it failed"),
        (b"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=", "", "hello"),
        (b"Content-Transfer-Encoding: base64\r\n\r\n!!!", "", None),
        (b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ninner\r\n--x--", "", "inner"),
        (b"Content-Type: multipart/mixed; boundary=\r\n\r\nbroken", "", None),
        (b"Content-Type: image/png\r\n\r\n\x89PNG", "", ""),
        (b"Subject: \xff\xfe\x00\r\n\r\n\x00", None, None),
        (b"", "", ""),
        (b"\r\n" * 1000, "", None),
    ],
)
def test_mails_of_every_kind_are_read_or_at_least_survived(raw: bytes, subject: str | None, text: str | None) -> None:
    found = read_mail(raw)
    assert subject is None or found[0] == subject
    assert text is None or found[1] == text


async def test_the_program_listens_for_mail_when_it_is_told_to(tmp_path: Path) -> None:
    port = free_port()
    async with asura(tmp_path, config=f"heartbeat:\n  smtp_listen: 127.0.0.1:{port}\n") as program:
        made = await program.post("/monitors", {"name": "Backup", "type": "heartbeat"})
        await send(port, f"{made['heartbeat']['uuid']}@x.example")
        assert (await program.get("/monitors/1"))["status"] == "up"
        assert await program.terminate() == 0
