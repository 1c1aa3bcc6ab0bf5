"""`asura selftest`: touches every part that is loaded late, so that a broken build shows itself at once."""

import asyncio
import inspect
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from asura.cli.selftest_accounts import passwords, qr_codes
from asura.cli.selftest_backup import encryption
from asura.cli.selftest_markup import markdown
from asura.cli.selftest_packing import packed_by_brotli, packed_by_zstd
from asura.cli.selftest_pages import style_sheets
from asura.cli.selftest_pings import pings
from asura.cli.selftest_probe import probes
from asura.cli.selftest_sso import letters, single_sign_on
from asura.cli.selftest_status import calendars, feeds
from asura.cli.terminal import Terminal, terminal
from asura.domain import fields

Part = Callable[[], str | Awaitable[str]]
CHECK_WITHIN_S = 2.0
# A ping may not be permitted, and the server here speaks no TLS: these end in another verdict.
MUST_BE_UP = frozenset({"http", "tcp", "dns"})
GREETING = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")


@click.command("selftest")
def selftest() -> int:
    """Touch every part of this executable.

    Prints a line for each; exit status 0 when all of them work, else 1.
    """
    return asyncio.run(run_parts(parts(), terminal(), click.echo))


async def run_parts(named: list[tuple[str, Part]], term: Terminal, say: Callable[[str], Any]) -> int:
    """Run each part, say how it fared, and return the exit status."""
    failed = 0
    for name, part in named:
        began = time.perf_counter()
        try:
            made = part()
            told = await made if inspect.isawaitable(made) else made
        except Exception as error:  # Whatever a broken build raises is what this command is there to show.
            failed += 1
            say(f"{term.paint('FAILED', 'red')}  {name:<24} {type(error).__name__}: {term.plain(str(error))}")
            continue
        took = (time.perf_counter() - began) * 1000
        spent = term.paint(f"({took:.0f} ms)", "grey")
        say(f"{term.paint('ok', 'green')}      {name:<24} {term.plain(str(told))} {spent}")
    say(f"{len(named) - failed} of {len(named)} parts work")
    return 1 if failed else 0


def parts() -> list[tuple[str, Part]]:
    """Return every part by name; the types come from their registries, so none is forgotten."""
    from asura.channels import channel_types
    from asura.checks import check_types

    checks: list[tuple[str, Part]] = [(f"check {name}", partial(_check, name)) for name in check_types()]
    channels: list[tuple[str, Part]] = [(f"channel {name}", partial(_channel, name)) for name in channel_types()]
    return checks + channels + _OTHERS


async def _check(name: str) -> str:
    """Run a check against a server on this machine; it must end in a verdict that is not our own failure."""
    from asura.checks import check_types
    from asura.checks.base import Job
    from asura.domain.reason import Reason
    from asura.domain.status import Finding
    from asura.net.network import open_network
    from asura.running.execute import execute

    check = check_types()[name]
    schema = msgspec.json.schema(check.params, schema_hook=fields.schema_hook)
    net = open_network()
    try:
        async with _server() as port, _name_server() as resolver:
            url = f"http://127.0.0.1:{port}/"
            targets = {"http": url, "statuspage": url, "icmp": "127.0.0.1", "dns": "selftest.example"}
            target = targets.get(name, f"127.0.0.1:{port}")
            settings = {"resolver": f"127.0.0.1:{resolver}"} if name == "dns" else {}
            job = Job(target, fields.convert(settings, check.params), CHECK_WITHIN_S)
            outcome = await execute(check, job, net, keep_evidence=True)
    finally:
        await net.close()
    if outcome.reason is Reason.INTERNAL_ERROR or (name in MUST_BE_UP and outcome.finding is not Finding.UP):
        raise RuntimeError(outcome.message)
    return f"{outcome.finding.status.value} ({outcome.reason.value}), {len(schema['$defs'])} schema parts"


@asynccontextmanager
async def _server() -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65536)
        writer.write(GREETING)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port: int = server.sockets[0].getsockname()[1]
        yield port


