"""What a service manager hears of the real program: a long migration, a start that fails, stops and a probe."""

import lzma
import shutil
import signal
import socket
from pathlib import Path

import pytest

from tests.probe.kit import KEY as PROBE_KEY
from tests.probe.kit import primary
from tests.process import free_port, until
from tests.service import ROOT, ServiceManager, service_manager

pytestmark = pytest.mark.faults

# Each write to the disk takes so long that a migration is a long one.
SLOW_DISK = ("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync")
DELAY = ("-e", "inject=fsync,fdatasync:delay_enter=900000")


def _last_status(manager: ServiceManager) -> str:
    return manager.said("STATUS")[-1]


async def test_more_time_is_asked_for_while_an_old_database_is_migrated_on_a_slow_disk(tmp_path: Path) -> None:
    assert shutil.which("strace"), "this test needs the package strace"
    data, port = tmp_path / "data", free_port()
    data.mkdir(mode=0o700)
    old = ROOT / "tests" / "fixtures" / "databases" / "schema-1"
    (data / "asura.db").write_bytes(lzma.decompress((old / "asura.db.xz").read_bytes()))
    shutil.copy(old / "secret.key", data)
    words = ("--data", str(data), "--listen", f"127.0.0.1:{port}")
    async with service_manager(tmp_path, *words) as manager:
        manager.command = (*SLOW_DISK, *DELAY, *manager.command)
        await manager.start(within=150)
        heard = [next(iter(words)) for _, words in manager.news if {"EXTEND_TIMEOUT_USEC", "READY"} & words.keys()]
        assert len(manager.said("EXTEND_TIMEOUT_USEC")) >= 2, manager.news
        assert "opening the database" in manager.said("STATUS") and heard[-1] == "READY"


async def test_a_start_that_fails_says_why_and_keeps_its_exit_status(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        words = ("--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
        async with service_manager(tmp_path, *words) as manager:
            await manager.launch()
            assert manager.process is not None and await manager.process.wait() == 1
            await until(lambda: bool(manager.said("STATUS")), within=10, what="why")
            assert "cannot listen on 127.0.0.1" in _last_status(manager) and manager.said("ERRNO") == ["98"]
            assert manager.kept == {} and not (tmp_path / "data").exists()
    (tmp_path / "bad.yaml").write_text("server: {listen: nowhere}\n")
    async with service_manager(tmp_path, "--config", str(tmp_path / "bad.yaml")) as manager:
        await manager.launch()
        assert manager.process is not None and await manager.process.wait() == 2
        await until(lambda: bool(manager.said("STATUS")), within=10, what="why")
        assert "server.listen" in _last_status(manager) and manager.said("ERRNO") == ["22"]


async def test_whoever_was_stopped_for_a_while_gives_its_sign_of_life_at_once(tmp_path: Path) -> None:
    words = ("--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{free_port()}")
    async with service_manager(tmp_path, *words, watchdog_s=1.5) as manager:
        await manager.start()
        await until(lambda: len(manager.said("WATCHDOG")) >= 2, within=20, what="signs of life")
        manager.send(signal.SIGSTOP)
        await until(lambda: not _new_sign(manager, 1.2), within=10, what="silence")
        manager.send(signal.SIGCONT)
        await until(lambda: _new_sign(manager, 1.0), within=10, what="life again")
        assert not any("stuck" in one for one in manager.said("STATUS"))
        assert manager.said("STATUS")[-1] == "watching 0 monitors, 0 down"
        assert await manager.end() == 0
        assert manager.said("STOPPING") == ["1"]


def _new_sign(manager: ServiceManager, seconds: float) -> bool:
    at, _ = manager.news[-1]
    return manager.now() - at < seconds


async def test_a_probe_speaks_with_its_manager_too(tmp_path: Path) -> None:
    async with primary() as server:
        words = ("--mode", "probe", "--primary", server.url)
        async with service_manager(tmp_path, *words, watchdog_s=1.5) as manager:
            await manager.start({"ASURA_KEY": PROBE_KEY})
            await until(lambda: len(manager.said("WATCHDOG")) >= 2, within=20, what="signs of life")
            assert manager.kept == {}, "it listens nowhere"
            assert await manager.end() == 0
            assert manager.said("STOPPING") == ["1"]
    async with service_manager(tmp_path, "--mode", "probe", "--primary", "http://127.0.0.1:1", watchdog_s=1.5) as lone:
        await lone.start({"ASURA_KEY": PROBE_KEY})
        await until(lambda: bool(lone.said("WATCHDOG")), within=20, what="a primary that is away is no reason to die")
        assert await lone.end(signal.SIGABRT) == -signal.SIGABRT
        assert "most recent call first" in lone.log.read_text(), "a watchdog that bites shows where it stood"
