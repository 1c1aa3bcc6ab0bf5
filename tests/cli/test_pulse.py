"""`asura health` the quick way, against an asura that runs, and against what is none."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from asura import __version__
from asura.cli.local import NAME
from asura.cli.pulse import SOCKET, pulse
from tests.cli.test_health import running


async def test_it_tells_that_an_asura_lives_and_loads_next_to_nothing_for_it(tmp_path: Path) -> None:
    assert SOCKET == NAME
    async with running(tmp_path):
        code = (
            "import sys; from asura.__main__ import main; status = main(['health']);"
            "print({'click', 'msgspec', 'asyncio'} & set(sys.modules)); sys.exit(status)"
        )
        for name in ("ASURA_DATA", "ASURA_SERVER__DATA"):
            variables = {"PATH": os.environ["PATH"], name: str(tmp_path)}
            done = await asyncio.to_thread(
                subprocess.run, [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
            )
            assert done.stdout.startswith(f"asura {__version__} is alive, started ")
            assert done.stdout.endswith("set()\n")


@pytest.mark.parametrize("reply", [b"", b"no\n", b"[]\n", b'{"error":"error"}\n', b'{"answer":{"uptime_s":"x"}}\n'])
async def test_what_answers_otherwise_is_left_to_the_long_way(tmp_path: Path, reply: bytes) -> None:
    async def answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(reply)
        writer.close()

    async with await asyncio.start_unix_server(answers, tmp_path / NAME):
        assert await asyncio.to_thread(pulse, {"ASURA_DATA": str(tmp_path)}) is None


def test_where_nothing_listens_or_nothing_is_named_it_says_nothing(tmp_path: Path) -> None:
    assert pulse({}) is None
    assert pulse({"ASURA_DATA": str(tmp_path)}) is None
