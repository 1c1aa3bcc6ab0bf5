"""Holds the house together: who may import whom, what the domain may not touch, and how long things may be."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = {"asura", "asura.clock", "asura.errors", "asura.log"}

# docs/ARCHITECTURE.md, "The rule of direction": a room, and the rooms that it may import.
ROOMS = {
    "domain": set(),
    "net": {"domain"},
    "checks": {"domain", "net"},
    "channels": {"domain", "net"},
    "store": {"domain"},
    "running": {"domain", "net", "checks"},
    "engine": {"domain", "store", "running", "channels"},
    "probe": {"domain", "running", "net"},
    "web": {"domain", "store", "engine"},
}
# They know everything, and nothing below knows them.
COMPOSITION = {"cli", "demo"}
MORE = {"asura/web/oidc.py": {"net"}}
# The engine hands the network on to checks and channels: it names it, and does not use it.
NAMED = {"engine": {"asura.net.network.Network"}}
PLUGINS = ("checks", "channels")
DOMAIN_LIBRARIES = {"cronsim", "dateutil", "msgspec", "oncalendar"}
NEVER_IN_DOMAIN = {
    *("asyncio", "concurrent", "ctypes", "glob", "http", "io", "logging", "mmap", "multiprocessing", "os", "pathlib"),
    *("queue", "random", "secrets", "select", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid"),
}
CLOCKS = {"now", "today", "utcnow"}
BUILTINS = ("open", "print", "input")
OPENS_SOCKETS = {"open_connection", "create_connection", "create_datagram_endpoint", "sock_connect", "getaddrinfo"}
MAKES_CLIENTS = {
    *(f"httpx2.{name}" for name in ("AsyncClient", "Client", "get", "post", "request", "stream")),
    "socket.socket",
}
HTTP_CLIENTS = {"httpcore2", "http.client", "urllib.request", "aiohttp", "requests"}
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|PRAGMA\s+\w+)\b", re.S
)
LINES_A_FILE, LINES_A_FUNCTION = 300, 60


def breaches(path: str, source: str) -> list[str]:
    """Returns each breach of the rules in one file, as "file:line what"."""
    parts = Path(path).parts
    room = parts[1] if parts[0] == "asura" and len(parts) > 2 else ""
    tree = ast.parse(source)
    # Walked once, for all rules.
    nodes = [*ast.walk(tree)] if parts[0] == "asura" else []
    found = [*sizes(nodes, source)]
    if room in ROOMS:
        found += [*forbidden_imports(nodes, path, room), *sockets(nodes, room), *sql_text(nodes, room)]
    if room == "domain":
        found += impurities(nodes)
    return [f"{path}:{line} {what}" for line, what in sorted(found)]


def imports(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yields (line, module) of each import; "from asura.package import name" as asura.package.name."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            inner = base.split(".")[0] == "asura" or node.level
            yield from ((node.lineno, f"{base}.{alias.name}" if inner else base) for alias in node.names)


def forbidden_imports(nodes: list[ast.AST], path: str, room: str) -> Iterator[tuple[int, str]]:
    """Yields imports that point against the rule of direction."""
    allowed = ROOMS[room] | MORE.get(path, set()) | {room}
    for line, name in imports(nodes):
        if name.startswith("."):
            yield line, f"relative import of {name}"
        elif name.split(".")[0] == "asura":
            target = ".".join(name.split(".")[:2])
            shared = room != "domain" and (target in SHARED or name == "asura.__version__")
            if not shared and target.removeprefix("asura.") not in allowed and name not in NAMED.get(room, ()):
                yield line, f"{room} may not import {name}"
            elif room in PLUGINS and target == f"asura.{room}" and is_plugin(room, *name.split(".")[2:3]):
                yield line, f"{path} may not import its neighbour {name}"
        elif name.split(".")[0] in ("sqlite3", "aiosqlite") and room not in ("store", "engine"):
            yield line, f"{room} may not import {name}: SQL lives in asura/store"
        elif (name in HTTP_CLIENTS and room != "net") or (name == "httpx2" and room not in ("net", "channels")):
            yield line, f"{room} may not import {name}: asura/net is the only way out"


def is_plugin(room: str, module: str = "base") -> bool:
    """Tells whether a module of checks/ or channels/ is a type of its own, not a part that types share."""
    path = ROOT / "asura" / room / f"{module}.py"
    return path.exists() and re.search(r"^(CHECK|CHANNEL)\b.*=", path.read_text("utf-8"), re.MULTILINE) is not None


def impurities(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Yields what keeps the domain from being pure: clocks, chance, input, output, waiting."""
    for line, name in imports(nodes):
        if name in NEVER_IN_DOMAIN or name.split(".")[0] in NEVER_IN_DOMAIN:
            yield line, f"the domain may not import {name}"
    for node in nodes:
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield node.lineno, "the domain may not wait"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
            yield node.lineno, f"the domain may not look at a clock: .{node.func.attr}()"
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("open", "print", "input")
        ):
            yield node.lineno, f"the domain may not call {node.func.id}()"


def named(node: ast.expr) -> str:
    """Returns the name by which something is called, dots included, and "…" for what has none."""
    if isinstance(node, ast.Attribute):
        return f"{named(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "…"


