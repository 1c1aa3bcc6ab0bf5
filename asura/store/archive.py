"""A backup: one file that holds the database of one moment, its key, and a manifest; it can be opened without asura.

`age -d` (where it is encrypted), `zstd -d`, `tar x`: the file appears only when it is whole and was read again.
"""

import contextlib
import errno
import hashlib
import os
import shutil
import tarfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from asura import __version__
from asura.clock import SystemClock
from asura.errors import AsuraError, StoreUnavailable
from asura.store import age, archive_reading, folder, genuine, sealed, snapshot, swap, turns
from asura.store.age import Key, Lock
from asura.store.archive_reading import MANIFEST, Content, Manifest
from asura.store.snapshot import Task

LEVEL = 3
_PIECE = 256 * 1024
# What stays free for those who go on writing meanwhile.
SPARE = 64 * 1024 * 1024
_ADVICE = {
    errno.EACCES: " Run this as the user that asura runs as, and let that user write there (chown).",
    errno.EPERM: " Run this as the user that asura runs as, and let that user write there (chown).",
    errno.ENOENT: " Make that folder first, or choose another.",
    errno.ENOSPC: " Make room there, or choose another place.",
}


class Written(msgspec.Struct, frozen=True):
    """A backup that was written: where, how large, what it holds, and how long it took."""

    path: Path
    bytes: int
    manifest: Manifest
    took_s: float


def write(data: Path, target: Path, *, at: datetime, lock: Lock | None, task: Task) -> Written:
    """Write a backup of a data folder to a file, verified; raises AsuraError, and leaves nothing then."""
    clock = SystemClock()
    began = clock.monotonic()
    target = target.absolute()
    try:
        with _workplace(data, task) as workplace:
            _look_at_room(data, target.parent)
            manifest = _prepare(data, workplace, at, task)
            with turns.appearing(target, task) as descriptor:
                digest = _write_to(descriptor, _packed(workplace, manifest, task), lock)
                _read_again(descriptor, digest, manifest, lock, task)
            if data.absolute() in target.parents:
                folder.give_to_owner(target, data)
            took = clock.monotonic() - began
            return Written(target, target.stat().st_size, manifest, took)
    except OSError as error:
        raise _plain(error, target) from error


def stream(data: Path, write: Callable[[bytes], Any], *, at: datetime, lock: Lock | None, task: Task) -> Manifest:
    """Hand a backup over as it is made; what is handed over was verified, and cannot be read again."""
    try:
        with _workplace(data, task) as workplace:
            _look_at_room(data, data)
            manifest = _prepare(data, workplace, at, task)
            _encrypted(_packed(workplace, manifest, task), write, lock)
            return manifest
    except OSError as error:
        raise _plain(error, data) from error


def _prepare(data: Path, workplace: Path, at: datetime, task: Task) -> Manifest:
    """Put a verified copy of the database and its key into a folder, and return what is said of them."""
    copy, key = workplace / folder.DATABASE, workplace / folder.KEY
    shape = snapshot.take(data / folder.DATABASE, copy, task)
    snapshot.settle(copy)
    if (wrong := genuine.fault(copy)) is not None:
        # A restore would refuse it: better to hear of it now.
        raise StoreUnavailable(f"{data / folder.DATABASE}: {wrong}. No backup was made.")
    snapshot.verify(copy, task, expected=shape)
    if (content := folder.read_key(data)) is not None:
        folder.make_private_file(key)
        key.write_bytes(content)
    try:
        sealed.verify(copy)
    except StoreUnavailable as error:
        # The copy goes away: what is to be put right is the data folder.
        raise StoreUnavailable(f"{str(error).replace(str(workplace), str(data))} No backup was made.") from error
    files = {path.name: _content(path, task) for path in (copy, key) if path.exists()}
    monitors = snapshot.monitors_in(copy)
    return Manifest(
        version=__version__, schema=shape.schema, made_at=at, monitors=monitors, rows=shape.rows, files=files
    )


def _content(path: Path, task: Task) -> Content:
    return Content(path.stat().st_size, snapshot.sha256_of(path, task))


