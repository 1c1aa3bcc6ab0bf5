"""`asura upgrade --check` where the data folder is closed to whoever asks, cannot be made, or has lost its database."""

import os
from pathlib import Path

import pytest

from asura.cli.root import run
from tests.databases import SCHEMAS, unpacked
from tests.opening import as_nobody, open_to_others


def test_a_folder_that_cannot_be_made_or_is_closed_is_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"

    def asked() -> tuple[int, str]:
        with as_nobody():
            return run(["--data", str(data), "upgrade", "--check"]), capsys.readouterr().out

    open_to_others(data.parent)
    status, told = asked()
    assert status == 1 and "may not take over" in told
    assert f"{data} is not there, and nobody may not make it" in told and "install -d -m 700 -o nobody" in told
    data.parent.chmod(0o777)
    status, told = asked()
    assert status == 0 and "the first start makes it" in told
    unpacked(SCHEMAS[-1], data)
    for path in (data, *data.iterdir()):
        os.chown(path, 65534, 65534)
    data.chmod(0o500)
    status, told = asked()
    assert status == 1 and f"{data} is closed to its owner (0500)" in told and f"chmod 700 {data}\n" in told
    # Where not even that can be seen, it is no fault of the program.
    data.parent.chmod(0o700)
    status, told = asked()
    assert status == 1 and "nobody may not write to it" in told


def test_a_database_that_was_lost_is_in_the_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    unpacked(SCHEMAS[-1], data)
    (data / "asura.db").write_bytes(b"")
    assert run(["--data", str(data), "upgrade", "--check"]) == 1
    assert f"{data}/asura.db: is empty, and here was data before: there is {data}/secret.key" in capsys.readouterr().out
