"""Everything that asura keeps goes into an encrypted backup and comes out of it on another machine, row by row."""

import lzma
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest

from asura.clock import SystemClock
from asura.domain.fields import Secret
from asura.store import archive, migrate, restoring, swap, turns
from asura.store.age import Key, Lock
from asura.store.db import Store
from asura.store.snapshot import Task

DATABASES = Path(__file__).parents[1] / "fixtures" / "databases"
AT = datetime(2026, 11, 29, 2, 0, tzinfo=UTC)


def folder_of(schema: int, place: Path) -> Path:
    """Return a data folder with monitors, secrets, incidents, messages, and whatever else a schema has."""
    place.mkdir()
    kept = DATABASES / f"schema-{schema}"
    (place / "asura.db").write_bytes(lzma.decompress((kept / "asura.db.xz").read_bytes()))
    shutil.copy(kept / "secret.key", place / "secret.key")
    return place


def content(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table but what a restore adds or takes away."""
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: sorted(db.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables}
    db.close()
    found["meta"] = [row for row in found["meta"] if row[0] not in ("held_since", "audit_head")]
    found["audit"] = [row for row in found.get("audit", []) if "restore" not in row]
    for name in ("sqlite_sequence", "sessions", "invitations"):
        found.pop(name, None)
    return found


@pytest.mark.parametrize("schema", [1, migrate.newest()])
async def test_it_comes_back_row_by_row_and_starts(schema: int, tmp_path: Path) -> None:
    old, new = folder_of(schema, tmp_path / "old"), tmp_path / "new"
    identity = pyrage.x25519.Identity.generate()
    before = content(old / "asura.db")
    assert sum(map(len, before.values())) > 100
    made = archive.write(
        old, tmp_path / "one.age", at=AT, lock=Lock(recipients=(str(identity.to_public()),)), task=Task()
    )
    assert made.manifest.schema == schema
    new.mkdir()
    with turns.working_folder(new) as place:
        found = restoring.unpack(made.path, Key(identities=Secret(str(identity))), place, Task())
        assert (found.schema, found.made_at, found.monitors) == (schema, AT, made.manifest.monitors)
        restoring.hold(place, at=AT, made_at=found.made_at)
        assert swap.swap(new, place, at=AT) is None
    assert content(new / "asura.db") == before
    assert (new / "secret.key").read_bytes() == (old / "secret.key").read_bytes()
    store = Store.open(new, clock=SystemClock())
    async with store.read() as reader:
        assert [tuple(row) for row in await reader.execute_fetchall("PRAGMA user_version")] == [(migrate.newest(),)]
        held = [tuple(row) for row in await reader.execute_fetchall("SELECT value FROM meta WHERE key = 'held_since'")]
    assert held == [(AT.isoformat(),)]
    await store.close()
