"""A restored asura tells nobody anything until somebody says so: what it knows may be old, or known twice."""

import logging
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from asura.clock import Clock
from asura.domain.routing import Release, Why
from asura.engine import trail
from asura.store import meta, outbox
from asura.store.db import Store

LOG = logging.getLogger(__name__)


class Held(Protocol):
    """Who tells people something."""

    held: bool

    def go_on(self) -> None:
        """Look again at what waits."""


class Hold:
    """Whether messages wait for somebody's word, and since when. Checks, incidents and status pages go on."""

    def __init__(self, store: Store, clock: Clock, tellers: Sequence[Held] = ()) -> None:
        self._store = store
        self._clock = clock
        self._tellers = tellers
        self.since: datetime | None = None

    async def load(self) -> None:
        """Read whether this database was restored and nobody has said since that messages may go."""
        async with self._store.read() as reader:
            text = await meta.get(reader, meta.HELD_SINCE)
        self.since = datetime.fromisoformat(text) if text else None
        if self.since is not None:
            LOG.warning("nobody is told anything since the restore at %s, until `asura release`", self.since)
        self._pass_on()

    async def waiting(self) -> int:
        """Return how many messages have not gone out."""
        async with self._store.read() as reader:
            return await outbox.unfinished(reader)

    async def release(self, wanted: Release = Release.NEW) -> int:
        """Let messages go again; return how many were dropped instead. Without a hold it does nothing.

        What was written before the restore may have been sent by the asura that made the backup: it goes only by
        `Release.ALL`.
        """
        since = self.since
        if since is None:
            return 0
        now = self._clock.now()

        def change(db: sqlite3.Connection) -> int:
            dropped = 0
            if wanted is not Release.ALL:
                until = since if wanted is Release.NEW else now
                dropped = outbox.drop_until(db, until, Why.RESTORED.value, now)
            meta.remove(db, meta.HELD_SINCE)
            told = {"held_since": None, "send": wanted.value, "dropped": dropped}
            trail.record(db, "release", "notifications", at=now, old={"held_since": since}, new=told)
            return dropped

        dropped = await self._store.write(change)
        self.since = None
        self._pass_on()
        return dropped

    def _pass_on(self) -> None:
        for one in self._tellers:
            one.held = self.since is not None
            one.go_on()
