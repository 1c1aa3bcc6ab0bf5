"""The installer, run again with the executable that is installed already."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.installing import Machine, write_program


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where nothing is installed."""
    return Machine(tmp_path)


def test_the_same_again_says_so_and_refreshes_the_unit_without_a_restart(machine: Machine) -> None:
    machine.install()
    before = machine.files()
    machine.config.write_text("server: {listen: ':9000'}\n")
    machine.forget()
    said = machine.install()
    assert "asura 1.0 is installed already" in said
    assert f"Keeping {machine.config}" in said
    assert "link-of-the-first-start" not in said
    assert machine.config.read_text() == "server: {listen: ':9000'}\n"
    assert machine.files() == before
    assert machine.asked() == ["daemon-reload", "enable asura.service", "start asura.service"]
    machine.unit.write_text("an older unit\n")
    machine.install()
    assert machine.asked()[-1] == "restart asura.service"
    assert "Type=notify" in machine.unit.read_text()


@pytest.mark.parametrize("arguments", [[], ["--dry-run"], ["--probe", "https://a.example", "key"]])
def test_the_same_again_with_a_configuration_that_became_wrong_changes_nothing(
    machine: Machine, arguments: list[str]
) -> None:
    machine.offer("1.0", check='grep -q smpt "$2" && echo "$2:1: smpt: unknown" && exit 2')
    machine.install()
    machine.unit.write_text("an older unit\n")
    machine.config.write_text("smpt: {}\n")
    before = machine.files()
    machine.forget()
    done = machine.run(*arguments)
    assert done.returncode == 1
    assert f"{machine.config}:1: smpt: unknown" in done.stdout
    assert f"asura 1.0 does not accept {machine.config}: change it, then run this again. Nothing was" in done.stderr
    assert (machine.files(), machine.asked(), machine.unit.read_text()) == (before, [], "an older unit\n")


def test_the_same_again_restarts_what_still_runs_the_executable_of_before(machine: Machine) -> None:
    machine.install()
    kept = machine.binary.read_text()
    machine.binary.unlink()
    shutil.copy("/bin/sleep", machine.binary)
    with subprocess.Popen([machine.binary, "30"]) as running:
        (machine.folder / "main").write_text(str(running.pid))
        write_program(machine.binary.with_name("next"), kept).rename(machine.binary)
        machine.forget()
        machine.install()
        running.kill()
    assert machine.asked()[-1] == "restart asura.service"


def test_a_program_of_somebody_else_around_asura_is_no_reason_for_a_restart(machine: Machine) -> None:
    machine.install()
    machine.forget()
    (machine.folder / "main").write_text(str(os.getpid()))
    machine.install()
    assert machine.asked()[-1] == "start asura.service"
