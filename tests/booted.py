"""A machine with a real systemd: this one's files under a layer of its own, in namespaces, gone at the end. Needs root.

systemd runs as process 1 of a new process namespace, on an overlay of `/` whose upper half is in memory, with its own
network, /run, /tmp and group of processes. Nothing that it does is seen outside, and it ends with the test.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

SYSTEMD = Path("/lib/systemd/systemd")
CLEAN = ("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin")

# What would meddle with the kernel that it shares with us is masked; so is what only takes time.
MASKED = (
    "systemd-sysctl.service systemd-modules-load.service systemd-remount-fs.service systemd-binfmt.service "
    "systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket "
    "systemd-random-seed.service systemd-update-utmp.service systemd-firstboot.service systemd-tmpfiles-setup.service "
    "systemd-tmpfiles-setup-dev.service systemd-journald-audit.socket systemd-networkd.service "
    "systemd-resolved.service proc-sys-fs-binfmt_misc.automount dev-hugepages.mount "
    "dev-mqueue.mount sys-kernel-debug.mount "
    "sys-kernel-tracing.mount sys-fs-fuse-connections.mount ldconfig.service systemd-sysusers.service "
    "systemd-hwdb-update.service systemd-machine-id-commit.service swap.target systemd-timesyncd.service timers.target"
)

BOOT = """
set -eu
base=$1
mount --make-rprivate /
mount -t tmpfs tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
cd "$base/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs -o mode=0755 tmpfs dev
for one in null zero full random urandom tty; do touch "dev/$one"; mount --bind "/dev/$one" "dev/$one"; done
mkdir dev/shm dev/pts
mount -t tmpfs tmpfs dev/shm
mount -t devpts -o ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
rm -rf var/log/journal etc/systemd/system/asura* etc/asura var/lib/asura usr/local/bin/asura*
mkdir -p etc/systemd/system
for one in $2; do ln -sf /dev/null "etc/systemd/system/$one"; done
ip link set lo up
mkdir -p "$base/root/before" && pivot_root . before && umount -l /before
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --log-target=journal systemd.unit=basic.target </dev/null >/dev/null 2>&1
"""


M = TypeVar("M", bound="Booted")


class Booted:
    """A running systemd; `run` is a command inside, `root` its files as seen from here."""

    def __init__(self, first: int) -> None:
        self._inside = ("nsenter", "-t", str(first), "-p", "-m", "-n", "-u", "-i", "-C", "--")
        self.root = Path(f"/proc/{first}/root")

    def run(self, *command: str, timeout: float = 120, text: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command inside, in its root folder, and return what came of it."""
        whole = [*self._inside, *CLEAN, *command]
        return subprocess.run(whole, input=text, capture_output=True, text=True, check=False, timeout=timeout, cwd="/")

    def told(self, *command: str) -> str:
        """Run a command inside and return what it said; anything but success fails the test."""
        done = self.run(*command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout.strip()

    def popen(self, *command: str) -> "subprocess.Popen[bytes]":
        """Start a command inside, with pipes to and from it."""
        pipe = subprocess.PIPE
        return subprocess.Popen([*self._inside, *CLEAN, *command], cwd="/", stdin=pipe, stdout=pipe)


def cannot_boot() -> str:
    """Return why no systemd can be booted here, or nothing when it can."""
    missing = [name for name in ("unshare", "nsenter", "pivot_root", "ip") if shutil.which(name) is None]
    if missing or not SYSTEMD.exists():
        return f"missing here: {', '.join([*missing, str(SYSTEMD)])}"
    if os.geteuid() != 0:
        return "it takes root"
    known = Path("/proc/filesystems").read_text()
    absent = [name for name in ("overlay", "cgroup2") if name not in known]
    return f"the kernel has no {', '.join(absent)}" if absent else ""


@contextlib.contextmanager
def booted(folder: Path, kind: type[M]) -> Iterator[M | None]:
    """Boot a systemd and lend it; None where it does not come up, as in a container that may not mount."""
    base = folder / "machine"
    base.mkdir()
    flags = ("--pid", "--mount", "--net", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child")
    with _own_group() as group:
        enter = f'echo $$ >"{group}/cgroup.procs" && exec "$@"' if group else 'exec "$@"'
        command = ["sh", "-c", enter, "sh", "unshare", *flags, "sh", "-c", BOOT, "sh", str(base), MASKED]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True) as holder:
            try:
                first = _first(holder)
                yield kind(first) if first and _is_up(Booted(first)) else None
            finally:
                holder.send_signal(signal.SIGKILL)


@contextlib.contextmanager
def _own_group() -> Iterator[Path | None]:
    """Lend a group of processes below our own, which takes what systemd makes in it with it; None where none can be."""
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    tops = [Path(fields[1]) for fields in mounts if fields[2] == "cgroup2"]
    own = next((line[4:] for line in Path("/proc/self/cgroup").read_text().splitlines() if line.startswith("0::/")), "")
    group = tops[0] / own / f"asura-booted-{os.getpid()}" if tops else None
    try:
        if group is not None:
            group.mkdir()
    except OSError:
        group = None
    try:
        yield group
    finally:
        if group is not None:
            _remove_group(group)


def _remove_group(group: Path) -> None:
    """Remove a group and those inside; what was killed leaves it in its own time."""
    deadline = time.monotonic() + 10
    while group.exists() and time.monotonic() < deadline:
        for folder, _, _ in os.walk(group, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(folder)
        time.sleep(0.02)


def _first(holder: "subprocess.Popen[bytes]") -> int:
    """Return the process that is number 1 inside, once it is systemd; 0 when it does not get there."""
    children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children")
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and holder.poll() is None:
        with contextlib.suppress(OSError):
            for child in children.read_text().split():
                if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                    return int(child)
        time.sleep(0.02)
    return 0


def _is_up(machine: Booted) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if machine.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded"):
            return True
        time.sleep(0.1)
    return False
