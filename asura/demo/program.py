"""The demo as a whole: a made-up past, the real program, and surroundings that go on from there."""

import asyncio
import secrets
import signal
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import click

from asura import __version__, app
from asura.clock import SystemClock
from asura.demo import probing, servers, world
from asura.demo.authority import Authority
from asura.demo.cast import SEEDS
from asura.demo.internet import Internet
from asura.demo.jobs import JOBS
from asura.demo.network import NOTHING_IS_SENT, DemoNetwork
from asura.demo.people import SLUG, VISITOR
from asura.demo.place import Place, temporary
from asura.demo.script import Script
from asura.demo.working import Worker
from asura.domain.channel import Channel
from asura.domain.message import Message
from asura.engine.engine import Engine
from asura.errors import AsuraError, DeliveryError
from asura.net.network import Network, NetworkConfig
from asura.net.tls import TlsContexts
from asura.settings import Logging, Server, Settings
from asura.settings import Network as NetworkSettings
from asura.settings_status import StatusPage

KEY_NAME = "demo"
SAYS = """
    Open          {url}
    Sign in as    {name}
    Password      {password}

    Status page   {url}/status/{slug}
    API key       {key}

{soon}Nothing is sent to anybody and no other machine is reached.
Ctrl-C ends the demo{end}.
"""
SOON = "Within a minute or two something goes wrong by itself, and is well again. "
# Easy to type, and for this start only.
_WORDS = ("amber", "birch", "coral", "delta", "ember", "fjord", "grove", "heron", "iris", "juniper", "kelp", "lotus")


class Wish(NamedTuple):
    """What whoever starts a demo asks for."""

    listen: str
    days: int = world.DAYS
    still: bool = False


def run(place: Place, wish: Wish, *, loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None) -> int:
    """Make the past where there is none, and serve until stopped; returns the exit status."""
    click.echo(f"This is a demo of asura {__version__}: all that it watches is made up.")
    if not place.filled:
        _fill(place, wish)
    settings = settings_of(place.folder, wish.listen)
    with (
        temporary() as folder,
        asyncio.Runner(loop_factory=loop_factory) as runner,
    ):
        return runner.run(app.serve(settings, around=Demo(folder, wish, kept=place.kept)))


class Stopped(AsuraError):
    """Somebody ended the demo before it was ready."""


def _fill(place: Place, wish: Wish) -> None:
    """Make the past up; a signal ends that soon."""
    began = time.monotonic()
    line = f"Making up {wish.days} days of {len(SEEDS)} monitors ... "
    click.echo(line, nl=False)
    with _stop_wish() as stopped:

        def progress(share: float) -> None:
            if stopped.is_set():
                raise Stopped("ended before it was ready")
            if sys.stdout.isatty():
                click.echo(f"\r{line}{share:.0%} ", nl=False)

        now = datetime.now(UTC).replace(microsecond=0)
        with suppress(Stopped):
            made = asyncio.run(world.make(place.folder, now, days=wish.days, progress=progress))
        if stopped.is_set():
            raise KeyboardInterrupt
    place.done()
    again = f"\r{line}" if sys.stdout.isatty() else ""
    click.echo(f"{again}{made.results:,} checks in {time.monotonic() - began:.1f} s.")


@contextmanager
def _stop_wish() -> Iterator[threading.Event]:
    """Lend what is set when a signal asks for the end: the past is made on another thread, which looks at it."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def settings_of(folder: Path, listen: str) -> Settings:
    """Return the settings of a demo: those of nobody's file or environment."""
    return Settings(
        server=Server(listen=listen, data=folder),
        status_page=StatusPage(title="Demo status", description="A demo: everything here is made up."),
        # Whether this machine has a network is of no interest.
        network=NetworkSettings(canaries=()),
        # The probes would complain at the end that nobody listens any more.
        logging=Logging(level="error"),
    )


class Demo:
    """The surroundings of a demo (see `asura.surroundings`)."""

    def __init__(self, folder: Path, wish: Wish, *, kept: bool = False) -> None:
        clock, authority = SystemClock(), Authority()
        file = folder / "authority.pem"
        file.write_bytes(authority.pem)
        self._tls = TlsContexts(str(file))
        self._kept = kept
        self._still = wish.still
        self._script = Script(datetime.now(UTC), still=wish.still)
        self._internet = Internet(self._script, authority, clock, opener=servers.opened)

    def network(self, config: NetworkConfig) -> Network:
        """Return the way to the demo's own servers."""
        return DemoNetwork(config, self._internet, self._tls)

    async def send(self, channel: Channel, message: Message) -> str:
        """Send nothing, and say so."""
        raise DeliveryError(f"{NOTHING_IS_SENT} {channel.config.name} would have been told.", permanent=True)

    def living(self, engine: Engine, settings: Settings) -> AbstractAsyncContextManager[None]:
        """Let jobs and probes work while asura runs."""
        return self._living(engine, settings)

    @asynccontextmanager
    async def _living(self, engine: Engine, settings: Settings) -> AsyncIterator[None]:
        password = "-".join([*secrets.SystemRandom().sample(_WORDS, 3), str(secrets.randbelow(9000) + 1000)])
        key = await _open_doors(engine, password)
        primary = settings.url
        tasks = [asyncio.create_task(Worker(engine, self._script, slug).run(), name=slug) for slug in JOBS]
        tasks.append(asyncio.create_task(probing.run(engine, self._internet, self._tls, primary), name="probes"))
        self._say(settings.url, password, key)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._internet.close()

    def _say(self, url: str, password: str, key: str) -> None:
        end = "; its data stays" if self._kept else " and removes it"
        soon = "" if self._still else SOON
        click.echo(SAYS.format(url=url, name=VISITOR, password=password, slug=SLUG, key=key, soon=soon, end=end))


async def _open_doors(engine: Engine, password: str) -> str:
    """Let the visitor in by this password; returns a key of the API. What an earlier start made is worth nothing."""
    visitor = engine.users.named(VISITOR)
    if visitor is None:
        visitor = await engine.users.create(VISITOR, role="admin")
    await engine.users.set_password(visitor.id, password)
    for old in engine.keys.list():
        if old.name == KEY_NAME:
            await engine.keys.revoke(old.id)
    return (await engine.keys.create(KEY_NAME, "admin"))[1]
