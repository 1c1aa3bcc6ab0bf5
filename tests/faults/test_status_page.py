"""Everything burns and everybody looks: the page answers as before, says as of when, and moves on afterwards."""

import asyncio
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import httpx2
import pytest

from tests.namespaces import OwnMounts, own_mounts
from tests.process import Asura, Target, asura, eventually
from tests.process import target as listening

pytestmark = pytest.mark.faults

WATCHED, VISITORS, PAUSE_S = 20, 10, 0.05
# A commit waits five seconds for a lock before it fails; until then nobody knows that it will.
UNNOTICED = timedelta(seconds=12)
SLOWEST_S = 3.0
HTML, JSON, MINE = "/status", "/api/v1/status", "/status/mine"


class Look(NamedTuple):
    """One answer: what was asked for, when, and what came after how long."""

    path: str
    at: datetime
    status: int
    seconds: float
    as_of: datetime | None
    words: frozenset[str]


class Crowd:
    """Visitors who look again and again, each at another form of the page."""

    def __init__(self, url: str) -> None:
        self.looks: list[Look] = []
        self._client = httpx2.AsyncClient(base_url=url, timeout=30)
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Look until told to stop."""
        async with self._client, asyncio.TaskGroup() as group:
            for number in range(VISITORS):
                group.create_task(self._look((HTML, JSON, MINE)[number % 3], returning=number % 2 == 0))

    def stop(self) -> None:
        """Let everybody go home."""
        self._over.set()

    async def _look(self, path: str, *, returning: bool) -> None:
        tag = ""
        while not self._over.is_set():
            at, began = datetime.now(UTC), time.monotonic()
            answer = await self._client.get(path, headers={"If-None-Match": tag} if tag else {})
            spent = time.monotonic() - began
            told = answer.json() if path == JSON and answer.status_code == 200 else None
            as_of = datetime.fromisoformat(told["as_of"]) if told else None
            words = frozenset(one["status"] for one in told["components"]) if told else frozenset()
            self.looks.append(Look(path, at, answer.status_code, spent, as_of, words))
            tag = answer.headers.get("etag", "") if returning else ""
            await asyncio.sleep(PAUSE_S)


@pytest.fixture(name="mounts")
def _mounts() -> Iterator[OwnMounts]:
    with own_mounts() as mounts:
        yield mounts


@asynccontextmanager
async def _watched(program: Asura, shop: Target) -> AsyncIterator[Crowd]:
    """Watch some things that are up, show them on a page, and let people look at it."""
    for number in range(WATCHED):
        body = {"name": f"shop{number}", "type": "http", "target": f"http://127.0.0.1:{shop.port}/", "interval": 5}
        made = {**body, "public": True, "retries": 0, "failure_threshold": 1, "timeout": 2}
        await program.post("/monitors", made)
    await eventually(lambda: _all_up(program), within=20, what="all are up")
    await program.post("/status-pages", {"title": "Mine", "slug": "mine", "everything_public": True})
    crowd = Crowd(program.url)
    running = asyncio.ensure_future(crowd.run())
    try:
        await asyncio.sleep(1)
        yield crowd
    finally:
        crowd.stop()
        await running


async def _all_up(program: Asura) -> bool:
    return bool((await program.get("/overview"))["counts"]["up"] == WATCHED)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold the database as another program that writes for a long time would."""
    db = sqlite3.connect(path, timeout=10, isolation_level=None)
    try:
        db.execute("BEGIN EXCLUSIVE")
        yield
        db.execute("ROLLBACK")
    finally:
        db.close()


def _check(looks: list[Look], *, trouble_at: datetime, lasted: float) -> None:
    """Hold everything that was seen: always there, always the last that was known, and never slow."""
    assert {look.status for look in looks} <= {200, 304}
    for path in (HTML, JSON, MINE):
        assert sum(look.path == path for look in looks) > lasted, path
    assert max(look.seconds for look in looks) < SLOWEST_S
    told = [look for look in looks if look.as_of is not None]
    as_ofs = [look.as_of for look in sorted(told, key=lambda look: look.at) if look.as_of is not None]
    assert max(as_ofs) < trouble_at + UNNOTICED, "as of when it was last known"
    assert {word for look in told for word in look.words} == {"operational"}, "our trouble is nobody's outage"


async def _moves_on(crowd: Crowd, *, after: datetime) -> None:
    """Wait until the page is of a time after the trouble."""

    async def fresh() -> bool:
        return any(look.as_of is not None and look.as_of > after for look in crowd.looks[-40:])

    await eventually(fresh, within=20, what="a page of now")


@pytest.mark.parametrize(
    "seconds", [pytest.param(14, id="for a while"), pytest.param(60, id="for a minute", marks=pytest.mark.soak)]
)
async def test_the_page_is_there_while_the_database_is_locked(tmp_path: Path, seconds: float) -> None:
    async with listening() as shop, asura(tmp_path) as program, _watched(program, shop) as crowd:
        trouble_at = datetime.now(UTC)
        with _locked(program.data / "asura.db"):
            await asyncio.sleep(seconds)
            before, last_at = [look for look in crowd.looks if look.at > trouble_at], datetime.now(UTC)
        _check(before, trouble_at=trouble_at, lasted=seconds)
        await _moves_on(crowd, after=last_at)
        slowest = sorted(look.seconds for look in crowd.looks)
        print(f"{len(slowest)} looks, p99 {slowest[len(slowest) * 99 // 100]:.3f} s, max {slowest[-1]:.3f} s")
        await eventually(lambda: _ready(program, 200), within=35, what="ready again")


async def test_the_page_is_there_while_the_disk_is_full(tmp_path: Path, mounts: OwnMounts) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    mounts.run("mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", str(folder))
    async with (
        listening() as shop,
        asura(tmp_path, prefix=mounts.prefix) as program,
        _watched(program, shop) as crowd,
    ):
        ballast, trouble_at = mounts.seen(folder / "ballast"), datetime.now(UTC)
        _fill(ballast)
        await eventually(lambda: _ready(program, 503), within=20, what="not ready")
        await asyncio.sleep(12)
        before, last_at = [look for look in crowd.looks if look.at > trouble_at], datetime.now(UTC)
        os.truncate(ballast, 0)
        # How long the disk still took what was small is not ours to say.
        _check(before, trouble_at=last_at - timedelta(seconds=10) - UNNOTICED, lasted=12)
        await _moves_on(crowd, after=last_at)


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 512):
            with suppress(OSError):
                while True:
                    file.write(b"x" * size)


async def _ready(program: Asura, status: int) -> bool:
    return (await program.http.get("/health/ready")).status_code == status


async def test_the_page_is_there_while_the_database_is_broken_also_one_that_nobody_looked_at(tmp_path: Path) -> None:
    async with listening() as shop, asura(tmp_path) as program, _watched(program, shop) as crowd:
        await program.post("/status-pages", {"title": "Rare", "slug": "rare", "everything_public": True})
        trouble_at = datetime.now(UTC)
        for name in ("asura.db", "asura.db-wal"):
            os.truncate(program.data / name, 0)
        told = await program.get("/status/rare")
        assert {one["status"] for one in told["components"]} == {"operational"}
        await asyncio.sleep(12)
        looks = [look for look in crowd.looks if look.at > trouble_at]
        _check(looks, trouble_at=datetime.now(UTC), lasted=10)
        assert (await program.http.get("/status/rare")).status_code == 200
