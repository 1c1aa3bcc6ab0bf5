"""A machine for the installer: a folder as its root, stand-ins for the executable, and a systemctl that writes down."""

import os
import shutil
import subprocess
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHANGING = ("daemon-reload", "enable", "disable", "start", "stop", "restart")

# What systemctl asks of the executable that is in place is what a service would do: get ready, stay, or fail.
SYSTEMCTL = """\
#!/bin/sh
echo "$@" >>"{folder}/systemctl-calls"
root={folder}/prefix
for word; do service=$word; done
started() {{ "$root/usr/local/bin/asura" be-started "$service" && echo "$service" >>"{folder}/running"; }}
stopped() {{ grep -vx "$service" "{folder}/running" >"{folder}/left"; mv "{folder}/left" "{folder}/running"; }}
running() {{ grep -qx "$service" "{folder}/running"; }}
touch "{folder}/running"
case "$1" in
--version) echo "systemd {version} ({version}.1-test)" ;;
start) running || started ;;
restart) stopped; started ;;
stop) stopped ;;
disable) stopped; [ -e "$root/etc/systemd/system/$service" ] ;;
is-active) running ;;
show) echo "MainPID=$(cat "{folder}/main" 2>/dev/null || echo 0)" ;;
esac
"""

# `knows` are the commands beside those of every version; `started` and `health` are what it does as a service.
EXECUTABLE = """\
#!/bin/sh
# asura {version} {build}
root={folder}/prefix
data=$root/var/lib/asura
echo "{version} $*" >>"{folder}/asura-calls"
for last; do :; done
case "$*" in
--version) echo "asura {version}" ;;
{knows}
"upgrade --help" | "backup --help" | "config --help" | *" upgrade --check" | *" backup "*)
    echo "Error: No such command" >&2
    exit 2
    ;;
*" config get "*) printf '%s\\n' primary 127.0.0.1:8090 /var/lib/asura "" "" ;;
*" config check") {check} ;;
be-started*) {started} ;;
*" check "*/api/v1/health) {health} ;;
*" check "*) {port} ;;
esac
"""
KNOWS = {
    "config": '"config --help") ;;',
    "upgrade": '"upgrade --help") ;; *" upgrade --check") echo "schema 3 to 4"; {upgrade} ;; *" upgrade") {finish} ;;',
    "backup": '"backup --help") ;; *" backup "*) {backup} && echo "of {version}" >"$last" && echo "$last: verified" ;;',
}
FIRST = "echo link-of-the-first-start"
LINK = f'[ "$2" != asura.service ] || [ -e "$data/asura.db" ] || {FIRST} | tee "$data/asura.db" >"$data/setup-link"'


class Machine:
    """The folder `prefix` as a root where systemd seems to run, and a folder of things to install beside install.sh."""

    def __init__(self, folder: Path, *, systemd: str = "252") -> None:
        self.folder = folder
        self.root = folder / "prefix"
        self.binary = self.root / "usr/local/bin/asura"
        self.config = self.root / "etc/asura/config.yaml"
        self.data = self.root / "var/lib/asura"
        self.unit = self.root / "etc/systemd/system/asura.service"
        self.probe_unit = self.unit.with_name("asura-probe.service")
        (self.root / "run/systemd/system").mkdir(parents=True)
        (folder / "bin").mkdir()
        shutil.copy(ROOT / "install.sh", folder / "install.sh")
        write_program(folder / "bin/systemctl", SYSTEMCTL.format(folder=folder, version=systemd))
        # The installer is patient with real services; these are quick.
        write_program(folder / "bin/sleep", "exec /bin/sleep 0.1")
        self.offer("1.0")

    def offer(self, version: str, *, knows: tuple[str, ...] = ("config", "upgrade", "backup"), **does: str) -> Path:
        """Put a stand-in for an executable beside the installer; `does` are shell words for what it does."""
        said = {"started": LINK, "health": ":", "port": "exit 1", "check": ":", "upgrade": ":", "finish": ":"}
        said |= {"backup": ":", "build": ""} | does
        words = "\n".join(KNOWS[name].format(version=version, **said) for name in knows)
        text = EXECUTABLE.format(folder=self.folder, version=version, knows=words, **said)
        return write_program(self.folder / "asura", text)

    def run(self, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
        """Run the installer into the prefix; `options` are variables of its environment."""
        return self.run_plain("--prefix", str(self.root), *arguments, **options)

    def run_plain(self, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
        """Run the installer with the stand-ins first on the path."""
        command = [str(self.folder / "install.sh"), *arguments]
        return subprocess.run(
            command, env=self.variables(**options), capture_output=True, text=True, check=False, timeout=60
        )

    def variables(self, **options: str) -> dict[str, str]:
        """Return the environment of the installer."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "ASURA_HEALTHY_WITHIN": "3", **options}

    def install(self, *arguments: str, **options: str) -> str:
        """Run the installer into the prefix and return what it said; anything but success fails the test."""
        done = self.run(*arguments, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def asked(self) -> list[str]:
        """Return what systemctl was asked to change."""
        path = self.folder / "systemctl-calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(CHANGING)]

    def called(self) -> list[str]:
        """Return how the executables were called, each after its version."""
        path = self.folder / "asura-calls"
        return path.read_text().splitlines() if path.exists() else []

    def forget(self) -> None:
        """Forget what was asked and called so far."""
        for name in ("systemctl-calls", "asura-calls"):
            (self.folder / name).unlink(missing_ok=True)

    def files(self) -> set[str]:
        """Return the files below the root, by their path in it."""
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()}

    def installed(self) -> str:
        """Return the version that is in place."""
        return subprocess.check_output([self.binary, "--version"], text=True).strip()


def to_upgrade(folder: Path) -> Machine:
    """Return a machine where version 1.0 is installed and has data, with 2.0 offered; nothing is remembered of how."""
    machine = Machine(folder)
    machine.install()
    (machine.data / "asura.db").write_text("old\n")
    (machine.data / "secret.key").write_text("sealed\n")
    machine.unit.write_text("[Service]\n# the unit of 1.0\n")
    machine.offer("2.0")
    machine.forget()
    return machine


# What a migration leaves: a copy of before, and other data.
COPY = "asura-schema-3-20300101T000000Z.db"
MIGRATES = f'mkdir -p "$data/backups"; echo old >"$data/backups/{COPY}"; echo new >"$data/asura.db"'


def write_program(path: Path, text: str) -> Path:
    """Write a shell script that can be run."""
    path.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{textwrap.dedent(text)}\n")
    path.chmod(0o755)
    return path


def backups(machine: Machine) -> list[str]:
    """Return the names of what is kept from before upgrades."""
    return sorted(path.name for path in (machine.data / "backups").glob("before-upgrade-*"))


def without_backup(executable: Path) -> str:
    """Return the text of an executable that has no such command."""
    lines = executable.read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith('"backup --help") ;;'))
