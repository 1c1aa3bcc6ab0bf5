"""The installer, driven into a folder of its own, with a systemctl that only writes down what it was asked."""

import os
import shutil
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.installing import ROOT, Machine, write_program

LINK = "var/lib/asura/setup-link"
INSTALLED = {
    LINK,
    "var/lib/asura/asura.db",
    "usr/local/bin/asura",
    "etc/asura/config.yaml",
    "etc/systemd/system/asura.service",
}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where nothing is installed."""
    return Machine(tmp_path)


def test_install_puts_each_file_in_its_place_starts_the_service_and_shows_the_way_in(machine: Machine) -> None:
    said = machine.install()
    assert machine.files() == INSTALLED
    assert stat.S_IMODE(machine.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(machine.config.parent.stat().st_mode) == 0o750
    assert stat.S_IMODE(machine.config.stat().st_mode) == 0o640
    assert machine.installed() == "asura 1.0"
    assert machine.asked() == ["daemon-reload", "enable asura.service", "restart asura.service"]
    assert "    link-of-the-first-start\n" in said
    assert "Dashboard: http://127.0.0.1:8090" in said
    assert "checksum was not verified" in said


def test_dry_run_says_everything_and_changes_nothing(machine: Machine) -> None:
    said = machine.install("--dry-run")
    assert machine.files() == set()
    assert machine.asked() == []
    for expected in ("asura.service", "config.yaml", "chmod 0700", "systemctl restart asura.service"):
        assert expected in said
    machine.install()
    before = machine.files()
    machine.forget()
    machine.offer("2.0")
    said = machine.install("--dry-run")
    assert "Upgrading asura 1.0 to 2.0" in said
    assert f"would run: cp {machine.folder / 'asura'} {machine.binary}" in said
    assert f"mv -f {machine.folder / 'asura'}" not in said
    said = machine.install("--dry-run", "--uninstall")
    assert "This would be removed." in said
    assert "Removed" not in said
    for arguments in (["--uninstall", "--purge"], ["--probe", "https://a.example", "key"]):
        assert "would" in machine.install("--dry-run", *arguments)
    assert (machine.files(), machine.asked(), machine.installed()) == (before, [], "asura 1.0")


def test_dry_run_of_a_real_installation_names_the_user_and_the_owners(machine: Machine) -> None:
    if subprocess.run(["id", "asura"], capture_output=True, check=False).returncode == 0:
        pytest.skip("this machine has a user asura")
    done = machine.run_plain("--dry-run")
    assert done.returncode == 0, done.stderr
    assert "useradd --system" in done.stdout
    assert "chown asura:asura /var/lib/asura" in done.stdout


def test_versions_of_here_and_there_are_told(machine: Machine) -> None:
    assert machine.install("--version").splitlines() == [
        f"here:      asura 1.0 ({machine.folder / 'asura'})",
        "installed: none",
    ]
    machine.install()
    machine.offer("2.0")
    said = machine.install("--version")
    assert "asura 2.0" in said
    assert f"installed: asura 1.0 ({machine.binary})" in said


def test_without_systemd_it_says_how_to_start(machine: Machine) -> None:
    shutil.rmtree(machine.root / "run")
    said = machine.install()
    assert f"    {machine.binary} --config {machine.config} --data {machine.data}      (as user asura)" in said
    assert "systemd does not run here" in said
    assert machine.asked() == []


def test_an_old_systemd_is_refused_before_anything_is_changed(tmp_path: Path) -> None:
    machine = Machine(tmp_path, systemd="219")
    done = machine.run()
    assert done.returncode == 1
    assert "systemd 219 is too old" in done.stderr
    assert machine.files() == set()


def test_without_an_executable_and_a_checkout_it_says_what_is_missing(machine: Machine) -> None:
    (machine.folder / "asura").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert "no executable beside this script" in done.stderr


def test_a_checkout_without_an_executable_builds_it(machine: Machine) -> None:
    (machine.folder / "asura").rename(machine.folder / "made")
    write_program(
        machine.folder / "dev",
        f'mkdir "{machine.folder}/dist" && cp "$(dirname "$0")/made" "$(dirname "$0")/dist/asura"',
    )
    machine.install()
    assert machine.installed() == "asura 1.0"


@pytest.mark.parametrize("name", ["asura.sha256", "SHA256SUMS"])
def test_a_checksum_beside_the_executable_has_to_agree(machine: Machine, name: str) -> None:
    sums = machine.folder / name
    sums.write_text(f"{'0' * 64}  asura\n")
    done = machine.run()
    assert done.returncode == 1
    assert "is damaged or not the one" in done.stderr
    assert machine.files() == set()
    digest = sha256((machine.folder / "asura").read_bytes()).hexdigest()
    sums.write_text(f"{'0' * 64}  another\n{digest} *asura-linux-x86_64\n")
    assert f"The checksum is that of {sums}" in machine.install()


def test_the_file_of_a_release_is_taken_as_it_was_downloaded(machine: Machine) -> None:
    downloaded = machine.folder / f"asura-linux-{os.uname().machine.replace('aarch64', 'arm64')}"
    (machine.folder / "asura").rename(downloaded)
    downloaded.chmod(0o644)
    digest = sha256(downloaded.read_bytes()).hexdigest()
    (machine.folder / "SHA256SUMS").write_text(f"{digest}  {downloaded.name}\n")
    assert "The checksum is that of" in machine.install()
    assert machine.installed() == "asura 1.0"


def test_an_executable_that_does_not_run_here_is_refused_with_what_it_says(machine: Machine) -> None:
    write_program(machine.folder / "asura", "echo \"libc.so.6: version 'GLIBC_2.99' not found\" >&2; exit 1")
    done = machine.run()
    assert done.returncode == 1
    assert "does not run on this machine" in done.stderr
    assert "GLIBC_2.99" in done.stderr
    assert machine.files() == set()


def test_an_executable_that_cannot_unpack_in_the_folder_of_temporary_files_does_it_elsewhere(machine: Machine) -> None:
    text = (machine.folder / "asura").read_text()
    refusing = 'case "${TMPDIR-}" in *asura-unpack*) ;; *) echo "libz.so.1: failed to map" >&2; exit 127 ;; esac'
    asked = f'case "$*" in be-started*) ;; *) {refusing} ;; esac'
    write_program(machine.folder / "asura", text.replace("case", f"{asked}\ncase", 1))
    machine.install()
    assert machine.files() == INSTALLED
    assert not list(machine.binary.parent.glob(".asura*"))


@pytest.mark.parametrize(
    ("health", "told"),
    [
        ("exit 1", "something else listens on 127.0.0.1:8090 already. Stop it, or"),
        (":", "an asura answers on 127.0.0.1:8090 already: is it the one that you tried? Make a backup of it first"),
    ],
    ids=["of somebody", "of an asura"],
)
def test_a_port_that_is_taken_is_told_before_anything_is_changed(machine: Machine, health: str, told: str) -> None:
    machine.offer("1.0", port=":", health=health)
    done = machine.run()
    assert done.returncode == 1
    assert told in done.stderr
    assert machine.files() == set()


def test_a_service_that_fails_is_told_with_its_log_and_what_to_do(machine: Machine) -> None:
    machine.offer("1.0", started="exit 1")
    done = machine.run()
    assert done.returncode == 1
    assert "asura 1.0 is installed, but did not get well" in done.stdout
    assert "journalctl -u asura.service --since" in done.stdout
    assert "systemctl restart asura.service" in done.stderr


def test_data_elsewhere_may_be_written_to(machine: Machine) -> None:
    text = (machine.folder / "asura").read_text().replace(":8090 /var/lib/asura", ":8090 /srv/watch")
    write_program(machine.folder / "asura", text.replace("data=$root/var/lib/asura", "data=$root/srv/watch"))
    machine.config.parent.mkdir(parents=True)
    machine.config.write_text("server: {data: /srv/watch}\n")
    machine.install()
    assert "\nReadWritePaths=/srv/watch\n" in machine.unit.read_text()
    assert stat.S_IMODE((machine.root / "srv/watch").stat().st_mode) == 0o700


WRONG = {
    "unknown": (["--frobnicate"], "--frobnicate"),
    "no folder": (["--prefix"], "--prefix needs a folder"),
    "an empty folder": (["--prefix", "", "--dry-run"], "--prefix needs a folder"),
    "an empty folder in one word": (["--prefix=", "--dry-run"], "--prefix needs a folder"),
    "two actions": (["--version", "--uninstall", "--dry-run"], "--version and --uninstall are two things: say which"),
    "a probe to remove": (["--probe", "https://a.example", "key", "--uninstall", "--dry-run"], "are two things"),
    "both": (["--primary", "--probe", "https://a.example", "key", "--dry-run"], "are two things"),
    "purge alone": (["--purge"], "--purge goes with --uninstall"),
}


@pytest.mark.parametrize(("arguments", "told"), WRONG.values(), ids=WRONG.keys())
def test_wrong_use_exits_with_two(machine: Machine, arguments: list[str], told: str) -> None:
    done = machine.run_plain(*arguments)
    assert done.returncode == 2
    assert told in done.stderr


def test_without_root_it_says_so(machine: Machine) -> None:
    write_program(machine.folder / "bin/id", 'if [ "$1" = -u ]; then echo 1000; else exit 1; fi')
    done = machine.run_plain()
    assert done.returncode == 1
    assert "this needs root: run it with sudo" in done.stderr


def test_piped_into_a_shell_it_says_to_save_it_first(machine: Machine) -> None:
    script = (machine.folder / "install.sh").read_text()
    done = subprocess.run(["sh"], input=script, cwd=machine.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "save this script to a file beside the executable" in done.stderr
    # Cut off on its way, it does nothing at all.
    half = subprocess.run(["sh"], input=script[: len(script) // 2], capture_output=True, text=True, check=False)
    assert half.stdout == ""


def test_it_runs_from_a_folder_that_cannot_be_written_to(machine: Machine) -> None:
    for name in ("asura", "install.sh"):
        (machine.folder / name).chmod(0o555)
    (machine.folder / "elsewhere").mkdir()
    done = subprocess.run(
        ["sh", "../install.sh", "--prefix", str(machine.root)],
        cwd=machine.folder / "elsewhere",
        env=machine.variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert machine.installed() == "asura 1.0"


def test_a_full_disk_is_told_before_anything_is_changed(machine: Machine) -> None:
    write_program(machine.folder / "bin/df", "echo head; echo 'disk 100 99 1 99% /'")
    done = machine.run()
    assert done.returncode == 1
    assert "has 0 MiB left" in done.stderr
    assert machine.files() == set()


def test_systemd_understands_the_units_and_finds_little_exposed(machine: Machine) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    machine.install()
    machine.install("--probe", "https://asura.example", "key-of-a-probe")
    for unit in (machine.unit, machine.probe_unit):
        graded = ["systemd-analyze", "security", "--offline=true", "--threshold=17", str(unit)]
        done = subprocess.run(graded, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-200:]
        text = unit.read_text().replace("/usr/local/bin/asura", "/bin/true").replace("User=asura", "User=root")
        unit.write_text(text.replace("Group=asura", "Group=root"))
        done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
        assert unit.name not in done.stderr, done.stderr
        assert done.returncode == 0, done.stderr


def test_the_written_configuration_is_valid(machine: Machine) -> None:
    machine.install()
    command = [sys.executable, "-m", "asura", "--config", str(machine.config), "config", "check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_script_is_plain_posix_shell() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    for script in ("install.sh", ".ci/run"):
        done = subprocess.run(["shellcheck", script], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
