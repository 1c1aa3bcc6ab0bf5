"""`asura selftest`."""

import pytest

from asura.channels import channel_types
from asura.checks import check_types
from asura.cli.root import run
from asura.cli.selftest import parts, run_parts
from asura.cli.terminal import Terminal
from asura.web.spa import FOLDER

TERM = Terminal(colour=False, signs=False, width=80)


def test_every_type_and_every_late_part_is_touched() -> None:
    names = {name for name, _ in parts()}
    assert {f"check {name}" for name in check_types()} <= names
    assert {f"channel {name}" for name in channel_types()} <= names
    assert {
        "templates",
        "time zones",
        "certificates",
        "brotli",
        "zstd",
        "apprise",
        "store",
        "dashboard",
        "probes",
    } <= names


async def test_every_part_works_here() -> None:
    lines: list[str] = []
    # The dashboard is there only after it was built; everything else is there always.
    named = [(name, part) for name, part in parts() if name != "dashboard" or (FOLDER / "index.html").is_file()]
    assert await run_parts(named, TERM, lines.append) == 0, lines
    assert lines[-1] == f"{len(named)} of {len(named)} parts work"


async def test_a_broken_part_fails_alone_and_is_named() -> None:
    def broken() -> str:
        raise ImportError("no module named x")

    lines: list[str] = []
    assert await run_parts([("bad", broken), ("good", lambda: "fine")], TERM, lines.append) == 1
    assert lines[0].startswith("FAILED  bad")
    assert "no module named x" in lines[0]
    assert lines[1].startswith("ok      good")


def test_the_command_prints_a_line_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    run(["selftest"])
    out = capsys.readouterr().out.splitlines()
    assert len(out) == len(parts()) + 1
