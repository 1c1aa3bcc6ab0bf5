"""`asura backup`: writes one file that holds everything, whether or not asura runs."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from asura.cli.doctor_folder import lock_holder, user
from asura.cli.needed import settings_for
from asura.cli.owner import become_owner
from asura.cli.working import size, working
from asura.clock import SystemClock
from asura.domain import backup as naming
from asura.errors import AsuraError
from asura.settings import Settings
from asura.store import apart, archive, folder
from asura.store.age import Lock, read_passphrase, recipient_fault
from asura.store.archive_reading import Manifest, kind_of

if TYPE_CHECKING:
    from asura.cli.root import Invocation

STANDARD_OUTPUT = "standard output"
IN_THE_CLEAR = "it holds the key of all stored secrets: keep it as safe as the data, or encrypt it (--recipient age1…)"


@click.command("backup")
@click.argument("target", metavar="[FILE|DIR|-]", required=False)
@click.option(
    "--recipient",
    "recipients",
    multiple=True,
    metavar="KEY",
    help="Encrypt for age1… or ssh-ed25519 …; may be repeated. Wins over the configuration.",
)
@click.option(
    "--key-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Encrypt with the passphrase in this file. Wins over the configuration.",
)
@click.pass_obj
def backup(invocation: "Invocation", target: str | None, recipients: tuple[str, ...], key_file: Path | None) -> int:
    """Write a verified backup of the database and its key to one file.

    Works whether or not asura runs; beside a running one it takes breaks, so that nobody is held up. In a folder (that
    of the configuration, when none is named) the name is made of the time; `-` writes to standard output. The file
    appears only when it is whole.
    """
    if target == "":
        raise click.UsageError("FILE is empty: name a file or a folder, or leave it away for that of the configuration")
    # Whom backups are closed for, and where they go: all else of a configuration may be wrong meanwhile.
    closed_by_option = recipients or key_file is not None
    settings = settings_for(invocation, "server.data", *(() if target and closed_by_option else ("backup",)))
    lock = _lock(settings, recipients, key_file)
    stepped_down = become_owner(settings.server.data, "backup")
    at, data = SystemClock().now().replace(microsecond=0), settings.server.data
    if gentle := lock_holder(data / folder.LOCK) is not None:
        apart.step_back()
    if target == "-":
        if sys.stdout.isatty():
            raise click.UsageError("standard output is a terminal; write for example: asura backup - > FILE")
        with working(gentle=gentle) as task:
            manifest = archive.stream(data, _hand_over, at=at, lock=lock, task=task)
        _tell(STANDARD_OUTPUT, manifest, lock, to_err=True)
        return 0
    path = _path(settings, target, at, lock)
    if stepped_down:
        _refuse_closed(path)
    _refuse_harm(path, settings)
    with working(gentle=gentle) as task:
        written = archive.write(data, path, at=at, lock=lock, task=task)
    took = f"{size(written.bytes)} in {written.took_s:.1f} s"
    _tell(f"{written.path}: {took}", written.manifest, lock)
    return 0


def _hand_over(chunk: bytes) -> None:
    """Write a chunk to standard output, past buffers that would hold an error back until the end."""
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[os.write(sys.stdout.fileno(), rest) :]
    except OSError as error:
        raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from error


def _path(settings: Settings, target: str | None, at: datetime, lock: Lock | None) -> Path:
    """Return the file to write."""
    named = settings.backup.folder(settings.server.data) if target is None else Path(target)
    if target is None and (settings.server.data / folder.DATABASE).exists() and not settings.backup.dir:
        try:
            folder.make_private(named)
        except OSError as error:
            raise AsuraError(f"{named}: {error.strerror}. No backup was made.") from error
    if not os.path.isdir(named) and not (target or "/").endswith("/"):
        return named
    return named / naming.name_of(at, encrypted=lock is not None)


def _refuse_closed(path: Path) -> None:
    """Raise AsuraError where root could write, and the owner of the data, who writes now, cannot."""
    place, name = path.absolute().parent, user(os.geteuid())
    try:
        closed = not os.access(place, os.W_OK | os.X_OK) and place.lstat() is not None
    except PermissionError:
        closed = True
    except OSError:
        closed = False
    if closed:
        raise AsuraError(
            f"{place}: {name} may not write there, and root's backups are made as {name}, whose the data is. Choose "
            f"a folder of {name}, or let the shell open the file: (umask 077; asura backup - > FILE)"
        )


def _refuse_harm(path: Path, settings: Settings) -> None:
    """Raise AsuraError where a file that is no backup would be replaced, or one be put among those of the data."""
    data, whole = Path(os.path.realpath(settings.server.data)), Path(os.path.realpath(path))
    homes = [Path(os.path.realpath(one)) for one in (data / folder.BACKUPS, settings.backup.folder(data))]
    if whole.is_relative_to(data) and not any(home in whole.parents and home != data for home in homes):
        raise AsuraError(
            f"{path}: lies in the data folder, where the database is. No backup was made. Choose another folder, or "
            f"{data / folder.BACKUPS}/"
        )
    if os.path.exists(path) and not _is_backup(path):
        raise AsuraError(
            f"{path}: is there, and is not a backup of asura by its name (*.backup, *.backup.age) and content. "
            "No backup was made. Choose another name, or delete it first."
        )


def _is_backup(path: Path) -> bool:
    """Return whether a file may be replaced by a new backup: it is an older one, or still empty."""
    if not path.name.endswith((".backup", ".backup.age")) or not path.is_file():
        return False
    try:
        return path.stat().st_size == 0 or kind_of(path) in ("plain", "encrypted")
    except (AsuraError, OSError):
        return False


def _lock(settings: Settings, recipients: tuple[str, ...], key_file: Path | None) -> Lock | None:
    """Return what the backup is closed with: what the options say, else what the configuration says."""
    if recipients and key_file is not None:
        raise click.UsageError("--recipient and --key-file: choose one of the two")
    for one in recipients:
        if (fault := recipient_fault(one)) is not None:
            raise click.UsageError(f"--recipient: {fault}")
    if recipients:
        return Lock(recipients=recipients)
    if key_file is not None:
        return Lock(passphrase=read_passphrase(key_file))
    return settings.backup.lock()


def _tell(where: str, manifest: Manifest, lock: Lock | None, *, to_err: bool = False) -> None:
    closed = "encrypted" if lock is not None else "not encrypted"
    click.echo(f"{where}, {manifest.monitors} monitors, schema {manifest.schema}, verified, {closed}", err=to_err)
    if lock is None:
        click.echo(IN_THE_CLEAR, err=True)
