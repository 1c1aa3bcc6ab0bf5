"""What the tests of backups share: a store with a little of everything in it, and archives made by hand."""

import fcntl
import hashlib
import io
import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import zstandard

from asura.clock import SystemClock
from asura.domain.channel import ChannelConfig
from asura.domain.fields import Secret
from asura.store import apart, archive, channels, folder, heartbeats, meta
from asura.store.age import Lock
from asura.store.archive import Written
from asura.store.db import Store
from asura.store.snapshot import Task
from tests.store.kit import START, add_monitor, append, up

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PASSPHRASE = Secret("correct horse battery staple")
HIDDEN = "xoxb-a-secret-of-a-channel"


async def fill(data: Path) -> None:
    """Make a data folder with a monitor, results in the tail, and secrets."""
    store = Store.open(data, clock=SystemClock())
    await store.write(store.results.load)
    monitor = await add_monitor(store)
    await append(store, *(up(monitor.id, START) for _ in range(3)))
    config = ChannelConfig(name="ops", type="webhook", settings={"url": Secret(HIDDEN)})

    def change(db: Any) -> None:
        channels.insert(db, store.vault, slug="ops", config=config, managed_by=None, now=START)
        meta.put(db, "ping_key", heartbeats.seal_token(store.vault, Secret("a ping key")).decode())

    await store.write(change)
    await store.close()


def write(data: Path, target: Path, lock: Lock | None = None, task: Task | None = None) -> Written:
    """Write a backup."""
    return archive.write(data, target, at=AT, lock=lock, task=task or Task())


def unpacked(path: Path) -> dict[str, bytes]:
    """Return what is in an archive that is not encrypted."""
    with path.open("rb") as file:
        plain = zstandard.ZstdDecompressor().stream_reader(file).read()
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}  # type: ignore[union-attr]


def packed(path: Path, members: list[tuple[str | tarfile.TarInfo, bytes]], tail: bytes = bytes(1024)) -> Path:
    """Write an archive of these members, whatever they are."""
    plain = b""
    for named, content in members:
        info = tarfile.TarInfo(named) if isinstance(named, str) else named
        info.size = len(content) if isinstance(named, str) else info.size
        plain += info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)
    path.write_bytes(zstandard.ZstdCompressor().compress(plain + tail))
    return path


def forged(whole: Path, path: Path, script: str = "", *, key: bytes | None = None) -> Path:
    """Write a backup whose sums and rows are right, of the database of another one after a script, and another key."""
    inside, said = unpacked(whole), manifest_of(whole)
    database = path.with_name(f"{path.name}.db")
    database.write_bytes(inside["asura.db"])
    db = sqlite3.connect(database, isolation_level=None)
    db.executescript(script)
    names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names if name in said["rows"]}
    db.close()
    files = {"asura.db": database.read_bytes(), "secret.key": inside["secret.key"] if key is None else key}
    sums = {name: {"bytes": len(one), "sha256": hashlib.sha256(one).hexdigest()} for name, one in files.items()}
    manifest = msgspec.json.encode(said | {"rows": rows, "files": sums})
    return packed(path, [("manifest.json", manifest), *files.items()])


def manifest_of(path: Path) -> dict[str, Any]:
    """Return the manifest of an archive as plain data."""
    found: dict[str, Any] = msgspec.json.decode(unpacked(path)["manifest.json"])
    return found


def makers(process: int | str = "self") -> list[int]:
    """Return the processes that make backups for a process."""
    found = []
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        # One may end meanwhile.
        with suppress(OSError):
            for child in children.read_text("ascii").split():
                if apart.WORD.encode() in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                    found.append(int(child))
    return found


@contextmanager
def waiting_for_their_turn(data: Path) -> Iterator[None]:
    """Let backups that begin meanwhile wait for their turn in the folder, for ten seconds."""
    folder.make_private(data / folder.BACKUPS)
    held = os.open(data / folder.BACKUPS, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    yield
    os.close(held)
