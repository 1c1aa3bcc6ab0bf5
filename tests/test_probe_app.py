"""A probe as a process: what it loads, how soon it checks, how little it takes, how it ends, and what it says."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests import targets
from tests.probe.kit import KEY, MONITORS, RESULTS, Primary, http, primary
from tests.process import until

ROOT = Path(__file__).resolve().parents[1]
MOST_MB = 45
# What belongs to a primary alone. A probe that loads it pays for it on every machine.
NEVER = ("uvicorn", "starlette", "sqlite3", "aiosqlite", "jinja2", "aiosmtplib", "apprise")
NEVER_OURS = ("asura.engine", "asura.store", "asura.web", "asura.channels", "asura.app", "asura.parts")


class Probe:
    """One probe as a process of its own, in an empty folder."""

    def __init__(self, folder: Path, *words: str, environment: dict[str, str] | None = None) -> None:
        self.folder = folder / "probe"
        self.folder.mkdir()
        self.out, self.log = folder / "out", folder / "log"
        self.words = words
        clean = {name: value for name, value in os.environ.items() if not name.startswith("ASURA_")}
        self.environment = clean | {"PYTHONPATH": str(ROOT), **(environment or {})}
        self.process: asyncio.subprocess.Process | None = None
        self.began = 0.0

    async def start(self) -> None:
        self.began = time.monotonic()
        with self.out.open("wb") as out, self.log.open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "asura", *self.words),
                stdout=out,
                stderr=log,
                env=self.environment,
                cwd=self.folder,
            )

    async def ended(self, *, within: float = 15) -> int:
        assert self.process is not None
        async with asyncio.timeout(within):
            return await self.process.wait()

    async def terminate(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await self.ended(within=8)

    def memory(self) -> float:
        """Return the resident memory in MB."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024

    def said(self) -> str:
        return self.out.read_text() + self.log.read_text()


@asynccontextmanager
async def probe(
    folder: Path, server: Primary, *words: str, key: str = KEY, environment: dict[str, str] | None = None
) -> AsyncIterator[Probe]:
    """Run a probe of a primary; whatever the test did, no process stays."""
    wanted = environment if environment is not None else {}
    options = ("-mode", "probe", "-primary", server.url, "-key", key, *words)
    (folder / "config.yaml").write_text("network: {canaries: []}\n")
    one = Probe(folder, "--config", str(folder / "config.yaml"), *options, environment=wanted)
    await one.start()
    try:
        yield one
    finally:
        assert one.process is not None
        if one.process.returncode is None:
            one.process.kill()
            await one.process.wait()


def test_a_probe_loads_nothing_that_belongs_to_a_primary(tmp_path: Path) -> None:
    code = (
        "import sys, asura.__main__\n"
        "words = ['--mode', 'probe', '--primary', 'http://127.0.0.1:1', '--key', 'key-key-key', '--once']\n"
        "import asura.probe.once as once; once.FETCH_WITHIN_S = 0\n"
        "assert asura.__main__.main(words) == 1\n"
        "from asura.checks import check_types; check_types()\n"
        "print(*sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    wrong = [
        name
        for name in loaded
        if name.split(".")[0] in NEVER or any(name == one or name.startswith(f"{one}.") for one in NEVER_OURS)
    ]
    assert "asura.probe.agent" in loaded
    assert wrong == []
    assert "cannot be reached" in done.stderr
    assert list(tmp_path.iterdir()) == []


async def test_it_checks_soon_takes_little_leaves_nothing_behind_and_says_goodbye(tmp_path: Path) -> None:
    async with targets.serving(targets.answering()) as shop:
        monitors = [http(id_, shop.url(f"/{id_}"), interval=5) for id_ in range(1, 201)]
        async with primary(*monitors) as server, probe(tmp_path, server, "-region", "eu-west") as one:
            await until(lambda: shop.connections > 0, within=10, what="a check")
            first = time.monotonic() - one.began
            await until(lambda: len(server.results()) >= 600, within=20, what="some rounds of results")
            memory = one.memory()
            print(f"first check after {first:.2f} s, {memory:.1f} MB with 200 monitors at 5 s")
            assert memory < MOST_MB
            assert await one.terminate() == 0
            assert server.batches[-1][1].bye
            assert list(one.folder.iterdir()) == []
            assert "eu-west: 200 monitors, " in one.said()
            assert "Traceback" not in one.said()
            assert KEY not in one.said()


