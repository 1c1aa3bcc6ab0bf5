"""TLS of its own in the real program: safe headers and cookies, and a renewal that only new connections notice."""

import asyncio
import contextlib
import os
import signal
import smtplib
import ssl
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from asura.engine.key_desk import hash_token
from tests.process import AUTH, KEY, SURROUNDINGS, free_port, until
from tests.service import service_manager
from tests.test_tls_files import Shop

pytestmark = pytest.mark.faults

TLS = """
  listen: 127.0.0.1:{port}
  tls_cert: {shop.certificate}
  tls_key: {shop.key}
heartbeat:
  smtp_listen: 127.0.0.1:{mail}
"""


def _mailed(port: int, trust: ssl.SSLContext, token: str) -> str:
    """Ping by mail over STARTTLS and return the name in the certificate that was shown."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
        client.starttls(context=trust)
        connection: Any = client.sock
        name = connection.getpeercert()["subjectAltName"][0][1]
        client.sendmail("job@example.com", [f"{token}@asura.example"], "Subject: done\n\nfine\n")
    return str(name)


async def _name(port: int, trust: ssl.SSLContext) -> str:
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname="localhost")
    name = writer.get_extra_info("ssl_object").getpeercert()["subjectAltName"][0][1]
    writer.close()
    return str(name)


async def _setup(client: httpx2.AsyncClient, folder: Path) -> httpx2.Response:
    token = (folder / "data" / "setup-link").read_text().strip().rpartition("#")[2]
    body = {"token": token, "username": "ann", "password": "a quiet afternoon"}
    return await client.post("/setup", json=body, headers={"Origin": str(client.base_url.copy_with(path=""))})


async def test_a_renewal_takes_hold_without_a_restart_for_http_and_mail(tmp_path: Path) -> None:
    shop, port, mail = Shop(tmp_path), free_port(), free_port()
    shop.put(shop.issue())
    trust, config = shop.client(), tmp_path / "config.yaml"
    trust.set_alpn_protocols(["http/1.1"])
    settings = SURROUNDINGS + TLS.format(port=port, mail=mail, shop=shop) + AUTH.format(hash=hash_token(KEY))
    config.write_text(settings)
    async with contextlib.AsyncExitStack() as stack:
        manager = await stack.enter_async_context(
            service_manager(tmp_path, "--config", str(config), "--data", str(tmp_path / "data"))
        )
        await manager.start()
        assert set(manager.kept) == {"asura-http", "asura-mail"}
        client = await stack.enter_async_context(
            httpx2.AsyncClient(base_url=f"https://localhost:{port}/api/v1", verify=trust, timeout=30)
        )
        signed_in = await _setup(client, tmp_path)
        assert signed_in.status_code == 201, signed_in.text
        assert signed_in.headers["strict-transport-security"] == "max-age=31536000"
        assert "Secure" in signed_in.headers["set-cookie"] and "HttpOnly" in signed_in.headers["set-cookie"]
        client.headers["X-API-Key"] = KEY
        beat = (await client.post("/monitors", json={"name": "job", "type": "heartbeat"})).raise_for_status().json()
        token = beat["heartbeat"]["token"]
        assert await asyncio.to_thread(_mailed, mail, trust, token) == "one.example"

        shop.put(shop.issue("renewed.example"))
        await until(lambda: "renewed.example" in manager.log.read_text(), within=20, what="the watch sees it")
        assert await _name(port, trust) == "renewed.example"
        assert await asyncio.to_thread(_mailed, mail, trust, token) == "renewed.example"

        shop.key.write_bytes(shop.issue()[1])
        asked = len(manager.said("READY"))
        manager.send(signal.SIGHUP)
        await until(lambda: len(manager.said("READY")) > asked, within=20, what="reloaded")
        assert manager.said("RELOADING") == ["1"]
        assert "the TLS certificate was not reloaded, the old one stays" in manager.log.read_text()
        parts = (await client.get("/system")).raise_for_status().json()["parts"]
        assert parts["tls"]["ok"] is False and "key.pem is not the key of" in parts["tls"]["detail"]
        assert (await client.get("/health/ready")).status_code == 200, "it serves as before"

        shop.put(shop.issue("third.example"))
        manager.send(signal.SIGHUP)
        await until(lambda: "third.example" in manager.log.read_text(), within=20, what="at once")
        assert await _name(port, trust) == "third.example"
        shown = (await client.get(f"/monitors/{beat['id']}")).json()
        assert shown["heartbeat"]["pings"] == 2
        assert await manager.end() == 0


async def test_config_check_names_a_pair_that_does_not_fit(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.put((shop.issue()[0], shop.issue()[1]))
    words = ["-m", "asura", "config", "check"]
    environment = {
        **os.environ,
        "ASURA_SERVER__TLS_CERT": str(shop.certificate),
        "ASURA_SERVER__TLS_KEY": str(shop.key),
    }
    checked = await asyncio.create_subprocess_exec(
        sys.executable, *words, env=environment, stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    _, said = await checked.communicate()
    assert checked.returncode == 2 and b"is not the key of the first certificate" in said, said
