"""Opening a backup: nothing in it is believed. Names, kinds, sizes and sums are those that the manifest may say."""

import contextlib
import hashlib
import os
import stat
import tarfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

import msgspec

from asura.errors import AsuraError, StoreUnavailable
from asura.store import age, folder
from asura.store.age import Key
from asura.store.snapshot import Stopped, Task

MANIFEST = "manifest.json"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
SQLITE_MAGIC = b"SQLite format 3\x00"
UNDER_PASSPHRASE = age.MAGIC + b"\n-> scrypt"
LARGEST_MANIFEST = 1 << 20
# tar fills up its last record with zeros.
LONGEST_TAIL = 20 * tarfile.BLOCKSIZE
# What a compressor may ask us to remember; ours asks for 2 MiB.
LARGEST_WINDOW = 8 << 20
# The first and the last year of all have instants that other zones cannot express.
_EARLIEST, _LATEST = 2000, 9998
_READ = 256 * 1024
_BLOCK = tarfile.BLOCKSIZE


class Unreadable(AsuraError):
    """A file that is no backup, or a damaged one, or one that this key does not open."""


class Content(msgspec.Struct, frozen=True):
    """One file inside: its size, and its SHA-256 in hex."""

    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself, in its first file."""

    product: Literal["asura"] = "asura"
    format: Literal[1] = 1
    version: str
    schema: int
    made_at: datetime
    monitors: int
    rows: dict[str, int]
    files: dict[str, Content]

    @property
    def bytes(self) -> int:
        """Return how much room what is inside takes."""
        return sum(one.bytes for one in self.files.values())


def kind_of(path: Path) -> str:
    """Return what a file is by how it begins: "encrypted", "plain", or "database" for one that a migration left."""
    with _opened(path) as file:
        head = file.read(32)
    if not head:
        raise Unreadable(f"{path}: is empty. It is no backup.")
    kinds = ((age.MAGIC, "encrypted"), (ZSTD_MAGIC, "plain"), (SQLITE_MAGIC, "database"))
    found = next((kind for magic, kind in kinds if head.startswith(magic)), None)
    if found is None:
        raise Unreadable(f"{path}: is no backup of asura, or its beginning is damaged.")
    return found


def look(
    path: Path, key: Key, task: Task, *, into: Path | None = None, admit: Callable[[Manifest], None] | None = None
) -> Manifest:
    """Return the manifest of a backup whose every byte was compared with it; `into`: also put its files there.

    Unreadable with what is wrong. `admit` is shown the manifest before anything is written, and may raise.
    """
    unpacker = _Unpacker(into, admit)
    size = max(1, path.stat().st_size)
    with _opened(path) as file:
        watched = _Watched(file, size, task)
        try:
            _pour(watched, unpacker, key)
            manifest = unpacker.finish()
        except (Stopped, StoreUnavailable):
            raise
        except AsuraError as error:
            raise Unreadable(f"{path}: {str(error).rstrip('.')}. It was not used.") from error
        finally:
            unpacker.close()
    if into is not None:
        folder.sync_folder(into)
    return manifest


def _pour(file: "_Watched", unpacker: "_Unpacker", key: Key) -> None:
    import zstandard

    unpacked: Any = unpacker
    packed = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW).stream_writer(unpacked, closefd=False)
    try:
        head = file.peek()
        if head.startswith(age.MAGIC):
            if key.passphrase is None and key.identities is not None and head.startswith(UNDER_PASSPHRASE):
                raise Unreadable("it has a passphrase: use --key-file")
            age.decrypt(file, packed.write, key)
            return
        while chunk := file.read(_READ):
            packed.write(chunk)
    except zstandard.ZstdError as error:
        raise Unreadable("it is damaged: it cannot be unpacked") from error


class _Watched:
    """A file that is read, and a task that is told how far it is."""

    def __init__(self, file: IO[bytes], size: int, task: Task) -> None:
        self._file = file
        self._size = size
        self._task = task
        self._done = 0

    def peek(self) -> bytes:
        """Return the first bytes, and be at the beginning again."""
        head = self._file.read(32)
        self._file.seek(0)
        return head

    def read(self, size: int = -1) -> bytes:
        """Return what is next."""
        piece = self._file.read(size)
        self._done += len(piece)
        self._task.at("unpacking", min(1.0, self._done / self._size))
        return piece


class _Unpacker:
    """Takes the bytes of a tar, and lets only those through that a backup of ours has: a file that is written to."""

    def __init__(self, into: Path | None, admit: Callable[[Manifest], None] | None) -> None:
        self._into = into
        self._admit = admit
        self._head = bytearray()
        self._text = bytearray()
        self._manifest: Manifest | None = None
        self._awaited: list[str] = [MANIFEST]
        self._name = ""
        self._left = self._padding = 0
        self._tail: int | None = None
        self._digest = hashlib.sha256()
        self._descriptor: int | None = None

    def write(self, data: Any) -> int:
        """Take the next bytes."""
        rest = memoryview(data)
        while rest:
            rest = self._step(rest)
        return len(data)

    def finish(self) -> Manifest:
        """Return the manifest, when everything that it names has come, and the end after it."""
        if self._manifest is None or self._awaited or self._left or not self._tail or self._tail < _BLOCK:
            raise Unreadable("it is cut short")
        return self._manifest

    def close(self) -> None:
        """Close what is open."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _step(self, rest: memoryview) -> memoryview:
        if self._left:
            return self._body(rest)
        if self._padding:
            skipped = min(self._padding, len(rest))
            self._padding -= skipped
            return rest[skipped:]
        if self._tail is not None:
            self._tail += len(rest)
            if self._tail > LONGEST_TAIL or any(rest):
                raise Unreadable("it holds more than a backup does")
            return rest[:0]
        wanted = min(_BLOCK - len(self._head), len(rest))
        self._head += rest[:wanted]
        if len(self._head) == _BLOCK:
            self._entry(bytes(self._head))
            self._head.clear()
        return rest[wanted:]

    def _entry(self, head: bytes) -> None:
        """Begin a file, or the end."""
        if not any(head):
            if self._awaited:
                raise Unreadable("it is cut short: a file is missing")
            self._tail = _BLOCK
            return
        try:
            info = tarfile.TarInfo.frombuf(head, "utf-8", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError) as error:
            raise Unreadable("it is damaged: its list of files cannot be read") from error
        if info.type != tarfile.REGTYPE or not self._awaited or info.name != self._awaited[0]:
            raise Unreadable(f"it holds {info.name[:60]!r}, which a backup does not hold in this place")
        self._name, self._left = self._awaited.pop(0), info.size
        self._padding = -info.size % _BLOCK
        self._digest = hashlib.sha256()
        if self._manifest is None:
            if not 0 < info.size <= LARGEST_MANIFEST:
                raise Unreadable("its manifest is too large")
            return
        if info.size != self._manifest.files[self._name].bytes:
            raise Unreadable(f"its {self._name} has another size than its manifest says")
        self._open()
        if not self._left:
            self._end()

    def _body(self, rest: memoryview) -> memoryview:
        piece = rest[: self._left]
        self._left -= len(piece)
        if self._manifest is None:
            self._text += piece
        else:
            self._digest.update(piece)
            unwritten = piece
            while self._descriptor is not None and unwritten:
                unwritten = unwritten[os.write(self._descriptor, unwritten) :]
        if not self._left:
            self._end()
        return rest[len(piece) :]

    def _open(self) -> None:
        if self._into is not None:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW
            self._descriptor = os.open(self._into / self._name, flags, 0o600)

    def _end(self) -> None:
        """Close a file, and compare it; after the manifest is known which files come."""
        if self._manifest is None:
            self._manifest = read_manifest(bytes(self._text))
            self._awaited = list(self._manifest.files)
            if self._admit is not None:
                self._admit(self._manifest)
            return
        if self._descriptor is not None:
            os.fsync(self._descriptor)
        self.close()
        if self._digest.hexdigest() != self._manifest.files[self._name].sha256:
            raise Unreadable(f"it is damaged: its {self._name} is not what was put into it")


