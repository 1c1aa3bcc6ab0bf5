"""The installer takes away what it brought."""

from pathlib import Path

import pytest

from tests.installing import Machine

LINK = "var/lib/asura/setup-link"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where nothing is installed."""
    return Machine(tmp_path)


def test_uninstall_keeps_configuration_and_data_and_purge_removes_them_when_told_twice(machine: Machine) -> None:
    machine.install()
    (machine.data / "asura.db").write_text("history")
    machine.install("--uninstall")
    kept = {"etc/asura/config.yaml", LINK, "var/lib/asura/asura.db"}
    assert machine.files() == kept
    assert machine.asked()[-2:] == ["disable --now asura.service", "daemon-reload"]
    done = machine.run("--uninstall", "--purge")
    assert done.returncode == 1
    assert "say --yes" in done.stderr
    assert machine.files() == kept
    machine.install("--uninstall", "--purge", "--yes")
    assert machine.files() == set()


def test_where_nothing_is_installed_nothing_is_removed(machine: Machine) -> None:
    other = machine.folder / "other"
    done = machine.run_plain("--prefix", str(other), "--uninstall")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"asura is not installed below {other}: there is nothing to remove.\n"
    assert not other.exists()
