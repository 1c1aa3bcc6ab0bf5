"""The one-file executable under a real systemd: installed, upgraded under pings, killed, stuck, taken back, removed.

systemd is booted in namespaces on a layer over the files of this machine (tests/booted.py): that takes root, and a
kernel that lets it mount. A machine that does not give that lacks no tool that could be installed: there these tests
say why with a warning, and pass; everything else about the installer is tested without it.
"""

import json
import shutil
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.booted import Booted, booted, cannot_boot

ROOT = Path(__file__).resolve().parents[2]
EXECUTABLE = ROOT / "dist" / "asura"
KIT = "/opt/kit"

pytestmark = pytest.mark.frozen

# Pings on a new connection each, until its standard input ends; then it says how they went.
PINGER = """
import http.client, json, sys, threading
went, done = {}, threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set())).start()
while not done.wait(0.005):
    try:
        way = http.client.HTTPConnection("127.0.0.1", 8090, timeout=30)
        way.request("POST", sys.argv[1])
        how = str(way.getresponse().status)
        way.close()
    except OSError as error:
        how = type(error).__name__
    went[how] = went.get(how, 0) + 1
print(json.dumps(went))
"""


class Server(Booted):
    """A booted machine with the installer and the executable in a folder."""

    def prepare(self) -> None:
        """Put the kit in place."""
        folder = self.root / KIT.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "install.sh", folder / "install.sh")
        shutil.copy(EXECUTABLE, folder / "asura")
        (folder / "pinger.py").write_text(PINGER)

    def offer(self, text: str) -> None:
        """Put a script in the place of the executable that is to be installed."""
        path = self.root / KIT.lstrip("/") / "asura"
        path.write_text(f"#!/bin/sh\n{text}\n")

    def show(self, *properties: str) -> list[str]:
        """Return properties of the service."""
        found = self.told("systemctl", "show", "asura.service", *(f"--property={one}" for one in properties))
        values = dict(line.split("=", 1) for line in found.splitlines())
        return [values[one] for one in properties]

    def api(self, path: str, body: Any = None) -> Any:
        """Call the API with the first key, as the file holds it or as it was read before."""
        kept = self.root / KIT.lstrip("/") / "key"
        if not kept.exists():
            kept.write_text((self.root / "var/lib/asura/first-admin-key").read_text().strip())
        sent = [] if body is None else ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
        url = f"http://127.0.0.1:8090/api/v1{path}"
        return json.loads(
            self.told("curl", "-sS", "--max-time", "30", "-H", f"X-API-Key: {kept.read_text()}", *sent, url)
        )

    def wait(self, *properties: str, value: list[str], within: float = 60) -> None:
        """Wait until properties of the service have a value."""
        deadline = time.monotonic() + within
        while self.show(*properties) != value:
            assert time.monotonic() < deadline, (properties, self.show(*properties), self.log())
            time.sleep(0.1)

    def backup(self) -> Any:
        """Have a backup made, and return how it stands with them once it is done."""
        self.api("/backups", {})
        while (state := self.api("/system")["backup"])["running"]:
            time.sleep(0.1)
        return state

    def doctor(self) -> str:
        """Return what the doctor says."""
        command = ("/usr/local/bin/asura", "--config", "/etc/asura/config.yaml", "doctor")
        # Where /tmp runs no programs, the executable unpacks elsewhere.
        return self.run("env", "TMPDIR=/var/tmp", *command).stdout

    def log(self) -> str:
        """Return what the service logged."""
        return self.told("journalctl", "-u", "asura.service", "--no-pager", "-o", "cat")


class Pinging:
    """Pings in the background; `went` ends them and tells how often each answer came."""

    def __init__(self, server: Server, address: str) -> None:
        path = "/" + address.split("/", 3)[3]
        self._process = server.popen("python3", f"{KIT}/pinger.py", path)

    def went(self) -> dict[str, int]:
        """End them and return how often each came: a status, or the name of an error."""
        said, _ = self._process.communicate(timeout=60)
        return dict(json.loads(said))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server | None]:
    """A machine where nothing is installed; None where none can be booted."""
    if not EXECUTABLE.exists():
        pytest.skip("dist/asura is not there: ./dev binary builds it")
    why = cannot_boot()
    if why:
        warnings.warn(f"systemd cannot be booted here, nothing was tried: {why}", stacklevel=1)
        yield None
        return
    with booted(tmp_path, Server) as machine:
        if machine is None:
            warnings.warn("systemd did not come up here, nothing was tried", stacklevel=1)
        else:
            machine.prepare()
        yield machine


