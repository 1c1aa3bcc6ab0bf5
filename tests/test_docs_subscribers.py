"""The commands of docs/subscribers.md, run as they stand there."""

import asyncio
import re
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.process import KEY, Asura, asura, mailbox, until

pytestmark = pytest.mark.faults
PAGE = Path(__file__).resolve().parents[1] / "docs" / "subscribers.md"


async def shell(program: Asura, command: str) -> str:
    filled = command.replace("http://127.0.0.1:8090", program.url).replace("$ASURA_API_KEY", KEY)
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", filled.replace("curl ", "curl -fsS "), stdout=asyncio.subprocess.PIPE, cwd=program.folder
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, filled
    return said.decode()


async def test_what_the_page_says_works(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    subscribe, keep = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    (settings,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    async with mailbox() as box:
        # The mail server here wants no name and no encryption; the section `server` is the tests' own.
        wanted = settings[settings.index("smtp:") :].replace("host: smtp.example.com", "host: 127.0.0.1")
        wanted = wanted.replace("port: 587", f"port: {box.port}").replace("starttls ", "none ")
        config = re.sub(r"  (username|password): .*\n", "", wanted)
        async with asura(tmp_path, config=config) as program:
            await program.post("/status-pages", {"title": "Acme", "slug": "acme"})
            assert "a letter with a link is on its way" in await shell(program, subscribe)
            await until(lambda: len(box.mails) == 1, within=30, what="the letter")
            listed, counted, _ = [await shell(program, line) for line in keep.strip().splitlines()]
            assert '"ann@example.org"' in listed
            assert '"total":1' in counted
            assert "ann@example.org" in (tmp_path / "subscribers-acme.csv").read_text()
    assert message_from_bytes(box.mails[0][1])["From"] == "Acme <status@example.com>"
