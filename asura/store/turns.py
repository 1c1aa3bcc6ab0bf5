"""Files and folders that are only there meanwhile: what a run that was killed left is known, and goes away.

Whoever works holds what is his by a lock; what nobody holds is a remain.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from asura.errors import StoreUnavailable
from asura.store import folder, removal
from asura.store.snapshot import Task

PARTIAL = ".partial"
TURN_WITHIN_S = 10.0
_RUN = ".run-"
_LOOK_EVERY_S = 0.05


@contextlib.contextmanager
def appearing(target: Path, task: Task, *, within_s: float = TURN_WITHIN_S) -> Iterator[int]:
    """Yield a descriptor of a file that gets its name at the end, and goes away when that is not reached.

    What a run that was killed left is known by its lock, which nobody holds any more.
    """
    with _turn(target.parent, task, within_s):
        for left in target.parent.glob(f".asura-*{PARTIAL}"):
            _remove_unheld(left, partial(left.unlink, missing_ok=True))
        unnamed = target.parent / f".asura-{secrets.token_hex(4)}-{target.name[:100]}{PARTIAL}"
        descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        _hold(descriptor)
    try:
        yield descriptor
        with _kept_until_replaced(target, unnamed, task):
            unnamed.replace(target)
        folder.sync_folder(target.parent)
    finally:
        unnamed.unlink(missing_ok=True)
        os.close(descriptor)


@contextlib.contextmanager
def working_folder(place: Path, task: Task | None = None, *, within_s: float = TURN_WITHIN_S) -> Iterator[Path]:
    """Yield a private folder inside another, which goes away at the end; those left by killed runs are removed."""
    task = task or Task()
    with _turn(place, task, within_s):
        _sweep(place)
        workplace = place / f"{_RUN}{secrets.token_hex(4)}"
        workplace.mkdir(mode=0o700)
        held = os.open(workplace, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        _hold(held)
    try:
        yield workplace
    finally:
        # A restore may have given the folder another name.
        for large in workplace.glob("*"):
            with contextlib.suppress(OSError):
                removal.remove(large, task)
        shutil.rmtree(workplace, ignore_errors=True)
        os.close(held)


def sweep(place: Path) -> None:
    """Remove the working folders that killed runs left in a folder, unless somebody begins one just now."""
    with contextlib.suppress(OSError):
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            if _hold(descriptor):
                _sweep(place)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _kept_until_replaced(target: Path, unnamed: Path, task: Task) -> Iterator[None]:
    """Let a file that loses its name in the block go step by step, by a second name that it has meanwhile.

    Not by a descriptor: some file systems of a network do not let an open file be replaced.
    """
    second = unnamed.with_name(f"{unnamed.name.removesuffix(PARTIAL)}-old{PARTIAL}")
    with contextlib.suppress(OSError):
        os.link(target, second)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            removal.remove(second, task)


def _sweep(place: Path) -> None:
    for left in place.glob(f"{_RUN}*"):
        _remove_unheld(left, partial(shutil.rmtree, left, ignore_errors=True))


@contextlib.contextmanager
def _turn(place: Path, task: Task, within_s: float) -> Iterator[None]:
    """Let one at a time begin in a folder: what was begun and is not held yet is not taken for a remain.

    That takes a moment; StoreUnavailable where somebody holds the folder for longer.
    """
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for _ in range(round(within_s / _LOOK_EVERY_S)):
            if _hold(descriptor):
                break
            task.at("waiting", 0.0)
            time.sleep(_LOOK_EVERY_S)
        else:
            raise StoreUnavailable(
                f"{place}: another program holds this folder (flock) for more than {within_s:g} s. End it, or "
                "choose a folder that others may not open."
            )
        yield
    finally:
        os.close(descriptor)


def _hold(descriptor: int) -> bool:
    """Return whether it is held by us now; nobody waits for others here."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        # A file system without such locks has nobody who could ask for them either.
        return True
    return True


def _remove_unheld(what: Path, remove: Callable[[], object]) -> None:
    """Remove what nobody holds."""
    try:
        descriptor = os.open(what, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove()
    except OSError:
        return
    finally:
        os.close(descriptor)
