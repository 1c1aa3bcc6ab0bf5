"""Going back with the installer by hand, and what is kept for it."""

import subprocess
from pathlib import Path

import pytest

from tests.installing import COPY, MIGRATES, Machine, to_upgrade, write_program

# As a start leaves it when it is ended before its copy is whole, and as the executable makes it whole.
BEGINS = f'mkdir -p "$data/backups"; echo old >"$data/backups/{COPY}.partial"; echo new >"$data/asura.db"'
FINISHES = f'mv "$data/backups/{COPY}.partial" "$data/backups/{COPY}"'


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where version 1.0 is installed and has data, with version 2.0 offered."""
    return to_upgrade(tmp_path)


def kept(machine: Machine) -> tuple[str, str]:
    """Returns the version to go back to, and the unit."""
    previous = machine.binary.with_name("asura.previous")
    said = subprocess.check_output([previous, "--version"], text=True).strip()
    return said, machine.unit.with_name("asura.service.previous").read_text()


def test_an_upgrade_that_is_taken_back_leaves_the_way_back_of_the_one_before(machine: Machine) -> None:
    machine.install()
    before = machine.files()
    way = kept(machine)
    assert way == ("asura 1.0", "[Service]\n# the unit of 1.0\n")
    machine.offer("3.0", started=f"{MIGRATES}; exit 1")
    assert "asura 2.0 runs again" in machine.run().stdout
    assert (machine.installed(), kept(machine)) == ("asura 2.0", way)
    assert {name for name in machine.files() - before if "/backups/" not in name and "/replaced-" not in name} == set()
    # What the one that failed had migrated is no data of the one before.
    (machine.data / "asura.db").write_text("since\n")
    machine.install("--rollback")
    assert (machine.installed(), (machine.data / "asura.db").read_text()) == ("asura 1.0", "since\n")
    assert "the unit of 1.0" in machine.unit.read_text()


def test_an_upgrade_that_gets_well_keeps_the_one_before_it_alone(machine: Machine) -> None:
    machine.install()
    machine.offer("3.0")
    machine.install()
    assert (machine.installed(), kept(machine)[0]) == ("asura 3.0", "asura 2.0")
    assert not list(machine.root.rglob("*.earlier")) + list(machine.root.rglob("*.new"))


def test_where_the_old_one_cannot_be_kept_nothing_is_changed(machine: Machine) -> None:
    machine.install()
    machine.forget()
    machine.offer("3.0")
    write_program(machine.folder / "bin/cp", 'case "$*" in *.previous.new) exit 1 ;; esac; exec /bin/cp "$@"')
    before, way = machine.files(), kept(machine)
    done = machine.run()
    assert done.returncode == 1
    assert "could not be kept beside the new ones" in done.stderr
    assert (machine.files(), machine.asked(), machine.installed(), kept(machine)) == (before, [], "asura 2.0", way)


def test_ended_between_keeping_the_old_one_and_replacing_it_the_way_back_is_not_lost(machine: Machine) -> None:
    machine.install()
    way = kept(machine)
    for path in (machine.binary, machine.unit):
        path.with_name(f"{path.name}.previous").rename(path.with_name(f"{path.name}.earlier"))
        path.with_name(f"{path.name}.previous").write_bytes(path.read_bytes())
    machine.offer("3.0", started="exit 1")
    assert machine.run().returncode == 1
    assert (machine.installed(), kept(machine)) == ("asura 2.0", way)


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
    # Forward again nothing has to be put back: the newer one migrates what is there.
    assert "The data is as it was" not in machine.install("--rollback")
    assert machine.installed() == "asura 2.0"


def test_a_copy_that_is_not_whole_is_made_so_before_it_is_put_back(machine: Machine) -> None:
    machine.offer("2.0", started=f"{BEGINS}; exit 1", finish=FINISHES)
    done = machine.run()
    assert done.returncode == 1 and f"2.0 --config {machine.config} --data {machine.data} upgrade" in machine.called()
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
