"""The installer as root, on a machine whose service wants to become root by what it leaves in its folder.

The folders that it writes to are mounted anew in a namespace of the test, so that it runs without --prefix.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installing import ROOT, write_program
from tests.namespaces import OwnMounts, own_mounts

PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"
DATA = "/var/lib/asura"
# /srv holds what belongs to others: a folder, a secret of root, and what the executable wrote down.
MACHINE = r"""
set -eu
mount -t tmpfs tmpfs "$0"
mkdir "$0/etc"
cp -a /etc/. "$0/etc"
sed -i '/^asura:/d' "$0/etc/passwd" "$0/etc/shadow" "$0/etc/group" "$0/etc/gshadow"
rm -rf "$0/etc/asura" "$0/etc/systemd/system"/asura*
mount --bind "$0/etc" /etc
for one in /usr/local /var/lib /run /srv; do mount -t tmpfs -o mode=0755 tmpfs "$one"; done
mkdir -p /run/systemd/system /usr/local/sbin /srv/kit /srv/home/.ssh /srv/others
echo secret >/srv/others/secret
chmod 0600 /srv/others/secret
touch /srv/calls
chmod 0666 /srv/calls
"""
SYSTEMCTL = """\
#!/bin/sh
case "$1 $3" in
"show MainPID") echo "MainPID=$(cat /run/main 2>/dev/null || echo 0)" ;;
"show Environment") cat /run/environment 2>/dev/null || echo ;;
"show EnvironmentFiles") cat /run/environment-files 2>/dev/null || echo ;;
--version*) echo "systemd 252" ;;
"start "* | "restart "*) /usr/local/bin/asura be-started && touch /run/active ;;
"stop "* | "disable "*) rm -f /run/active ;;
is-active*) [ -e /run/active ] ;;
esac
"""
EXECUTABLE = """\
#!/bin/sh
# asura {version}
session() {{ set -- $(cat /proc/self/stat); echo "$6"; }}
[ "$1" = be-started ] || echo "$(id -un) $(session) $*: ${{WORD-}}/${{WORDS-}}/${{SECRET-}}/${{LOUD-}}" >>/srv/calls
{before}
case "$*" in
--version) echo "asura {version}" ;;
*" config get "*) printf '%s\\n' primary 127.0.0.1:8090 "${{ASURA_SERVER__DATA:-{data}}}" "" "" ;;
*" backup "*) [ -z "{backup}" ] || echo "of {version}" >"$4" ;;
be-started*) {started} ;;
*/api/v1/health) ;;
*" check "*) exit 1 ;;
esac
"""


class Machine:
    """The machine; `sh` runs a script as root on it, `install` the installer."""

    def __init__(self, mounts: OwnMounts, folder: Path) -> None:
        self._mounts = mounts
        mounts.run("sh", "-c", MACHINE, str(folder))
        self.root = mounts.seen(Path("/"))
        shutil.copy(ROOT / "install.sh", self.root / "srv/kit/install.sh")
        write_program(self.root / "usr/local/sbin/systemctl", SYSTEMCTL)
        write_program(self.root / "usr/local/sbin/sleep", "exec /bin/sleep 0.1")
        self.offer("1.0")

    def offer(self, version: str, **does: str) -> None:
        """Put an executable beside the installer."""
        said = {"before": "", "data": DATA, "started": ":", "backup": "yes"} | does
        write_program(self.root / "srv/kit/asura", EXECUTABLE.format(version=version, **said))

    def sh(self, script: str) -> str:
        """Run a script and return what it printed; anything but success fails the test."""
        done = self.tried(script)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def tried(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script and return what came of it."""
        command = [*self._mounts.prefix, "env", "-i", f"PATH={PATH}", "sh", "-c", f"cd /srv/home\n{script}"]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def install(self, *arguments: str) -> str:
        """Run the installer and return what it said."""
        return self.sh(" ".join(["ASURA_HEALTHY_WITHIN=1 /srv/kit/install.sh", *arguments]))

    def owners(self, *paths: str) -> list[str]:
        """Return whose each path is, with its mode."""
        return self.sh(f"stat -c '%U %a' {' '.join(paths)}").splitlines()

    def calls(self) -> str:
        """Return how the executables were called, by whom and in which session."""
        return (self.root / "srv/calls").read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine where asura 1.0 is installed and runs, with data."""
    with own_mounts() as mounts:
        one = Machine(mounts, tmp_path)
        one.install()
        one.sh(f"runuser -u asura -- sh -c 'umask 077; echo old >{DATA}/asura.db; echo sealed >{DATA}/secret.key'")
        yield one


def test_everything_belongs_to_whom_it_should(machine: Machine) -> None:
    wanted = ["asura 700", "root 750", "root 640", "root 755"]
    assert machine.owners(DATA, "/etc/asura", "/etc/asura/config.yaml", "/usr/local/bin/asura") == wanted
    machine.offer("2.0")
    machine.install()
    backups = f"{DATA}/backups"
    assert machine.owners(backups, f"{backups}/before-upgrade-*", DATA) == ["asura 700", "asura 644", "asura 700"]
    machine.sh(f"ln -s /srv/others {DATA}/others")
    said = machine.install("--uninstall", "--purge", "--yes")
    assert machine.sh("cat /srv/others/secret") == "secret\n"
    assert machine.tried(f"[ -e {DATA} ] || [ -e /etc/asura ]").returncode == 1
    # Processes are not the machine's own: one of another machine may have the number of its user.
    assert ("The user asura stays" in said) == (machine.tried("id asura").returncode == 0)


def test_a_link_instead_of_the_folder_of_backups_gives_nothing_away(machine: Machine) -> None:
    machine.sh(f"ln -s /srv/others {DATA}/backups")
    machine.offer("2.0", backup="")
    machine.install()
    assert machine.owners("/srv/others") == ["root 755"]
    assert machine.sh("ls /srv/others") == "secret\n"


def test_a_running_service_does_not_say_by_its_environment_what_becomes_its_own(machine: Machine) -> None:
    running = "runuser -u asura -- env ASURA_SERVER__DATA=/srv/others /bin/sleep 30 >/dev/null 2>&1 &"
    machine.sh(f"{running} echo $! >/run/runuser; /bin/sleep 0.3; pgrep -P $! >/run/main")
    machine.install()
    assert machine.owners("/srv/others") == ["root 755"]
    assert "ReadWritePaths" not in machine.sh("cat /etc/systemd/system/asura.service")
    machine.sh("kill $(cat /run/main)")


def test_a_folder_of_the_system_is_none_for_data(machine: Machine) -> None:
    for named in ("/etc", "/", "/srv/../etc", "/etc/new", "/usr", "/var", "/home", "/var/lib"):
        machine.offer("1.0", data=named)
        done = machine.tried("/srv/kit/install.sh --dry-run")
        assert done.returncode == 1
        assert "a folder of the system" in done.stderr


def test_the_word_of_a_service_makes_no_folder_elsewhere(machine: Machine) -> None:
    machine.sh(f"ln -s /srv/others {DATA}/link")
    for named in ("/srv/new", f"{DATA}/link/new"):
        machine.offer("2.0", data=named)
        done = machine.tried("/srv/kit/install.sh")
        assert done.returncode == 1
        assert f"install -d -m 0700 -o asura -g asura {named}" in done.stderr
        assert machine.tried(f"[ -e {named} ]").returncode == 1
    machine.sh("install -d -m 0710 -o asura -g asura /srv/new")
    machine.offer("2.0", data="/srv/new")
    machine.install()
    assert machine.owners("/srv/new") == ["asura 710"]
    # Where no service was ever, the configuration alone speaks.
    machine.install("--uninstall", "--purge", "--yes")
    machine.offer("2.0", data="/srv/newer")
    machine.sh("mkdir -p /etc/asura && echo 'server: {data: /srv/newer}' >/etc/asura/config.yaml")
    machine.install()
    assert machine.owners("/srv/newer") == ["asura 700"]


MIGRATES = f"runuser -u asura -- sh -c 'mkdir -p {DATA}/backups; %s'; exit 1"
COPY = f"{DATA}/backups/asura-schema-3-20300101T000000Z.db"


def test_going_back_writes_through_no_link(machine: Machine) -> None:
    planted = f"echo of-then >{COPY}; ln -s /srv/others/secret {DATA}/asura.db.new; echo new >{DATA}/asura.db"
    machine.offer("2.0", started=MIGRATES % planted)
    done = machine.tried("ASURA_HEALTHY_WITHIN=1 /srv/kit/install.sh")
    assert "The data is as it was before its migration" in done.stdout, done.stdout + done.stderr
    assert machine.sh(f"cat /srv/others/secret {DATA}/asura.db {DATA}/replaced-*/asura.db") == "secret\nof-then\nnew\n"
    assert machine.owners("/srv/others/secret", f"{DATA}/asura.db", f"{DATA}/replaced-*") == [
        "root 600",
        "asura 644",
        "asura 700",
    ]


def test_going_back_reads_and_gives_away_nothing_through_a_link(machine: Machine) -> None:
    machine.offer("2.0", started=MIGRATES % f"ln -s /srv/others/secret {COPY}")
    done = machine.tried("ASURA_HEALTHY_WITHIN=1 /srv/kit/install.sh")
    assert "asura 1.0 runs again" in done.stdout, done.stdout + done.stderr
    assert machine.sh(f"cat {DATA}/asura.db") == "old\n"
    assert machine.owners("/srv/others/secret") == ["root 600"]


def test_files_are_copied_with_the_rights_of_the_service(machine: Machine) -> None:
    machine.sh(f"ln -s /srv/others/secret {DATA}/other.key")
    fails = 'case "$*" in *backup*) echo "No such command" >&2; exit 2 ;; esac'
    machine.offer("2.0", before=fails)
    write_program(machine.root / "usr/local/bin/asura", (machine.root / "srv/kit/asura").read_text() + "# older\n")
    machine.install()
    (kept,) = machine.sh(f"ls -d {DATA}/backups/before-upgrade-*").split()
    assert machine.sh(f"cat {kept}/asura.db; readlink {kept}/other.key") == "old\n/srv/others/secret\n"
    assert machine.owners(kept, f"{kept}/asura.db") == ["asura 700", "asura 600"]


def test_root_unpacks_where_the_service_cannot_change_it(machine: Machine) -> None:
    needs = 'case "${TMPDIR-}" in *asura-unpack*) ;; *) [ "$1" = be-started ] || exit 127 ;; esac'
    machine.offer("2.0", before=f'{needs}; echo "at $(id -un) $(stat -c "%U %a" "$TMPDIR")" >>/srv/calls')
    machine.install()
    places = {line for line in machine.calls().splitlines() if line.startswith("at ")}
    assert places == {"at root root 1770", "at asura root 1770", "at root "}
    assert machine.tried("ls -d /usr/local/bin/.asura*").returncode != 0
    # What it runs as root is told nothing that the service said.
    arguments = {line.split(" ", 2)[2].split(": ")[0] for line in machine.calls().splitlines() if line[:5] == "root "}
    assert arguments <= {"--version", "backup --help", "--config /dev/null check --timeout 5s -- 127.0.0.1:8090"}


def test_the_name_of_an_old_backup_removes_nothing_else(machine: Machine) -> None:
    machine.sh(f"mkdir {DATA}/backups && cd {DATA}/backups && touch before-upgrade-1 before-upgrade-2")
    (machine.root / DATA[1:] / "backups/before-upgrade-0\n.ssh").touch()
    machine.sh(f"chown -R asura {DATA}/backups")
    machine.offer("2.0")
    machine.install()
    assert machine.owners("/srv/home/.ssh") == ["root 755"]
    assert machine.sh(f"ls {DATA}/backups").split("\n")[:2] == ["before-upgrade-1", "before-upgrade-2"]


def test_nobody_else_can_hold_the_lock(machine: Machine) -> None:
    held = "runuser -u nobody -- sh -c 'flock -n / /bin/sleep 3 & flock -n /run/asura-install.lock /bin/sleep 3' & "
    machine.sh(f"({held}) >/dev/null 2>&1; /bin/sleep 0.3; /srv/kit/install.sh")
    assert machine.owners("/run/asura-install.lock") == ["root 600"]


def test_the_unit_says_the_variables_and_nothing_of_the_service_has_the_terminal(machine: Machine) -> None:
    (machine.root / "run/environment").write_text('WORD=one "WORDS=two of \\"them\\""\n')
    (machine.root / "run/environment-files").write_text("/srv/others/env (ignore_errors=no)\n")
    (machine.root / "srv/others/env").write_text("# mine\n SECRET='of root'  \nLOUD=a b\nnot a variable\n")
    machine.sh("chmod 0600 /srv/others/env; : >/srv/calls")
    machine.offer("2.0", before="case \"$*\" in *' --check') printf 'sch\\033[2Jema é\\n' ;; esac")
    assert "sch[2Jema é\n" in machine.install()
    called = re.findall(r"^(root|asura) (\d+) (.*): (.*)$", machine.calls(), re.MULTILINE)
    configured = [(what, said) for who, _, what, said in called if who == "asura" and "/dev/null" not in what]
    assert {said for _, said in configured} == {'one/two of "them"/of root/a b'}
    own = {session for who, session, _, _ in called if who == "root"}
    assert own.isdisjoint(session for who, session, _, _ in called if who == "asura")
    assert [what.split()[2] for what, _ in configured] == ["config", "config", "upgrade", "backup"]
