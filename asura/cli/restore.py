"""`asura restore`: verifies a backup, and puts it in the place of what is there, which is kept."""

import contextlib
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from asura.cli.needed import settings_for
from asura.cli.owner import Handed, become_owner, entrusted, make_for
from asura.cli.terminal import terminal
from asura.cli.working import size, working
from asura.clock import SystemClock
from asura.errors import StoreUnavailable
from asura.settings import Settings
from asura.store import archive_reading, folder, restoring, snapshot, swap, turns
from asura.store.access import Access
from asura.store.age import Key, read_identities, read_passphrase
from asura.store.restoring import Found

if TYPE_CHECKING:
    from asura.cli.root import Invocation

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--identity", type=_FILE, help="File with the key that opens it: of age-keygen, or of SSH.")
@click.option("--key-file", type=_FILE, help="File with the passphrase that opens it.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder to restore into.")
@click.option("--owner", metavar="USER", help="Whose a folder becomes that is not there yet, or is empty; for root.")
@click.option("--check", is_flag=True, help="Only verify the backup, and say what it is; nothing is changed.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing what is there.")
@click.pass_obj
def restore(
    invocation: "Invocation",
    file: Path,
    identity: Path | None,
    key_file: Path | None,
    data: Path | None,
    owner: str | None,
    check: bool,
    yes: bool,
) -> int:
    """Put the backup FILE in the place of the data that is there.

    Everything in it is verified first, and asura must not run on the folder. What was there is kept beside it. After
    the start nobody is told anything until messages are released: the world has gone on since the backup was made.
    """
    if identity is not None and key_file is not None:
        raise click.UsageError("--identity and --key-file: choose one of the two")
    settings = settings_for(invocation, "server.data", "backup")
    key, target = _key(settings, identity, key_file), data or settings.server.data
    made = not target.exists()
    if owner and not check:
        make_for(target, owner)
    file = _as_owner(file, target, check=check)
    if check:
        with _somewhere(target) as place, working() as task:
            found = restoring.unpack(file, key, place, task, beside=target)
        _show(file, found)
        return 0
    held = restoring.refuse_running(target)
    try:
        return _restore(file, key, target, yes=yes, release=_release(invocation, data))
    finally:
        folder.unlock(held)
        if made and not (target / folder.DATABASE).exists():
            _unmake(target)


def _unmake(data: Path) -> None:
    """Leave no trace of a folder that was made for nothing."""
    (data / folder.LOCK).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        data.rmdir()


def _as_owner(file: Path, data: Path, *, check: bool) -> Path:
    """Go on as the owner of the data folder, with a backup that root has opened, where only root may."""
    opened = entrusted(file, data)
    if isinstance(opened, Handed) and archive_reading.kind_of(opened) == "database":
        restoring.refuse_open(opened)
    # Whoever may read a backup may look into it.
    if not check or os.geteuid() == 0:
        become_owner(data, "restore", makes=not check)
    return opened


def _release(invocation: "Invocation", data: Path | None) -> str:
    """Return the command that lets messages go, for the folder and the configuration that were named here."""
    named = str(data) if data is not None else invocation.flags.get("server.data")
    words = ["asura"]
    if invocation.path is not None:
        words += ["--config", str(invocation.path)]
    if named is not None:
        words += ["--data", named]
    return shlex.join([*words, "release"])


def _restore(file: Path, key: Key, data: Path, *, yes: bool, release: str) -> int:
    """Verify, ask, and replace; the folder is locked."""
    if swap.finish(data):
        click.echo(f"{data}: a restore that was interrupted is finished", err=True)
    now = SystemClock().now().replace(microsecond=0)
    with turns.working_folder(data) as place:
        with working() as task:
            found = restoring.unpack(file, key, place, task, beside=data)
        _show(file, found)
        _ask(data, yes=yes)
        access = restoring.hold(place, at=now, made_at=found.made_at)
        kept = swap.swap(data, place, at=now)
    click.echo(f"restored into {data}" + (f"; what was there is in {kept}" if kept else ""))
    _say_who_comes_in(access, found)
    click.echo(f"Start asura. It tells nobody anything until you look at it and say so: {release}", err=True)
    return 0


def _say_who_comes_in(access: Access, found: Found) -> None:
    """Name keys and accounts as they are now: what had been revoked since the backup works again."""
    click.echo("Sessions and open links were ended. Who comes in by what is stored now:")
    for what, names in (("users", access.users), ("API keys", access.keys), ("probes", access.probes)):
        click.echo(f"  {what}: {', '.join(_shown(name) for name in names) or 'none'}")
    click.echo(f"Revoke again what was revoked since {found.made_at:%Y-%m-%d %H:%M:%S} UTC.", err=True)


def _shown(name: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in name)


def _ask(data: Path, *, yes: bool) -> None:
    """Ask before data is replaced; without a terminal, somebody has to have said so."""
    path = data / folder.DATABASE
    if not path.exists() or yes:
        return
    try:
        there = f"a database of {snapshot.monitors_in(path)} monitors, {size(path.stat().st_size)}"
    except StoreUnavailable:
        there = f"a database that cannot be read, {size(path.stat().st_size)}"
    if not sys.stdin.isatty():
        raise click.UsageError(f"{data} holds {there}. To replace it (it is kept beside), add --yes.")
    if not click.confirm(f"{data} holds {there}. Replace it? It is kept beside.", err=True):
        click.echo("Nothing was changed.", err=True)
        raise click.exceptions.Exit(1)


def _show(file: Path, found: Found) -> None:
    # What a file says of itself must not command the terminal.
    by = f" by asura {terminal().plain(found.version)[:40]}" if found.version else ""
    click.echo(f"{file}: made {found.made_at:%Y-%m-%d %H:%M:%S} UTC{by}, schema {found.schema}")
    click.echo(f"{found.monitors} monitors, {found.rows:,} rows; whole, verified, and its secrets open")


def _key(settings: Settings, identity: Path | None, key_file: Path | None) -> Key:
    """Return what opens the backup: what the options say, else the passphrase of the configuration."""
    if identity is not None:
        return Key(identities=read_identities(identity))
    if key_file is not None:
        return Key(passphrase=read_passphrase(key_file))
    lock = settings.backup.lock() if settings.backup.key_file else None
    return Key(passphrase=lock.passphrase if lock else None)


@contextlib.contextmanager
def _somewhere(data: Path) -> Iterator[Path]:
    """Yield a private folder to look at a backup in: beside the data, where there is room for it, if that is there."""
    with contextlib.ExitStack() as stack:
        try:
            place = data / folder.BACKUPS
            if not data.is_dir():
                raise FileNotFoundError
            folder.make_private(place)
            folder.give_to_owner(place, data)
        except OSError:
            place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="asura-")))
        yield stack.enter_context(turns.working_folder(place))
