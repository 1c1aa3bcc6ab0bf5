"""Makes backups when they are due, or when somebody asks; keeps the newest, and tells people when they fail."""

import asyncio
import logging
import re
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from asura.domain import backup
from asura.domain.backup import Failed, Ledger, Made
from asura.engine import backup_notices, notice, trail
from asura.engine.aside import aside
from asura.engine.notice import Notice
from asura.engine.shelf import Shelf, Shelved, is_read_only
from asura.errors import AsuraError, Conflict, StoreUnavailable
from asura.store import apart, folder, meta
from asura.store.snapshot import Stopped, Task

if TYPE_CHECKING:
    from asura.engine.engine import Engine

log = logging.getLogger(__name__)

LEDGER = "backups"
LOOK_EVERY = timedelta(seconds=1)
# A backup keeps the log from being cut back: while hours are packed, which writes much, it waits, though not for ever.
LONGEST_WAIT = timedelta(minutes=15)
_INSTALLATION = re.compile("[0-9a-f]{8}")
# Making it is one half of the work, where it is also uploaded.
_HALF = 0.5


class Bucket(Protocol):
    """A place far away that backups are copied to."""

    async def put(self, name: str, path: Path, tell: Callable[[float], None] | None = None) -> None:
        """Upload a file."""

    async def names(self) -> list[str]:
        """Return what is there."""
        ...

    async def delete(self, name: str) -> None:
        """Delete a file."""

    async def close(self) -> None:
        """Close what is open."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with backups."""

    every: timedelta
    last: Made | None
    failed: Failed | None
    running: bool
    stage: str
    progress_ratio: float
    next_at: datetime | None


