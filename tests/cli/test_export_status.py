"""`asura export-status`: files that lead to each other, written only where they changed, and nothing else touched."""

import asyncio
import json
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import feedparser
import pytest
from icalendar import Calendar

from asura.cli.export_commands import export_commands
from asura.cli.local import NAME, serve_local
from asura.cli.root import run
from asura.domain.page import ComponentConfig, PageConfig
from tests.web.harness import V1, Asura, asura, monitor

SHOP = "/status-pages/shop/incidents"
LED_TO = re.compile(r'(?:href|src|action|data-[a-z]+)="([^"]*)"')


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "data"


@asynccontextmanager
async def running(data: Path, **options: Any) -> AsyncIterator[Asura]:
    """Yield an asura with a page and its local socket."""
    api = options.get("base_path", "") + V1
    async with asura(data, **options) as site, site.client() as client:
        found = (await client.get(f"{api}/monitors")).json()["data"]
        shop = found[0] if found else (await client.post(f"{api}/monitors", json=monitor(public=True))).json()
        if site.engine.pages.find("shop") is None:
            parts = (ComponentConfig(name="Till", group="Trade", monitor_id=shop["id"]),)
            await site.engine.pages.create(
                PageConfig(title="Our shop", components=parts, css="b{color:red}"), slug="shop"
            )
        socket = asyncio.create_task(serve_local(site.engine, data / NAME, export_commands(site.app)))
        try:
            while not (data / NAME).exists():
                await asyncio.sleep(0.01)
            yield site
        finally:
            socket.cancel()
            with suppress(asyncio.CancelledError):
                await socket


async def exported(data: Path, *words: str, status: int = 0) -> Path:
    """Run the command beside everything else and return the folder."""
    command = ["--data", str(data), "export-status", "out", *words]
    assert await asyncio.to_thread(run, command) == status
    return Path("out")


async def tell(site: Asura, title: str, base: str = "") -> int:
    body = {"kind": "incident", "title": title, "impact": "major", "status": "investigating", "text": "We look."}
    async with site.client() as client:
        answer = await client.post(f"{base}{V1}{SHOP}", json=body)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["id"]
    return number


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def dangling(folder: Path) -> list[str]:
    """Return what HTML leads to that is neither a file of the folder nor somewhere else as a whole address."""
    found = []
    for page in folder.rglob("*.html"):
        for target in LED_TO.findall(page.read_text("utf-8")):
            path = target.partition("#")[0].partition("?")[0]
            if "://" in path or path.startswith(("mailto:", "#")) or not re.search(r"[./]", path) or " " in path:
                continue
            if path.startswith("/") or not (page.parent / path).exists():
                found.append(f"{page}: {target}")
    return found


async def test_a_page_is_written_with_all_that_belongs_to_it(data: Path) -> None:
    async with running(data) as site:
        number = await tell(site, "The till is stuck")
        folder = await exported(data, "--page", "shop")
    found = names(folder)
    assert {"index.html", "history/index.html", f"incidents/{number}/index.html", "embed/index.html"} <= found
    assert {"api/v1/status.json", "api/v2/summary.json", "api/v2/incidents/unresolved.json"} <= found
    assert {"history.rss", "history.atom", "feed.json", "maintenance.ics", "status.svg", "status.json"} <= found
    assert {"embed.js", "theme.css"} <= found
    assert any(name.startswith("assets/page.") and name.endswith(".css") for name in found)
    assert "The till is stuck" in (folder / "index.html").read_text("utf-8")
    assert json.loads((folder / "api/v2/summary.json").read_text())["incidents"][0]["name"] == "The till is stuck"
    assert json.loads((folder / "api/v1/status.json").read_text())["title"] == "Our shop"
    assert (
        feedparser.parse((folder / "history.rss").read_bytes()).entries[0].title == "The till is stuck: Investigating"
    )
    assert Calendar.from_ical((folder / "maintenance.ics").read_bytes())["version"] == "2.0"
    assert "color: red" in (folder / "theme.css").read_text() or "color:red" in (folder / "theme.css").read_text()


async def test_every_address_is_relative_and_leads_somewhere(data: Path) -> None:
    async with running(data, base_path="/watch") as site:
        await tell(site, "The till is stuck", "/watch")
        folder = await exported(data, "--page", "shop")
        live = site.engine.options.url
    assert dangling(folder) == []
    text = (folder / "index.html").read_text("utf-8")
    assert '"/watch' not in text and '"/status' not in text
    # What needs somebody to answer stays where somebody does.
    assert f'href="{live}/status/shop/subscribe"' in text
    inside = next(folder.glob("incidents/*/index.html")).read_text("utf-8")
    assert 'href="../../index.html"' in inside and 'href="../../assets/page.' in inside


async def test_the_address_that_it_will_have_is_in_what_needs_one(data: Path) -> None:
    async with running(data) as site:
        await tell(site, "The till is stuck")
        folder = await exported(data, "--page", "shop", "--url", "https://status.example.com/")
        # Visitors of the page itself see nothing of that.
        async with site.client(None) as anybody:
            assert "status.example.com" not in (await anybody.get("/status/shop/api/v2/summary.json")).text
    summary = json.loads((folder / "api/v2/summary.json").read_text())
    assert summary["page"]["url"] == "https://status.example.com"
    assert summary["incidents"][0]["shortlink"].startswith("https://status.example.com/incidents/")
    feed = json.loads((folder / "feed.json").read_text())
    assert feed["feed_url"] == "https://status.example.com/feed.json"
    assert 'rel="canonical" href="https://status.example.com"' in (folder / "index.html").read_text("utf-8")


