"""Installing a probe: its key is nowhere but in a private file, and its unit is the one that the dashboard shows."""

import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installing import ROOT, Machine

URL, KEY = "https://asura.example/base", "apb_Ab-9_x~+/="


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine where nothing is installed."""
    return Machine(tmp_path)


def told(machine: Machine) -> str:
    """Returns what the probe is told by its environment."""
    return (machine.root / "etc/asura/probe.env").read_text()


def test_a_probe_is_a_service_of_its_own_and_its_key_is_in_one_private_file(machine: Machine) -> None:
    said = machine.install("--probe", URL, KEY, "eu-west")
    assert machine.files() == {"usr/local/bin/asura", "etc/asura/probe.env", "etc/systemd/system/asura-probe.service"}
    env = machine.root / "etc/asura/probe.env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert told(machine) == f"ASURA_MODE=probe\nASURA_PRIMARY={URL}\nASURA_KEY={KEY}\nASURA_REGION=eu-west\n"
    assert machine.asked() == ["daemon-reload", "enable asura-probe.service", "restart asura-probe.service"]
    for shown in (said, machine.probe_unit.read_text(), "\n".join(machine.asked() + machine.called())):
        assert KEY not in shown
    assert "The probe runs" in said


@pytest.mark.parametrize("arguments", [["-"], ["-", "-"], []], ids=["from input", "region of the key", "from variable"])
def test_the_key_need_not_stand_on_the_command_line(machine: Machine, arguments: list[str]) -> None:
    command = [str(machine.folder / "install.sh"), "--prefix", str(machine.root), "--probe", URL, *arguments]
    variables = machine.variables(**({} if arguments else {"ASURA_KEY": KEY}))
    done = subprocess.run(command, input=f"{KEY}\n", env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert told(machine) == f"ASURA_MODE=probe\nASURA_PRIMARY={URL}\nASURA_KEY={KEY}\n"


def test_what_the_file_says_starts_a_probe(machine: Machine) -> None:
    machine.install("--probe", URL, KEY, "eu-west")
    variables = dict(line.split("=", 1) for line in told(machine).splitlines())
    command = [sys.executable, "-m", "asura", "config", "check"]
    done = subprocess.run(
        command,
        cwd=machine.folder,
        env={**variables, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "a probe of https://asura.example/base, region eu-west" in done.stdout, done.stderr


def test_without_a_wish_a_machine_with_a_probe_upgrades_the_probe(machine: Machine) -> None:
    machine.install("--probe", URL, KEY)
    before = told(machine)
    machine.offer("2.0")
    said = machine.install()
    assert "A probe is installed here, and nothing else" in said
    assert machine.installed() == "asura 2.0"
    assert told(machine) == before
    assert not machine.unit.exists()
    machine.offer("3.0", started="exit 1")
    done = machine.run()
    assert done.returncode == 1
    assert "journalctl -u asura-probe.service" in done.stdout
    assert machine.installed() == "asura 2.0"


def test_asura_and_a_probe_share_an_executable(machine: Machine) -> None:
    machine.install()
    machine.forget()
    machine.install("--probe", URL, KEY)
    assert machine.asked()[-1] == "restart asura-probe.service"
    assert "restart asura.service" not in machine.asked()
    machine.forget()
    machine.offer("2.0")
    machine.install()
    assert [one for one in machine.asked() if one.startswith("restart")] == [
        "restart asura.service",
        "restart asura-probe.service",
    ]
    machine.install("--uninstall")
    assert not machine.binary.exists()
    assert not list(machine.unit.parent.iterdir())
    assert machine.config.exists()
    assert (machine.data / "asura.db").exists()
    assert KEY in told(machine)


def test_another_key_restarts_the_probe(machine: Machine) -> None:
    machine.install("--probe", URL, KEY)
    machine.install("--probe", URL, "another-key")
    assert "ASURA_KEY=another-key\n" in told(machine)
    assert machine.asked()[-1] == "restart asura-probe.service"


def test_a_probe_that_fails_beside_a_healthy_primary_is_named_alone(machine: Machine) -> None:
    machine.offer("1.0", started='[ "$2" = asura.service ]')
    machine.install()
    done = machine.run("--probe", URL, KEY)
    assert done.returncode == 1
    assert done.stderr.endswith("put right what the log says, then: systemctl restart asura-probe.service\n")
    assert "journalctl -u asura-probe.service" in done.stdout
    assert "journalctl -u asura.service" not in done.stdout


WRONG = {
    "nothing to go by": ([], "--probe needs the address of the primary and a key"),
    "no key": ([URL], "--probe needs a key"),
    "no address": (["asura.example", KEY], "asura.example is no address"),
    "a space": ([URL, "two words"], "a character that cannot stand in it"),
    "a quote": ([URL, 'a"b'], "a character that cannot stand in it"),
    "a line": ([URL, KEY, "eu\nASURA_MODE=primary"], "a character that cannot stand in it"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG.keys())
def test_what_makes_no_probe_is_refused_before_anything_is_changed(
    machine: Machine, arguments: list[str], said: str
) -> None:
    done = machine.run("--probe", *arguments, ASURA_KEY="")
    assert done.returncode == 2
    assert said in done.stderr
    assert machine.files() == set()


def test_the_dashboard_shows_the_same_unit(machine: Machine) -> None:
    machine.install("--probe", URL, KEY)
    source = (ROOT / "ui/src/domain/probe-setup.ts").read_text()
    shown = re.search(r"asura-probe\.service >/dev/null <<'END'\n(.*?)END\n", source, re.DOTALL)
    assert shown is not None
    assert shown[1] == machine.probe_unit.read_text()
