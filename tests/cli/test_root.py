"""The command line as a whole: exit statuses, dashes, and how little a quick answer costs."""

import subprocess
import sys
from pathlib import Path

import pytest

from asura import __version__
from asura.__main__ import main
from asura.cli.docs_cli import long_options
from asura.cli.root import COMMANDS, LONG, run, two_dashes


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("words", [["--version"], ["-version"], ["--data", "x", "--version"]])
def test_the_version_is_told(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out == f"asura {__version__}\n"


def test_the_version_loads_nothing_else() -> None:
    code = "import sys; from asura.__main__ import main; main(['--version']); print('click' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"asura {__version__}\nFalse\n"


def test_help_imports_no_server() -> None:
    code = "import sys; from asura.cli.root import run; run(['--help']); sys.exit('uvicorn' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_a_wrong_configuration_is_two_with_every_problem(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.yaml").write_text("server:\n  listne: x\n  idle_timeout: x\n")
    assert run([]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "config.yaml:2: server.listne: unknown key; did you mean server.listen?"
    assert len(lines) == 2


@pytest.mark.parametrize(
    "words", [["--nonsense"], ["nonsense"], ["check"], ["--mode", "x"], ["--config", "missing.yaml"]]
)
def test_wrong_use_is_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words) == 2
    assert capsys.readouterr().err


def test_a_probe_without_a_primary_says_what_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-mode", "probe"]) == 2
    assert "probe.primary: is needed by mode: probe" in capsys.readouterr().err


def test_one_round_is_for_probes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-once"]) == 2
    assert "--once is for --mode probe" in capsys.readouterr().err


def test_a_key_in_the_wrong_form_of_a_name_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["-mode", "probe", "-primary", "http://127.0.0.1:1", "-key", "key-of-somebody", "-region", "no region"]
    assert run(words) == 2
    told = capsys.readouterr().err
    assert "probe.region: must be 1 to 64 letters" in told
    assert "key-of-somebody" not in told


def test_one_dash_is_as_good_as_two() -> None:
    words = ["-mode", "probe", "-primary=http://x", "--key", "k", "-h", "-x", "--", "-mode"]
    assert two_dashes(words) == ["--mode", "probe", "--primary=http://x", "--key", "k", "-h", "-x", "--", "-mode"]


def test_every_long_option_is_known_to_the_single_dash() -> None:
    assert long_options() - {"help"} == LONG - {"help"}


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
    assert "Usage: asura check" in capsys.readouterr().out