def test_installed_upgraded_taken_back_and_removed(server: Server | None) -> None:
    if server is None:
        return
    # Hardened machines do not let programs run in /tmp.
    server.told("mount", "-o", "remount,noexec", "/tmp")
    said = server.told(f"{KIT}/install.sh")
    assert "    http://127.0.0.1:8090/setup#" in said
    assert server.show("ActiveState", "NRestarts") == ["active", "0"]
    assert server.show("StatusText")[0].startswith("watching")
    assert "setup#" not in server.told("journalctl", "--no-pager")
    # Else a backup could not let others go first.
    assert "setpriority" in server.show("SystemCallFilter")[0].split()
    rights = server.told("stat", "-c", "%a %U %n", "/var/lib/asura", "/etc/asura", "/etc/asura/config.yaml")
    assert rights.split("\n") == ["700 asura /var/lib/asura", "750 root /etc/asura", "640 root /etc/asura/config.yaml"]
    tried = server.api("/checks", {"name": "Ping", "type": "icmp", "target": "127.0.0.1"})
    assert tried["status"] == "up", tried

    # A folder of backups that came into the configuration later is closed to the service, which says what to do.
    server.told("install", "-d", "-m", "700", "-o", "asura", "/mnt/b")
    with (server.root / "etc/asura/config.yaml").open("a") as file:
        file.write("backup: {every: 1h, dir: /mnt/b}\n")
    server.told("systemctl", "restart", "asura.service")
    assert "add [Service] ReadWritePaths=/mnt/b" in server.backup()["failed"]["message"].replace("…", "/mnt/b")
    assert "/mnt/b is read-only for asura, so no backup can be made" in server.doctor()
    assert "backup.dir: /mnt/b is read-only for asura" in server.log()
    # journald knows which lines are urgent, and keeps them without the mark that says so.
    urgent = server.told("journalctl", "-u", "asura.service", "--no-pager", "-o", "cat", "-p", "warning").splitlines()
    assert any("backup.dir: /mnt/b is read-only" in line for line in urgent), server.log()
    assert not any("INFO" in line or line.startswith("<") for line in urgent), urgent

    made = server.api("/monitors", {"name": "Job", "type": "heartbeat", "interval": 3600})
    pinging = Pinging(server, made["heartbeat"]["ping_url"])
    # The same with a few bytes more is another build.
    with (server.root / KIT.lstrip("/") / "asura").open("ab") as file:
        file.write(b"\n")
    said = server.told(f"{KIT}/install.sh")
    assert "The one before is /usr/local/bin/asura.previous" in said
    went = pinging.went()
    assert set(went) == {"200"}, (went, server.log())
    assert went["200"] > 20
    assert len(list((server.root / "var/lib/asura/backups").glob("before-upgrade-*"))) == 1
    # The installer has read where backups go.
    assert server.backup()["failed"] is None
    assert "backups        1 in /mnt/b" in server.doctor()

    # One that says nothing wrong before it has to start is taken back.
    quiet = 'case "$*" in --version) echo "asura 99.0" ;; *check | *--help | *backup*) exit 2 ;;'
    server.offer(f'{quiet} *) echo "broken on purpose" >&2; exit 1 ;; esac')
    done = server.run(f"{KIT}/install.sh")
    assert done.returncode == 1
    assert "asura 99.0 did not get well" in done.stdout
    assert "    broken on purpose" in done.stdout
    assert "runs again" in done.stdout, done.stdout
    assert server.show("ActiveState") == ["active"]
    assert [one["name"] for one in server.api("/monitors")["data"]] == ["Job"]

    # A probe beside it runs under a user of its own.
    server.prepare()
    key = server.api("/probes", {"region": "eu-west", "name": "one"})["key"]
    done = server.run(f"{KIT}/install.sh", "--probe", "http://127.0.0.1:8090", "-", text=f"{key}\n")
    assert done.returncode == 0, done.stdout + done.stderr
    deadline = time.monotonic() + 30
    while not server.api("/probes")["data"][0]["online"]:
        assert time.monotonic() < deadline, server.told("journalctl", "-u", "asura-probe", "--no-pager")
        time.sleep(0.2)
    assert server.run("grep", "-rlF", key, "/etc", "/var/log", "/run").stdout == "/etc/asura/probe.env\n"

    server.told(f"{KIT}/install.sh", "--uninstall")
    assert server.run("systemctl", "cat", "asura.service").returncode != 0
    assert (server.root / "var/lib/asura/asura.db").exists()
    server.told(f"{KIT}/install.sh", "--uninstall", "--purge", "--yes")
    assert not (server.root / "var/lib/asura").exists()
    assert server.run("id", "asura").returncode != 0


def test_killed_or_stuck_it_is_there_again_and_callers_wait_meanwhile(server: Server | None) -> None:
    if server is None:
        return
    server.told(f"{KIT}/install.sh")
    drop_in = server.root / "etc/systemd/system/asura.service.d"
    drop_in.mkdir()
    (drop_in / "quick.conf").write_text("[Service]\nWatchdogSec=3\nTimeoutAbortSec=1\nRestartSec=100ms\n")
    server.told("systemctl", "daemon-reload")
    server.told("systemctl", "restart", "asura.service")
    made = server.api("/monitors", {"name": "Job", "type": "heartbeat", "interval": 3600})
    pinging = Pinging(server, made["heartbeat"]["ping_url"])
    server.told("systemctl", "kill", "--signal=KILL", "asura.service")
    server.wait("NRestarts", "ActiveState", value=["1", "active"])
    # Stopped in the middle, launcher and child do nothing at all: only the watchdog notices.
    server.told("systemctl", "kill", "--signal=STOP", "asura.service")
    server.wait("NRestarts", "ActiveState", value=["2", "active"])
    server.told("systemctl", "restart", "asura.service")
    went = pinging.went()
    # What was on its way when it was killed is lost with the connection; nobody was refused.
    assert "ConnectionRefusedError" not in went, (went, server.log())
    assert went["200"] > 5, (went, server.log())
    assert "watchdog" in server.told("journalctl", "--no-pager", "-o", "cat").lower()
    # One that cannot start leaves its port with systemd, and the doctor does not take that for somebody else.
    (drop_in / "quick.conf").write_text("[Service]\nRestartSec=600\n")
    server.told("systemctl", "daemon-reload")
    (server.root / "var/lib/asura/asura.db").write_bytes(b"no database at all" * 100)
    server.told("systemctl", "kill", "--signal=KILL", "asura.service")
    server.wait("SubState", value=["auto-restart"])
    said = server.doctor()
    assert "systemd keeps 127.0.0.1:8090 for asura" in said
    assert "cannot be had" not in said
