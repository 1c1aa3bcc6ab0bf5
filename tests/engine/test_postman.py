"""Links by mail: a letter that says what it is for, by the real protocol, and reasons without the link."""

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.engine.postman import MailServer, Postman
from asura.net.network import NetworkConfig, open_network
from asura.store.invitations import Invitation
from tests.channels.mail_server import PASSWORD, USER, Mailbox, certificates, mail_server

LINK = "https://asura.example/invitation#very-secret-token"
UNTIL = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def invitation(email: str = "anna@example.com", *, by: str = "root") -> Invitation:
    return Invitation(
        id=5, hash="ab" * 32, email=email, role="editor", created_by=by, created_at=UNTIL, expires_at=UNTIL
    )


def postman(box: Mailbox, *, ca_file: str = "", **more: object) -> Postman:
    server = {"host": "localhost", "port": box.port, "sender": "asura <asura@example.com>", "tls_mode": "plain"}
    network = open_network(NetworkConfig(ca_file=ca_file))
    return Postman(network, SystemClock(), MailServer(**(server | more)), url="https://asura.example")  # type: ignore[arg-type]


async def test_an_invitation_says_who_invites_to_what_until_when() -> None:
    async with mail_server() as box:
        assert await postman(box).send(invitation(), LINK, None) == ""
    (mail,) = box.mails
    assert mail["Subject"] == "You are invited to asura"
    assert (mail["From"], mail["To"]) == ("asura <asura@example.com>", "anna@example.com")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert box.envelopes[0].rcpt_tos == ["anna@example.com"]
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        assert part is not None
        text = part.get_content()
        for words in (
            LINK,
            "root invites you to asura at https://asura.example, as an editor.",
            "01 Dec 2026, 09:30 UTC",
            "Make your account",
        ):
            assert words in text, (kind, words)


async def test_a_link_for_a_new_password_says_for_whom() -> None:
    async with mail_server() as box:
        assert await postman(box).send(invitation(), LINK, "anna") == ""
    (mail,) = box.mails
    assert mail["Subject"] == "A new password for asura"
    part = mail.get_body(("plain",))
    assert part is not None
    assert "a new password for anna" in part.get_content()


async def test_what_people_are_called_is_text_and_never_markup() -> None:
    async with mail_server() as box:
        await postman(box).send(invitation(by='<img src=x>"'), LINK, None)
    html = box.mails[0].get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()
    assert "&lt;img src=x&gt;" in html.get_content()


async def test_the_server_is_asked_for_encryption_and_signed_in_to(tmp_path: Path) -> None:
    context, ca_file = certificates(tmp_path)
    secrets = {"username": USER, "password": Secret(PASSWORD), "tls_mode": "starttls"}
    async with mail_server(starttls=context, auth=True) as box:
        assert await postman(box, ca_file=ca_file, **secrets).send(invitation(), LINK, None) == ""
    assert box.encrypted == [True]
    assert box.logins


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"RCPT": f"550 no {LINK} here"}, "refused every receiver"),
        ({"DATA": "451 later: very-secret-token"}, "451"),
        ({"MAIL": "530 sign in first"}, "530"),
    ],
)
async def test_a_refusal_is_told_without_the_link(
    answers: dict[str, str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with mail_server(Mailbox(answers=answers)) as box:
        told = await postman(box).send(invitation(), LINK, None)
    assert why in told
    assert "very-secret-token" not in told
    # The server of the test logs what it is sent; we do not.
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("asura", "aiosmtplib"))]
    assert ours
    assert not any("very-secret-token" in one for one in ours)


async def test_a_server_that_is_not_there_or_offers_no_encryption_is_told() -> None:
    box = Mailbox(port=1)
    assert "refused the connection" in await postman(box).send(invitation(), LINK, None)
    async with mail_server() as box:
        assert "STARTTLS" in await postman(box, tls_mode="starttls").send(invitation(), LINK, None)
    assert box.mails == []


async def test_an_address_that_no_mail_can_have_is_told() -> None:
    async with mail_server() as box:
        assert await postman(box).send(invitation("a@b\r\nBcc: c@d"), LINK, None) != ""
    assert box.mails == []


async def test_the_same_link_has_the_same_message_id() -> None:
    async with mail_server() as box:
        for _ in range(2):
            await postman(box).send(invitation(), LINK, None)
    assert box.mails[0]["Message-ID"] == box.mails[1]["Message-ID"]
    assert "very-secret-token" not in box.mails[0]["Message-ID"]


def test_a_letter_shows_no_link_by_itself() -> None:
    shown = repr(postman(Mailbox(port=1)).letter(invitation(), LINK, None))
    assert "very-secret-token" not in shown
