"""Unpacks the parts of the executable that are imported late, at the moment when they are.

The launcher unpacks what the interpreter itself needs. All other libraries lie behind the modules in the executable,
packed by zstd: whoever never sends by e-mail never waits for what that takes. Layout: the files one after the other,
then the index and before it its length, whose place the archive of modules carries in its unused header.
"""

import errno
import marshal
import os
import struct
import sys
import threading
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from types import TracebackType
from typing import Any

# What PyInstaller's archive of modules leaves free in its header, and what is written there.
PLACE_AT = 12
PLACE = struct.Struct("!I")
CHUNK = 1 << 16


class CannotUnpackError(ImportError):
    """A part could not be written: a full disk, most often."""


def index_of(file: int, start: int) -> Any:
    """Return the index of an open executable whose archive of modules begins at `start`."""
    at = start + _number(file, start + PLACE_AT)
    return marshal.loads(os.pread(file, _number(file, at), at + PLACE.size))


def _number(file: int, at: int) -> int:
    number: int = PLACE.unpack(os.pread(file, PLACE.size, at))[0]
    return number


class Parts:
    """A finder of modules that unpacks what a module needs before anybody looks for it."""

    def __init__(self, archive: str, start: int, home: str) -> None:
        # Held open: when the executable is replaced by a newer one, this is still the file that was started.
        self.file = os.open(archive, os.O_RDONLY | os.O_CLOEXEC)
        index = index_of(self.file, start)
        self._start, self._home = start, home
        self._files: dict[str, tuple[int, int]] = index["files"]
        self._modules: dict[str, tuple[str, ...]] = index["modules"]
        self._unpacker: str = index["unpacker"]
        self._zstd: Any = None

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Return where an extension is; other modules are found by others, once their files are there."""
        files = self._modules.get(name)
        if files is None:
            return None
        for file in files:
            self._unpack(file)
        if not files[0].endswith(".so"):
            return None
        place = os.path.join(self._home, files[0])
        return spec_from_file_location(name, place, loader=ExtensionFileLoader(name, place))

    def _unpack(self, file: str) -> None:
        place = os.path.join(self._home, file)
        if os.path.exists(place):
            return
        unfinished = f"{place}.{threading.get_ident()}"
        try:
            os.makedirs(os.path.dirname(place), mode=0o700, exist_ok=True)
            with open(unfinished, "wb") as out:
                self._write(file, out)
            # Another thread may be at the same file: whichever is last, it is there as a whole.
            os.rename(unfinished, place)
        except OSError as error:
            raise CannotUnpackError(
                f"cannot unpack {file} into {self._home}: {error.strerror}. "
                "Make room there, or name another folder that is there by the variable TMPDIR, as in TMPDIR=/var/tmp"
            ) from error
        if file.endswith(".zip"):
            sys.path.append(place)

    def _write(self, file: str, out: Any) -> None:
        at, left = self._files[file]
        at += self._start
        unpacking = self._decompressor().decompressobj() if left else None
        while left:
            chunk = os.pread(self.file, min(left, CHUNK), at)
            if not chunk:
                raise OSError(errno.EIO, "the executable was cut off while it runs")
            out.write(unpacking.decompress(chunk))
            at, left = at + len(chunk), left - len(chunk)

    def _decompressor(self) -> Any:
        if self._zstd is None:
            # The extension alone: the package around it would cost as much again.
            place = os.path.join(self._home, self._unpacker)
            name = "zstandard.backend_c"
            spec = spec_from_file_location(name, place, loader=ExtensionFileLoader(name, place))
            assert spec is not None and spec.loader is not None
            self._zstd = module_from_spec(spec)
            spec.loader.exec_module(self._zstd)
        return self._zstd.ZstdDecompressor()


def install() -> None:
    """Put the finder first, have modules read from the file that was started, and tell of a full disk in a sentence."""
    import pyimod02_importers

    archive = pyimod02_importers.pyz_archive
    parts = Parts(archive._filename, archive._start_offset, sys._MEIPASS)
    sys.meta_path.insert(0, parts)
    held = f"/proc/self/fd/{parts.file}"
    if os.path.exists(held):
        archive._filename = held
    sys.excepthook = _tell


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, CannotUnpackError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        sys.__excepthook__(kind, error, trace)
        return
    print(f"asura: {cause}", file=sys.stderr, flush=True)
    os._exit(1)
