"""Puts aside what need not be unpacked when the executable starts, and makes the same bytes of the same input."""

import marshal
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

import zstandard
from PyInstaller.building.utils import process_collected_binary
from PyInstaller.depend.bindepend import get_imports

from frozen.folder import MARK
from frozen.parts import PLACE, PLACE_AT

Entry = tuple[str, str, str]  # where it goes, where it comes from, what it is
UNPACKER = "zstandard.backend_c"
# What is imported before the finder of late parts is there.
FIRST = "atexit, ctypes, fcntl, marshal, os, re, signal, stat, struct, threading, time, zlib"
# A greater window would pack better by a hundredth and cost as much memory while it unpacks.
PACKING = zstandard.ZstdCompressionParameters.from_level(19, window_log=21)


def sorted_zip(path: str) -> None:
    """Write a zip anew with its entries in order and without dates, neither packed nor different each time."""
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name in sorted(entries):
            new.writestr(zipfile.ZipInfo(name), entries[name])


def zip_of(package: Path, target: Path) -> str:
    """Write a package of mere data as one zip, so that it is one file and not hundreds; returns its path."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(package.rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                name = f"{package.name}/{path.relative_to(package).as_posix()}"
                packed.writestr(zipfile.ZipInfo(name), path.read_bytes())
    return str(target)


def mark(folder: Path) -> Entry:
    """Return the file that marks what is unpacked as ours.

    Because it may be executed it is written among the libraries, which come first, and because of its name before them.
    """
    empty = folder / MARK
    empty.touch(mode=0o755)
    return MARK, str(empty), "DATA"


class Late:
    """What is put aside: files by name, and which modules need them."""

    def __init__(self) -> None:
        self._files: dict[str, str | None] = {}
        self._modules: dict[str, tuple[str, ...]] = {}
        self._unpacker = ""

    def put_aside(self, module: str, files: dict[str, str | None]) -> None:
        """Have these files unpacked when the module is imported; None stands for an empty file."""
        self._files.update(files)
        self._modules[module] = tuple(files)

    def take_data(self, datas: list[Entry], folder: str, module: str) -> list[Entry]:
        """Put aside all data below a folder until the module is imported; returns the rest."""
        late = [entry for entry in datas if entry[0].startswith(f"{folder}/")]
        self.put_aside(module, {target: source for target, source, _ in late})
        return [entry for entry in datas if entry not in late]

    def take_libraries(self, binaries: Iterable[Entry]) -> list[Entry]:
        """Put aside each extension, and each library that only they need; returns what is needed at the start."""
        entries = sorted(binaries)
        sources = {target: source for target, source, _ in entries}
        extensions = {_module(target): target for target, _, kind in entries if kind == "EXTENSION"}
        libraries = {os.path.realpath(source): target for target, source, kind in entries if kind == "BINARY"}
        first = {UNPACKER, *_loaded_first()}
        self._unpacker = extensions[UNPACKER]
        at_start = {target for module, target in extensions.items() if module in first}
        at_start |= {target for target in sources if target.startswith("libpython")}
        at_start |= {one for target in at_start for one in _needed(sources[target], libraries)}
        for module, target in extensions.items():
            if target not in at_start:
                files = [target, *(one for one in _needed(sources[target], libraries) if one not in at_start)]
                self.put_aside(module, {one: _stripped(sources[one], one) for one in files})
        return [entry for entry in entries if entry[0] not in self._files]

    def append_to(self, modules: Path) -> None:
        """Write all of it behind PyInstaller's archive of modules, and its place into the header of that."""
        index: dict[str, tuple[int, int]] = {}
        with modules.open("r+b") as archive:
            start = archive.seek(0, os.SEEK_END)
            for name in sorted(self._files):
                packed = self._packed(name)
                index[name] = (archive.tell(), len(packed))
                archive.write(packed)
            at = archive.tell()
            told = {"files": index, "modules": dict(sorted(self._modules.items())), "unpacker": self._unpacker}
            listed = marshal.dumps(told)
            archive.write(PLACE.pack(len(listed)) + listed)
            archive.seek(PLACE_AT)
            if archive.read(PLACE.size) != bytes(PLACE.size):
                raise SystemExit("frozen: this PyInstaller uses the place in its header where ours was; see parts.py")
            archive.seek(PLACE_AT)
            archive.write(PLACE.pack(at))
        print(f"frozen: {len(index)} files put aside, {(at - start) / 1e6:.1f} MB")

    def _packed(self, name: str) -> bytes:
        source = self._files[name]
        content = Path(source).read_bytes() if source else b""
        return zstandard.ZstdCompressor(compression_params=PACKING).compress(content) if content else b""


def _module(target: str) -> str:
    """Return the name of the module that an extension is, from where it goes."""
    path = re.sub(r"^(python3\.\d+/)?lib-dynload/", "", target)
    return re.sub(r"\.(cpython-|abi3\.)?[^/]*so$", "", path).replace("/", ".")


def _loaded_first() -> set[str]:
    """Return the extensions that are loaded before late parts can be."""
    code = f"import sys, {FIRST}; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    return set(said.stdout.split())


def _needed(source: str, libraries: dict[str, str]) -> list[str]:
    """Return where the libraries go that a library needs, directly or by another."""
    paths = {os.path.realpath(path) for _, path in get_imports(source) if path}
    return sorted(libraries[path] for path in paths if path in libraries)


def _stripped(source: str, target: str) -> str:
    return str(process_collected_binary(source, target, use_strip=True))
