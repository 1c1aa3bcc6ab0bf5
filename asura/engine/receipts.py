"""Which batches of probes were taken, in memory, and what became of those that are being stored now."""

import asyncio
import sqlite3
from datetime import datetime
from functools import partial

from asura.domain import wire
from asura.domain.received import NOTHING, Received, decode, take
from asura.engine.delivery import Delivery
from asura.store import probes, receipts
from asura.store.db import Store

# A probe, its process, and the number of a batch.
Name = tuple[int, str, int]


class Pending:
    """A batch that is being stored: what it comes to, and the future that whoever sent it waits for."""

    def __init__(self, delivery: Delivery, taken: wire.Taken) -> None:
        self.delivery = delivery
        self.taken = taken
        self.answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        delivery.answer = self.answer


class Receipts:
    """Knows each batch that was taken. What is stored is noted in the same commit, and known here after it."""

    def __init__(self) -> None:
        self._taken: dict[int, dict[str, Received]] = {}
        self._pending: dict[Name, Pending] = {}

    async def load(self, store: Store) -> None:
        """Read which batches were taken before the process began."""
        stored = await store.write(probes.load_taken)
        self._taken = {}
        for (probe_id, boot), ranges in stored.items():
            self._taken.setdefault(probe_id, {})[boot] = decode(ranges)

    def has(self, name: Name) -> bool:
        """Return whether a batch was taken."""
        probe_id, boot, seq = name
        return seq in self._taken.get(probe_id, {}).get(boot, NOTHING)

    def pending(self, name: Name) -> Pending | None:
        """Return what is known of a batch that is being stored."""
        return self._pending.get(name)

    def forget(self, probe_id: int) -> None:
        """Forget what was taken of a probe that is none any more."""
        self._taken.pop(probe_id, None)

    def begin(self, name: Name, delivery: Delivery, taken: wire.Taken, now: datetime) -> Pending:
        """Give a delivery its note and its answer; while it is being stored, it is known to be."""
        probe_id, boot, seq = name
        delivery.note = partial(_note, probe_id, boot, seq, now)
        pending = self._pending[name] = Pending(delivery, taken)
        pending.answer.add_done_callback(partial(self._end, name))
        return pending

    def _end(self, name: Name, answer: "asyncio.Future[None]") -> None:
        del self._pending[name]
        if answer.cancelled() or answer.exception() is not None:
            return
        probe_id, boot, seq = name
        processes = self._taken.setdefault(probe_id, {})
        # The newest is the last one, and of too many the first one goes, as in the store.
        processes[boot], _ = take(processes.pop(boot, NOTHING), seq)
        while len(processes) > receipts.MOST_PROCESSES:
            del processes[next(iter(processes))]


def _note(probe_id: int, boot: str, seq: int, now: datetime, db: sqlite3.Connection) -> None:
    receipts.note(db, probe_id, boot, seq, now)