def read_manifest(text: bytes) -> Manifest:
    """Return a manifest; Unreadable when it is none, or names other files than a backup has."""
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.ValidationError as error:
        raise Unreadable(f"it is damaged, or its manifest is none that this version knows: {error}") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable("it is damaged: its manifest cannot be read") from error
    if not _fits(manifest.files):
        raise Unreadable("its manifest names other files than a backup has")
    if manifest.made_at.tzinfo is None or not _EARLIEST <= manifest.made_at.year <= _LATEST:
        raise Unreadable("its manifest does not say when it was made")
    return manifest


def _fits(files: Mapping[str, Content]) -> bool:
    names = list(files)
    known = names in ([folder.DATABASE], [folder.DATABASE, folder.KEY])
    return known and all(one.bytes >= 0 for one in files.values())


@contextlib.contextmanager
def _opened(path: Path) -> Any:
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Unreadable(f"{path}: is a folder. Name one backup in it.")
        if not stat.S_ISREG(mode):
            # It is read more than once, and opening a pipe waits for somebody to write.
            raise Unreadable(f"{path}: is no file on a disk. Write the backup into a file first, and name that.")
        with path.open("rb") as file:
            yield file
    except (FileNotFoundError, PermissionError) as error:
        raise Unreadable(f"{path}: {error.strerror}") from None
