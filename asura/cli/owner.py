"""A command on a data folder goes on as the owner of the folder: root follows no link that the owner has laid there.

What only root may read is opened before, by root, where the owner of the folder has no hand in it.
"""

import os
import pwd
import stat
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path, PosixPath
from typing import Any, NamedTuple

import click

from asura.cli.doctor_folder import user
from asura.errors import AsuraError
from asura.store import folder, migrate

# What is imported only where it is needed, by us or by Python: its folder may be closed to the owner.
_LATER = (
    "asura.cli.doctor",
    "asura.cli.rehearsal",
    "asura.cli.upgrade_check",
    "asura.engine.hold",
    "asura.engine.invitation_desk",
    "asura.engine.key_desk",
    "asura.engine.passwords",
    "asura.engine.session_desk",
    "asura.engine.user_desk",
    "asura.store.age",
    "asura.store.db",
    "cryptography.exceptions",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.argon2",
    "concurrent.futures.thread",
    "encodings.ascii",
    "encodings.idna",
    "encodings.latin_1",
    "importlib.readers",
    "pyrage",
    "zstandard",
)


class Handed(PosixPath):
    """A path of a file that was opened by somebody who may, and is read from that."""

    descriptor = -1

    def open(self, mode: str = "r", *rest: Any, **more: Any) -> Any:
        """Return the file, from its beginning."""
        if self.descriptor < 0:
            return super().open(mode, *rest, **more)
        os.lseek(self.descriptor, 0, os.SEEK_SET)
        return os.fdopen(os.dup(self.descriptor), mode)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Return what is known of the file."""
        return os.fstat(self.descriptor) if self.descriptor >= 0 else super().stat(follow_symlinks=follow_symlinks)


class _Owner(NamedTuple):
    uid: int
    gid: int
    name: str
    groups: list[int]
    home: str


def become_owner(data: Path, command: str, *, makes: bool = False) -> bool:
    """Go on as the owner of a data folder where this is root, and return whether that is somebody else now.

    AsuraError for everybody who is neither. A folder that is not there has no owner; `makes`: root is told whose it is.
    """
    found, we = _look(data), os.geteuid()
    if found is not None and found.st_uid != we:
        if we != 0:
            raise _stranger(data, found, command)
        _step_down(data, _owner(found.st_uid, found.st_gid), command)
        return True
    if found is not None and we == 0:
        _refuse_links(data)
    if makes and we == 0 and not (data / folder.DATABASE).exists():
        click.echo(f"{data} is root's. If asura runs as another user, give it: chown -R asura: {data}", err=True)
    return False


def refuse_others(data: Path, command: str) -> None:
    """Raise AsuraError for everybody who does not own a data folder, root too: they would leave files of their own."""
    found = _look(data)
    if found is not None and found.st_uid != os.geteuid():
        raise _stranger(data, found, command)


def make_for(data: Path, name: str) -> None:
    """Make a data folder that belongs to a user, or see that it does; root alone can give one to somebody else."""
    try:
        uid = int(name) if name.isdecimal() else pwd.getpwnam(name).pw_uid
    except KeyError:
        raise click.UsageError(f"--owner: there is no user {name}") from None
    found = _look(data)
    if found is None and os.geteuid() == uid:
        return
    if found is None and os.geteuid() != 0:
        raise click.UsageError("--owner: only root can make a folder for somebody else")
    try:
        if found is None:
            data.mkdir(mode=0o700, parents=True)
        _give(data, uid)
    except OSError as error:
        raise AsuraError(f"{data}: {error.strerror}") from error


def entrusted(path: Path, data: Path) -> Path:
    """Return a path that can be read after `become_owner`, though only root may: not where the owner could put links.

    A path that root need not, or must not, open for the owner is returned as it is.
    """
    found = _look(data) if os.geteuid() == 0 else None
    if found is None or found.st_uid == 0 or _within_reach(path, found.st_uid):
        return path
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return path
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return path
    handed = Handed(path)
    handed.descriptor = descriptor
    return handed


def _stranger(data: Path, found: os.stat_result, command: str) -> AsuraError:
    name = user(found.st_uid)
    # `sudo` of some systems does not look where the one file lies.
    program = sys.executable if getattr(sys, "frozen", False) else "asura"
    return AsuraError(f"{data} belongs to {name}: run this as that user (sudo -u {name} {program} {command})")


def _look(data: Path) -> os.stat_result | None:
    try:
        return data.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise AsuraError(f"{data}: {error.strerror}. Run this as the user that asura runs as.") from error


def _owner(uid: int, gid: int) -> _Owner:
    """Return who a user is; one without a name has the group of their folder, and never that of root."""
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return _Owner(uid, gid or uid, str(uid), [gid or uid], "/")
    groups = os.getgrouplist(entry.pw_name, entry.pw_gid)
    return _Owner(entry.pw_uid, entry.pw_gid, entry.pw_name, groups, entry.pw_dir)


def _step_down(data: Path, owner: _Owner, command: str) -> None:
    load_all()
    try:
        os.setgroups(owner.groups)
        os.setresgid(owner.gid, owner.gid, owner.gid)
        os.setresuid(owner.uid, owner.uid, owner.uid)
    except PermissionError:
        raise AsuraError(
            f"{data} belongs to {owner.name}, and this root may not become another user: "
            f"run this as {owner.name} (asura {command})"
        ) from None
    os.umask(0o077)
    os.environ.update(HOME=owner.home, USER=owner.name, LOGNAME=owner.name)
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        what = "it, or a folder above it, is closed to its owner"
        with suppress(OSError):
            what = f"it is closed to its owner (chmod 700 {data})" if data.stat().st_mode & 0o700 != 0o700 else what
        raise AsuraError(f"{owner.name} may not come to {data}: {what}")


def load_all() -> None:
    """Load now what the owner might not be allowed to: the one file unpacks itself for its user alone."""
    for name in _LATER:
        import_module(name)
    migrate.steps()
    unpacked = getattr(sys, "_MEIPASS", "")
    # Nothing in it is secret, and it stays root's: it may be read, and not written.
    if unpacked and os.stat(unpacked).st_mode & 0o077 == 0:
        for place, _, files in os.walk(unpacked):
            os.chmod(place, 0o755)
            for name in files:
                os.chmod(os.path.join(place, name), 0o755)


def _refuse_links(data: Path) -> None:
    """Raise AsuraError where somebody else's link leads root to a folder of root's."""
    path = data.absolute()
    for one in (path, *path.parents):
        found = one.lstat()
        if stat.S_ISLNK(found.st_mode) and found.st_uid != 0:
            raise AsuraError(f"{one} is a link of {user(found.st_uid)}'s: name the folder itself with --data")


def _within_reach(path: Path, uid: int) -> bool:
    """Return whether a user owns a part of a path, so that they say what is found there."""
    for whole in (path.absolute(), Path(os.path.realpath(path))):
        for one in (whole, *whole.parents):
            with suppress(OSError):
                if one.lstat().st_uid == uid:
                    return True
    return False


def _give(data: Path, uid: int) -> None:
    """Give an empty folder of root's to a user; AsuraError when it is another's, or holds something."""
    descriptor = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        if found.st_uid == uid:
            return
        if found.st_uid != 0 or os.geteuid() != 0 or os.listdir(descriptor):
            raise AsuraError(
                f"{data} belongs to {user(found.st_uid)}, not to {user(uid)}. Give it first (chown -R), or leave "
                "--owner away."
            )
        os.fchown(descriptor, uid, _owner(uid, 0).gid)
    finally:
        os.close(descriptor)
