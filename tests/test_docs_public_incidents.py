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
    report, resolve, announce = commands
    async with asura(tmp_path) as program:

        def ready(command: str) -> str:
            return command.replace("http://127.0.0.1:8090", program.url).replace("$ASURA_API_KEY", KEY)

        # Ids count over all pages: another one has had an incident before.
        await program.post("/status-pages", {"title": "Other"})
        await program.post("/status-pages/other/incidents", {"title": "Theirs"})
        # What the first command finds, the second one uses.
        update, notice = await shell(ready(f"set -e; {report}{resolve}")), await shell(ready(announce))
        posts = (await program.get("/status-pages/status/incidents"))["data"]
    assert update["status"] == "resolved"
    assert (notice["published"], notice["status"]) == (False, "monitoring")
    assert [(post["title"], post["status"]) for post in posts] == [
        ("New terms", "monitoring"),
        ("Orders are slow", "resolved"),
    ]