async def test_it_is_set_up_by_the_environment_alone(tmp_path: Path) -> None:
    async with primary(http(1, "http://127.0.0.1:1/")) as server:
        environment = {
            "ASURA_MODE": "probe",
            "ASURA_PRIMARY": f"{server.url}/",
            "ASURA_KEY": KEY,
            "ASURA_REGION": "eu-west",
            "ASURA_NAME": "by-the-sea",
            "ASURA_NETWORK__CANARIES": "",
        }
        one = Probe(tmp_path, environment=environment)
        await one.start()
        try:
            await until(lambda: bool(server.results(1)), within=10, what="a result")
            assert {request.query["name"] for request in server.requests} == {"by-the-sea"}
            assert await one.terminate() == 0
        finally:
            if one.process is not None and one.process.returncode is None:
                one.process.kill()
                await one.process.wait()


@pytest.mark.parametrize(
    ("words", "key", "sentence"),
    [
        ((), "a-key-that-nobody-knows", "does not know the key of this probe: it is mistyped, or was revoked."),
        (("-region", "mars"), KEY, "says: this key is for a probe of the region 'eu-west'"),
    ],
)
async def test_what_nothing_can_heal_is_two_and_one_sentence(
    words: tuple[str, ...], key: str, sentence: str, tmp_path: Path
) -> None:
    async with primary() as server, probe(tmp_path, server, *words, key=key) as one:
        assert await one.ended() == 2
        told = [line for line in one.said().splitlines() if line.startswith("asura: ")]
        assert len(told) == 1
        assert sentence in told[0]
        assert key not in one.said()
        assert "Traceback" not in one.said()


async def test_authorities_that_are_none_are_told_with_their_key(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("hello")
    wrong = {"ASURA_NETWORK__CA_FILE": str(tmp_path / "ca.pem")}
    async with primary() as server, probe(tmp_path, server, environment=wrong) as one:
        assert await one.ended() == 2
        assert "network.ca_file: holds no certificates in PEM form" in one.said()
        assert "Traceback" not in one.said()


async def test_a_primary_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    async with primary(http(1, "http://127.0.0.1:1/")) as server:
        await server.stop()
        async with probe(tmp_path, server) as one:
            await until(lambda: "cannot be reached" in one.said(), within=10, what="it says so")
            await asyncio.sleep(1)
            await server.start()
            await until(lambda: bool(server.results(1)), within=10, what="a result")
            assert one.said().count("cannot be reached") == 1


async def test_a_probe_that_is_told_to_end_does_not_wait_for_a_primary_that_hangs(tmp_path: Path) -> None:
    async with primary(http(1, "http://127.0.0.1:1/", interval=1)) as server, probe(tmp_path, server) as one:
        await until(lambda: bool(server.results(1)), within=10, what="a result")
        server.delay[RESULTS] = 60
        began = time.monotonic()
        assert await one.terminate() == 0
        assert time.monotonic() - began < 6


async def test_one_round_shows_a_table_and_ends(tmp_path: Path) -> None:
    async with (
        targets.serving(targets.answering()) as shop,
        primary(http(1, shop.url()), http(2, "http://127.0.0.1:1/")) as server,
        probe(tmp_path, server, "-once") as one,
    ):
        assert await one.ended() == 0
        heads, first, second = one.out.read_text().splitlines()
        assert heads.split() == ["monitor", "target", "finding", "reason", "ms"]
        assert first.split()[1:4] == [shop.url(), "up", "ok"]
        assert second.split()[2:4] == ["down", "connect_refused"]
        assert len(server.results()) == 2
        assert len(server.asked(MONITORS)) == 1


async def test_a_clock_that_is_an_hour_wrong_matters_to_nobody(tmp_path: Path) -> None:
    library = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
    assert library is not None, "this test needs libfaketime (apt-get install libfaketime)"
    wrong = {"LD_PRELOAD": str(library), "FAKETIME": "+1h", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    async with (
        targets.serving(targets.answering()) as shop,
        primary(http(1, shop.url(), interval=1)) as server,
        probe(tmp_path, server, environment=wrong) as one,
    ):
        await until(lambda: len(server.results(1)) >= 3, within=20, what="results")
        newest = server.results(1)[-1]
        assert abs(newest.at / 1000 - time.time()) < 5
        skew = float(server.requests[-1].headers["x-asura-clock"]) - time.time()
        assert abs(skew - 3600) < 10
        assert "the clock of this machine is 3600 s ahead" in one.said()
        assert await one.terminate() == 0
