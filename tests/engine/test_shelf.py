"""The folder of backups: why nothing can be written there, and what to do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from asura.engine.shelf import Shelf
from tests.namespaces import own_mounts
from tests.opening import open_to_others

FAULT = """\
import asyncio, pathlib
from asura.engine.shelf import Shelf
print(asyncio.run(Shelf(pathlib.Path("/mnt"), chosen=True).closed()))
"""


async def test_a_folder_of_our_own_is_made_and_one_that_was_chosen_has_to_be_there(tmp_path: Path) -> None:
    assert await Shelf(tmp_path / "backups").usable()
    chosen = Shelf(tmp_path / "elsewhere", chosen=True)
    closed = await chosen.closed()
    assert closed is not None
    assert closed.what == f"{tmp_path}/elsewhere cannot be used (No such file or directory)"
    assert closed.todo == "mount its disk, or make it, and restart asura"
    (tmp_path / "elsewhere").mkdir()
    assert await chosen.usable()


async def test_a_folder_of_somebody_else_is_to_be_given_to_the_user_of_asura(tmp_path: Path) -> None:
    open_to_others(tmp_path)
    try:
        os.seteuid(65534)
        assert "give it to that one (chown)" in str(Shelf(tmp_path, chosen=True)._closed())
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("options", [("ro",), ()], ids=["read-only", "writable"])
def test_where_systemd_or_the_disk_lets_nothing_be_written_it_says_so(options: tuple[str, ...]) -> None:
    with own_mounts() as mounts:
        mounts.run("mount", "-t", "tmpfs", "none", "/mnt", *(word for one in options for word in ("-o", one)))
        said = subprocess.run([*mounts.prefix, sys.executable, "-c", FAULT], capture_output=True, text=True, check=True)
    wanted = "run install.sh again, or systemctl edit asura, add [Service] ReadWritePaths=/mnt, and restart it"
    assert (wanted in said.stdout) == bool(options)
    assert (said.stdout == "None\n") != bool(options)
