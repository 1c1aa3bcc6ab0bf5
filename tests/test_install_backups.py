"""The installer and `backup.dir`: where the service may write its backups."""

from pathlib import Path

import pytest

from tests.installing import Machine, write_program


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where nothing is installed."""
    return Machine(tmp_path)


def wants(machine: Machine, folder: str) -> None:
    """Let the configuration come to this folder of backups."""
    text = (machine.folder / "asura").read_text()
    write_program(machine.folder / "asura", text.replace('/var/lib/asura "" ""', f"/var/lib/asura '' '' '{folder}'"))
    machine.config.parent.mkdir(parents=True)
    machine.config.write_text("backup: {every: 1h}\n")


@pytest.mark.parametrize(
    ("folder", "line"),
    [
        ("/mnt/b", 'ReadWritePaths="-/mnt/b"\n'),
        ("/mnt", 'ReadWritePaths="-/mnt"\n'),
        ('/mnt/my "100%" disk', 'ReadWritePaths="-/mnt/my \\"100%%\\" disk"\n'),
        ("/var/lib/asura/kept", ""),
        ("kept", ""),
        ("", ""),
    ],
    ids=["elsewhere", "a whole disk", "odd name", "in the data", "beside the database", "none"],
)
def test_backups_elsewhere_may_be_written(machine: Machine, folder: str, line: str) -> None:
    wants(machine, folder)
    machine.install()
    unit = machine.unit.read_text()
    assert "".join(one for one in unit.splitlines(keepends=True) if one.startswith("ReadWritePaths=")) == line


def test_a_folder_of_the_system_is_not_opened_for_backups(machine: Machine) -> None:
    wants(machine, "/etc/x")
    assert "backup.dir is /etc/x, a folder of the system" in machine.install()
    assert "ReadWritePaths" not in machine.unit.read_text()