def sockets(nodes: list[ast.AST], room: str) -> Iterator[tuple[int, str]]:
    """Yields calls that open a connection, make a client or ask a resolver outside asura/net."""
    for node in nodes if room != "net" else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            called = f"{named(node.func.value)}.{node.func.attr}"
            if node.func.attr in OPENS_SOCKETS or called in MAKES_CLIENTS:
                yield node.lineno, f"{room} may not call {called}(): asura/net is the only way out"


def sql_text(nodes: list[ast.AST], room: str) -> Iterator[tuple[int, str]]:
    """Yields texts outside asura/store that are SQL, and uses of the database beyond naming its connection."""
    for node in nodes if room != "store" else ():
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            yield node.lineno, f"SQL text in {room}: it belongs in asura/store"
        elif isinstance(node, ast.Attribute) and named(node.value) == "sqlite3" and node.attr != "Connection":
            yield node.lineno, f"{room} may not use sqlite3.{node.attr}: SQL lives in asura/store"


def sizes(nodes: list[ast.AST], source: str) -> Iterator[tuple[int, str]]:
    """Yields files and functions that have grown too long."""
    if (lines := source.count("\n")) > LINES_A_FILE:
        yield LINES_A_FILE, f"the file has {lines} lines, at most {LINES_A_FILE}"
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            length = node.end_lineno - node.lineno + 1
            if length > LINES_A_FUNCTION:
                yield node.lineno, f"{node.name} has {length} lines, at most {LINES_A_FUNCTION}"


def sources(folder: str) -> list[Path]:
    """Returns the Python files below a folder of the project."""
    return sorted(path for path in (ROOT / folder).rglob("*.py") if "static" not in path.parts)


def test_every_file_keeps_the_rules() -> None:
    """Names file and line of each breach."""
    files = [*sources("asura"), *sources("tests"), *sources("bench")]
    found = [line for path in files for line in breaches(str(path.relative_to(ROOT)), path.read_text("utf-8"))]
    assert not found, "\n" + "\n".join(found)


def test_every_room_has_a_rule() -> None:
    """A new folder of the package needs a row in the table."""
    rooms = {
        path.parent.relative_to(ROOT / "asura").parts[0] for path in sources("asura") if path.parent.name != "asura"
    }
    assert rooms - ROOMS.keys() <= COMPOSITION


@pytest.mark.parametrize(
    ("path", "source", "message"),
    [
        ("asura/domain/x.py", "import asura.clock", "domain may not import asura.clock"),
        ("asura/domain/x.py", "from time import monotonic", "may not import time"),
        ("asura/domain/x.py", "from datetime import datetime\nx = datetime.now()", ".now()"),
        ("asura/domain/x.py", "async def f(): ...", "may not wait"),
        ("asura/domain/x.py", "open('x')", "may not call open()"),
        ("asura/checks/x.py", "from asura.store import db", "checks may not import asura.store"),
        ("asura/checks/x.py", "from asura.checks import http", "its neighbour asura.checks.http"),
        ("asura/checks/x.py", "from asura.checks.http import Params", "its neighbour asura.checks.http.Params"),
        ("asura/checks/x.py", "import asyncio\nasyncio.open_connection('h', 1)", "the only way out"),
        ("asura/channels/x.py", "import httpx2\nhttpx2.AsyncClient()", "the only way out"),
        ("asura/checks/x.py", "import httpx2", "the only way out"),
        ("asura/store/x.py", "from asura import engine", "store may not import asura.engine"),
        ("asura/running/x.py", "import asura.store.db", "running may not import asura.store.db"),
        ("asura/engine/x.py", "from asura.net.dialer import Dialer", "engine may not import asura.net.dialer"),
        ("asura/engine/x.py", "import sqlite3\nsqlite3.connect('x')", "may not use sqlite3.connect"),
        ("asura/engine/x.py", "Q = 'SELECT 1 FROM monitors'", "SQL text in engine"),
        ("asura/web/x.py", "import sqlite3", "SQL lives in asura/store"),
        ("asura/web/x.py", "from . import y", "relative import"),
        ("asura/web/x.py", "from asura.settings import load", "web may not import asura.settings"),
        ("asura/web/x.py", "def f():\n" + "    f()\n" * 60, "f has 61 lines"),
        ("tests/x.py", "\n" * 301, "301 lines, at most 300"),
    ],
)
def test_a_breach_is_named(path: str, source: str, message: str) -> None:
    """Each rule catches what it is there for."""
    found = breaches(path, source)
    assert any(message in line and line.startswith(f"{path}:") for line in found), found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("asura/domain/x.py", "import msgspec\nfrom asura.domain.status import Status\nfrom datetime import datetime"),
        ("asura/checks/x.py", "from asura.checks.base import Check\nfrom asura.net.dialer import Dialer"),
        ("asura/store/x.py", "import sqlite3\nimport aiosqlite\nfrom asura import errors"),
        ("asura/net/x.py", "import asyncio\nfrom asura import __version__\nasyncio.open_connection('h', 1)"),
        ("asura/web/oidc.py", "from asura.net import client"),
        (
            "asura/engine/x.py",
            "import sqlite3\nfrom asura.net.network import Network\ndef f(db: sqlite3.Connection): ...",
        ),
        ("tests/checks/x.py", "from asura.checks.tcp import CHECK\nimport socket\nsocket.socket()"),
        ("asura/cli/x.py", "from asura.store import db\nfrom asura.web import app"),
    ],
)
def test_what_is_allowed_passes(path: str, source: str) -> None:
    """The rules do not stand in the way of what the table allows."""
    assert breaches(path, source) == []
