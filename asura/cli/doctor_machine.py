"""`asura doctor` looks at the machine: system, memory, open files, where the one file unpacks, who runs it."""

import os
import platform
import resource
import sys
import tempfile
import zoneinfo
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from asura import __version__
from asura.cli.doctor_finding import Finding, amount, ok, problem, warn
from asura.running.open_files import FILES_FOR_OURSELVES

OLDEST_KERNEL, OLDEST_GLIBC = (4, 18), (2, 28)
LITTLE_MEMORY, LITTLE_LIMIT = 64 << 20, 160 << 20
# What the one file takes when it is unpacked, and a little more.
UNPACKED = 128 << 20


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What this machine is, as far as asura depends on it. Sizes are bytes."""

    version: str
    python: str
    kernel: str
    libc: tuple[str, str]
    one_file: bool
    memory_available: int
    swap: int
    memory_limit: int | None
    oom_kills: int
    files: tuple[int, int]
    files_of: str
    max_concurrent: int
    temporary: str
    temporary_missing: str
    temporary_runs: bool
    temporary_free: int
    unpacked_before: tuple[str, ...]
    zones: str
    manager: str
    watchdog: bool


def look(pid: int | None, max_concurrent: int) -> Machine:
    """Return what is there; `pid` is the asura that runs, whose limits count more than ours."""
    memory, variables = _memory(), _environment(pid)
    wanted = variables.get("TMPDIR", "")
    # One that is not there is passed over without a word by what unpacks the executable.
    temporary = wanted if wanted and os.path.isdir(wanted) else tempfile.gettempdir()
    disk = os.statvfs(temporary)
    limit, kills = _group(pid)
    return Machine(
        version=__version__,
        python=platform.python_version(),
        kernel=platform.release(),
        libc=platform.libc_ver(),
        one_file=bool(getattr(sys, "frozen", False)),
        memory_available=memory.get("MemAvailable", 0),
        swap=memory.get("SwapTotal", 0),
        memory_limit=limit,
        oom_kills=kills,
        files=_files(pid),
        files_of="the running asura" if pid else "this shell",
        max_concurrent=max_concurrent,
        temporary=temporary,
        temporary_missing=wanted if wanted and temporary != wanted else "",
        temporary_runs=not disk.f_flag & os.ST_NOEXEC,
        temporary_free=disk.f_bavail * disk.f_frsize,
        unpacked_before=_unpacked(Path(temporary)),
        zones=_zones(),
        manager=_manager(variables),
        watchdog="WATCHDOG_USEC" in variables,
    )


def judge(seen: Machine) -> Iterator[Finding]:
    """Yield what is to be said about the machine."""
    yield ok("version", f"asura {seen.version}, Python {seen.python}, {'one file' if seen.one_file else 'from source'}")
    yield _system(seen)
    yield from _of_memory(seen)
    yield _of_files(seen)
    if seen.one_file:
        yield from _of_unpacking(seen)
    if seen.unpacked_before:
        names = ", ".join(seen.unpacked_before[:3])
        text = f"{len(seen.unpacked_before)} folders of executables that were killed: {names}"
        yield warn("leftovers", text, f"rm -r {' '.join(seen.unpacked_before[:3])}")
    if seen.zones:
        yield problem("time zones", seen.zones, "install asura again, with its package tzdata")
    else:
        yield ok("time zones", "come with asura, the same on every machine")
    beside = " with a watchdog" if seen.watchdog else ""
    yield ok("run by", f"{seen.manager}{beside}")


def _system(seen: Machine) -> Finding:
    name, version = seen.libc
    text = f"Linux {seen.kernel}, {f'{name} {version}' if name else 'a C library of another kind'}"
    if _numbers(seen.kernel) < OLDEST_KERNEL:
        return warn("system", f"{text}: older than anything asura was tried on", "upgrade the system")
    if seen.one_file and name == "glibc" and _numbers(version) < OLDEST_GLIBC:
        return warn("system", f"{text}: older than the executable wants", "build it here: ./dev binary")
    return ok("system", text)


def _of_memory(seen: Machine) -> Iterator[Finding]:
    text = f"{amount(seen.memory_available)} free, {amount(seen.swap)} of swap"
    if seen.memory_limit is not None:
        text += f", at most {amount(seen.memory_limit)} for asura"
    if seen.oom_kills:
        yield problem("memory", f"{text}; the kernel has killed for want of it {seen.oom_kills} times", _MORE_MEMORY)
    elif seen.memory_available < LITTLE_MEMORY:
        yield problem("memory", f"{text}: too little to start", _MORE_MEMORY)
    elif seen.memory_limit is not None and seen.memory_limit < LITTLE_LIMIT:
        yield warn("memory", f"{text}: enough for a few hundred monitors", _MORE_MEMORY)
    else:
        yield ok("memory", text)


_MORE_MEMORY = "raise MemoryMax= of the unit (systemctl edit asura), or the memory of the machine"


def _of_files(seen: Machine) -> Finding:
    hard = seen.files[1]
    fit = seen.max_concurrent if hard < 0 else min(seen.max_concurrent, max(1, hard - FILES_FOR_OURSELVES))
    text = f"{seen.files_of} may have {'any number' if hard < 0 else hard}, so {fit} checks run side by side"
    if fit < seen.max_concurrent:
        wanted = seen.max_concurrent + FILES_FOR_OURSELVES
        todo = f"set LimitNOFILE={wanted} in the unit (systemctl edit asura), or ulimit -n {wanted}"
        return warn("open files", f"{text}, not the {seen.max_concurrent} of monitor.max_concurrent", todo)
    return ok("open files", text)


def _of_unpacking(seen: Machine) -> Iterator[Finding]:
    text = f"{seen.temporary}, {amount(seen.temporary_free)} free"
    place = "/var/lib/asura/tmp"
    todo = f"install -d -o asura -g asura -m 700 {place}; Environment=TMPDIR={place} in the unit (systemctl edit asura)"
    if seen.temporary_missing:
        make = f"make it: install -d -m 700 {seen.temporary_missing}, as the user that asura runs as"
        yield warn("unpacking", f"TMPDIR names {seen.temporary_missing}, which is not there; it is passed over", make)
    if not seen.temporary_runs:
        yield problem("unpacking", f"{text}: mounted noexec, so the executable cannot start there", todo)
    elif seen.temporary_free < UNPACKED:
        yield problem("unpacking", f"{text}: the executable needs {amount(UNPACKED)}", todo)
    else:
        yield ok("unpacking", text)


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.partition("-")[0].split(".")[:2]
    return tuple(int(part) if part.isdigit() else 0 for part in parts)


def _memory() -> dict[str, int]:
    try:
        rows = [line.split() for line in Path("/proc/meminfo").read_text("ascii").splitlines()]
    except OSError:
        return {}
    return {row[0].rstrip(":"): int(row[1]) * 1024 for row in rows if len(row) > 1 and row[1].isdigit()}


def _group(pid: int | None) -> tuple[int | None, int]:
    """Return the limit of memory of a process's group, and how often the kernel killed in it."""
    try:
        line = Path(f"/proc/{pid or 'self'}/cgroup").read_text("ascii").strip().splitlines()[-1]
        folder = Path("/sys/fs/cgroup") / line.split(":", 2)[2].lstrip("/")
        limit = (folder / "memory.max").read_text("ascii").strip()
        events = dict(row.split() for row in (folder / "memory.events").read_text("ascii").splitlines())
    except (OSError, ValueError, IndexError):
        return None, 0
    return (int(limit) if limit.isdigit() else None), int(events.get("oom_kill", "0"))


