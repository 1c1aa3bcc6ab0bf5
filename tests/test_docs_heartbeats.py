"""The commands of docs/heartbeats.md, run as they stand there."""

import asyncio
import json
import re
import sys
from pathlib import Path

import pytest

from tests.process import KEY, asura

pytestmark = pytest.mark.faults
PAGE = Path(__file__).resolve().parents[1] / "docs" / "heartbeats.md"


async def shell(command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_what_the_page_says_works(tmp_path: Path) -> None:
    create, with_curl, with_asura = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    async with asura(tmp_path) as program:
        call = create.replace("http://127.0.0.1:8090", program.url).replace("$ASURA_API_KEY", KEY)
        status, said = await shell(call.replace("curl ", "curl -fsS "))
        assert status == 0, said
        url = json.loads(said)["heartbeat"]["ping_url"]
        for line in (with_curl, with_asura):
            command = line.removeprefix("30 2 * * *").replace("https://asura.example/api/v1/heartbeat/TOKEN", url)
            command = command.replace("/usr/local/bin/backup", "true")
            status, said = await shell(re.sub(r"^\s*/usr/local/bin/asura ", f"{sys.executable} -m asura ", command))
            assert status == 0, (command, said)
        rows = (await program.get("/monitors/backup/pings"))["data"]
        assert [row["kind"] for row in reversed(rows)] == ["success", "start", "success"]
