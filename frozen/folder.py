"""The folder that the launcher unpacks into: whose it is, and that it is gone in the end, whoever was killed."""

import atexit
import ctypes
import fcntl
import os
import re
import signal
import stat
import sys
import time

# The first file that the launcher writes; it says that the folder is ours, and once it has content, that we began.
MARK = ".asura"
NAME = re.compile(r"_MEI([0-9a-fA-F]{8})\w{6}")
# A folder in which nobody began for so long was left by a launcher that was killed while it unpacked.
ABANDONED_AFTER_S = 600
PR_SET_PDEATHSIG = 1


def forget_launcher() -> None:
    """Take out of the environment what is meant for this process alone.

    Programs that it starts would else load our libraries instead of theirs, and another asura would take itself for
    a part of this one.
    """
    for name in [name for name in os.environ if name.startswith("_PYI_")]:
        del os.environ[name]
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    os.environ.pop("LD_LIBRARY_PATH", None)
    if before is not None:
        os.environ["LD_LIBRARY_PATH"] = before


def tell_of_another(wanted: str, home: str) -> None:
    """Say it where the folder that TMPDIR names was not used: the launcher passes over one that it cannot write to."""
    around = os.path.dirname(home)
    try:
        if not wanted or os.path.samefile(wanted, around):
            return
    except OSError:
        why = "is not there"
    else:
        why = "cannot be written to"
    print(
        f"asura: TMPDIR={wanted} {why}, so asura is unpacked into {around}. Make it as the user that asura runs as, "
        f"for asura.service: install -d -o asura -g asura -m 700 {wanted}",
        file=sys.stderr,
    )


def keep() -> None:
    """End when the launcher is killed; hold the folder while this process lives; remove it when nobody else will."""
    home, launcher = sys._MEIPASS, _launcher(sys._MEIPASS)
    # Runs last, because it is registered first.
    atexit.register(_remove_if_orphaned, home, launcher)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    # Killed before it could be told: nobody waits for what this process does.
    if launcher and os.getppid() != launcher:
        sys.exit(128 + signal.SIGTERM)
    try:
        # A lock on the folder itself is also what systemd-tmpfiles looks at before it removes what is old.
        fcntl.flock(os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), fcntl.LOCK_SH)
        with open(os.path.join(home, MARK), "w") as mark:
            mark.write(f"{os.getpid()}\n")
    except OSError:
        # No room, or a file system without locks: where nothing can be locked, nothing is removed either.
        return


def clear_leftovers() -> None:
    """Remove the folders of asuras of the same user that lost their power or were killed as a whole."""
    around, own = os.path.split(sys._MEIPASS)
    try:
        names = os.listdir(around)
    except OSError:
        return  # a folder that may be written to and not read
    for name in names:
        if NAME.fullmatch(name) and name != own:
            try:
                _clear(around, name)
            except OSError:
                continue  # somebody else's, in use, or gone meanwhile


def _clear(around: str, name: str) -> None:
    """Remove one folder when it is surely ours and surely nobody's any more; raises OSError where it is not."""
    place = os.path.join(around, name)
    held = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        folder, mark = os.fstat(held), os.stat(MARK, dir_fd=held, follow_symlinks=False)
        # Others may read the one of a command that root began and the owner of the data went on with; none may write.
        if {folder.st_uid, mark.st_uid} != {os.geteuid()} or stat.S_IMODE(folder.st_mode) & 0o022:
            return
        if not stat.S_ISREG(mark.st_mode) or _is_launcher(_launcher(place)):
            return
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if mark.st_size or mark.st_mtime < time.time() - ABANDONED_AFTER_S:
            _remove(place)
    finally:
        os.close(held)


def _launcher(home: str) -> int:
    """Return the process that made a folder, which is in its name; 0 when it is not."""
    found = NAME.fullmatch(os.path.basename(home))
    return int(found[1], 16) if found else 0


def _is_launcher(process: int) -> bool:
    """Return whether a process runs this very executable: it may still be about to remove its folder itself."""
    try:
        return os.path.samestat(os.stat(f"/proc/{process}/exe"), os.stat("/proc/self/exe"))
    except OSError:
        return False


def _remove_if_orphaned(home: str, launcher: int) -> None:
    if launcher and os.getppid() != launcher:
        _remove(home)


def _remove(place: str) -> None:
    # Imported here: it is seldom needed. It follows no link, not even one that is put there meanwhile.
    import shutil

    shutil.rmtree(place, ignore_errors=True)
