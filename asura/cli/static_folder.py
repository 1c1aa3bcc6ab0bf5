"""A folder of files that is kept like a list says, without touching what somebody else put there."""

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from asura.errors import AsuraError

# Names what was written, so that it can be told from what was not.
LIST = ".asura-export.json"


class Kept(NamedTuple):
    """What became of a folder."""

    written: int
    unchanged: int
    removed: int


class _Written(msgspec.Struct):
    """The files that were written, with a hash of each."""

    files: dict[str, str] = {}


def keep(folder: Path, files: Mapping[str, bytes]) -> Kept:
    """Make a folder hold these files, in their order; raises AsuraError where something of others is in the way.

    Each file is replaced in one step, and only when it is another. What was written before and is not wanted any more
    goes, unless somebody has changed it since.
    """
    before = _read(folder)
    _refuse_others(folder, files, before)
    hashes = {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}
    # Known before it is there: an export that is interrupted can still be told from what others wrote.
    _write(folder / LIST, msgspec.json.encode(_Written({**before, **hashes})))
    written = sum(_put(folder / name, body) for name, body in files.items())
    gone = sum(_remove(folder, name, before[name]) for name in before if name not in files)
    _write(folder / LIST, msgspec.json.encode(_Written(hashes)))
    return Kept(written, len(files) - written, gone)


def _read(folder: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode((folder / LIST).read_bytes(), type=_Written).files
    except FileNotFoundError:
        return {}
    except msgspec.MsgspecError:
        raise AsuraError(f"{folder / LIST} cannot be read: remove it together with what was exported") from None


def _refuse_others(folder: Path, files: Mapping[str, bytes], before: Mapping[str, str]) -> None:
    for name, body in files.items():
        path = folder / name
        if name not in before and path.exists() and (path.is_dir() or path.read_bytes() != body):
            raise AsuraError(f"{path} was not written by an export: choose an empty folder, or move it away")


def _put(path: Path, body: bytes) -> bool:
    """Write a file unless it is there as it should be; returns whether it was written."""
    with suppress(FileNotFoundError, NotADirectoryError):
        if path.read_bytes() == body:
            return False
    _write(path, body)
    return True


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(body)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _remove(folder: Path, name: str, digest: str) -> bool:
    path = folder / name
    try:
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return False
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        return False
    path.unlink()
    for parent in path.parents:
        if parent == folder or any(parent.iterdir()):
            break
        parent.rmdir()
    return True
