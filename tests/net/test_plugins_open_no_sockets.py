"""Every plug-in goes out through the guarded network: none opens a socket, or a client that would open one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import asura

ROOT = Path(asura.__file__).parent
PLUGINS = sorted(path for room in ("checks", "channels") for path in (ROOT / room).glob("*.py"))
# The composition (app, cli) listens, and tests the parts that it was built with; all other rooms have nothing to dial.
ROOMS = ("domain", "store", "running", "engine", "probe", "web")
OUTSIDE = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))

# Modules that exist to open connections.
MODULES = frozenset(
    {
        "aiohttp",
        "ftplib",
        "http.client",
        "httpcore2",
        "httpx",
        "imaplib",
        "poplib",
        "requests",
        "smtplib",
        "socketserver",
        "telnetlib",
        "urllib.request",
        "urllib3",
        "websockets",
        "xmlrpc",
    }
)
# Calls that open one, by their last name, whatever object they are made on.
CALLS = frozenset(
    {
        "create_connection",
        "create_datagram_endpoint",
        "create_unix_connection",
        "open_connection",
        "open_unix_connection",
        "sock_connect",
        "socketpair",
        "fromfd",
    }
)
# Calls that open one when made on this module.
ON_MODULE = {
    "socket": frozenset({"socket", "getaddrinfo", "gethostbyname", "create_connection"}),
    "httpx2": frozenset({"AsyncClient", "Client", "get", "post", "put", "request", "stream", "AsyncHTTPTransport"}),
    "dns.asyncquery": frozenset({"udp", "tcp", "tls", "https", "quic", "udp_with_fallback"}),
    "dns.query": frozenset({"udp", "tcp", "tls", "https", "quic", "udp_with_fallback"}),
    "dns.asyncresolver": frozenset({"resolve", "Resolver"}),
    "dns.resolver": frozenset({"resolve", "Resolver", "query"}),
    "aiosmtplib": frozenset({"send"}),
    "apprise": frozenset({"Apprise"}),
}
# The one library that dials by itself: its schemes are listed and its host is looked at before each send.
EXCEPTIONS = {"channels/apprise.py": frozenset({"apprise.Apprise"})}


def openings(source: str) -> Iterator[tuple[int, str]]:
    """Return line and name of each thing in a source that opens connections."""
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                if alias.name in MODULES or alias.name.partition(".")[0] in MODULES:
                    yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                if node.module in MODULES or f"{node.module}.{alias.name}" in MODULES:
                    yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            full = _full_name(node.func, names)
            module, _, last = full.rpartition(".")
            sockless = last == "SMTP" and module == "aiosmtplib" and "sock" not in {word.arg for word in node.keywords}
            if last in CALLS or last in ON_MODULE.get(module, ()) or sockless:
                yield node.lineno, full


def _full_name(function: ast.expr, names: dict[str, str]) -> str:
    parts = []
    while isinstance(function, ast.Attribute):
        parts.append(function.attr)
        function = function.value
    if isinstance(function, ast.Name):
        parts.append(names.get(function.id, function.id))
    return ".".join(reversed(parts))


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_plugin_opens_no_connection_itself(path: Path) -> None:
    allowed = EXCEPTIONS.get(f"{path.parent.name}/{path.name}", frozenset())
    found = [f"{path}:{line}: {name}" for line, name in openings(path.read_text()) if name not in allowed]
    assert not found


@pytest.mark.parametrize("path", OUTSIDE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_else_outside_net_makes_an_http_client_or_dials(path: Path) -> None:
    assert not [f"{path}:{line}: {name}" for line, name in openings(path.read_text())]


def test_there_are_plugins_to_look_at() -> None:
    assert {"http.py", "tcp.py", "dns.py", "icmp.py", "tls.py"} <= {path.name for path in PLUGINS}


GUILTY = [
    "import socket\nsocket.socket()",
    "from socket import socket as s\ns()",
    "import socket as quiet\nquiet.create_connection(('x', 1))",
    "import asyncio\nasync def f(): await asyncio.open_connection('x', 1)",
    "def f(loop): return loop.create_connection(None, 'x', 1)",
    "def f():\n    import httpx2\n    return httpx2.AsyncClient()",
    "from httpx2 import AsyncClient\nAsyncClient()",
    "import urllib.request",
    "from urllib.request import urlopen",
    "from urllib import request",
    "import dns.asyncquery\ndns.asyncquery.udp(1)",
    "import aiosmtplib\naiosmtplib.SMTP(hostname='x')",
    "import requests",
]


@pytest.mark.parametrize("source", GUILTY)
def test_the_guilty_are_found(source: str) -> None:
    assert list(openings(source))


@pytest.mark.parametrize(
    "source",
    ["import socket\nx = socket.AF_INET", "from urllib.parse import urlsplit\nurlsplit('x')", "net.dialer.open('x', 1)",
     "import aiosmtplib\naiosmtplib.SMTP(sock=1)"],
)  # fmt: skip
def test_the_innocent_are_left_alone(source: str) -> None:
    assert not list(openings(source))