class Archivist:
    """One backup at a time, as a task beside the loop that looks after it."""

    name = "backups"

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._options = engine.options.backups
        data = engine.store.path.parent
        own = data / folder.BACKUPS
        self.shelf = Shelf(self._options.folder or own, chosen=self._options.folder not in (None, own))
        self.ledger = Ledger()
        self.wake = asyncio.Event()
        # When somebody asked for one that is not begun yet.
        self._asked: datetime | None = None
        self._uploading = 0.0
        self._task: Task | None = None
        self._work: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Read what is known of earlier backups."""
        async with self._engine.store.read() as reader:
            text = await meta.get(reader, LEDGER)
        try:
            self.ledger = backup.believed(msgspec.json.decode(text or "{}", type=Ledger))
        except msgspec.MsgspecError as error:
            log.warning("what was known of earlier backups cannot be read, and is forgotten: %s", error)
        if self.shelf.chosen:
            # Not waited for: a disk far away may take its time, and watching begins without it.
            self._looking = asyncio.create_task(self.shelf.warn(), name="folder of backups")

    async def tick(self, now: datetime) -> datetime | None:
        """Begin a backup when one is due, or look how the one is that runs."""
        if self._work is not None:
            if not self._work.done():
                return now + LOOK_EVERY
            work, self._work, self._task = self._work, None, None
            await work
        due_at = self._due_at(now)
        if self._asked is None:
            if due_at is None or now < due_at:
                return due_at
            if self._engine.janitor.busy and now < due_at + LONGEST_WAIT:
                return now + LOOK_EVERY
        self._begin(now)
        return now + LOOK_EVERY

    async def ask(self) -> None:
        """Let one be made now, and write down who asked; Conflict while one is made."""
        if self.running:
            raise Conflict("a backup is being made already")
        at = self._asked = self._engine.clock.now().replace(microsecond=0)
        name = backup.name_of(at, encrypted=self._options.lock is not None, manual=True)
        try:
            await self._engine.store.write(self._recorded("create", name))
        except BaseException:
            self._asked = None
            raise
        self.wake.set()

    @property
    def running(self) -> bool:
        """Return whether one is being made, or about to be."""
        return self._asked is not None or (self._work is not None and not self._work.done())

    def state(self, now: datetime) -> State:
        """Return how it stands."""
        task = self._task
        done = 0.0 if task is None else (task.overall * _HALF + self._uploading * (1 - _HALF))
        whole = done if self._options.bucket is not None or task is None else task.overall
        return State(
            every=self._options.every,
            last=self.ledger.last,
            failed=self.ledger.failed,
            running=self.running,
            stage="" if task is None else "uploading" if self._uploading else task.stage,
            progress_ratio=round(min(1.0, whole), 3),
            next_at=None if self.running else self._due_at(now),
        )

    async def list(self) -> list[Shelved]:
        """Return the backups that are there, newest first."""
        return await self.shelf.list(self.ledger)

    async def read(self, name: str) -> Path:
        """Return where a backup is, for somebody who downloads it, which is written down; NotFound.

        Conflict unless it is encrypted: whoever may press a button here is not to read every stored secret by it.
        """
        path = await self.shelf.find(name)
        if not await self.shelf.is_encrypted(name):
            raise Conflict(backup_notices.in_the_clear(name))
        await self._engine.store.write(self._recorded("download", name))
        return path

    async def delete(self, name: str) -> None:
        """Delete a backup, and write down who did; NotFound."""
        await self.shelf.delete(name)
        kept = tuple(one for one in self.ledger.made if one.name != name)
        await self._keep(msgspec.structs.replace(self.ledger, made=kept), self._recorded("delete", name))

    async def stop(self, *, patience_s: float = 3.0) -> None:
        """Stop one that is being made; nothing of it is left."""
        if self._looking is not None:
            self._looking.cancel()
        if self._task is not None:
            self._task.stop()
        if self._work is not None:
            with suppress(TimeoutError, asyncio.CancelledError):
                async with asyncio.timeout(patience_s):
                    await self._work

    def _due_at(self, now: datetime) -> datetime | None:
        return backup.due_at(self.ledger, now, every=self._options.every, started_at=self._engine.started_at)

    def _begin(self, now: datetime) -> None:
        asked, self._asked, self._uploading = self._asked, None, 0.0
        again = None if asked else backup.only_upload(self.ledger, now, every=self._options.every)
        at, lock = asked or now.replace(microsecond=0), self._options.lock
        name = backup.name_of(at, encrypted=lock is not None, manual=asked is not None)
        self._task = Task()
        self._work = asyncio.create_task(self._run(self._task, name, at, again), name="backup")
        self._work.add_done_callback(lambda _: self.wake.set())

    async def _run(self, task: Task, name: str, at: datetime, again: Made | None) -> None:
        """Make one and upload it; what goes wrong becomes part of what is known."""
        done = again
        try:
            done = again or await self._make(task, name, at)
            if self._options.bucket is not None:
                await self._keep(backup.shelved(self.ledger, done))
                await self._upload(self._options.bucket(self._engine.network), done)
                done = msgspec.structs.replace(done, uploaded=True)
            await self._succeed(done)
        except Stopped:
            return
        except (AsuraError, OSError) as error:
            closed = await self.shelf.closed() if is_read_only(error) else None
            await self._fail(f"{error} {closed}" if closed else str(error), upload=done.name if done else "")
        except Exception as error:
            log.exception("a backup failed by our own fault")
            await self._fail(f"asura itself failed: {type(error).__name__}", upload=done.name if done else "")

    async def _make(self, task: Task, name: str, at: datetime) -> Made:
        target, lock = self.shelf.folder / name, self._options.lock
        data = self._engine.store.path.parent

        def work() -> apart.Done:
            if target.parent == data / folder.BACKUPS:
                folder.make_private(target.parent)
            return apart.write(data, target, at=at, lock=lock, task=task)

        written = await aside(work, name="asura-backup")
        took = round(written.took_s, 3)
        return Made(name=target.name, at=at, bytes=written.bytes, encrypted=lock is not None, took_s=took)

    async def _upload(self, bucket: Bucket, made: Made) -> None:
        def tell(ratio: float) -> None:
            self._uploading = max(0.001, ratio)

        try:
            tell(0.0)
            path, own = await self.shelf.find_sealed(made.name), await self._installation()
            name = backup.name_in_bucket(made.name, own)
            await bucket.put(name, path, tell)
            ours = [one for one in await bucket.names() if backup.is_of(one, own)]
            for old in backup.surplus(ours, keep=self._options.keep, now=self._engine.clock.now(), just=name):
                await bucket.delete(old)
        finally:
            await bucket.close()

    async def _installation(self) -> str:
        """Return which asura this is; made once."""

        def change(db: sqlite3.Connection) -> str:
            found = meta.stored(db, meta.INSTALLATION) or ""
            if not _INSTALLATION.fullmatch(found):
                found = secrets.token_hex(4)
                meta.put(db, meta.INSTALLATION, found)
            return found

        return await self._engine.store.write(change)

    async def _succeed(self, made: Made) -> None:
        """Keep what was made, let old ones go, and tell those who were told that it failed."""
        before = self.ledger.failed
        ledger = backup.made(self.ledger, made)
        tidy = partial(self.shelf.tidy, ledger, keep=self._options.keep, now=self._engine.clock.now(), just=made.name)
        ledger = await asyncio.to_thread(tidy)
        told = None if before is None or not before.told else backup_notices.works_again(before, made)
        log.info("a backup was made: %s, %d bytes, in %.1f s", made.name, made.bytes, made.took_s)
        await self._keep(ledger, self._telling(told))

    async def _fail(self, message: str, *, upload: str) -> None:
        """Keep that it failed, and tell people once."""
        now = self._engine.clock.now()
        ledger = backup.failed(self.ledger, now, message, upload=upload)
        untold, told = ledger, None
        if ledger.failed is not None and backup.is_worth_telling(ledger):
            told = backup_notices.fails(ledger)
            ledger = msgspec.structs.replace(ledger, failed=msgspec.structs.replace(ledger.failed, told=True))
        log.error("a backup failed: %s", message)
        try:
            await self._keep(ledger, self._telling(told))
        except StoreUnavailable:
            # Nobody was told: they are the next time.
            self.ledger = untold
            raise

    async def _keep(self, ledger: Ledger, more: Callable[[sqlite3.Connection], object] | None = None) -> None:
        def change(db: sqlite3.Connection) -> None:
            meta.put(db, LEDGER, msgspec.json.encode(ledger).decode())
            if more is not None:
                more(db)

        # Also where it cannot be stored, because the disk is full, it is known as long as we run.
        self.ledger = ledger
        await self._engine.store.write(change)
        self._engine.notifier.wake.set()

    def _telling(self, told: Notice | None) -> Callable[[sqlite3.Connection], object]:
        engine, now = self._engine, self._engine.clock.now()
        channels = list(engine.live.channels.values())
        return lambda db: told and notice.tell(db, told, channels, now, url=engine.options.url)

    def _recorded(self, action: str, name: str) -> Callable[[sqlite3.Connection], object]:
        return lambda db: trail.record(db, action, "backup", at=self._engine.clock.now(), name=name)
