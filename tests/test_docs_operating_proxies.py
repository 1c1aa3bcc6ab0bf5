"""The real proxies, with the snippets of docs/operating/proxies.md, in front of a real asura."""

import asyncio
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
import trustme

from asura.cli.doctor_finding import State
from asura.cli.doctor_rounds import examine
from asura.settings import load
from tests.process import CONFIG, KEY, Asura, asura, free_port

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "operating" / "proxies.md").read_text("utf-8")
TRUSTING = "  trusted_proxies: [127.0.0.1]\n"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PROXIES = ("nginx", "caddy", "haproxy", "apache2")
LANGUAGES = {"nginx": "nginx", "caddy": "caddyfile", "haproxy": "haproxy", "apache2": "apache"}
# What the machine's own configuration says around the snippet.
NGINX = (
    "user root; daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; "
    "client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; "
    "uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;\n{snippet}\n}}"
)
CADDY = "{{\n\tadmin off\n\tauto_https off\n\tstorage file_system {folder}\n}}\n{snippet}"
APACHE_MODULES = ("mpm_event", "authz_core", "ssl", "proxy", "proxy_http", "headers")
APACHE = "ServerName localhost\nPidFile {folder}/pid\nErrorLog {folder}/error.log\nListen {port}\n{modules}\n{snippet}"


