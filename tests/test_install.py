"""The installer, driven into a folder of its own, with a systemctl that only writes down what it was asked."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CALLS = "systemctl-calls"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder with the installer, a stand-in for the executable, a prefix where systemd runs, and a fake systemctl."""
    (tmp_path / "prefix/run/systemd/system").mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "install.sh", tmp_path / "install.sh")
    write_program(tmp_path / "asura", "echo first")
    # What the service does when it starts for the first time, as far as the installer can see it.
    starts = f'case "$1" in restart) echo link-of-the-first-start >"{tmp_path}/prefix/var/lib/asura/setup-link" ;; esac'
    write_program(tmp_path / "bin/systemctl", f'echo "$@" >>"{tmp_path / CALLS}"\n{starts}')
    return tmp_path


def write_program(path: Path, line: str) -> None:
    """Writes a shell script that can be run."""
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)


def install(machine: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the installer with the fake systemctl first on the path."""
    variables = {**os.environ, "PATH": f"{machine / 'bin'}:{os.environ['PATH']}"}
    command = [str(machine / "install.sh"), *arguments]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False, timeout=60)


def into_prefix(machine: Path, *arguments: str) -> str:
    """Installs below the prefix and returns what was said."""
    done = install(machine, "--prefix", str(machine / "prefix"), *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_set_up_link_is_shown_at_the_first_installation_only(machine: Path) -> None:
    assert "    link-of-the-first-start\n" in into_prefix(machine)
    assert "link-of-the-first-start" not in into_prefix(machine)


def files(folder: Path) -> set[str]:
    """Returns the files below a folder, by their path in it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def calls(machine: Path) -> list[str]:
    """Returns what systemctl was asked to do."""
    path = machine / CALLS
    return path.read_text().splitlines() if path.exists() else []


LINK = "var/lib/asura/setup-link"
INSTALLED = {LINK, "usr/local/bin/asura", "etc/asura/config.yaml", "etc/systemd/system/asura.service"}


def test_install_puts_each_file_in_its_place_and_starts_the_service(machine: Path) -> None:
    into_prefix(machine)
    prefix = machine / "prefix"
    assert files(prefix) == INSTALLED
    assert stat.S_IMODE((prefix / "var/lib/asura").stat().st_mode) == 0o700
    assert stat.S_IMODE((prefix / "etc/asura").stat().st_mode) == 0o750
    assert stat.S_IMODE((prefix / "etc/asura/config.yaml").stat().st_mode) == 0o640
    assert subprocess.check_output([prefix / "usr/local/bin/asura"], text=True) == "first\n"
    assert calls(machine) == ["daemon-reload", "enable asura.service", "restart asura.service"]


def test_a_second_run_replaces_the_executable_and_keeps_the_configuration(machine: Path) -> None:
    into_prefix(machine)
    config = machine / "prefix/etc/asura/config.yaml"
    config.write_text("server: {listen: ':9000'}\n")
    write_program(machine / "asura", "echo second")
    assert f"Keeping {config}" in into_prefix(machine)
    assert config.read_text() == "server: {listen: ':9000'}\n"
    assert subprocess.check_output([machine / "prefix/usr/local/bin/asura"], text=True) == "second\n"
    assert files(machine / "prefix") == INSTALLED
    assert calls(machine).count("restart asura.service") == 2


def test_dry_run_says_everything_and_changes_nothing(machine: Path) -> None:
    said = into_prefix(machine, "--dry-run")
    assert files(machine / "prefix") == set()
    assert calls(machine) == []
    for expected in ("asura.service", "config.yaml", "chmod 0700", "systemctl restart asura.service"):
        assert expected in said


def test_dry_run_of_a_real_installation_names_the_user_and_the_owners(machine: Path) -> None:
    if subprocess.run(["id", "asura"], capture_output=True, check=False).returncode == 0:
        pytest.skip("this machine has a user asura")
    done = install(machine, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "useradd --system" in done.stdout
    assert "chown asura:asura /var/lib/asura" in done.stdout


def test_uninstall_keeps_configuration_and_data(machine: Path) -> None:
    into_prefix(machine)
    (machine / "prefix/var/lib/asura/asura.db").write_text("history")
    into_prefix(machine, "--uninstall")
    assert files(machine / "prefix") == {"etc/asura/config.yaml", LINK, "var/lib/asura/asura.db"}
    assert calls(machine)[-2:] == ["disable --now asura.service", "daemon-reload"]


def test_without_systemd_it_says_how_to_start(machine: Path) -> None:
    shutil.rmtree(machine / "prefix/run")
    said = into_prefix(machine)
    assert "--config" in said
    assert "systemd does not run here" in said
    assert calls(machine) == []


def test_without_an_executable_and_a_checkout_it_says_what_is_missing(machine: Path) -> None:
    (machine / "asura").unlink()
    done = install(machine, "--prefix", str(machine / "prefix"))
    assert done.returncode == 1
    assert "no executable beside this script" in done.stderr


def test_a_checkout_without_an_executable_builds_it(machine: Path) -> None:
    (machine / "asura").unlink()
    write_program(
        machine / "dev", 'mkdir -p dist && printf "#!/bin/sh\\necho built\\n" >dist/asura && chmod +x dist/asura'
    )
    variables = {**os.environ, "PATH": f"{machine / 'bin'}:{os.environ['PATH']}"}
    command = [str(machine / "install.sh"), "--prefix", str(machine / "prefix")]
    subprocess.run(command, env=variables, cwd=machine, check=True, capture_output=True, timeout=60)
    assert subprocess.check_output([machine / "prefix/usr/local/bin/asura"], text=True) == "built\n"


@pytest.mark.parametrize("arguments", [["--frobnicate"], ["--prefix"]], ids=["unknown", "no-value"])
def test_wrong_use_exits_with_two(machine: Path, arguments: list[str]) -> None:
    done = install(machine, *arguments)
    assert done.returncode == 2
    assert arguments[0] in done.stderr


def test_systemd_understands_the_unit_and_finds_little_exposed(machine: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    into_prefix(machine)
    unit = machine / "prefix/etc/systemd/system/asura.service"
    graded = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    done = subprocess.run(graded, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:]
    text = unit.read_text().replace("/usr/local/bin/asura", "/bin/true").replace("User=asura", "User=root")
    unit.write_text(text.replace("Group=asura", "Group=root"))
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "asura.service" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr


def test_the_written_configuration_is_valid(machine: Path) -> None:
    into_prefix(machine)
    config = machine / "prefix/etc/asura/config.yaml"
    command = [sys.executable, "-m", "asura", "--config", str(config), "config", "check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_script_is_plain_posix_shell() -> None:
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed")
    for script in ("install.sh", ".ci/run"):
        done = subprocess.run(["shellcheck", script], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
