"""`asura health`, asked of an asura that runs, of one that has a fault, and of none."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from asura import __version__
from asura.cli.health import asked
from asura.cli.local import NAME, serve_local
from asura.cli.needed import GOES_ON
from asura.cli.root import run
from asura.clock import SystemClock
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.errors import AsuraError
from asura.net.network import open_network
from asura.store.db import Store
from tests.process import asura


@asynccontextmanager
async def running(data: Path) -> AsyncIterator[Engine]:
    """An engine that answers local commands; its loops stand still."""
    clock = SystemClock()
    store, net = Store.open(data, clock=clock), open_network()
    engine = Engine(store, net, clock, EngineOptions())
    serving: asyncio.Task[None] | None = None
    try:
        await engine.start()
        serving = asyncio.create_task(serve_local(engine, data / NAME))
        while not (data / NAME).exists():
            assert not serving.done(), serving.exception()
            await asyncio.sleep(0.01)
        yield engine
    finally:
        if serving is not None:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving
        await net.close()
        await store.close()


async def test_one_that_runs_is_alive_and_is_asked_for_its_parts_when_that_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running(tmp_path) as engine:
        await told_apart(engine, ["--data", str(tmp_path), "health"], capsys)


async def told_apart(engine: Engine, command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert await asyncio.to_thread(run, command) == 0
    assert capsys.readouterr().out.startswith(f"asura {__version__} is alive, started ")
    engine.further_health["larder"] = lambda: {"ok": False, "detail": "empty since noon"}
    engine.further_health["cellar"] = lambda: {"ok": False, "detail": "locked", "aside": True}
    assert await asyncio.to_thread(run, command) == 0
    assert not capsys.readouterr().err
    assert await asyncio.to_thread(run, [*command, "-ready"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert {"larder fails: empty since noon", "judge fails: not started"} <= set(told)
    assert not any(line.startswith(("cellar", "store")) for line in told)


def test_where_none_runs_it_fails_and_a_probe_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (["health"], ["--data", "elsewhere", "health"]):
        assert run(words) == 1
        assert capsys.readouterr().err == "asura: no asura is running on this data folder\n"
    assert not list(tmp_path.iterdir())
    assert run(["--mode", "probe", "--primary", "http://localhost:1", "--key", "k" * 32, "health"]) == 0
    assert "watched by its primary" in capsys.readouterr().out


async def test_one_that_hangs_is_given_up(tmp_path: Path) -> None:
    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(hangs, tmp_path / NAME):
        with pytest.raises(AsuraError, match=r"did not answer within 0.2 s"):
            await asked(tmp_path, within=0.2)


async def test_a_file_that_has_become_wrong_is_told_and_is_no_fault_of_the_one_that_runs(tmp_path: Path) -> None:
    def command(config: str, *words: str) -> "subprocess.CompletedProcess[str]":
        (tmp_path / "config.yaml").write_text(config)
        argv = [sys.executable, "-m", "asura", "--config", str(tmp_path / "config.yaml"), *words]
        environment = {name: value for name, value in os.environ.items() if name != "ASURA_DATA"}
        return subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60, env=environment)

    async with asura(tmp_path) as program:
        good = f"server: {{data: {program.data}, listen: '127.0.0.1:{program.port}'}}\n"
        for wrong in ("smtp: {prot: 25}\n", "monitors:\n- name: x\n\ttype: tcp\n"):
            for words in (["health"], ["health", "--ready"]):
                done = await asyncio.to_thread(command, good + wrong, *words)
                assert (done.returncode, " is alive, started " in done.stdout) == (0, True), done.stderr
                assert f"{tmp_path}/config.yaml:" in done.stderr
                assert done.stderr.endswith(f"{GOES_ON}\n")
            for words in (["backup"], ["key", "list"], ["user", "list"], ["release"]):
                done = await asyncio.to_thread(command, good + wrong, *words)
                assert done.returncode == 0, done.stderr
                assert GOES_ON in done.stderr
        # What of it stands in doubt is not guessed at.
        unknown = good.replace("data:", "dta:")
        done = await asyncio.to_thread(command, unknown, "health")
        assert (done.returncode, done.stdout) == (2, "")
        assert "did you mean server.data?" in done.stderr
        done = await asyncio.to_thread(command, unknown, "--data", str(program.data), "health")
        assert done.returncode == 0
        for wrong in ("backup: {recipients: [age1x]}\n", "backups: {keep: 3}\n", "backup:\n\trecipients: x\n"):
            done = await asyncio.to_thread(command, good + wrong, "backup")
            assert (done.returncode, done.stdout) == (2, "")
        done = await asyncio.to_thread(command, f"{good}server: {{}}\n", "health")
        assert done.returncode == 2
    done = await asyncio.to_thread(command, f"{good}smtp: {{prot: 25}}\n", "health")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("asura: no asura is running on this data folder\n")
