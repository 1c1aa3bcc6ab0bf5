"""A backup that a process of its own makes: Python's lock and most of a core stay with those who check and answer.

The order comes as a line of JSON on its standard input, which stays open for as long as the backup is wanted; how it
goes is said on its standard output, a line each.
"""

import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import IO, TypeAlias

import msgspec

from asura import __version__
from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.errors import AsuraError, StoreUnavailable
from asura.store import archive
from asura.store.age import Lock
from asura.store.snapshot import Stopped, Task

# What asura/__main__.py knows it by.
WORD = "write-backup"
NICENESS = 10
SAY_EVERY_S = 0.25
LOOK_EVERY_S = 0.1
# One that was stopped ends within a step; after so long it is killed.
STOPS_WITHIN_S = 2.0


class Order(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is to be made, and by which asura; the passphrase travels in the pipe alone."""

    version: str
    data: str
    target: str
    at: datetime
    recipients: tuple[str, ...] = ()
    passphrase: str | None = None

    @property
    def lock(self) -> Lock | None:
        """Return what the backup is closed with."""
        if self.passphrase is None and not self.recipients:
            return None
        return Lock(self.recipients, None if self.passphrase is None else Secret(self.passphrase))


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
    recipients = () if lock is None else lock.recipients
    order = Order(__version__, str(data.absolute()), str(target.absolute()), at, recipients, passphrase)
    # In a session of its own: Ctrl-C is meant for us, and the end of its input tells it.
    try:
        process = subprocess.Popen(_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
    except OSError as error:
        raise AsuraError(
            f"{sys.executable}: {error.strerror}. Backups are made by a process of its own. No backup was made."
        ) from error
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(msgspec.json.encode(order) + b"\n")
            process.stdin.flush()
        return _result(_listen(process.stdout, task), process, task)
    finally:
        _end(process)


def step_back() -> None:
    """Let other processes go first, where the system allows to say so."""
    with suppress(OSError):
        os.nice(NICENESS)


def serve() -> int:
    """Make the backup that standard input orders, and stop when that ends; return the exit status."""
    task: Task
    said_at, stage, clock = 0.0, "", SystemClock()

    def tell(now_at: str, ratio: float) -> None:
        nonlocal said_at, stage
        now = clock.monotonic()
        if now_at != stage or now >= said_at + SAY_EVERY_S:
            said_at, stage = now, now_at
            _say(Far(now_at, round(ratio, 4)))

    task = Task(tell, gentle=True)
    signal.signal(signal.SIGTERM, lambda *_: task.stop())
    if sys.stdin.isatty():
        print(f"asura {WORD}: asura itself starts this; write: asura backup FILE", file=sys.stderr)
        return 2
    step_back()
    if not (line := _first_line()):
        return 1
    order = msgspec.json.decode(line, type=Order)
    threading.Thread(target=_until_given_up, args=(task,), daemon=True).start()
    try:
        _say(_made(order, task))
    except BrokenPipeError:
        return 1
    return 0


def _made(order: Order, task: Task) -> Said:
    if order.version != __version__:
        return Failed(
            f"this asura is {order.version}, and {__version__} has been put in its place meanwhile: restart asura"
        )
    try:
        written = archive.write(Path(order.data), Path(order.target), at=order.at, lock=order.lock, task=task)
    except Stopped:
        return Failed(stopped=True)
    except AsuraError as error:
        return Failed(str(error), getattr(error.__cause__, "errno", None) or 0)
    return Done(written.bytes, written.took_s)


def _first_line() -> bytes:
    """Return the order; nothing when whoever was to give it is gone."""
    line = b""
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


def _command() -> list[str]:
    """Return what starts this very asura again, wherever it is started."""
    if getattr(sys, "frozen", False):
        return [sys.executable, WORD]
    return [sys.executable, "-P", "-m", "asura", WORD]


def _listen(output: IO[bytes], task: Task) -> Done | Failed | None:
    """Return the last word; None when there is none. Raises Stopped when the task is to stop."""
    rest, ready = b"", select.poll()
    ready.register(output, select.POLLIN)
    while True:
        if task.stopping:
            raise Stopped("stopped")
        if not ready.poll(LOOK_EVERY_S * 1000):
            continue
        if not (read := os.read(output.fileno(), 1 << 16)):
            return None
        *lines, rest = (rest + read).split(b"\n")
        for line in lines:
            said: Said = msgspec.json.decode(line, type=Said)
            if not isinstance(said, Far):
                return said
            task.at(said.stage, said.ratio)


def _result(said: Done | Failed | None, process: subprocess.Popen[bytes], task: Task) -> Done:
    match said:
        case Done():
            return said
        case Failed(stopped=True):
            raise Stopped("stopped")
        case Failed(message=message, number=number):
            raise StoreUnavailable(message) from (OSError(number, os.strerror(number)) if number else None)
    status = process.wait(STOPS_WITHIN_S)
    if task.stopping or status == -signal.SIGTERM:
        raise Stopped("stopped")
    how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
    why = " (out of memory?)" if status == -signal.SIGKILL else ": its log says more"
    raise AsuraError(f"the process that made the backup {how}{why}. No backup was made.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the process end, which it does when its input ends, and be gone."""
    assert process.stdin is not None
    assert process.stdout is not None
    with suppress(BrokenPipeError):
        process.stdin.close()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
