"""A whole asura behind HTTP for tests: real store, real engine, real network on loopback."""

import asyncio
import atexit
import contextlib
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import uvicorn

from asura.clock import SystemClock
from asura.engine.engine import Engine
from asura.engine.options import AccountOptions, BackupOptions, EngineOptions, ProbeOptions, SubscriptionOptions
from asura.engine.passwords import Cost
from asura.net.network import Network, NetworkConfig, open_network
from asura.store.db import Store
from asura.web.app import WebOptions, create_app
from asura.web.protocol import BoundedProtocol
from asura.web.site import Site
from asura.web.spa import FOLDER as BUILT
from tests.fresh import begin

V1 = "/api/v1"
ROLES = ("admin", "editor", "viewer")
PASSWORD = "a quiet afternoon"
# The real cost has a test of its own.
CHEAP = AccountOptions(password_cost=Cost(memory_kib=64, passes=1))

# The client asks for it at each request, and where it is missing that is a search through every folder of packages.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class Asura:
    """One running asura, with a key of each role."""

    def __init__(self, engine: Engine, app: Site, keys: dict[str, str]) -> None:
        self.engine = engine
        self.app = app
        self.keys = keys

    @contextlib.asynccontextmanager
    async def client(self, role: str | None = "admin", *, key: str | None = None) -> AsyncIterator[httpx2.AsyncClient]:
        """Yield a client that sends the key of a role, another key, or none; its address is 127.0.0.1."""
        token = key or (self.keys[role] if role else None)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx2.ASGITransport(app=self.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://asura.test", headers=headers) as client:
            yield client

    @contextlib.asynccontextmanager
    async def session(
        self, role: str = "admin", *, name: str | None = None, tags: Sequence[str] = (), **headers: str
    ) -> AsyncIterator[httpx2.AsyncClient]:
        """Yield a client that is signed in by cookie as a user of a role (made when missing), from a page of ours."""
        wanted = name or f"{role} of a session"
        if self.engine.users.named(wanted) is None:
            await self.engine.users.create(wanted, role=role, password=PASSWORD, tags=tags)
        async with self.client(None) as client:
            client.headers.update({"Origin": "http://asura.test", **headers})
            answer = await client.post(f"{V1}/login", json={"username": wanted, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            yield client

    async def key(self, role: str, *scopes: str) -> str:
        """Return a new key, narrowed to scopes."""
        _, token = await self.engine.keys.create(f"{role} {' '.join(scopes)}", role, scopes)
        return token


@contextlib.asynccontextmanager
async def asura(
    folder: Path,
    *,
    loops: bool = False,
    net: Network | None = None,
    accounts: AccountOptions = CHEAP,
    subscriptions: SubscriptionOptions | None = None,
    probes: ProbeOptions | None = None,
    backups: BackupOptions | None = None,
    **options: Any,
) -> AsyncIterator[Asura]:
    """Yield an asura whose data lies in a folder; with `loops` its engine runs, otherwise nothing moves by itself."""
    clock = SystemClock()
    store = Store.open(begin(folder), clock=clock)
    net = net or open_network(NetworkConfig(allow_private_channels=("127.0.0.0/8",)))
    told = subscriptions or SubscriptionOptions(private=("127.0.0.0/8",))
    wanted = EngineOptions(
        accounts=accounts, subscriptions=told, probes=probes or ProbeOptions(), backups=backups or BackupOptions()
    )
    engine = Engine(store, net, clock, wanted)
    await engine.start()
    keys = {role: (await engine.keys.create(role, role))[1] for role in ROLES}
    # The limit has tests of its own; everywhere else it would only slow things down.
    app = create_app(engine, WebOptions(**{"rate_limit_per_sec": 0, "static_dir": _page_alone(), **options}))
    running = asyncio.ensure_future(engine.run()) if loops else None
    try:
        yield Asura(engine, app, keys)
    finally:
        app.streams.close()
        if running is not None:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        await engine.stop()
        await net.close()
        await store.close()


@cache
def _page_alone() -> Path:
    """Return a folder with the page of the dashboard alone: to read all files takes as long as the rest of a start."""
    folder = Path(tempfile.mkdtemp(prefix="asura-page-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if (page := BUILT / "index.html").is_file():
        shutil.copy(page, folder)
    return folder


@contextlib.asynccontextmanager
async def served(app: Any, *, port: int = 0) -> AsyncIterator[str]:
    """Yield the address of a real server on loopback for an application; `port` for who must know it before."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, http=BoundedProtocol, lifespan="off", log_config=None, access_log=False,
        proxy_headers=False, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = _Server(config)
    task = asyncio.ensure_future(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def listener(answer: bytes = b"") -> AsyncIterator[str]:
    """Yield `127.0.0.1:port` of a server that accepts connections and says one thing."""

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        with contextlib.suppress(OSError):
            await writer.drain()
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def monitor(**more: Any) -> dict[str, Any]:
    """Return the body of a small monitor; nothing listens at its target."""
    return {"name": "Shop", "type": "tcp", "target": "127.0.0.1:9", "enabled": False, **more}


def channel(**more: Any) -> dict[str, Any]:
    """Return the body of a channel with secrets."""
    return {"name": "Hook", "type": "webhook", "settings": {"url": "https://hooks.example.com/x"}, **more}


def paths_of(response: httpx2.Response) -> set[str]:
    """Return the fields that a problem names."""
    return {error["path"] for error in response.json()["errors"]}


async def eventually(holds: Callable[[], bool], *, within: float = 5.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(within):
        while not holds():
            await asyncio.sleep(0.01)
