"""`asura doctor` looks at what asura reaches and is reached by: primary, certificates, mail servers, channels."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

from asura.cli import doctor_tls
from asura.cli.doctor_finding import Finding, State
from tests.cli.doctor_kit import about, look, the
from tests.process import asura, free_port, mailbox


async def test_a_probe_hears_whether_its_key_is_let_in_and_nobody_is_disturbed(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        key = (await program.post("/probes", {"region": "eu-west", "name": "one"}))["key"]
        base = f"mode: probe\nprobe: {{primary: '{program.url}', key: KEY}}\n"
        good, bad = await asyncio.gather(
            look(tmp_path, base.replace("KEY", key)), look_elsewhere(tmp_path, base.replace("KEY", "x" * 30))
        )
        assert the(good, "primary: ").seen.endswith("answers, and knows the key")
        assert the(good, "clock: agrees with the primary").state is State.OK
        assert "does not know the key" in the(bad, "primary: ").seen
        (probe,) = (await program.get("/probes"))["data"]
        assert probe["last_seen_at"] is None
    gone = the(await look(tmp_path, base), "primary: ")
    assert gone.state is State.PROBLEM
    assert "cannot be reached" in gone.seen


async def look_elsewhere(folder: Path, config: str) -> list[Finding]:
    other = folder / "other"
    other.mkdir()
    return await look(other, config)


async def test_certificates_are_read_before_anybody_has_to_be_refused(tmp_path: Path) -> None:
    authority, now = trustme.CA(), datetime.now(UTC)
    expired = authority.issue_cert("status.example.com", not_before=now - timedelta(9), not_after=now - timedelta(2))
    ending = authority.issue_cert("elsewhere.example.com", not_after=now + timedelta(days=3))

    async def of(certificate: trustme.LeafCert, key: trustme.LeafCert) -> list[Finding]:
        certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
        key.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
        pair = f"tls_cert: '{tmp_path}/cert.pem', tls_key: '{tmp_path}/key.pem'"
        return await look(tmp_path, f"server: {{{pair}, external_url: 'https://status.example.com'}}\n")

    old, other = await of(expired, expired), await of(ending, ending)
    assert the(old, "expired 2 days ago").state is State.PROBLEM
    assert the(other, "ends in 3 days").state is State.WARN
    assert "people come by status.example.com" in the(other, "is for elsewhere").seen
    assert the(other, "no intermediate").todo == "use the file with the whole chain (fullchain.pem)"
    expired.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    mixed = list(doctor_tls.judge(doctor_tls.look(f"{tmp_path}/cert.pem", f"{tmp_path}/key.pem", "", now)))
    assert the(mixed, "do not work together").state is State.PROBLEM


async def test_an_older_certificate_than_the_file_holds_is_noticed(tmp_path: Path) -> None:
    authority = trustme.CA()
    old, new = authority.issue_cert("localhost"), authority.issue_cert("localhost")

    def put(one: trustme.LeafCert) -> None:
        one.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
        one.private_key_pem.write_to_path(str(tmp_path / "key.pem"))

    put(old)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    health = b'{"status":"ok","version":"1.0","uptime_s":1.0}'

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(health), health))
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    listen = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    config = f"server: {{listen: '{listen}', tls_cert: '{tmp_path}/cert.pem', tls_key: '{tmp_path}/key.pem'}}\n"
    try:
        assert not about(await look(tmp_path, config), "shows another one")
        put(new)
        assert the(await look(tmp_path, config), "shows another one").todo == "systemctl reload asura"
    finally:
        server.close()


async def test_mail_servers_are_greeted_and_get_a_mail_only_when_asked(tmp_path: Path) -> None:
    dead = free_port()
    async with mailbox() as box:
        smtp = "smtp: {{host: 127.0.0.1, port: {}, from: a@example.com, tls_mode: {}}}\n"
        found = await look(tmp_path, smtp.format(box.port, "none"))
        assert the(found, "mail server").seen == f"127.0.0.1:{box.port} (smtp): no encryption, no user name"
        assert not box.mails
        found = await look(tmp_path, smtp.format(box.port, "starttls"))
        assert "does not offer STARTTLS" in the(found, "mail server").seen
        found = await look(tmp_path, smtp.format(box.port, "none"), send_mail="ops@example.com")
        assert the(found, "mail: sent to ops@example.com").state is State.OK
        ((_, mail),) = box.mails
        assert b"A mail from asura doctor" in mail
    found = await look(tmp_path, smtp.format(dead, "none"), send_mail="ops@example.com")
    assert the(found, "mail server: ").state is State.PROBLEM
    assert the(found, "mail: not sent").state is State.PROBLEM
    assert "smtp.host is not set" in the(await look(tmp_path, send_mail="ops@example.com"), "mail: ").seen


async def test_a_channel_that_asura_would_not_reach_is_named(tmp_path: Path) -> None:
    hook = "- {name: NAME, type: webhook, settings: {url: 'http://HOST/x'}}\n"
    declared = hook.replace("NAME", "Inside").replace("HOST", "10.1.2.3") + hook.replace("NAME", "Gone").replace(
        "HOST", "nowhere.invalid"
    )
    mail = "- {name: Post, type: email, settings: {host: 10.1.2.4, from: a@example.com, to: [b@example.com]}}\n"
    found = await look(tmp_path, f"channels:\n{declared}{mail}")
    assert the(found, "channel post").todo.startswith("network: {allow_private_channels: [10.1.2.4]}")
    inside, gone = the(found, "inside: "), the(found, "gone: ")
    assert inside.todo.startswith("network: {allow_private_channels: [10.1.2.3]}")
    assert gone.todo == "getent ahosts nowhere.invalid"
