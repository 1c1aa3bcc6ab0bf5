"""Surroundings that a test makes for itself: a mount of its own, or a network of two machines. Needs root."""

import asyncio
import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

CLONE_NEWNET = 0x40000000
ROOT = Path(__file__).resolve().parents[1]
_LIBC = ctypes.CDLL(None, use_errno=True)

ASURA_ADDRESS, GATEWAY, TARGET_ADDRESS = "10.77.0.2", "10.77.0.1", "10.78.0.1"


class OwnMounts:
    """A mount namespace that stays while a process of ours holds it; `prefix` runs a command inside."""

    def __init__(self, holder: "subprocess.Popen[bytes]") -> None:
        self._pid = holder.pid
        self.prefix = ("nsenter", f"--mount=/proc/{holder.pid}/ns/mnt", "--", *_in_folder(ROOT))

    def run(self, *command: str) -> None:
        """Run a command inside; anything but success fails the test."""
        subprocess.run([*self.prefix, *command], check=True)

    def seen(self, path: Path) -> Path:
        """Return where a path of the inside is to be found from here."""
        return Path(f"/proc/{self._pid}/root{path}")


@contextmanager
def own_mounts() -> Iterator[OwnMounts]:
    """Lend a mount namespace; what is mounted in it is nobody else's and goes with it."""
    _needs("unshare", "nsenter", "mount")
    command = ["unshare", "--mount", "sh", "-c", "echo ready; exec sleep 600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"ready\n", "a mount namespace needs root (CAP_SYS_ADMIN)"
            yield OwnMounts(holder)
        finally:
            holder.kill()


class TwoMachines:
    """Two network namespaces with a cable: asura's, in which the test's own thread stands, and the router's."""

    def __init__(self, own: int, router: int) -> None:
        self._own = own
        self._router = router

    def listener(self, address: str, port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> socket.socket:
        """Return a bound socket on the router's side; its loop may run here."""
        with _standing_in(self._router, then=self._own):
            made = socket.socket(socket.AF_INET, kind)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        if kind is socket.SOCK_STREAM:
            made.listen(256)
        made.setblocking(False)
        return made

    def pull_the_cable(self) -> None:
        """Cut the router's end: nothing gets through, and no machine is told."""
        with _standing_in(self._router, then=self._own):
            _ip("link", "set", "lan", "down")

    def plug_it_in(self) -> None:
        """Connect the cable again."""
        with _standing_in(self._router, then=self._own):
            _ip("link", "set", "lan", "up")

    def take_the_target_away(self) -> None:
        """Remove the target's machine from the network: what is sent to it gets lost behind the gateway."""
        with _standing_in(self._router, then=self._own):
            _ip("address", "del", f"{TARGET_ADDRESS}/32", "dev", "lo")


@contextmanager
def two_machines() -> Iterator[TwoMachines]:
    """Put this thread into a network of its own that reaches one router, and back where it was at the end.

    asura's side is ASURA_ADDRESS with GATEWAY as its way out; TARGET_ADDRESS is behind the gateway.
    """
    _needs("ip")
    with contextlib.ExitStack() as stack:
        outside = _here(stack)
        stack.callback(_stand_in, outside)
        _unshare_network()
        router = _here(stack)
        _ip("link", "set", "lo", "up")
        _unshare_network()
        own = _here(stack)
        _ip("link", "set", "lo", "up")
        there = f"/proc/{os.getpid()}/fd/{router}"
        _ip("link", "add", "uplink", "type", "veth", "peer", "name", "lan", "netns", there)
        _ip("address", "add", f"{ASURA_ADDRESS}/24", "dev", "uplink")
        _ip("link", "set", "uplink", "up")
        _ip("route", "add", "default", "via", GATEWAY)
        with _standing_in(router, then=own):
            _ip("address", "add", f"{GATEWAY}/24", "dev", "lan")
            _ip("address", "add", f"{TARGET_ADDRESS}/32", "dev", "lo")
            _ip("link", "set", "lan", "up")
        yield TwoMachines(own, router)


def with_resolver(folder: Path, server: str) -> tuple[str, ...]:
    """Return a prefix under which a process asks one name server; nobody else's file is touched."""
    _needs("unshare", "mount")
    file = folder / "resolv.conf"
    file.write_text(f"nameserver {server}\noptions timeout:1 attempts:1\n")
    script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
    return ("unshare", "--mount", "sh", "-c", script, str(file))


@asynccontextmanager
async def own_process(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a module of the tests as a process of its own, which says a line when it is ready."""
    command = (sys.executable, "-m", module, *arguments)
    one = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=64 * 1024 * 1024
    )
    try:
        yield one
    finally:
        if one.returncode is None:
            one.kill()
        await one.wait()


def _needs(*programs: str) -> None:
    missing = [name for name in programs if shutil.which(name) is None]
    assert not missing, f"this test needs {', '.join(missing)} (packages util-linux, mount and iproute2)"
    assert os.geteuid() == 0, "this test makes namespaces of its own: run it as root"


def _in_folder(folder: Path) -> tuple[str, ...]:
    # Entering a mount namespace leads to its root folder.
    return ("sh", "-c", 'cd "$0" && exec "$@"', str(folder))


def _here(stack: contextlib.ExitStack) -> int:
    descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    stack.callback(os.close, descriptor)
    return descriptor


def _unshare_network() -> None:
    if _LIBC.unshare(CLONE_NEWNET) != 0:
        raise PermissionError(ctypes.get_errno(), "a network namespace needs root (CAP_SYS_ADMIN)")


def _stand_in(namespace: int) -> None:
    if _LIBC.setns(namespace, CLONE_NEWNET) != 0:
        raise PermissionError(ctypes.get_errno(), "entering a network namespace needs root")


@contextmanager
def _standing_in(namespace: int, *, then: int) -> Iterator[None]:
    _stand_in(namespace)
    try:
        yield
    finally:
        _stand_in(then)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)