class _NameServer(asyncio.DatagramProtocol):
    """Answers every question with one address."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        import dns.message
        import dns.rrset

        reply = dns.message.make_response(dns.message.from_wire(data))
        reply.answer.append(dns.rrset.from_text(reply.question[0].name, 60, "IN", "A", "192.0.2.1"))
        self._transport.sendto(reply.to_wire(), addr)


@asynccontextmanager
async def _name_server() -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(_NameServer, ("127.0.0.1", 0))
    try:
        port: int = transport.get_extra_info("sockname")[1]
        yield port
    finally:
        transport.close()


def _channel(name: str) -> str:
    from asura.channels import channel_types

    kind = channel_types()[name]
    schema = msgspec.json.schema(kind.params, schema_hook=fields.schema_hook)
    return f"{kind.title}, {len(schema['$defs'])} schema parts"


def _templates() -> str:
    from jinja2 import Environment, FileSystemLoader

    import asura

    folder = Path(asura.__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True)
    loaded = [environment.get_template(name) for name in environment.list_templates()]
    if not loaded:
        raise RuntimeError("there are none")
    return f"{len(loaded)} templates"


def _zones() -> str:
    from importlib.resources import files
    from zoneinfo import ZoneInfo

    for name in ZONES:
        with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
            ZoneInfo.from_file(file, key=name)
    return ", ".join(ZONES)


def _certificates() -> str:
    from asura.net.tls import TlsContexts, TlsSettings

    known = len(TlsContexts().get(TlsSettings()).get_ca_certs())
    if known < 50:
        raise RuntimeError(f"only {known} authorities are known")
    return f"{known} authorities"


def _re2() -> str:
    import re2

    if re2.search("(a+)+$", "a" * 30 + "b") is not None or re2.search("b$", "ab") is None:
        raise RuntimeError("it does not match as it should")
    return "matches"


def _apprise() -> str:
    from apprise import Apprise

    notifier = Apprise()
    if not notifier.add("json://localhost"):
        raise RuntimeError("it does not know json://")
    services = len(notifier.details()["schemas"])
    if services < 50:
        raise RuntimeError(f"only {services} services are known")
    return f"{services} services"


def _json_path() -> str:
    import jsonpath

    found = jsonpath.findall("$.a[?@.b > 1].b", {"a": [{"b": 1}, {"b": 2}]})
    if found != [2]:
        raise RuntimeError(f"found {found}")
    return "finds"


def _event_loop() -> str:
    import httptools
    import uvicorn

    from asura.cli.run import loop_factory

    factory = loop_factory()
    loop = factory() if factory else asyncio.new_event_loop()
    loop.close()
    return f"{type(loop).__module__}, httptools {httptools.__version__}, uvicorn {uvicorn.__version__}"


def _dashboard() -> str:
    from asura.web.spa import FOLDER

    page = FOLDER / "index.html"
    if not page.is_file():
        raise RuntimeError("the dashboard was not built; run ./dev ui")
    return f"{sum(1 for file in FOLDER.rglob('*') if file.is_file())} files"


def _settings() -> str:
    from asura.settings import load

    return f"listens on {load(None, {}).settings.server.listen} without a file"


async def _store() -> str:
    """Make a store, write, close it, open it again, and read what was written."""
    from asura.clock import SystemClock
    from asura.engine.key_desk import KeyDesk
    from asura.store.db import Store

    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="asura-selftest-") as folder:
        for turn in range(2):
            store = Store.open(Path(folder) / "data", clock=clock)
            try:
                desk = KeyDesk(store, clock)
                await desk.load()
                if turn == 0:
                    await desk.create("selftest", "viewer")
                elif [one.name for one in desk.list()] != ["selftest"]:
                    raise RuntimeError("what was written was not read")
            finally:
                await store.close()
    return "written, closed, opened, read"


def _commands() -> str:
    from importlib import import_module

    from asura.cli.root import COMMANDS
    from asura.demo import program

    found = [getattr(import_module(module), name) for module, name in COMMANDS.values()]
    return f"{len(found)} commands, {program.KEY_NAME}"


def _api() -> str:
    from asura.web.app import ROUTES

    return f"{len(ROUTES)} routes"


_OTHERS: list[tuple[str, Part]] = [
    ("templates", _templates),
    ("time zones", _zones),
    ("pings and badges", pings),
    ("passwords", passwords),
    ("qr codes", qr_codes),
    ("single sign-on", single_sign_on),
    ("letters", letters),
    ("markdown", markdown),
    ("style sheets of pages", style_sheets),
    ("feeds", feeds),
    ("calendars", calendars),
    ("certificates", _certificates),
    ("regular expressions", _re2),
    ("brotli", packed_by_brotli),
    ("zstd", packed_by_zstd),
    ("encryption", encryption),
    ("json path", _json_path),
    ("apprise", _apprise),
    ("event loop", _event_loop),
    ("settings", _settings),
    ("store", _store),
    ("commands", _commands),
    ("api", _api),
    ("probes", probes),
    ("dashboard", _dashboard),
]
