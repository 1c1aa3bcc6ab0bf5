"""What people do with maintenance windows: each change is stored first, then known, and at once in force."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from asura.clock import Clock
from asura.domain.instant import kept
from asura.domain.maintenance import Occurrence, Window, WindowConfig, active, changes_at, upcoming
from asura.engine import trail
from asura.engine.prepare_window import FindMonitor, prepare_window
from asura.errors import Conflict, NotFound
from asura.store import announced
from asura.store import maintenance as rows
from asura.store.announced import Told
from asura.store.db import Store

# A deploy script plans a window each time: what is over for long goes when a new one comes.
MOST_WINDOWS = 5_000
KEPT = timedelta(days=400)
# A window is open for thirty days at most, and told of ninety days before.
REMEMBERED = timedelta(days=200)
# The times of one window differ, so that each of its versions has a tag of its own.
_NEXT = timedelta(milliseconds=1)
# What is noted of a time of a window on a page, besides that it is over.
NOTED = frozenset({"scheduled", "cancelled", "in_progress", "covered"})


# Tells, in a transaction, whom a change takes something that was announced; returns what is noted of that.
Cancel = Callable[[sqlite3.Connection], Sequence[Told]]


class Phase(msgspec.Struct, frozen=True):
    """How a window is from one change to the next."""

    current: Occurrence | None
    following: Occurrence | None
    until: datetime | None

    @property
    def over(self) -> bool:
        """Return whether it never opens again."""
        return self.current is None and self.following is None


class MaintenanceDesk:
    """Keeps every window in memory; `version` grows with each change."""

    def __init__(self, store: Store, clock: Clock, *, monitor: FindMonitor) -> None:
        self._store = store
        self._clock = clock
        self._monitor = monitor
        self._windows: dict[int, Window] = {}
        self._phases: dict[int, tuple[datetime, Phase]] = {}
        self._lock = asyncio.Lock()
        self.version = 0
        # Set after each change.
        self.changed = asyncio.Event()
        # Puts monitors under maintenance and takes them out; who plans something waits for it.
        self.keep: Callable[[], Awaitable[None]] = _nobody_keeps
        # What pages told of windows, and of which times it is known.
        self.told: set[Told] = set()
        self._told_since: datetime | None = None
        self.cancelling: Callable[[Window, Window | None, datetime], Cancel] = _nobody_is_told

    async def load(self) -> None:
        """Read the stored windows."""
        self._windows = {one.id: one for one in await self._store.write(rows.load_all)}
        self._phases.clear()
        await self.remember(self._clock.now())
        self.version += 1

    async def remember(self, now: datetime) -> None:
        """Read what pages told of windows, and forget what is old."""
        since = now - REMEMBERED
        self.told = await self._store.write(lambda db: announced.load(db, since))
        self._told_since = since

    def concerned(self, page_id: int, window: Window, one: Occurrence) -> bool:
        """Return whether a time of a window was about something on a page, as far back as that is known."""
        if self._told_since is None or one.starts_at < self._told_since:
            return True
        told = {what for what in NOTED if (page_id, window.id, kept(one.starts_at), what) in self.told}
        return bool(told & {"in_progress", "covered"}) or told == {"scheduled"}

    def list(self) -> list[Window]:
        """Return every window, by id."""
        return sorted(self._windows.values(), key=lambda window: window.id)

    def find(self, window_id: int) -> Window | None:
        """Return a window, or None."""
        return self._windows.get(window_id)

    def get(self, window_id: int) -> Window:
        """Return a window; raises NotFound."""
        found = self._windows.get(window_id)
        if found is None:
            raise NotFound(f"there is no maintenance window {window_id}")
        return found

    def phase(self, window: Window, now: datetime) -> Phase:
        """Return how a stored window is at an instant; worked out once for each change of it."""
        known = self._phases.get(window.id)
        if known is not None and known[0] <= now and (known[1].until is None or now < known[1].until):
            return known[1]
        current, until = active(window, now), changes_at(window, now)
        found = Phase(current, upcoming(window, current.starts_at if current else now), until)
        if self._windows.get(window.id) is window:
            self._phases[window.id] = now, found
        return found

    def phases(self, now: datetime) -> Sequence[tuple[Window, Phase]]:
        """Return every window with how it is."""
        return [(window, self.phase(window, now)) for window in self._windows.values()]

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when the first of all windows opens or closes."""
        return min((phase.until for _, phase in self.phases(now) if phase.until is not None), default=None)

    def prepare(
        self, body: Mapping[str, Any], *, old: WindowConfig | None = None, partial: bool = False
    ) -> WindowConfig:
        """Return the window that a body asks for; raises Invalid naming every field."""
        return prepare_window(body, self._clock.now(), monitor=self._monitor, old=old, partial=partial)

    async def create(self, config: WindowConfig, *, by: str) -> Window:
        """Store a new window; when it is open, its monitors are under maintenance on return."""
        async with self._lock:
            now = kept(self._clock.now())
            window = Window(config=config, created_by=by, created_at=now, updated_at=now)
            gone = self._outdated(now)

            def change(db: sqlite3.Connection) -> Window:
                for one in gone:
                    rows.delete(db, one.id)
                made = rows.insert(db, window)
                trail.record(db, "create", "maintenance", at=now, id=made.id, name=config.name, new=config)
                return made

            made = await self._store.write(change)
            for one in gone:
                self._forget(one.id)
            self._take(made)
        await self.keep()
        return made

    async def replace(self, window_id: int, config: WindowConfig) -> Window:
        """Store an edited window. One that comes once and is given another time forgets that it was ended."""
        async with self._lock:
            old = self.get(window_id)
            if config == old.config:
                return old
            times = ("starts_at", "ends_at", "cron", "rrule")
            moved = any(getattr(config, name) != getattr(old.config, name) for name in times)
            ended = old.ended if config.cron or config.rrule or not moved else ()
            window = await self._store_edit(old, "update", config=config, ended=ended)
        await self.keep()
        return window

    async def end(self, window_id: int) -> Window:
        """End the time for which a window is open; Conflict when it is not."""
        async with self._lock:
            old = self.get(window_id)
            now = kept(self._clock.now())
            current = active(old, now)
            if current is None:
                raise Conflict("the maintenance is not going on now")
            window = await self._store_edit(old, "end", ended=(*old.ended, Occurrence(current.starts_at, now)))
        await self.keep()
        return window

    async def delete(self, window_id: int) -> None:
        """Delete a window; when it is open, that ends it."""
        async with self._lock:
            old, now = self.get(window_id), kept(self._clock.now())
            cancel = self.cancelling(old, None, now)

            def change(db: sqlite3.Connection) -> Sequence[Told]:
                rows.delete(db, window_id)
                trail.record(db, "delete", "maintenance", at=now, id=window_id, name=old.config.name, old=old.config)
                return cancel(db)

            self.told.update(await self._store.write(change))
            self._forget(window_id)
            self._announce()
        await self.keep()

    async def _store_edit(self, old: Window, action: str, **fields: Any) -> Window:
        now = max(kept(self._clock.now()), old.updated_at + _NEXT)
        window = msgspec.structs.replace(old, updated_at=now, **fields)
        # Of the times that were ended, those are told that a change ends; the others are history.
        was, is_ = old.config, window.config
        more = {"ended_at": window.ended[-1].ends_at} if action == "end" else {}
        cancel = self.cancelling(old, window, now)

        def change(db: sqlite3.Connection) -> Sequence[Told]:
            rows.update(db, window)
            trail.record(
                db,
                action,
                "maintenance",
                at=now,
                id=old.id,
                name=is_.name,
                old=msgspec.structs.asdict(was),
                new=msgspec.structs.asdict(is_) | more,
            )
            return cancel(db)

        self.told.update(await self._store.write(change))
        self._take(window)
        return window

    def _outdated(self, now: datetime) -> Sequence[Window]:
        """Return what makes room for one more; Conflict when there is none."""
        over = [(window.updated_at, window.id, window) for window, phase in self.phases(now) if phase.over]
        old = [window for at, _, window in sorted(over) if max(at, window.config.ends_at or at) < now - KEPT]
        excess = len(self._windows) - len(old) + 1 - MOST_WINDOWS
        spare = [window for _, _, window in sorted(over) if window not in old]
        if excess > len(spare):
            raise Conflict(f"there are {MOST_WINDOWS} maintenance windows to come; delete some first")
        return old + spare[: max(excess, 0)]

    def _take(self, window: Window) -> None:
        self._windows[window.id] = window
        self._phases.pop(window.id, None)
        self._announce()

    def _forget(self, window_id: int) -> None:
        self._windows.pop(window_id, None)
        self._phases.pop(window_id, None)

    def _announce(self) -> None:
        self.version += 1
        self.changed.set()


async def _nobody_keeps() -> None:
    return


def _nobody_is_told(_old: Window, _new: Window | None, _now: datetime) -> Cancel:
    return lambda _: []
