"""`asura key`, with and without a running server."""

import json
from pathlib import Path

import pytest

from asura.cli.root import run
from asura.clock import SystemClock
from asura.store.db import Store


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return str(tmp_path / "data")


def test_keys_live_from_one_command_to_the_next(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(
            [
                "--data",
                data,
                "key",
                "create",
                "ci",
                "--role",
                "viewer",
                "--scope",
                "metrics",
                "--expires",
                "90d",
                "--rate",
                "5",
            ]
        )
        == 0
    )
    told = capsys.readouterr()
    assert told.out.startswith("asura_")
    assert "not shown again" in told.err
    assert run(["--data", data, "key", "list", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["name"], listed["role"], listed["scopes"]) == ("ci", "viewer", ["metrics"])
    assert listed["expires_at"]
    assert listed["rate_per_sec"] == 5
    assert run(["--data", data, "key", "list"]) == 0
    table = capsys.readouterr().out
    assert "ci" in table
    assert told.out.strip() not in table
    assert run(["--data", data, "key", "revoke", str(listed["id"])]) == 0
    capsys.readouterr()
    assert run(["--data", data, "key", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["revoke", "99"], 1),
        (["create", " "], 1),
        (["create", "x", "--scope", "everything"], 1),
        (["create", "x", "--role", "king"], 2),
        (["create", "x", "--expires", "soon"], 2),
        (["create", "x", "--rate", "-1"], 1),
        (["create", "x", "--rate", "nan"], 1),
    ],
)
def test_what_cannot_be_done_is_told(
    data: str, capsys: pytest.CaptureFixture[str], words: list[str], status: int
) -> None:
    assert run(["--data", data, "key", *words]) == status
    assert capsys.readouterr().err


async def test_a_store_that_somebody_else_holds_is_told(data: str, capsys: pytest.CaptureFixture[str]) -> None:
    import asyncio

    store = Store.open(Path(data), clock=SystemClock())
    try:
        assert await asyncio.to_thread(run, ["--data", data, "key", "list"]) == 1
    finally:
        await store.close()
    assert "another asura" in capsys.readouterr().err
