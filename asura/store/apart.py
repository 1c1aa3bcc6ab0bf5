"""A backup that a process of its own makes: Python's lock and most of a core stay with those who check and answer.

The order comes as a line of JSON on its standard input, which stays open for as long as the backup is wanted; how it
goes is said on its standard output, a line each.
"""

import math
import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

import msgspec

from asura import __version__
from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.errors import AsuraError, StoreUnavailable
from asura.store.age import Lock
from asura.store.snapshot import Stopped, Task

# What asura/__main__.py knows it by.
WORD = "write-backup"
NICENESS = 10
# Where memory is short, it is taken from this process, and not from the one that watches (-1000 to 1000).
FIRST_TO_GO = 500
SAY_EVERY_S = 0.25
LOOK_EVERY_S = 0.1
# One that was stopped ends within a step; after so long it is killed.
STOPS_WITHIN_S = 2.0


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be made, and by which asura; the passphrase travels in the pipe alone."""

    version: str
    # Names of files are bytes.
    data: bytes
    target: bytes
    at: datetime
    recipients: tuple[str, ...] = ()
    passphrase: str | None = None

    @property
    def lock(self) -> Lock | None:
        """Return what the backup is closed with."""
        if self.passphrase is None and not self.recipients:
            return None
        return Lock(self.recipients, None if self.passphrase is None else Secret(self.passphrase))


class _Version(msgspec.Struct, frozen=True):
    """What is read of an order first: the rest of another version's may be anything."""

    version: str


class Far(msgspec.Struct, frozen=True, tag="far"):
    """How far it is."""

    stage: str
    ratio: float


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The backup has its name: how large it is, and how long it took."""

    bytes: int
    took_s: float


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """Nothing was made: why, and the number of the system's error where there was one; or it was stopped."""

    message: str = ""
    number: int = 0
    stopped: bool = False


Said: TypeAlias = Far | Done | Failed


def write(data: Path, target: Path, *, at: datetime, lock: Lock | None, task: Task) -> Done:
    """Let a process write a backup of a data folder to a file, and wait for it; raises AsuraError as it would.

    Not forked: the locks of SQLite and of other threads would come along, held by nobody.
    """
    passphrase = None if lock is None or lock.passphrase is None else lock.passphrase.reveal()
    paths = os.fsencode(data.absolute()), os.fsencode(target.absolute())
    order = Order(__version__, *paths, at, () if lock is None else lock.recipients, passphrase)
    process = _started()
    assert process.stdin is not None
    said = None
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(msgspec.json.encode(order) + b"\n")
        said = _last_word(process, task)
    finally:
        # One that was to stop and said nothing has had its time.
        _end(process, 0.0 if said is None and task.stopping else STOPS_WITHIN_S)
    return _result(said, process.returncode, task)


def step_back() -> None:
    """Let other processes have processor and memory first, where the system allows to say so."""
    with suppress(OSError):
        os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(f"{FIRST_TO_GO}\n", "ascii")


def serve() -> int:
    """Make the backup that standard input orders, and stop when that ends; return the exit status."""
    said_at, stage, clock = 0.0, "", SystemClock()

    def tell(now_at: str, ratio: float) -> None:
        nonlocal said_at, stage
        now = clock.monotonic()
        if now_at != stage or now >= said_at + SAY_EVERY_S:
            said_at, stage = now, now_at
            _say(Far(now_at, round(ratio, 4)))

    task = Task(tell, gentle=True)
    signal.signal(signal.SIGTERM, lambda *_: task.stop())
    if os.isatty(0):
        print(f"asura {WORD}: asura itself starts this; write: asura backup FILE", file=sys.stderr)
        return 2
    step_back()
    if not (line := _first_line()):
        return 1
    threading.Thread(target=_until_given_up, args=(task,), daemon=True).start()
    try:
        _say(_made(line, task))
    except BrokenPipeError:
        return 1
    return 0


def _made(line: bytes, task: Task) -> Said:
    # Late: who gives the order writes no archive.
    from asura.store import archive

    version = msgspec.json.decode(line, type=_Version).version
    if version != __version__:
        return Failed(f"this asura is {version}, and {__version__} has been put in its place meanwhile: restart asura")
    order = msgspec.json.decode(line, type=Order)
    data, target = Path(os.fsdecode(order.data)), Path(os.fsdecode(order.target))
    try:
        written = archive.write(data, target, at=order.at, lock=order.lock, task=task)
    except Stopped:
        return Failed(stopped=True)
    except AsuraError as error:
        return Failed(str(error), getattr(error.__cause__, "errno", None) or 0)
    return Done(written.bytes, written.took_s)


def _first_line() -> bytes:
    """Return the order; nothing when whoever was to give it is gone."""
    line = b""
    with suppress(OSError):
        while not line.endswith(b"\n"):
            if not (read := os.read(0, 1 << 16)):
                return b""
            line += read
    return line


def _until_given_up(task: Task) -> None:
    # Not through sys.stdin, whose lock a thread that waits would still hold at the end.
    while os.read(0, 1024):
        continue
    task.stop()


def _say(what: Said) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(what) + b"\n")
    sys.stdout.buffer.flush()


def _started() -> subprocess.Popen[bytes]:
    """Start this very asura again. In a group of its own: Ctrl-C is meant for us, who then close its input.

    In our session: Linux shares a processor between sessions first (autogroup), and niceness counts within one only.
    """
    command, environment = [sys.executable, WORD], dict(os.environ)
    if not getattr(sys, "frozen", False):
        # The same source as ours, and nothing from the folder that we were started in.
        command[1:1] = ["-P", "-m", "asura"]
        paths = [str(Path(__file__).parents[2]), *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)
    try:
        return subprocess.Popen(
            command,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            process_group=0,
        )
    except OSError as error:
        raise AsuraError(
            f"{sys.executable}: {error.strerror}. Backups are made by a process of its own. No backup was made."
        ) from error


def _last_word(process: subprocess.Popen[bytes], task: Task) -> Done | Failed | None:
    """Return the last word; None when there is none, or none comes soon after the task is to stop."""
    assert process.stdin is not None
    assert process.stdout is not None
    rest, ready, clock, until = b"", select.poll(), SystemClock(), math.inf
    ready.register(process.stdout, select.POLLIN)
    while clock.monotonic() < until:
        if task.stopping and until == math.inf:
            process.stdin.close()
            until = clock.monotonic() + STOPS_WITHIN_S
        if not ready.poll(LOOK_EVERY_S * 1000):
            continue
        if not (read := os.read(process.stdout.fileno(), 1 << 16)):
            break
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            said: Said = msgspec.json.decode(line, type=Said)
            if not isinstance(said, Far):
                return said
            with suppress(Stopped):
                task.at(said.stage, said.ratio)
    return None


def _result(said: Done | Failed | None, status: int, task: Task) -> Done:
    """Return what was made; Stopped where it was to stop, or else an AsuraError that says what went wrong."""
    if isinstance(said, Done):
        return said
    if task.stopping:
        raise Stopped("stopped")
    if said is None or said.stopped:
        number = signal.SIGTERM if said is not None else -status
        how = f"was killed by signal {int(number)}" if number > 0 else f"ended with status {status}"
        why = " (out of memory?)" if number == signal.SIGKILL else ""
        raise AsuraError(f"the process that makes backups {how}{why}")
    raise StoreUnavailable(said.message) from (OSError(said.number, os.strerror(said.number)) if said.number else None)


def _end(process: subprocess.Popen[bytes], within_s: float) -> None:
    """Let the process end, which it does when its input ends, and be gone."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
