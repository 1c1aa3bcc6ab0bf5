"""The installer, ended in the middle by whoever started it, by its reader or by the machine; and two at once."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.installing import Machine, backups, to_upgrade, without_backup, write_program


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where version 1.0 is installed and has data, with version 2.0 offered."""
    return to_upgrade(tmp_path)


def interrupt(machine: Machine, number: signal.Signals, *, at: str) -> subprocess.CompletedProcess[str]:
    """Runs the installer as a terminal does, and sends it and its children a signal when a file shows up."""
    command = [str(machine.folder / "install.sh"), "--prefix", str(machine.root)]
    with subprocess.Popen(
        command,
        env=machine.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        deadline = time.monotonic() + 30
        while not (machine.folder / at).exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(running.pid, number)
        said, _ = running.communicate(timeout=30)
        return subprocess.CompletedProcess(command, running.returncode, said, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_while_the_new_one_starts_the_old_one_is_back(machine: Machine, number: signal.Signals) -> None:
    machine.offer("2.0", started=f'touch "{machine.folder}/starting"; /bin/sleep 5')
    done = interrupt(machine, number, at="starting")
    assert done.returncode != 0
    assert machine.installed() == "asura 1.0", done.stdout
    assert "the unit of 1.0" in machine.unit.read_text()
    assert "asura 1.0 runs again" in done.stdout
    assert not list(machine.binary.parent.glob("*.new"))


def test_interrupted_while_files_are_copied_the_old_one_runs_again(machine: Machine) -> None:
    machine.offer("2.0", knows=("config", "upgrade"))
    write_program(machine.binary, without_backup(machine.binary))
    copies = f'case "$*" in *.db*) touch "{machine.folder}/copying"; /bin/sleep 5 ;; esac; exec /bin/cp "$@"'
    write_program(machine.folder / "bin/cp", copies)
    done = interrupt(machine, signal.SIGINT, at="copying")
    assert done.returncode != 0
    assert machine.asked() == ["stop asura.service", "start asura.service"]
    assert (machine.installed(), backups(machine)) == ("asura 1.0", [])


def test_interrupted_before_anything_is_changed_nothing_is(machine: Machine) -> None:
    machine.offer("2.0", upgrade=f'touch "{machine.folder}/asking"; /bin/sleep 5')
    before = machine.files()
    done = interrupt(machine, signal.SIGINT, at="asking")
    assert done.returncode != 0
    assert (machine.files(), machine.asked(), machine.installed()) == (before, [], "asura 1.0")


def test_interrupted_at_the_first_installation_nothing_stays(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.offer("1.0", started=f'touch "{tmp_path}/starting"; /bin/sleep 5')
    done = interrupt(machine, signal.SIGINT, at="starting")
    assert done.returncode == 130
    assert machine.files() == set()
    assert machine.asked()[-2:] == ["disable --now asura.service", "daemon-reload"]


def test_who_reads_along_may_go_away(machine: Machine) -> None:
    command = f'"{machine.folder}/install.sh" --prefix "{machine.root}" | head -n 1'
    subprocess.run(["sh", "-c", command], env=machine.variables(), check=True, timeout=30, capture_output=True)
    assert machine.installed() == "asura 2.0"


def test_two_at_once_do_not_meet(machine: Machine) -> None:
    machine.offer("2.0", upgrade=f'touch "{machine.folder}/asking"; /bin/sleep 2')
    first = threading.Thread(target=machine.run)
    first.start()
    while not (machine.folder / "asking").exists():
        time.sleep(0.01)
    done = machine.run()
    assert done.returncode == 1
    assert "another install.sh is at work here" in done.stderr
    first.join()
    assert machine.installed() == "asura 2.0"


def test_a_machine_that_stopped_in_the_middle_is_finished_by_the_next_run(machine: Machine) -> None:
    # The executable is in place already; the unit is still the old one, and nothing was restarted.
    write_program(machine.binary, (machine.folder / "asura").read_text())
    said = machine.install()
    assert "asura 2.0 is installed already" in said
    assert "Type=notify" in machine.unit.read_text()
    assert machine.asked()[-1] == "restart asura.service"
