"""docs/install.md: its commands are run in their order, its units and scripts are understood by what reads them."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from tests.installing import ROOT, Machine, write_program
from tests.process import free_port
from tests.test_install_real import LITTLE, Place

PAGE = (ROOT / "docs/install.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Returns the fenced blocks of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


TRIAL = [block for block in blocks("sh") if "trial.backup" in block]


def test_its_calls_of_the_installer_do_what_the_page_says(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    said = []
    calls = "\n".join(block for block in blocks("sh") if block not in TRIAL)
    for line in re.findall(r"^(?:sudo )?(\./install\.sh.*)", calls, re.MULTILINE):
        words = shlex.split(line)
        # The page's own folder for an image is somebody else's; everything goes below the machine's root.
        arguments = [word for word in words[1:] if word not in ("--prefix", "/tmp/image")]
        done = machine.run(*arguments, ASURA_KEY="key-of-a-probe")
        if arguments == ["--uninstall", "--purge"]:
            assert "say --yes" in done.stderr
        elif arguments[:1] == ["--probe"]:
            assert done.returncode == 2  # nothing on standard input here
        else:
            assert done.returncode == 0, (line, done.stdout, done.stderr)
        said.append(" ".join(arguments))
        if len(said) == 3:
            machine.offer("2.0")
    wanted = ["", "--dry-run", "--version", "", "--rollback", "--uninstall", "--uninstall --purge"]
    assert said == [*wanted, "--probe https://status.example.com -", ""]


def test_its_way_from_the_trial_to_the_service_brings_everything_along(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.offer("1.0", ROOT)
    # What the page calls by their names; the root of the machine is a folder here.
    write_program(place.folder / "bin/sudo", 'exec "$@"')
    write_program(place.folder / "bin/systemctl", f'exec {sys.executable} {LITTLE} {place.root} "$1" asura.service')
    variables = {**os.environ, "PATH": f"{place.folder / 'bin'}:{os.environ['PATH']}"}

    def follow(block: str) -> None:
        said = block.replace("./install.sh", f"./install.sh --prefix {place.root}")
        said = re.sub(r" (?=/(etc|usr)/)", f" {place.root}", said)
        command = ["sh", "-ec", said]
        done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    (tmp_path / "config.yaml").write_text(f"server: {{listen: '127.0.0.1:{free_port()}'}}")
    with subprocess.Popen(["./asura"], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as trial:
        try:
            while not (tmp_path / "asura-data/setup-link").exists():
                assert trial.poll() is None
                time.sleep(0.05)
            key = (tmp_path / "asura-data/first-admin-key").read_text().strip()
            follow(TRIAL[0])
        finally:
            trial.terminate()
    try:
        follow(TRIAL[1])
        found = httpx2.get(f"http://127.0.0.1:{place.port}/api/v1/system", headers={"X-API-Key": key})
        assert found.status_code == 200, "the key of the trial is known: everything came along"
    finally:
        subprocess.run([place.folder / "bin/systemctl", "stop"], check=True)


def test_it_names_every_option_of_the_installer_and_no_other() -> None:
    usage = subprocess.run(["sh", ROOT / "install.sh", "--help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"--[a-z][a-z-]+", usage))
    named = {word for line in PAGE.splitlines() if "install.sh" in line for word in re.findall(r"--[a-z][a-z-]+", line)}
    assert named <= known
    assert known - set(re.findall(r"--[a-z][a-z-]+", PAGE)) == set()


def test_each_file_that_it_names_is_one_of_the_installer() -> None:
    script = (ROOT / "install.sh").read_text()
    for name in ("asura.previous", "probe.env", "before-upgrade-", "replaced-", "ASURA_HEALTHY_WITHIN"):
        assert name in PAGE
        assert name.removeprefix("asura") in script
    setting = re.search(r"WatchdogSec=(\d+)", PAGE)
    assert setting is not None
    assert f"\n{setting[0]}\n" in script


def test_its_scripts_for_other_service_managers_are_shell() -> None:
    scripts = [block for block in blocks("sh") if block.startswith("#!")]
    assert len(scripts) == 2
    for script in scripts:
        subprocess.run(["sh", "-n"], input=script, text=True, check=True)


def test_its_socket_unit_goes_with_the_service(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    machine = Machine(tmp_path)
    machine.install()
    text = machine.unit.read_text().replace("/usr/local/bin/asura", "/bin/true").replace("=asura\n", "=root\n")
    machine.unit.write_text(text)
    socket_unit = machine.unit.with_name("asura.socket")
    socket_unit.write_text(next(block for block in blocks("ini") if "[Socket]" in block))
    files = [str(socket_unit), str(machine.unit)]
    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)
    assert "asura.s" not in done.stderr, done.stderr
    assert done.returncode == 0, done.stderr
