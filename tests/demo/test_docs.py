"""What docs/demo.md tells people to type is understood."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "demo.md"


def lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]


def help_of(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *command, "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_each_option_is_one_of_the_command() -> None:
    known = {"asura demo": help_of("asura", "demo"), "./dev seed": help_of("asura.demo.bulk")}
    checked = 0
    for line in lines():
        command = " ".join(line.split()[:2])
        for option in re.findall(r"--[a-z]+", line):
            if command in known:
                assert option in known[command], line
                checked += 1
    assert checked >= 6