def _packed(workplace: Path, manifest: Manifest, task: Task) -> Iterator[bytes]:
    """Yield the archive, compressed."""
    import zstandard

    packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
    for piece in _archived(workplace, manifest, task):
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def _archived(workplace: Path, manifest: Manifest, task: Task) -> Iterator[bytes]:
    """Yield a tar of the manifest and the files that it names, in this order."""
    head = msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"
    made_at = int(manifest.made_at.timestamp())
    yield _entry(MANIFEST, len(head), made_at) + head + _padding(len(head))
    whole, done = sum(one.bytes for one in manifest.files.values()), 0
    for name, content in manifest.files.items():
        yield _entry(name, content.bytes, made_at)
        with (workplace / name).open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece
                done += len(piece)
                task.at("packing", done / whole)
        yield _padding(content.bytes)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _entry(name: str, size: int, at: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, at
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _encrypted(chunks: Iterable[bytes], write: Callable[[bytes], Any], lock: Lock | None) -> None:
    if lock is not None:
        age.encrypt(chunks, write, lock)
        return
    for chunk in chunks:
        write(chunk)


def _write_to(descriptor: int, chunks: Iterable[bytes], lock: Lock | None) -> str:
    """Write chunks to a file, durably, and return the SHA-256 of what was written."""
    digest, unsynced = hashlib.sha256(), 0

    def write(chunk: bytes) -> None:
        nonlocal unsynced
        digest.update(chunk)
        rest = memoryview(chunk)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        unsynced += len(chunk)
        if unsynced >= snapshot.BYTES_A_SYNC:
            os.fdatasync(descriptor)
            unsynced = 0

    _encrypted(chunks, write, lock)
    os.fsync(descriptor)
    return digest.hexdigest()


def _read_again(descriptor: int, digest: str, manifest: Manifest, lock: Lock | None, task: Task) -> None:
    """Read what was written from the disk, and compare; what is only for recipients cannot be opened here."""
    with contextlib.suppress(OSError):
        # So that the disk answers, and not the memory that it was written from.
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    path = Path(f"/proc/self/fd/{descriptor}")
    if snapshot.sha256_of(path, task, "reading again") != digest:
        raise StoreUnavailable("what was written is not what the disk gives back: the disk is at fault")
    if lock is None or lock.passphrase is not None:
        key = Key(passphrase=lock.passphrase) if lock is not None else Key()
        if archive_reading.look(path, key, task) != manifest:
            raise StoreUnavailable("the backup does not hold what was put into it")


@contextlib.contextmanager
def _workplace(data: Path, task: Task) -> Iterator[Path]:
    """Yield a private folder for what is only needed meanwhile; what killed runs left there is removed first."""
    if not (data / folder.DATABASE).exists():
        raise StoreUnavailable(f"{data}: there is no database of asura. Name its folder with --data.")
    if (data / swap.MARK).exists():
        raise StoreUnavailable(f"{data}: a restore was interrupted. Start asura, which finishes it, or restore again.")
    place = data / folder.BACKUPS
    folder.make_private(place)
    folder.give_to_owner(place, data)
    with turns.working_folder(place, task) as workplace:
        yield workplace


def _look_at_room(data: Path, target: Path) -> None:
    """Raise StoreUnavailable where the copy, or the backup beside it, would not fit."""
    path = data / folder.DATABASE
    log = path.with_name(f"{path.name}-wal")
    size = path.stat().st_size + (log.stat().st_size if log.exists() else 0)
    same = data.stat().st_dev == target.stat().st_dev
    for place, copies in ((data, 2 if same else 1), *(() if same else ((target, 1),))):
        free, needed = shutil.disk_usage(place).free, copies * size + SPARE
        if free < needed:
            raise StoreUnavailable(
                f"{place}: {free // 2**20} MiB free, a backup needs {needed // 2**20} MiB. Nothing was written."
            )


def _plain(error: OSError, target: Path) -> AsuraError:
    name = error.filename if isinstance(error.filename, str) else str(target)
    advice = _ADVICE.get(error.errno or 0, "")
    return StoreUnavailable(f"{name}: {error.strerror or error}. No backup was made.{advice}")
