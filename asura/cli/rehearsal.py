"""A real migration on a copy beside the data: how long it takes, and whether everything can be read after it."""

import asyncio
import sqlite3
from pathlib import Path

from asura.cli.doctor_finding import Finding, ok, problem
from asura.cli.doctor_folder import is_still
from asura.cli.working import working
from asura.clock import SystemClock
from asura.errors import AsuraError
from asura.store import channels, copies, folder, migrate, monitors, snapshot, turns
from asura.store.db import Store
from asura.store.snapshot import Task

CHECK = "PRAGMA quick_check(3)"


def rehearsed(data: Path) -> Finding:
    """Return how a migration of the data goes, tried on a copy of it that is removed. An asura may run meanwhile."""
    path = data / folder.DATABASE
    try:
        # One copy to try it on, and one that the migration makes of that.
        copies.look_at_room(path, 2 * path.stat().st_size)
        with working() as task, turns.working_folder(data, task) as place:
            return _rehearse(path, place, task)
    except snapshot.Stopped:
        raise
    except (AsuraError, OSError, sqlite3.Error) as error:
        return problem("rehearsal", str(error), "asura upgrade --check --rehearse, once that is put right")


def _rehearse(path: Path, place: Path, task: Task) -> Finding:
    clock, tried = SystemClock(), place / folder.DATABASE
    _copy(path, tried, task)
    snapshot.settle(tried)
    if (key := folder.read_key(path.parent)) is not None:
        folder.make_private_file(place / folder.KEY)
        (place / folder.KEY).write_bytes(key)
    began = clock.monotonic()
    if (before := migrate.schema_of(tried)) < migrate.newest():
        copies.keep(tried, before, migrate.newest(), now=clock.now())
    copied = clock.monotonic()
    task.at("migrating", 0.0)
    found = asyncio.run(_opened(place, clock))
    if found != "ok":
        return problem("rehearsal", f"the migrated copy is damaged: {found}", "asura doctor")
    total = clock.monotonic() - began
    task.at("migrating", 1.0)
    return ok("rehearsal", f"a copy was migrated and read in {total:.1f} s, {copied - began:.1f} s of it for its copy")


def _copy(path: Path, tried: Path, task: Task) -> None:
    """Copy the database; where nobody has it open, no file appears beside it."""
    if is_still(path.parent):
        snapshot.take(path, tried, task, still=True)
        if is_still(path.parent):
            return
        # An asura began to write meanwhile: what was copied may be of two moments.
        tried.unlink()
    snapshot.take(path, tried, task)


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
