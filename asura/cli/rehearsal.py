"""A real migration on a copy beside the data: how long it takes, and whether everything can be read after it."""

import asyncio
import shutil
import sqlite3
import tempfile
from pathlib import Path

from asura.cli.doctor_finding import Finding, ok, problem
from asura.clock import SystemClock
from asura.errors import AsuraError
from asura.store import channels, folder, migrate, monitors
from asura.store.db import Store

CHECK = "PRAGMA quick_check(3)"
PREFIX = "rehearsal-"


def rehearsed(data: Path) -> Finding:
    """Return how a migration of the data goes, tried on a copy of it that is removed. An asura may run meanwhile."""
    path = data / folder.DATABASE
    try:
        # One copy to try it on, and one that the migration makes of that.
        migrate.look_at_room(path, 2 * path.stat().st_size)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=data) as place:
            return _rehearse(path, Path(place))
    except (AsuraError, OSError, sqlite3.Error) as error:
        return problem("rehearsal", str(error), "asura upgrade --check --rehearse, once that is put right")


def _rehearse(path: Path, place: Path) -> Finding:
    clock, tried = SystemClock(), place / folder.DATABASE
    migrate.backup(path, tried)
    if (key := path.with_name(folder.KEY)).exists():
        shutil.copy(key, place / folder.KEY)
    began = clock.monotonic()
    if migrate.schema_of(tried) < migrate.newest():
        migrate.keep_copy(tried, migrate.newest(), now=clock.now())
    copied = clock.monotonic()
    found = asyncio.run(_opened(place, clock))
    if found != "ok":
        return problem("rehearsal", f"the migrated copy is damaged: {found}", "asura doctor")
    total = clock.monotonic() - began
    return ok("rehearsal", f"a copy was migrated and read in {total:.1f} s, {copied - began:.1f} s of it for its copy")


async def _opened(place: Path, clock: SystemClock) -> str:
    """Migrate, and read what is sealed, what is watched, and every page; return what is wrong, or `ok`."""
    with_copy = migrate.opened(place / folder.DATABASE, now=clock.now(), copied=True)
    with_copy.close()
    store = Store.open(place, clock=clock)
    try:
        await store.write(lambda db: (monitors.load_all(db, store.vault), channels.load_all(db, store.vault)))
        await store.write(store.results.load)
        async with store.read() as reader:
            return "; ".join([str(row[0]) for row in await reader.execute_fetchall(CHECK)])
    finally:
        await store.close()
