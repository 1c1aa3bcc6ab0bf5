"""What docs/probes.md says, run as it stands there against a running asura and with a real probe."""

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import KEY, Asura, asura, eventually, target

pytestmark = pytest.mark.faults
PAGE = Path(__file__).resolve().parents[1] / "docs" / "probes.md"


def snippets() -> list[str]:
    found: list[str] = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return found


def environment(folder: Path, key: str) -> dict[str, str]:
    """Return what a shell on a machine with asura on its path has."""
    program = folder / "bin" / "asura"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m asura "$@"\n')
    program.chmod(0o755)
    path = f"{program.parent}:/usr/local/bin:/usr/bin:/bin"
    return {"ASURA_API_KEY": KEY, "PROBE_KEY": key, "PATH": path, "PYTHONPATH": os.getcwd()}


def run(program: Asura, snippet: str, folder: Path, key: str = "") -> str:
    ran = subprocess.run(
        ["/bin/sh", "-ec", snippet.replace("http://127.0.0.1:8090", program.url)],
        cwd=folder,
        env=environment(folder, key),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


async def test_a_probe_is_made_started_and_looked_at_as_the_page_says(tmp_path: Path) -> None:
    enrol, start, once, choose, regions, look = snippets()
    async with asura(tmp_path) as program, target() as shop:
        key = json.loads(run(program, enrol, tmp_path))["key"]
        body = {"name": "Shop", "type": "http", "target": f"http://127.0.0.1:{shop.port}/", "interval": 5}
        await program.post("/monitors", body)
        said = await asyncio.to_thread(run, program, once, tmp_path, key)
        assert "up" in said
        command = start.replace("http://127.0.0.1:8090", program.url)
        probe = await asyncio.create_subprocess_exec(
            "/bin/sh", "-ec", f"exec env {command.strip()}", cwd=tmp_path, env=environment(tmp_path, key)
        )
        try:

            async def there() -> bool:
                (row,) = (await program.get("/probes"))["data"]
                return bool(row["online"]) and row["monitors"] == 1

            await eventually(there, within=15, what="the probe")
            run(program, choose, tmp_path)
            monitor = await program.get("/monitors/shop")
            assert (monitor["regions"], monitor["consensus"]) == (["local", "eu-west"], 2)

            async def both() -> bool:
                rows = json.loads(run(program, regions, tmp_path))["regions"]
                return {row["region"]: row["status"] for row in rows} == {"local": "up", "eu-west": "up"}

            await eventually(both, within=15, what="what both regions see")
            assert run(program, look, tmp_path).count('"data"') == 2
        finally:
            probe.terminate()
            assert await probe.wait() == 0
