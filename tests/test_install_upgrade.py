"""Upgrading with the installer: what it asks and keeps before, and that it goes back by itself."""

import subprocess
from pathlib import Path

import pytest

from tests.installing import COPY, MIGRATES, Machine, backups, to_upgrade, without_backup, write_program


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where version 1.0 is installed and has data, with version 2.0 offered."""
    return to_upgrade(tmp_path)


def test_an_upgrade_asks_backs_up_and_restarts_in_this_order(machine: Machine) -> None:
    said = machine.install()
    assert machine.installed() == "asura 2.0"
    assert machine.asked() == ["daemon-reload", "enable asura.service", "restart asura.service"]
    config = f"--config {machine.config}"
    data = f"--data {machine.data}"
    backup = f"{machine.data}/backups/{backups(machine)[0]}"
    wanted = [f"2.0 {config} config check", f"2.0 {config} {data} upgrade --check"]
    wanted += [f"1.0 {config} {data} backup {backup}", "2.0 be-started asura.service"]
    assert [call for call in machine.called() if call in wanted] == wanted
    assert "Upgrading asura 1.0 to 2.0." in said
    assert "schema 3 to 4" in said
    assert f"The data is backed up: {backup}: verified" in said
    assert "asura 2.0 runs." in said
    previous = machine.binary.with_name("asura.previous")
    assert subprocess.check_output([previous, "--version"], text=True) == "asura 1.0\n"
    assert "the unit of 1.0" in machine.unit.with_name("asura.service.previous").read_text()
    assert not list(machine.binary.parent.glob("*.new"))


def test_data_elsewhere_below_a_prefix_is_asked_about_there(machine: Machine) -> None:
    for offered in (machine.binary, machine.folder / "asura"):
        text = offered.read_text().replace(":8090 /var/lib/asura", ":8090 /srv/watch")
        write_program(offered, text.replace("data=$root/var/lib/asura", "data=$root/srv/watch"))
    (machine.root / "srv").mkdir()
    machine.data.rename(machine.root / "srv/watch")
    machine.install()
    asked = [call for call in machine.called() if f" --data {machine.root}/srv/watch " in call]
    assert [call.split()[5] for call in asked] == ["upgrade", "backup"]


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
    machine.offer("2.0", knows=("config", "upgrade"))
    write_program(machine.binary, without_backup(machine.binary))
    machine.install()
    kept = machine.data / "backups" / backups(machine)[0]
    assert sorted(path.name for path in kept.iterdir()) == ["asura.db", "secret.key"]
    assert machine.asked()[0] == "stop asura.service"
    assert machine.installed() == "asura 2.0"


def test_files_are_copied_where_there_is_no_secret_yet(machine: Machine) -> None:
    machine.offer("2.0", knows=("config", "upgrade"))
    write_program(machine.binary, without_backup(machine.binary))
    (machine.data / "secret.key").unlink()
    machine.install()
    kept = machine.data / "backups" / backups(machine)[0]
    assert [path.name for path in kept.iterdir()] == ["asura.db"]


def test_a_backup_that_fails_is_told_with_its_reason_and_changes_nothing(machine: Machine) -> None:
    fails = {"backup": '{ echo "no room left"; exit 1; }'}
    write_program(machine.binary, machine.offer("1.0", **fails).read_text())
    machine.offer("2.0", **fails)
    before = machine.files()
    done = machine.run()
    assert done.returncode == 1
    assert "no room left" in done.stdout
    assert "no backup command" not in done.stdout
    assert "the data could not be backed up (see above). Nothing was changed" in done.stderr
    assert (machine.files(), machine.asked(), machine.installed()) == (before, [], "asura 1.0")


REFUSED = {
    "data": ({"upgrade": "exit 1"}, "asura 2.0 may not take over the data"),
    "configuration": ({"check": "exit 2"}, "asura 2.0 does not accept"),
}


@pytest.mark.parametrize(("does", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_the_new_one_does_not_accept_changes_nothing(machine: Machine, does: dict[str, str], told: str) -> None:
    machine.offer("2.0", **does)
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
