"""Nobody reads what asura prints, and the pipe is full: checks go on, pings are answered, and it can be stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process import asura, target, until

pytestmark = pytest.mark.faults

# Runs a command whose output goes to the pipe that is named first.
TO_PIPE = ("sh", "-c", 'exec "$@" >"$0" 2>&1')
LOUD = "logging: {level: debug}\n"


class Pipe:
    """A named pipe, full to the brim."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._end = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        for size in (4096, 1):
            try:
                while True:
                    os.write(self._end, b"-" * size)
            except BlockingIOError:
                pass

    def read(self) -> bytes:
        """Return what is in it now."""
        try:
            return os.read(self._end, 1 << 20)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Forget it."""
        os.close(self._end)


@pytest.mark.parametrize("closed", [">&-", "<&- >&- 2>&-"])
async def test_a_primary_that_is_started_without_its_streams_runs(closed: str, tmp_path: Path) -> None:
    async with asura(tmp_path, prefix=("sh", "-c", f'exec "$0" "$@" {closed}')) as program:
        assert (await program.get("/monitors"))["data"] == []
        assert program.process is not None
        streams = {os.readlink(f"/proc/{program.process.pid}/fd/{number}") for number in (0, 1, 2)}
        assert closed == ">&-" or streams == {"/dev/null"}
        assert (program.data / "setup-link").read_text().startswith("http")
        assert await program.terminate() == 0


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    one = Pipe(tmp_path / "pipe")
    yield one
    one.close()


async def test_a_primary_checks_answers_and_stops_and_says_what_is_missing(tmp_path: Path, pipe: Pipe) -> None:
    async with target() as shop, asura(tmp_path, config=LOUD, prefix=(*TO_PIPE, str(pipe.path))) as program:
        url = f"http://127.0.0.1:{shop.port}/"
        made = await program.post("/monitors", {"name": "Shop", "type": "http", "target": url, "interval": 5})
        beat = await program.post("/monitors", {"name": "Job", "type": "heartbeat", "interval": 60})
        for _ in range(20):
            answer = await program.http.get(f"/heartbeat/{beat['heartbeat']['token']}")
            assert answer.status_code == 200
            # Refused, and logged as such.
            assert (await program.http.get("/monitors", headers={"X-API-Key": "x" * 40})).status_code == 401
        await asyncio.sleep(6)
        results = (await program.get(f"/monitors/{made['id']}/results"))["data"]
        assert len(results) >= 2
        assert (await program.get(f"/monitors/{beat['id']}"))["heartbeat"]["pings"] == 20

        text = b""

        def words(wanted: bytes) -> bool:
            nonlocal text
            text += pipe.read()
            return wanted in text

        await until(lambda: words(b" is running: "), within=10, what="what was said at the start")
        program.send(signal.SIGTERM)
        await until(lambda: words(b"stopping"), within=10, what="its last words")
        assert program.process is not None
        async with asyncio.timeout(15):
            assert await program.process.wait() == 0


async def test_a_primary_whose_last_words_nobody_reads_stops_all_the_same(tmp_path: Path, pipe: Pipe) -> None:
    async with asura(tmp_path, config=LOUD, prefix=(*TO_PIPE, str(pipe.path))) as program:
        assert await program.terminate() == 0


async def test_a_probe_goes_on_calling_and_stops(tmp_path: Path, pipe: Pipe) -> None:
    calls: list[str] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        calls.append("a call")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as primary:
        port = primary.sockets[0].getsockname()[1]
        arguments = ("--mode", "probe", "--primary", f"http://127.0.0.1:{port}", "--region", "eu")
        environment = {**os.environ, "ASURA_KEY": "k" * 40, "ASURA_LOGGING_LEVEL": "debug"}
        command = (*TO_PIPE, str(pipe.path), sys.executable, "-m", "asura", *arguments)
        process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=tmp_path)
        try:
            await until(lambda: len(calls) >= 2, within=30, what="a second attempt")
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(15):
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
