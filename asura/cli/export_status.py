"""`asura export-status`: status pages as files that any web server, bucket or CDN can hold."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from asura.cli.local import NAME, NotRunning, ask
from asura.cli.owner import refuse_others
from asura.cli.static_folder import Kept, keep
from asura.cli.static_pages import Ask, StaticPage, files
from asura.errors import AsuraError, NotFound
from asura.settings import Settings, load
from asura.settings_values import seconds_of

if TYPE_CHECKING:
    from asura.cli.root import Invocation

OPEN = frozenset({"public", "unlisted"})
SHORTEST_S = 5.0


class Wish(NamedTuple):
    """What is to be exported, and to where."""

    folder: Path
    slug: str | None
    every_page: bool
    protected: bool
    url: str


@click.command("export-status")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--page", "slug", metavar="SLUG", help="Which page; without it the one of the configuration.")
@click.option("--all", "every_page", is_flag=True, help="Every page: the one of the configuration, others below it.")
@click.option("--url", default="", metavar="URL", help="The address that it will have, for feeds and links to itself.")
@click.option("--every", metavar="DURATION", help="Go on, and export again after this time, such as 60s.")
@click.option("--include-protected", is_flag=True, help="Also pages that not everybody may see.")
@click.pass_obj
def export_status(
    invocation: "Invocation",
    folder: Path,
    slug: str | None,
    every_page: bool,
    url: str,
    every: str | None,
    include_protected: bool,
) -> int:
    """Write a status page into DIR as files that lead to each other from wherever they are put.

    HTML, JSON, feeds, calendar and badge, as they are at that moment. What is as it was is not written again, and what
    is gone is removed when it was written by this command. With --every it goes on until it is stopped, and what was
    written last stays when asura itself cannot be reached. Works whether or not asura runs.
    """
    if slug and every_page:
        raise click.UsageError("--page and --all: which of them?")
    if url and not url.startswith(("https://", "http://")):
        raise click.UsageError(f"--url: {url!r} does not begin with https:// or http://")
    seconds = _seconds(every)
    settings = load(invocation.path, flags=invocation.flags).settings
    wish = Wish(folder, slug, every_page, include_protected, url.rstrip("/"))
    return asyncio.run(_once(settings, wish) if seconds is None else _repeatedly(settings, wish, seconds))


def _seconds(every: str | None) -> float | None:
    if every is None:
        return None
    try:
        seconds = seconds_of(every)
    except ValueError as error:
        raise click.UsageError(f"--every: {error}") from None
    if seconds < SHORTEST_S:
        raise click.UsageError(f"--every: {SHORTEST_S:g}s at least")
    return seconds


async def _once(settings: Settings, wish: Wish) -> int:
    async with _source(settings) as source:
        _report(wish, await export(wish, source))
    return 0


async def _repeatedly(settings: Settings, wish: Wish, seconds: float) -> int:
    """Export again and again from the asura that runs, until the process is told to stop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    said = ""
    while not stop.is_set():
        try:
            kept = await export(wish, _running(settings))
            if said or kept.written or kept.removed:
                _report(wish, kept)
            said = ""
        except (AsuraError, OSError) as error:
            # Once for each trouble: it may last, and what was exported stays meanwhile.
            if str(error) != said:
                said = str(error)
                click.echo(f"asura: {said}; the last export stays", err=True)
        try:
            async with asyncio.timeout(seconds):
                await stop.wait()
        except TimeoutError:
            continue
    return 0


async def export(wish: Wish, source: Ask) -> Kept:
    """Write what is wished for; raises AsuraError where that cannot be."""
    found: dict[str, bytes] = {}
    for page in _chosen(wish, await source("status.pages")):
        found |= await files(page, source)
    try:
        return await asyncio.to_thread(keep, wish.folder, found)
    except OSError as error:
        raise AsuraError(f"{error.filename or wish.folder} cannot be written: {error.strerror}") from None


def _chosen(wish: Wish, pages: list[dict[str, Any]]) -> list[StaticPage]:
    wanted = [one for one in pages if wish.every_page or (one["slug"] == wish.slug if wish.slug else one["is_main"])]
    if not wanted:
        names = ", ".join(one["slug"] for one in pages if not one["is_main"]) or "none"
        asked = f"there is no status page {wish.slug}" if wish.slug else "the page of the configuration is switched off"
        raise NotFound(f"{asked}; pages that --page can name: {names}")
    allowed = [one for one in wanted if wish.protected or one["visibility"] in OPEN]
    if not allowed:
        raise AsuraError("not everybody may see that; with --include-protected whoever reads the folder could")
    return [_static(wish, one) for one in allowed]


def _static(wish: Wish, page: dict[str, Any]) -> StaticPage:
    folder = f"{page['slug']}/" if wish.every_page and not page["is_main"] else ""
    url = f"{wish.url}/{folder}".rstrip("/") if wish.url else page["url"]
    return StaticPage(page["slug"], page["root"], page["state"], page["url"], url, folder)


def _report(wish: Wish, kept: Kept) -> None:
    click.echo(f"{wish.folder}: {kept.written} written, {kept.unchanged} unchanged, {kept.removed} removed", err=True)


def _running(settings: Settings) -> Ask:
    async def source(command: str, **arguments: Any) -> Any:
        return await ask(settings.server.data / NAME, command, **arguments)

    return source


@asynccontextmanager
async def _source(settings: Settings) -> AsyncIterator[Ask]:
    """Yield what answers: the asura that runs, else a site over the store, whose lock keeps another from starting."""
    running = _running(settings)
    try:
        await running("status.pages")
    except NotRunning:
        if not settings.server.data.is_dir():
            raise AsuraError(f"there is no asura in {settings.server.data}") from None
        # The files may be for a folder of root's, so that root does not become the owner of the data here.
        refuse_others(settings.server.data, "export-status DIR")
    else:
        yield running
        return
    async with _opened(settings) as opened:
        yield opened


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Ask]:
    from asura import parts
    from asura.cli.export_commands import export_commands
    from asura.clock import SystemClock
    from asura.engine.engine import Engine
    from asura.net.network import open_network
    from asura.store.db import Store
    from asura.web.app import create_app

    clock = SystemClock()
    store = Store.open(settings.server.data, clock=clock)
    net = open_network(parts.network(settings, settings.server.address[1]))
    try:
        engine = Engine(store, net, clock, parts.options(settings))
        await engine.start()
        commands = export_commands(create_app(engine, parts.web_options(settings)))

        async def source(command: str, **arguments: Any) -> Any:
            return await commands[command](**arguments)

        yield source
        await engine.stop()
    finally:
        await net.close()
        await store.close()
