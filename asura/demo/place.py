"""The folder of a demo: one that goes at its end, or one that is kept and known again by a file in it."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from asura.errors import Conflict
from asura.store.folder import lock, unlock

MARK = "asura-demo"
_TEMPORARY = "asura-demo-"
_BEGUN, _READY, _PASSING = "begun\n", "ready\n", "temporary\n"
_SAYS = "{folder} is not the folder of a demo: it holds other things. Choose an empty one, or leave --data out."


class Place(NamedTuple):
    """Where the data of a demo is, and whether its past is there already."""

    folder: Path
    filled: bool
    kept: bool

    def done(self) -> None:
        """Note that its past is whole."""
        (self.folder / MARK).write_text(_READY, "ascii")


def is_demo(folder: Path) -> bool:
    """Return whether a folder is that of a demo, whose monitors and channels are made up."""
    try:
        return _said(folder / MARK) in (_BEGUN, _READY)
    except OSError:
        return False


@contextlib.contextmanager
def place(wanted: Path | None) -> Iterator[Place]:
    """Lend the folder of a demo; without a wish it is a temporary one, gone at the end. Conflict for anything else."""
    if wanted is not None:
        yield _kept(wanted)
        return
    with temporary() as folder:
        yield Place(folder / "data", filled=False, kept=False)


@contextlib.contextmanager
def temporary() -> Iterator[Path]:
    """Lend a folder that goes at the end. Those of demos that were killed go now: nobody holds their lock any more."""
    for left in Path(tempfile.gettempdir()).glob(f"{_TEMPORARY}*"):
        _sweep(left)
    folder = Path(tempfile.mkdtemp(prefix=_TEMPORARY))
    held = _hold(folder)
    try:
        # After the lock: one that has the mark and no lock is nobody's.
        (folder / MARK).write_text(_PASSING, "ascii")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _hold(folder: Path) -> int:
    """Return the descriptor of a folder of ours with its lock; OSError where it is no folder, or somebody has it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _sweep(folder: Path) -> None:
    """Remove a folder that a demo made for itself and left; whatever else has such a name is not ours."""
    with contextlib.suppress(OSError):
        about = folder.lstat()
        if about.st_uid != os.geteuid() or _said(folder / MARK) != _PASSING:
            return
        held = _hold(folder)
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _kept(folder: Path) -> Place:
    try:
        there = {path.name for path in folder.iterdir()}
    except FileNotFoundError:
        there = set()
    except OSError as error:
        raise Conflict(f"{folder}: {error.strerror}. A demo needs a folder of its own.") from None
    mark = folder / MARK
    if there and MARK not in there:
        raise Conflict(_SAYS.format(folder=folder))
    said = _said(mark) if there else _BEGUN
    if said == _READY:
        return Place(folder, filled=True, kept=True)
    if said != _BEGUN:
        raise Conflict(_SAYS.format(folder=folder))
    if there:
        # Conflict where another process is at it.
        unlock(lock(folder))
    for name in there - {MARK}:
        # A past that was broken off in its middle is made anew.
        _remove(folder / name)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.write_text(_BEGUN, "ascii")
    return Place(folder, filled=False, kept=True)


def _said(mark: Path) -> str:
    """Return what our own file says; whatever else has its name is not ours, and nothing beside it is touched."""
    if mark.is_symlink() or not mark.is_file():
        return ""
    return mark.read_text("ascii", "replace")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