async def test_what_is_as_it_was_is_not_written_again_and_what_is_gone_goes(data: Path) -> None:
    async with running(data) as site, site.client() as client:
        number = await tell(site, "The till is stuck")
        folder = await exported(data, "--page", "shop")
        for path in folder.rglob("*"):
            os.utime(path, (1_000_000_000, 1_000_000_000))
        (folder / "robots.txt").write_text("Somebody else's")
        (folder / "embed.js").write_text("Somebody's own")
        assert (await client.delete(f"{V1}{SHOP}/{number}")).status_code == 204
        await asyncio.sleep(1.1)
        await exported(data, "--page", "shop")
    old = {name for name in names(folder) if (folder / name).stat().st_mtime == 1_000_000_000}
    assert {"theme.css", "maintenance.ics"} <= old and any(name.startswith("assets/page.") for name in old)
    assert not {"index.html", "api/v2/summary.json", "history.rss", "embed.js"} & old
    assert not (folder / "incidents").exists()
    assert (folder / "robots.txt").read_text() == "Somebody else's"
    assert not [name for name in names(folder) if name.endswith(".part")]


async def test_what_somebody_changed_is_not_removed(data: Path) -> None:
    async with running(data) as site, site.client() as client:
        number = await tell(site, "The till is stuck")
        folder = await exported(data, "--page", "shop")
        kept = folder / f"incidents/{number}/index.html"
        kept.write_text("A story of our own")
        await client.delete(f"{V1}{SHOP}/{number}")
        await asyncio.sleep(1.1)
        await exported(data, "--page", "shop")
    assert kept.read_text() == "A story of our own"


async def test_a_folder_with_files_of_others_is_left_alone(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(data):
        Path("out").mkdir()
        Path("out/index.html").write_text("My homepage")
        await exported(data, "--page", "shop", status=1)
    assert names(Path("out")) == {"index.html"} and Path("out/index.html").read_text() == "My homepage"
    assert "was not written by an export" in capsys.readouterr().err


async def test_all_pages_go_below_the_one_of_the_configuration(data: Path) -> None:
    async with running(data) as site:
        await site.engine.pages.create(PageConfig(title="Inside", visibility="signed_in"), slug="inside")
        folder = await exported(data, "--all", "--url", "https://status.example.com")
    found = names(folder)
    assert {"index.html", "shop/index.html", "shop/api/v2/summary.json"} <= found
    assert not [name for name in found if name.startswith("inside")]
    assert dangling(folder) == []
    assert (
        json.loads((folder / "shop/feed.json").read_text())["feed_url"] == "https://status.example.com/shop/feed.json"
    )


PROTECTED = [
    ({"visibility": "signed_in"}, {}),
    ({"visibility": "networks", "networks": ("10.0.0.0/8",)}, {}),
    ({"visibility": "password"}, {"password": "a quiet afternoon"}),
]


@pytest.mark.parametrize(("config", "more"), PROTECTED, ids=["signed_in", "networks", "password"])
async def test_a_protected_page_is_written_only_when_that_is_said(
    data: Path, capsys: pytest.CaptureFixture[str], config: dict[str, Any], more: dict[str, Any]
) -> None:
    async with running(data) as site:
        await site.engine.pages.create(PageConfig(title="Inside", **config), slug="inside", **more)
        await exported(data, "--page", "inside", status=1)
        assert "--include-protected" in capsys.readouterr().err
        assert not Path("out").exists()
        folder = await exported(data, "--page", "inside", "--include-protected")
        assert "Inside" in (folder / "index.html").read_text("utf-8")
        assert {"api/v2/summary.json", "history.rss", "status.svg", "maintenance.ics"} <= names(folder)
        async with site.client(None) as anybody:
            assert (await anybody.get("/status/inside/api/v2/summary.json")).status_code in (401, 404)


async def test_without_a_running_asura_the_store_is_read(data: Path) -> None:
    async with running(data) as site:
        await tell(site, "The till is stuck")
    folder = await exported(data, "--page", "shop")
    assert "The till is stuck" in (folder / "index.html").read_text("utf-8")
    assert dangling(folder) == []
    assert "Status" in (await exported(data, "--all") / "index.html").read_text("utf-8")


async def test_wrong_use_and_what_is_not_there_are_told_apart(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("--page", "shop", "--all"),
        ("--every", "often"),
        ("--every", "1s"),
        ("--url", "status.example.com"),
    ):
        await exported(data, *words, status=2)
    await exported(data, status=1)
    assert "there is no asura in" in capsys.readouterr().err
    assert not data.exists() and not Path("out").exists()
    async with running(data):
        await exported(data, "--page", "nothing", status=1)
    assert "there is no status page nothing; pages that --page can name: shop" in capsys.readouterr().err


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():
            await asyncio.sleep(0.05)


async def test_it_goes_on_until_it_is_stopped_and_keeps_the_last_one_when_asura_is_away(data: Path) -> None:
    index, log = Path("out/index.html"), Path("log")
    command = ["-m", "asura", "--data", str(data), "export-status", "out", "--page", "shop", "--every", "5s"]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with log.open("wb") as stream:
        process = await asyncio.create_subprocess_exec(sys.executable, *command, env=environment, stderr=stream)
    await until(lambda: "no asura is running" in log.read_text())
    async with running(data) as site:
        await tell(site, "The till is stuck")
        await until(lambda: index.exists() and "The till is stuck" in index.read_text("utf-8"))
    await until(lambda: log.read_text().count("the last export stays") == 2)
    assert "The till is stuck" in index.read_text("utf-8")
    process.send_signal(signal.SIGTERM)
    assert await process.wait() == 0