def snippet(proxy: str) -> str:
    found = re.search(rf"```{LANGUAGES[proxy]}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def command(proxy: str, folder: Path, text: str, port: int) -> list[str]:
    """Return what runs a proxy with a snippet on a port of the loopback, its certificate in the folder."""
    text = re.sub(r"/etc/(?:ssl/status.example.com|haproxy)/", f"{folder}/", text)
    text = text.replace("listen 443", f"listen 127.0.0.1:{port}").replace("bind :443", f"bind 127.0.0.1:{port}")
    text = text.replace("*:443", f"127.0.0.1:{port}")
    file = folder / "proxy.conf"
    if proxy == "nginx":
        file.write_text(NGINX.format(folder=folder, snippet=text.replace("status.example.com;", "localhost;")))
        return ["nginx", "-e", f"{folder}/error.log", "-c", str(file)]
    if proxy == "caddy":
        pair = f"\ttls {folder}/fullchain.pem {folder}/privkey.pem"
        text = text.replace("status.example.com {", f"https://localhost:{port} {{\n\tbind 127.0.0.1\n{pair}")
        file.write_text(CADDY.format(folder=folder, snippet=text))
        return ["caddy", "run", "--adapter", "caddyfile", "--config", str(file)]
    if proxy == "haproxy":
        file.write_text(text)
        return ["haproxy", "-db", "-f", str(file)]
    modules = "\n".join(f"LoadModule {one}_module /usr/lib/apache2/modules/mod_{one}.so" for one in APACHE_MODULES)
    text = APACHE.format(folder=folder, port=f"127.0.0.1:{port}", modules=modules, snippet=text)
    file.write_text(text.replace("status.example.com\n", "localhost\n"))
    return ["apache2", "-D", "FOREGROUND", "-f", str(file)]


def certificate(folder: Path) -> ssl.SSLContext:
    """Write a certificate for localhost where the snippets look for it; returns what trusts it."""
    authority = trustme.CA()
    pair = authority.issue_cert("localhost")
    for name, parts in (
        ("fullchain.pem", pair.cert_chain_pems),
        ("privkey.pem", [pair.private_key_pem]),
        ("status.example.com.pem", [*pair.cert_chain_pems, pair.private_key_pem]),
    ):
        (folder / name).write_bytes(b"".join(part.bytes() for part in parts))
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    return ssl.create_default_context(cafile=str(folder / "ca.pem"))


@asynccontextmanager
async def in_front(proxy: str, folder: Path, of: Asura, text: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Run a proxy in front of an asura, and lend a client that comes from another address than the proxy."""
    if shutil.which(proxy, path=PATH) is None:
        pytest.skip(f"{proxy} is not installed")
    trust, port = certificate(folder), free_port()
    words = command(proxy, folder, text.replace("127.0.0.1:8090", f"127.0.0.1:{of.port}"), port)
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, env={"HOME": str(folder), "PATH": PATH})
    visitor = httpx2.AsyncHTTPTransport(verify=trust, local_address="127.0.0.2")
    client = httpx2.AsyncClient(base_url=f"https://localhost:{port}", transport=visitor, timeout=40, trust_env=False)
    try:
        await answering(client, process, folder)
        yield client
    finally:
        await client.aclose()
        process.terminate()
        process.wait(15)


async def answering(client: httpx2.AsyncClient, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if (await client.get("/api/v1/health")).status_code != 502:
                return
        except httpx2.HTTPError:
            await asyncio.sleep(0.05)
    raise AssertionError("\n".join(one.read_text() for one in folder.glob("*.log")))


async def first_event(client: httpx2.AsyncClient, base: str, program: Asura) -> float:
    """Return after how many seconds the stream tells of a monitor that was made while it was open."""
    async with client.stream("GET", f"{base}/api/v1/events", headers={"X-API-Key": KEY}) as stream:
        assert stream.status_code == 200
        parts = stream.aiter_raw()
        await anext(parts)
        began = time.monotonic()
        body = {"name": "Job", "type": "heartbeat", "interval": 3600}
        await program.http.post(f"{program.url}{base}/api/v1/monitors", json=body)
        async for part in parts:
            if b"event: monitor" in part:
                return time.monotonic() - began
    raise AssertionError("the stream ended")


async def look(client: httpx2.AsyncClient, program: Asura, base: str = "") -> None:
    """Look at everything that a proxy can break."""
    page = await client.get(f"{base}/")
    assert page.headers["strict-transport-security"], "the proxy does not say that the client came by TLS"
    scripts = re.findall(r'src="([^"]+\.js)"', page.text)
    assert scripts
    assert (await client.get(httpx2.URL(str(page.url)).join(scripts[0]))).status_code == 200
    assert (await client.get(f"{base}/api/v1/overview", headers={"X-API-Key": KEY})).status_code == 200
    # A page of the dashboard may change things, one from elsewhere may not.
    words = {"username": "nobody", "password": "a wrong password"}
    ours, theirs = str(client.base_url).rstrip("/"), "https://elsewhere.example"
    said = [await client.post(f"{base}/api/v1/login", json=words, headers={"Origin": one}) for one in (ours, theirs)]
    assert [one.status_code for one in said] == [401, 403]
    # Nobody makes up where he comes from, or by which name.
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "page.example.com", "X-API-Key": KEY}
    assert "/assets/" in (await client.get(f"{base}/", headers=forged)).text
    await client.get(f"{base}/api/v1/me", headers=forged)
    assert "client=127.0.0.2" in [line for line in program.log.read_text().splitlines() if "/api/v1/me " in line][-1]
    big = await client.post(f"{base}/api/v1/monitors", content=b" " * 1_000_000, headers={"X-API-Key": KEY})
    assert big.status_code in (400, 415), "a body of 1 MB does not get through"
    # Every 15 s a comment pushes out what somebody has held back.
    assert await first_event(client, base, program) < 12


async def test_the_snippets_of_the_page_work(tmp_path: Path) -> None:
    async with asura(tmp_path, config="status_page: {hosts: [page.example.com]}\n", base=trusting()) as program:
        for proxy in PROXIES:
            (folder := tmp_path / proxy).mkdir()
            async with in_front(proxy, folder, program, snippet(proxy)) as client:
                await look(client, program)
                await pronounced_well(folder, program, str(client.base_url).rstrip("/"))


async def test_below_a_path_everything_is_there_too(tmp_path: Path) -> None:
    base = trusting().replace(TRUSTING, f"{TRUSTING}  base_path: /asura\n")
    text = snippet("nginx").replace("location / {", "location /asura/ {")
    program = Asura(tmp_path, base=base)
    program.http.base_url = httpx2.URL(f"{program.url}/asura/api/v1")
    try:
        await program.start()
        async with in_front("nginx", tmp_path, program, text) as client:
            await look(client, program, "/asura")
    finally:
        if program.process is not None and program.process.returncode is None:
            await program.kill()
        await program.http.aclose()


def trusting() -> str:
    return CONFIG.replace("server:\n", f"server:\n{TRUSTING}")


async def pronounced_well(folder: Path, program: Asura, url: str) -> None:
    """See what the doctor says of it."""
    file = folder / "doctor.yaml"
    server = f"{{listen: '127.0.0.1:{program.port}', external_url: '{url}', trusted_proxies: [127.0.0.1]}}"
    file.write_text(f"server: {server}\nnetwork: {{canaries: [], ca_file: '{folder}/ca.pem'}}\n")
    found = await examine(load(file, env={}, flags={"server.data": str(program.data)}))
    mine = {one.subject: one for one in found if one.subject in ("address", "proxy", "certificate")}
    assert {one.state for one in mine.values()} == {State.OK}, mine
    assert len(mine) == 3
