"""`asura hash-key`."""

import io
from hashlib import sha256

import pytest

from asura.cli.root import run

KEY = "a-key-that-is-long-enough-0123456789"
HASH = sha256(KEY.encode()).hexdigest()


def test_the_hash_of_an_argument_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["hash-key", KEY]) == 0
    assert capsys.readouterr() == (f"{HASH}\n", "")


def test_without_an_argument_the_key_is_read_from_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{KEY}\n"))
    assert run(["hash-key"]) == 0
    assert capsys.readouterr().out == f"{HASH}\n"


def test_an_empty_key_is_refused_and_a_short_one_warned_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert run(["hash-key"]) == 2
    assert run(["hash-key", "short"]) == 0
    assert "can be guessed" in capsys.readouterr().err
