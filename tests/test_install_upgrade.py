"""Upgrading with the installer, and going back: by itself, by hand, and when it is interrupted in the middle."""

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.installing import Machine, write_program

COPY = "asura-schema-3-20300101T000000Z.db"
# As a start leaves it when it is ended before its copy is whole, and as the executable makes it whole.
BEGINS = f'mkdir -p "$data/backups"; echo old >"$data/backups/{COPY}.partial"; echo new >"$data/asura.db"'
FINISHES = f'mv "$data/backups/{COPY}.partial" "$data/backups/{COPY}"'
MIGRATES = f'mkdir -p "$data/backups"; echo old >"$data/backups/{COPY}"; echo new >"$data/asura.db"'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where version 1.0 is installed and has data, with version 2.0 offered; nothing is remembered of how."""
    machine = Machine(tmp_path)
    machine.install()
    (machine.data / "asura.db").write_text("old\n")
    (machine.data / "secret.key").write_text("sealed\n")
    machine.unit.write_text("[Service]\n# the unit of 1.0\n")
    machine.offer("2.0")
    machine.forget()
    return machine


def backups(machine: Machine) -> list[str]:
    """Returns the names of what is kept from before upgrades."""
    return sorted(path.name for path in (machine.data / "backups").glob("before-upgrade-*"))


def without_backup(executable: Path) -> str:
    """Returns the text of an executable that has no such command."""
    lines = executable.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith('"backup --help") ;;'))


def test_an_upgrade_asks_backs_up_and_restarts_in_this_order(machine: Machine) -> None:
    said = machine.install()
    assert machine.installed() == "asura 2.0"
    assert machine.asked() == ["daemon-reload", "enable asura.service", "restart asura.service"]
    config = f"--config {machine.config}"
    backup = f"{machine.data}/backups/{backups(machine)[0]}"
    wanted = [f"2.0 {config} config check", f"2.0 {config} upgrade --check", f"1.0 {config} backup {backup}"]
    wanted += ["2.0 be-started asura.service"]
    assert [call for call in machine.called() if call in wanted] == wanted
    assert "Upgrading asura 1.0 to 2.0." in said
    assert "schema 3 to 4" in said
    assert f"The data is backed up: {backup}: verified" in said
    assert "asura 2.0 runs." in said
    previous = machine.binary.with_name("asura.previous")
    assert subprocess.check_output([previous, "--version"], text=True) == "asura 1.0\n"
    assert "the unit of 1.0" in machine.unit.with_name("asura.service.previous").read_text()
    assert not list(machine.binary.parent.glob("*.new"))


def test_another_build_of_the_same_version_is_an_upgrade(machine: Machine) -> None:
    machine.offer("1.0", build="made later")
    assert "asura 1.0 is installed already, as another build." in machine.install()
    assert "made later" in machine.binary.read_text()


def test_the_last_three_backups_are_kept(machine: Machine) -> None:
    folder = machine.data / "backups"
    folder.mkdir()
    for year in range(2020, 2025):
        (folder / f"before-upgrade-{year}0101T000000Z.backup").write_text("older")
    said = machine.install()
    assert [name[15:19] for name in backups(machine)[:2]] == ["2023", "2024"]
    assert len(backups(machine)) == 3
    assert said.count("Removing an older backup") == 3


def test_an_older_executable_without_backup_leaves_it_to_the_new_one(machine: Machine) -> None:
    write_program(machine.binary, without_backup(machine.binary))
    machine.install()
    assert (machine.data / "backups" / backups(machine)[0]).read_text() == "of 2.0\n"


def test_where_no_executable_makes_a_backup_the_files_are_copied_while_nothing_runs(machine: Machine) -> None:
    machine.offer("2.0", backup="false")
    write_program(machine.binary, without_backup(machine.binary))
    machine.install()
    kept = machine.data / "backups" / backups(machine)[0]
    assert sorted(path.name for path in kept.iterdir()) == ["asura.db", "secret.key"]
    assert machine.asked()[0] == "stop asura.service"
    assert machine.installed() == "asura 2.0"


REFUSED = {
    "data": ({"upgrade": "exit 1"}, "asura 2.0 may not take over the data"),
    "configuration": ({"config_check": "exit 2"}, "asura 2.0 does not accept"),
}


@pytest.mark.parametrize(("does", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_new_one_does_not_accept_changes_nothing(machine: Machine, does: dict[str, str], told: str) -> None:
    offered = machine.offer("2.0", **does)
    if "config_check" in does:
        write_program(offered, offered.read_text().replace('*" config check") ;;', '*" config check") exit 2 ;;'))
    before = machine.files()
    done = machine.run()
    assert done.returncode == 1
    assert told in done.stderr
    assert "Nothing was changed" in done.stderr
    assert (machine.files(), machine.asked(), machine.installed()) == (before, [], "asura 1.0")


FAILING = {
    "does not start": {"started": "exit 1"},
    "never answers": {"health": "exit 1"},
}


@pytest.mark.parametrize("does", FAILING.values(), ids=FAILING.keys())
def test_an_upgrade_that_does_not_get_well_is_taken_back(machine: Machine, does: dict[str, str]) -> None:
    machine.offer("2.0", **does)
    done = machine.run()
    assert done.returncode == 1
    assert machine.installed() == "asura 1.0"
    assert "the unit of 1.0" in machine.unit.read_text()
    assert machine.asked()[-1] == "restart asura.service"
    assert "asura 2.0 did not get well: going back to 1.0" in done.stdout
    assert "journalctl -u asura.service --since" in done.stdout
    assert "asura 1.0 runs again. Nothing was deleted." in done.stdout
    assert "The backup from before is" in done.stdout
    assert not list(machine.data.glob("replaced-*"))


def test_data_that_was_migrated_is_put_back_and_the_migrated_kept(machine: Machine) -> None:
    machine.offer("2.0", started=f"{MIGRATES}; exit 1")
    done = machine.run()
    assert done.returncode == 1
    (aside,) = machine.data.glob("replaced-*")
    assert (machine.data / "asura.db").read_text() == "old\n"
    assert (aside / "asura.db").read_text() == "new\n"
    assert (machine.data / "backups" / COPY).exists()
    assert "The data is as it was before its migration" in done.stdout
    assert machine.installed() == "asura 1.0"


def test_going_back_by_hand_and_forward_again(machine: Machine) -> None:
    machine.install()
    machine.forget()
    said = machine.install("--rollback")
    assert "Going back from asura 2.0 to 1.0." in said
    assert machine.installed() == "asura 1.0"
    assert "the unit of 1.0" in machine.unit.read_text()
    assert machine.asked() == ["stop asura.service", "daemon-reload", "enable asura.service", "restart asura.service"]
    machine.install("--rollback")
    assert machine.installed() == "asura 2.0"
    assert "Type=notify" in machine.unit.read_text()


def test_going_back_behind_a_migration_takes_a_yes(machine: Machine) -> None:
    machine.offer("2.0", started=MIGRATES)
    machine.install()
    done = machine.run("--rollback")
    assert done.returncode == 1
    assert "--rollback --yes takes the data of then" in done.stderr
    assert machine.installed() == "asura 2.0"
    machine.install("--rollback", "--yes")
    assert machine.installed() == "asura 1.0"
    assert (machine.data / "asura.db").read_text() == "old\n"


def test_a_copy_that_is_not_whole_is_made_so_before_it_is_put_back(machine: Machine) -> None:
    machine.offer("2.0", started=f"{BEGINS}; exit 1", finish=FINISHES)
    done = machine.run()
    assert done.returncode == 1 and f"2.0 --config {machine.config} upgrade" in machine.called()
    assert (machine.data / "asura.db").read_text() == "old\n"
    assert machine.installed() == "asura 1.0"


def test_where_it_cannot_be_made_whole_nothing_is_put_back_and_it_is_said(machine: Machine) -> None:
    machine.offer("2.0", started=BEGINS, finish='echo "the disk is full"; exit 1')
    machine.install()
    done = machine.run("--rollback", "--yes")
    assert done.returncode == 1
    assert "the disk is full" in done.stderr and "the data of then could not be had" in done.stderr
    assert machine.installed() == "asura 2.0" and machine.asked()[-1] == "restart asura.service"
    assert (machine.data / "asura.db").read_text() == "new\n"
    machine.offer("2.0", finish=FINISHES)
    write_program(machine.binary, (machine.folder / "asura").read_text())
    machine.install("--rollback", "--yes")
    assert (machine.data / "asura.db").read_text() == "old\n" and machine.installed() == "asura 1.0"


def test_there_may_be_nothing_to_go_back_to(machine: Machine) -> None:
    done = machine.run("--rollback")
    assert done.returncode == 1
    assert "nothing to go back to" in done.stderr


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