def _files(pid: int | None) -> tuple[int, int]:
    try:
        return resource.prlimit(pid or 0, resource.RLIMIT_NOFILE)
    except OSError:
        return resource.getrlimit(resource.RLIMIT_NOFILE)


def _environment(pid: int | None) -> Mapping[str, str]:
    """Return the variables of the running asura, as far as we may see them; else our own."""
    if pid is None:
        return os.environ
    try:
        raw = Path(f"/proc/{pid}/environ").read_bytes().decode("utf-8", "replace")
    except OSError:
        return {}
    return dict(part.partition("=")[::2] for part in raw.split("\0") if part)


def _unpacked(folder: Path) -> tuple[str, ...]:
    """Return what killed executables left behind (of us; of everybody, for root): folders that no process uses."""
    we = os.geteuid()
    # Of processes of others we do not see what they use.
    found = [str(path) for path in folder.glob("_MEI*") if path.is_dir() and we in (0, path.stat().st_uid)]
    if not found:
        return ()
    used = "".join(_maps(process) for process in Path("/proc").glob("[0-9]*"))
    return tuple(sorted(path for path in found if f"{path}/" not in used))


def _maps(process: Path) -> str:
    try:
        return (process / "maps").read_text("utf-8", "replace")
    except OSError:
        return ""


def _zones() -> str:
    try:
        zoneinfo.reset_tzpath(())
        zoneinfo.ZoneInfo("Europe/Berlin")
    except zoneinfo.ZoneInfoNotFoundError:
        return "are missing, so schedules and windows of local times cannot be worked out"
    finally:
        zoneinfo.reset_tzpath()
    return ""


def _manager(variables: Mapping[str, str]) -> str:
    if "INVOCATION_ID" in variables and "NOTIFY_SOCKET" in variables:
        return "systemd, which is told how it is"
    if "INVOCATION_ID" in variables:
        return "systemd"
    if Path("/.dockerenv").exists() or Path("/run/.containerenv").exists() or "KUBERNETES_SERVICE_HOST" in variables:
        return "a container"
    return "nobody: it ends with the session that started it, and nothing starts it again"
