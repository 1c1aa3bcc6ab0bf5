"""Links over HTTP where a mail server is set: mailed, and none the worse when that fails."""

from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from asura import parts
from asura.engine.postman import MailServer, Postman
from asura.net.network import open_network
from asura.settings import load
from tests.channels.mail_server import Mailbox, mail_server
from tests.web.harness import V1, Asura, asura

PASSWORD = "correct horse battery 9"


@asynccontextmanager
async def mailing(folder: Path, box: Mailbox):
    """Yield an asura that mails links by a server."""
    server = MailServer(host="localhost", port=box.port, sender="asura@example.com", tls_mode="plain")
    async with asura(folder, net=open_network()) as site:
        engine = site.engine
        engine.invitations.mail = Postman(engine.network, engine.clock, server, url="https://asura.example").send
        yield site


def link_in(box: Mailbox) -> str:
    part = box.mails[-1].get_body(("plain",))
    assert part is not None
    return next(word for word in part.get_content().split() if "/invitation#" in word)


async def invite(site: Asura, **body: object) -> dict[str, object]:
    async with site.client("admin") as client:
        answer = await client.post(f"{V1}/invitations", json={"role": "viewer", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_an_invitation_is_mailed_and_its_link_makes_an_account(tmp_path: Path) -> None:
    async with mail_server() as box, mailing(tmp_path, box) as site:
        made = await invite(site, email="anna@example.com")
        assert (made["mailed"], made["mail_problem"]) == (True, "")
        assert link_in(box) == made["link"]
        async with site.client(None) as client:
            body = {"token": link_in(box).rpartition("#")[2], "username": "anna", "password": PASSWORD}
            answer = await client.post(f"{V1}/invitations/accept", json=body)
        assert (answer.status_code, answer.json()["name"]) == (201, "anna")


async def test_without_an_address_nothing_is_mailed(tmp_path: Path) -> None:
    async with mail_server() as box, mailing(tmp_path, box) as site:
        made = await invite(site)
    assert (made["mailed"], made["mail_problem"], box.mails) == (False, "", [])


@pytest.mark.parametrize("answers", [{"RCPT": "550 nobody here"}, {"MAIL": "421 busy"}])
async def test_an_invitation_that_cannot_be_mailed_is_made_all_the_same(
    tmp_path: Path, answers: dict[str, str]
) -> None:
    async with mail_server(Mailbox(answers=answers)) as box, mailing(tmp_path, box) as site:
        made = await invite(site, email="anna@example.com")
        assert made["mailed"] is False
        assert "localhost" in str(made["mail_problem"])
        assert str(made["link"]).rpartition("#")[2] not in str(made["mail_problem"])
        assert len(await site.engine.invitations.list()) == 1


async def test_a_link_for_a_new_password_is_mailed_to_the_user(tmp_path: Path) -> None:
    async with mail_server() as box, mailing(tmp_path, box) as site, site.client("admin") as client:
        anna = await site.engine.users.create("anna", role="viewer", password=PASSWORD, email="anna@example.com")
        made = (await client.post(f"{V1}/users/{anna.id}/reset", json={})).json()
        assert (made["mailed"], link_in(box)) == (True, made["link"])
        assert box.mails[-1]["Subject"] == "A new password for asura"


def test_the_settings_name_the_mail_server(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("smtp: {host: mail.test, from: a@x.test, username: me, password: pass-word, tls_mode: none}")
    server = parts.accounts(load(path, {}).settings).mail_server
    assert server is not None
    assert (server.host, server.sender, server.port, server.tls_mode) == ("mail.test", "a@x.test", None, "plain")
    assert "pass-word" not in repr(server)
    path.write_text("{}")
    assert parts.accounts(load(path, {}).settings).mail_server is None


def test_the_settings_name_the_other_ways_in(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "server: {trusted_proxies: [192.0.2.1], external_url: https://asura.example/x}\n"
        "auth:\n"
        "  oidc: {issuer: https://id.test, client_id: asura, client_secret: very-secret, roles: {ops: admin},"
        " allowed_domains: ['@Example.com'], auto_create: false}\n"
        "  proxy: {header: Remote-User, groups_header: Remote-Groups, role: editor}\n"
    )
    options = parts.web_options(load(path, {}).settings)
    assert options.oidc is not None
    assert options.proxy is not None
    assert (options.oidc.issuer, options.oidc.rules.roles) == ("https://id.test", {"ops": "admin"})
    assert (options.oidc.rules.allowed_domains, options.oidc.rules.auto_create) == (("example.com",), False)
    assert (options.proxy.groups_header, options.proxy.rules.role) == ("Remote-Groups", "editor")
    assert "very-secret" not in repr(options)
