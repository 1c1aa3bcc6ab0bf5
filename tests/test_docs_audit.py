"""What docs/audit.md says of verifying an export, run as it stands there against a running asura."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.process import KEY, asura

pytestmark = pytest.mark.faults
PAGE = Path(__file__).resolve().parents[1] / "docs" / "audit.md"


def snippet(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return found


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


async def test_an_export_is_verified_as_the_page_says_and_a_forged_one_is_not(tmp_path: Path) -> None:
    async with asura(tmp_path) as program:
        await program.post("/monitors", {"name": "Shop", "type": "tcp", "target": "127.0.0.1:9", "enabled": False})
        call = snippet("sh").replace("http://127.0.0.1:8090", program.url).replace("$ASURA_API_KEY", KEY)
        fetched = run(["/bin/sh", "-c", call], tmp_path)
        verdict = await program.get("/audit/verify")
    assert fetched.returncode == 0, fetched.stderr
    checked = run([sys.executable, "-c", snippet("python")], tmp_path)
    assert checked.stdout.strip() == verdict["hash"], checked.stderr
    export = tmp_path / "audit.jsonl"
    export.write_bytes(export.read_bytes().replace(b'"name":"Shop"', b'"name":"Shed"'))
    forged = run([sys.executable, "-c", snippet("python")], tmp_path)
    assert forged.returncode != 0
    assert "is not as it was written" in forged.stderr
