"""`asura doctor` looks at the ways in: the port, the address that people open, and the proxy in front."""

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import msgspec

from asura.cli.doctor_clock import skew_s
from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.clock import SystemClock
from asura.net.client import guarded_client
from asura.net.errors import NetError
from asura.net.network import Network
from asura.settings import Settings
from asura.settings_values import split_address

WITHIN_S = 6.0
HEALTH = "/api/v1/health"
# Two looks at one process are no further apart.
SAME_UPTIME_S = 15.0


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What answered at an address: an asura of this version and age, or why it is none."""

    url: str
    error: str = ""
    status: int = 0
    version: str = ""
    uptime_s: float = 0.0
    by_tls: bool = False
    skew_s: float | None = None
    # The server of the answer, where it says who it is.
    server: str = ""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """The ways in. `taken` and `mail_taken`: why a port cannot be had, while no asura answers there.

    `runs`: whether an asura runs on the data; None: we may not look whether one does.
    `kept`: systemd keeps sockets of an asura that it starts again; `really`: where the one listens that runs.
    """

    listen: str
    runs: bool | None
    local: Answer
    really: str = ""
    kept: bool = False
    taken: str = ""
    mail_taken: str = ""
    external_url: str = ""
    external: Answer | None = None
    base_path: str = ""
    own_tls: bool = False
    trusted_proxies: tuple[str, ...] = ()


async def look(settings: Settings, net: Network, *, runs: bool | None, listens: Sequence[str] = ()) -> Site:
    """Return who answers on our port and at the address for people; a free port is bound for a moment.

    `listens`: where the asura that runs says it listens, which is not always where the settings have it.
    """
    server = settings.server
    really = server.listen if not listens or server.listen in listens else listens[0]
    plain = msgspec.structs.replace(server, external_url="", listen=really)
    here = msgspec.structs.replace(settings, server=plain).url
    local, external = await asyncio.gather(
        ask(here, net, verify=False),
        ask(server.external_url, net) if server.external_url else _nothing(),
    )
    free = not runs and not local.version
    taken = _taken("server.listen", server.listen) if free else ""
    mail_taken = _taken("heartbeat.smtp_listen", settings.heartbeat.smtp_listen) if free else ""
    return Site(
        listen=server.listen,
        runs=runs,
        local=local,
        really=really,
        kept=bool(taken or mail_taken) and await asyncio.to_thread(_keeps),
        taken=taken,
        mail_taken=mail_taken,
        external_url=server.external_url,
        external=external,
        base_path=server.base_path,
        own_tls=bool(server.tls_cert),
        trusted_proxies=server.trusted_proxies,
    )


def judge(seen: Site) -> Iterator[Finding]:
    """Yield what is to be said about the ways in."""
    yield _of_port(seen)
    if seen.mail_taken and not seen.kept:
        yield problem("mail port", seen.mail_taken, "ss -ltnp, then set heartbeat.smtp_listen")
    if seen.external is None:
        yield _without_address(seen)
    else:
        yield from _of_address(seen, seen.external)


def _of_port(seen: Site) -> Finding:
    name, who = "port", f"ss -ltnp 'sport = :{seen.listen.rpartition(':')[2]}'"
    really = seen.really or seen.listen
    if seen.local.version and seen.runs is False:
        text = f"another asura, of other data, has {seen.listen}: asura {seen.local.version} answers there"
        return problem(name, text, f"set server.listen to another address, or see which it is, and stop it: {who}")
    if seen.local.version:
        other = "" if really == seen.listen else f" (this configuration says {seen.listen})"
        return ok(name, f"{really}: asura {seen.local.version} answers{other}")
    if seen.taken and seen.kept:
        text = f"systemd keeps {seen.listen} for asura, which it starts again and again: it does not stay"
        return warn(name, text, "its log says why: journalctl -u asura -n 20")
    if seen.taken:
        return problem(name, seen.taken, f"see who has it: {who}")
    if seen.runs:
        text = f"an asura runs on the data, and does not answer on {really}: {seen.local.error}"
        return problem(name, text, "was it started with other options or another file? journalctl -u asura")
    return ok(name, f"{seen.listen} is free")


def _without_address(seen: Site) -> Finding:
    host = seen.listen.rpartition(":")[0].strip("[]")
    if host in ("127.0.0.1", "::1", "localhost"):
        text = f"{seen.listen} is reached from this machine alone, and links in messages begin with it"
        return warn("address", text, "set server.external_url, and a proxy in front or server.listen")
    return warn("address", "links in messages begin with the listening address", "set server.external_url")


def _of_address(seen: Site, answer: Answer) -> Iterator[Finding]:
    name, url = "address", seen.external_url
    expected = f"{url}{HEALTH}"
    if answer.error:
        yield problem(name, f"{url} is not reached from here: {answer.error}", f"curl -v {expected}")
    elif not answer.version:
        yield problem(name, f"{expected} answers {answer.status}, and is no asura{_hint(seen)}", f"curl -v {expected}")
    elif seen.local.version and not _same(seen.local, answer):
        text = f"another asura answers at {url}: {answer.version}, up for {answer.uptime_s:.0f} s"
        yield problem(name, text, "correct server.external_url, or where the proxy leads")
    else:
        yield ok(name, f"{url}: asura {answer.version} answers")
    if answer.version:
        yield from _of_proxy(seen, answer)


def _of_proxy(seen: Site, answer: Answer) -> Iterator[Finding]:
    behind = urlsplit(seen.external_url).scheme == "https" and not seen.own_tls
    if behind and not seen.trusted_proxies:
        text = "there is a proxy in front, and no network of proxies is trusted: all visitors count as one address"
        yield warn("proxy", text, "set server.trusted_proxies, such as [127.0.0.1]")
    elif behind and not answer.by_tls:
        text = "asura does not see that people come by TLS: cookies and links are made for plain HTTP"
        todo = "have the proxy send X-Forwarded-Proto, from an address in server.trusted_proxies"
        yield problem("proxy", text, todo)
    elif behind:
        yield ok("proxy", "its X-Forwarded-* headers are believed")


def _hint(seen: Site) -> str:
    path = urlsplit(seen.external_url).path
    if path != seen.base_path:
        return f"; server.base_path is {seen.base_path or 'empty'}, and the address ends in {path or 'nothing'}"
    return ""


def _same(one: Answer, other: Answer) -> bool:
    return one.version == other.version and abs(one.uptime_s - other.uptime_s) < SAME_UPTIME_S


async def _nothing() -> None:
    return None


async def ask(url: str, net: Network, *, verify: bool = True) -> Answer:
    """Return what answers at the address of an asura."""
    clock, parts = SystemClock(), urlsplit(url)
    try:
        async with guarded_client(net.allowing(parts.hostname or ""), verify=verify) as client:
            sent = clock.now()
            async with asyncio.timeout(WITHIN_S):
                answer = await client.get(f"{url}{HEALTH}", headers={"Accept": "application/json"})
    except TimeoutError:
        return Answer(url=url, error=f"no answer within {WITHIN_S:g} s")
    except (NetError, httpx2.HTTPError, OSError) as failed:
        words = failed.message if isinstance(failed, NetError) else str(failed)
        return Answer(url=url, error=words or type(failed).__name__)
    return _read(url, answer, sent, clock.now())


def _read(url: str, answer: httpx2.Response, sent: datetime, received: datetime) -> Answer:
    try:
        body = msgspec.json.decode(answer.content, type=_Health)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = _Health()
    own = answer.status_code == 200 and body.status == "ok" and bool(body.version)
    return Answer(
        url=url,
        status=answer.status_code,
        version=body.version if own else "",
        uptime_s=body.uptime_s,
        by_tls="strict-transport-security" in answer.headers,
        skew_s=skew_s(answer.headers.get("date", ""), sent=sent, received=received),
        server=answer.headers.get("server", ""),
    )


def _keeps() -> bool:
    """Return whether systemd keeps sockets of the service while that does not run."""
    if not Path("/run/systemd/system").is_dir():
        return False
    command = ["systemctl", "show", "--property=NFileDescriptorStore", "--value", "asura.service"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN_S).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.isdigit() and int(told) > 0


class _Health(msgspec.Struct):
    status: str = ""
    version: str = ""
    uptime_s: float = 0.0


def _taken(name: str, where: str) -> str:
    """Return why asura could not listen on an address; empty where it could, or where nothing is wanted."""
    if not where:
        return ""
    host, port = split_address(where)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen()
        except OSError as error:
            return f"{where} ({name}) cannot be had: {error.strerror or error}"
    return ""
