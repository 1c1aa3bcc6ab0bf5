"""The commands of docs/public-incidents.md, run as they stand there."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.process import KEY, asura

pytestmark = pytest.mark.faults
PAGE = Path(__file__).resolve().parents[1] / "docs" / "public-incidents.md"


async def shell(command: str) -> Any:
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0, said
    return json.loads(said)


async def test_what_the_page_says_works(tmp_path: Path) -> None:
    commands = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    async with asura(tmp_path) as program:
        incident, update, notice = [
            await shell(
                command.replace("http://127.0.0.1:8090", program.url)
                .replace("$ASURA_API_KEY", KEY)
                .replace("curl ", "curl -fsS ")
            )
            for command in commands
        ]
        posts = (await program.get("/status-pages/status/incidents"))["data"]
    assert (incident["id"], incident["status"], update["status"]) == (1, "investigating", "resolved")
    assert (notice["published"], notice["status"]) == (False, "monitoring")
    assert [(post["id"], post["status"]) for post in posts] == [(2, "monitoring"), (1, "resolved")]
