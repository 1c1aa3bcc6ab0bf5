"""The folder of backups, and what is known of those in it."""

import asyncio
import errno
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from asura.domain import backup
from asura.domain.backup import Ledger, Made
from asura.engine.aside import aside
from asura.errors import AsuraError, NotFound
from asura.store import age, removal

log = logging.getLogger(__name__)

_READ_ONLY = (
    "its disk is mounted read-only, or the unit of systemd lets asura write to its data folder alone. Then run "
    "install.sh again, or systemctl edit asura, add [Service] ReadWritePaths={}, and restart it"
)


class Shelved(msgspec.Struct, frozen=True, kw_only=True):
    """A backup that is there. `made`: what is known of it; None when it was put there by somebody else."""

    name: str
    bytes: int
    made: Made | None


class Closed(NamedTuple):
    """Why nothing can be written to a folder, and what to do."""

    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.what}: {self.todo}"


class Shelf:
    """What lies in one folder. It may be far away: nothing here is done on the event loop.

    `chosen`: the settings name it; the one in the data folder is made by asura when it is needed.
    """

    def __init__(self, folder: Path, *, chosen: bool = False) -> None:
        self.folder = folder
        self.chosen = chosen

    async def list(self, ledger: Ledger) -> list[Shelved]:
        """Return the backups that are there, newest first."""
        known = {one.name: one for one in ledger.made}
        sizes = await asyncio.to_thread(self._sizes)
        return [Shelved(name=name, bytes=sizes[name], made=known.get(name)) for name in sorted(sizes, reverse=True)]

    async def find(self, name: str) -> Path:
        """Return where a backup is; NotFound when there is none of this name."""
        path = self.folder / name
        if backup.at_of(name) is None or not await asyncio.to_thread(_is_file, path):
            raise NotFound(f"there is no backup {name}")
        return path

    async def find_sealed(self, name: str) -> Path:
        """Return where a backup is that may leave this machine; AsuraError unless it is encrypted."""
        path = await self.find(name)
        if not backup.may_leave(name) or not await self.is_encrypted(name):
            raise AsuraError(f"{name} is not encrypted, and does not leave this machine")
        return path

    async def is_encrypted(self, name: str) -> bool:
        """Return whether a backup is encrypted, by its name and by how it begins."""
        return name.endswith(".age") and await asyncio.to_thread(_begins_encrypted, self.folder / name)

    async def delete(self, name: str) -> None:
        """Delete a backup; NotFound when there is none of this name."""
        path = await self.find(name)
        with suppress(FileNotFoundError):
            await asyncio.to_thread(removal.begin_to_remove, path)

    async def usable(self) -> bool:
        """Return whether backups can be written there."""
        return await self.closed() is None

    async def closed(self) -> Closed | None:
        """Return why backups cannot be written there; None where they can."""
        # A disk far away that does not answer holds up nobody's end.
        return await aside(self._closed, name="asura-shelf")

    async def warn(self) -> None:
        """Say in the log when backups cannot be written there."""
        if closed := await self.closed():
            log.warning("backup.dir: %s", closed)

    def tidy(self, ledger: Ledger, *, keep: int, now: datetime, just: str) -> Ledger:
        """Delete those of ours that are too many, and return what is left; `just` is the one just made. Blocks.

        Only what is there counts: when the newest were taken away, no older one goes.
        """
        there = [one for one in ledger.made if _is_file(self.folder / one.name)]
        over = set(backup.surplus((one.name for one in there), keep=keep, now=now, just=just))
        for name in over:
            with suppress(FileNotFoundError):
                removal.begin_to_remove(self.folder / name)
        return msgspec.structs.replace(ledger, made=tuple(one for one in there if one.name not in over))

    def _closed(self) -> Closed | None:
        place = self.folder if self.chosen or self.folder.is_dir() else self.folder.parent
        try:
            if os.statvfs(place).f_flag & os.ST_RDONLY:
                return Closed(f"{place} is read-only for asura", _READ_ONLY.format(place))
        except OSError as error:
            return Closed(f"{place} cannot be used ({error.strerror})", "mount its disk, or make it, and restart asura")
        if not place.is_dir() or not os.access(place, os.R_OK | os.W_OK | os.X_OK, effective_ids=True):
            return Closed(f"{place} may not be written by the user that asura runs as", "give it to that one (chown)")
        return None

    def _sizes(self) -> dict[str, int]:
        return dict(self._files())

    def _files(self) -> Iterable[tuple[str, int]]:
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if backup.at_of(entry.name) is not None and entry.is_file(follow_symlinks=False):
                        yield entry.name, entry.stat(follow_symlinks=False).st_size
        except FileNotFoundError:
            return


def is_read_only(error: Exception) -> bool:
    """Return whether something failed because nothing can be written where it was to be."""
    return getattr(error.__cause__ or error, "errno", 0) == errno.EROFS


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _begins_encrypted(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(age.MAGIC)) == age.MAGIC
