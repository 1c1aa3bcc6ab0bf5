"""What docs/accounts.md says works as it stands there: its commands on a running asura, its settings when read."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from asura.settings import load
from tests.process import Asura, asura

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "accounts.md").read_text("utf-8")
SECRETS = {"OIDC_CLIENT_SECRET": "x", "SMTP_PASSWORD": "x"}


def blocks(language: str) -> list[str]:
    """Return the fenced blocks of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


async def shell(program: Asura, line: str) -> tuple[int, str]:
    """Run a line of the page on the folder of a running asura; returns its status and all that it wrote."""
    command = line.replace("asura ", f"{sys.executable} -m asura --config {program.config} --data {program.data} ", 1)
    process = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", command, cwd=program.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


@pytest.mark.parametrize("text", blocks("yaml"), ids=lambda text: text.split()[-1])
def test_its_settings_are_understood(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    loaded = load(path, SECRETS)
    assert loaded.warnings == ()


def test_google_without_domains_does_not_start(tmp_path: Path) -> None:
    (text,) = (one for one in blocks("yaml") if "accounts.google.com" in one)
    path = tmp_path / "config.yaml"
    path.write_text("".join(line for line in text.splitlines(keepends=True) if "allowed_domains" not in line))
    with pytest.raises(Exception, match=r"auth\.oidc\.allowed_domains"):
        load(path, SECRETS)


@pytest.mark.faults
async def test_its_commands_work_on_a_running_asura(tmp_path: Path) -> None:
    first, commands = blocks("sh")
    (tmp_path / "password.txt").write_text("correct horse battery 9\n")
    async with asura(tmp_path) as program:
        status, said = await shell(program, first.strip())
        assert (status, said) == (0, "user root is made, admin\n")
        lines = commands.strip().splitlines()
        assert len(lines) == 7
        told = {}
        for line in lines:
            status, told[line.split()[2]] = await shell(program, line)
            assert status == 0, (line, told)
        assert "root" in told["list"]
        for name in ("create", "reset-password"):
            assert told[name].startswith(f"{program.url}/invitation#"), told[name]
        # What was done on the command line, the running asura knows at once, and signs in by it.
        body = {"username": "root", "password": "correct horse battery 9"}
        answer = await program.http.post("/login", json=body, headers={"Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code, answer.json()["role"]) == (200, "admin")
        users = (await program.get("/users"))["data"]
        assert [user["name"] for user in users] == ["root"]
        actors = {row["actor"] for row in (await program.get("/audit?entity=user"))["data"]}
        assert actors == {"command line"}
    assert "invitation#" not in program.log.read_text()
