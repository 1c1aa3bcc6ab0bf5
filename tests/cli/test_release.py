"""`asura release`, over the store and over the socket of a running asura."""

import asyncio
import sqlite3
from contextlib import suppress
from pathlib import Path

import pytest

from asura.cli.local import NAME, ask, serve_local
from asura.cli.root import run
from asura.clock import SystemClock
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.net.network import open_network
from asura.store import meta
from asura.store.db import Store

SINCE = "2026-03-02T12:00:00+00:00"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an asura that was restored."""
    monkeypatch.chdir(tmp_path)
    asyncio.run(restored(tmp_path / "data"))
    return tmp_path / "data"


async def restored(folder: Path) -> None:
    store = Store.open(folder, clock=SystemClock())
    await store.write(lambda db: meta.put(db, meta.HELD_SINCE, SINCE))
    await store.close()


def held(folder: Path) -> list[tuple[str]]:
    db = sqlite3.connect(folder / "asura.db")
    try:
        return db.execute("SELECT value FROM meta WHERE key = ?", (meta.HELD_SINCE,)).fetchall()
    finally:
        db.close()


def test_without_a_server_it_is_written_to_the_store(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert held(data) == [(SINCE,)]
    assert run(["--data", str(data), "release"]) == 0
    assert capsys.readouterr().out == "Messages go out again: 0 wait for it, 0 were dropped.\n"
    assert held(data) == []
    assert run(["--data", str(data), "release", "-send", "all"]) == 0
    assert capsys.readouterr().out == "Nothing is held back.\n"
    assert run(["--data", str(data), "release", "--send", "some"]) == 2


async def test_a_running_asura_goes_on_at_once(data: Path) -> None:
    clock = SystemClock()
    store, net = Store.open(data, clock=clock), open_network()
    engine = Engine(store, net, clock, EngineOptions())
    await engine.start()
    serving = asyncio.create_task(serve_local(engine, data / NAME))
    try:
        assert engine.hold.since is not None
        while not (data / NAME).exists():
            await asyncio.sleep(0.01)
        done = await ask(data / NAME, "notifications.release", send="new")
        assert done == {"held_since": SINCE, "dropped": 0, "waiting": 0}
        assert engine.hold.since is None and not engine.notifier.held
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
        await net.close()
        await store.close()
