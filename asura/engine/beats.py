"""The heartbeats as they stand, in memory: found by their tokens, and in the order in which they next change."""

import asyncio
import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from asura.domain.deafness import Deafness
from asura.domain.heartbeat import Heartbeat, Rule, rule_of
from asura.domain.monitor import Monitor
from asura.domain.span import Gap
from asura.domain.waiting import changes_at

MOST_GAPS = 20_000


class Beat:
    """One heartbeat: its rule, what is known of it, and under which hashes it is pinged."""

    __slots__ = ("heart", "monitor_id", "planned_at", "rule", "saved_id", "sealed", "token_hash", "uuid_hash")

    def __init__(self, monitor: Monitor, heart: Heartbeat, *, token_hash: bytes, uuid_hash: bytes, sealed: bytes):
        self.monitor_id = monitor.id
        self.rule: Rule = rule_of(monitor.config)
        self.heart = heart
        self.token_hash = token_hash
        self.uuid_hash = uuid_hash
        self.sealed = sealed
        # The newest ping of which the row of this heartbeat knows.
        self.saved_id = heart.last_id
        # Where it stands in the order of changes; the one entry of it that counts.
        self.planned_at: datetime | None = None


class Beats:
    """Every heartbeat. Read by anybody, changed under the judge's lock after a commit."""

    def __init__(self) -> None:
        self._beats: dict[int, Beat] = {}
        self._by_hash: dict[bytes, int] = {}
        self._heap: list[tuple[datetime, int]] = []
        self._gaps: tuple[Gap, ...] = ()
        self._older: list[Gap] = []
        self._deafness = Deafness()
        self._next_id = 1
        self.unsaved: set[int] = set()
        # Set when a heartbeat changes earlier than all others: whoever sleeps until then has to know.
        self.wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._beats)

    def __iter__(self) -> Iterator[Beat]:
        return iter(self._beats.values())

    def get(self, monitor_id: int) -> Beat | None:
        """Return the heartbeat of a monitor."""
        return self._beats.get(monitor_id)

    def find(self, secret: str) -> int | None:
        """Return the monitor that is pinged under a token, or under a UUID in its usual form."""
        return self._by_hash.get(hashed(secret))

    def put(self, beat: Beat, now: datetime) -> None:
        """Take a heartbeat in, or exchange it."""
        self.drop(beat.monitor_id)
        self._beats[beat.monitor_id] = beat
        self._by_hash[beat.token_hash] = self._by_hash[beat.uuid_hash] = beat.monitor_id
        self.plan(beat, now)

    def drop(self, monitor_id: int) -> None:
        """Forget a heartbeat."""
        beat = self._beats.pop(monitor_id, None)
        if beat is not None:
            del self._by_hash[beat.token_hash], self._by_hash[beat.uuid_hash]
            self.unsaved.discard(monitor_id)

    def become(self, monitor_id: int, heart: Heartbeat, now: datetime, *, moved: bool) -> None:
        """Set what is known of a heartbeat; `moved` unless a good ping only put its next change off."""
        beat = self._beats.get(monitor_id)
        if beat is None:
            return
        beat.heart = heart
        if heart.last_id != beat.saved_id:
            self.unsaved.add(monitor_id)
        if moved or beat.planned_at is None:
            self.plan(beat, now)

    def plan(self, beat: Beat, now: datetime) -> None:
        """Give a heartbeat its place in the order of changes."""
        at = changes_at(beat.heart, beat.rule, now, self.push)
        if at is not None:
            self.plan_at(beat, at)

    def plan_at(self, beat: Beat, at: datetime) -> None:
        """Look at a heartbeat at an instant; a change that was only put off is found out at its old place."""
        if beat.planned_at is not None and beat.planned_at <= at:
            return
        beat.planned_at = at
        if not self._heap or at < self._heap[0][0]:
            self.wake.set()
        heapq.heappush(self._heap, (at, beat.monitor_id))
        if len(self._heap) > 4 * len(self._beats) + 1000:
            self._heap = [(one.planned_at, one.monitor_id) for one in self if one.planned_at is not None]
            heapq.heapify(self._heap)

    @property
    def next_change_at(self) -> datetime | None:
        """Return when the first heartbeat may change."""
        return self._heap[0][0] if self._heap else None

    def due(self, before: datetime, *, most: int) -> list[Beat]:
        """Return up to `most` heartbeats that were to change at `before` or earlier; they have no place any more."""
        found: list[Beat] = []
        while self._heap and self._heap[0][0] <= before and len(found) < most:
            at, monitor_id = heapq.heappop(self._heap)
            beat = self._beats.get(monitor_id)
            if beat is not None and beat.planned_at == at:
                beat.planned_at = None
                found.append(beat)
        return found

    def push(self, from_at: datetime, at: datetime) -> datetime | None:
        """Return a deadline moved by what we could not hear; None while we cannot."""
        return self._deafness.push(from_at, at)

    def hear_of(self, gaps: Sequence[Gap]) -> None:
        """Take note of the gaps of late."""
        now = tuple(gaps)
        if now == self._gaps:
            return
        # Who keeps the gaps of late forgets them after a day; a weekly job has to be forgiven for longer.
        forgotten = [gap for gap in self._gaps if gap.to_at is not None and gap not in now]
        self._gaps = now
        self.remember(forgotten)

    def remember(self, gaps: Sequence[Gap]) -> None:
        """Add stretches in which nothing could be heard, for as long as this process runs."""
        self._older = [*self._older, *gaps][-MOST_GAPS:]
        self._deafness = Deafness([*self._older, *self._gaps])

    @property
    def deaf(self) -> bool:
        """Return whether we cannot hear now."""
        return any(gap.to_at is None for gap in self._gaps)

    def start_ids(self, next_id: int) -> None:
        """Set the id of the next ping."""
        self._next_id = next_id

    def take_id(self) -> int:
        """Return an id for a ping; one whose commit failed is not given again."""
        taken, self._next_id = self._next_id, self._next_id + 1
        return taken


def hashed(secret: str) -> bytes:
    """Return what a token or UUID is looked up by."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


def uuid_of(token: str) -> str:
    """Return the UUID that belongs to a token: as hard to guess, and nothing more to store."""
    return str(UUID(bytes=sha256(b"uuid:" + token.encode()).digest()[:16], version=4))
