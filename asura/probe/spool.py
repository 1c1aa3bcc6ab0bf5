"""What waits for the primary: packed batches in memory, bounded in age and size; what does not fit is counted."""

import gzip
from typing import NamedTuple

LONGEST_S = 3600.0
MOST_BYTES = 16 * 1024 * 1024
# What a batch costs in memory besides its bytes.
OVERHEAD = 200
# A batch that is younger is fresh: it goes at once. Others are the backlog of an outage and go with pauses.
FRESH_S = 5.0
PAUSE_S = 0.2
# Batches go out all the time: more than this would not make them much smaller.
LEVEL = 5


class Packet(NamedTuple):
    """One batch as it travels, and travels again: the same bytes each time. `since` is when its first result came."""

    seq: int
    body: bytes
    results: int
    since: float
    sealed_at: float


class Spool:
    """Packed batches by number. Instants are steady seconds that the caller brings along."""

    def __init__(self, *, longest_s: float = LONGEST_S, most_bytes: int = MOST_BYTES) -> None:
        self._packets: dict[int, Packet] = {}
        self._longest_s = longest_s
        self._most_bytes = most_bytes
        self._backlog_from = float("-inf")
        self._next_seq = 1
        self.bytes = 0
        self.results = 0
        # Results that were given up: too old, too many, or refused by the primary.
        self.lost = 0

    def __len__(self) -> int:
        return len(self._packets)

    def number(self) -> int:
        """Return the number of the next batch; no two batches of a process have the same."""
        self._next_seq += 1
        return self._next_seq - 1

    def add(self, packet: Packet, now: float) -> None:
        """Keep a batch; the oldest ones go when there is no room."""
        self._packets[packet.seq] = packet
        self.bytes += len(packet.body) + OVERHEAD
        self.results += packet.results
        self.trim(now)

    def trim(self, now: float) -> int:
        """Give up what is too old or too much, the oldest first; return how many results that were."""
        before = self.lost
        while self._packets:
            oldest = next(iter(self._packets.values()))
            if self.bytes <= self._most_bytes and now - oldest.since <= self._longest_s:
                break
            self.give_up(oldest.seq)
        return self.lost - before

    def newest(self) -> Packet | None:
        """Return the batch that is to go next: the newest, because only what is new is news."""
        return next(reversed(self._packets.values()), None)

    def ready_at(self, now: float) -> float | None:
        """Return the steady second at which the next batch may go; None when there is none."""
        packet = self.newest()
        if packet is None:
            return None
        return now if _fresh(packet, now) else max(now, self._backlog_from)

    def went(self, packet: Packet, now: float) -> None:
        """Note that a batch was sent: those of the backlog keep their distance."""
        if not _fresh(packet, now):
            self._backlog_from = now + PAUSE_S

    def done(self, seq: int) -> None:
        """Forget a batch that the primary has."""
        packet = self._packets.pop(seq, None)
        if packet is not None:
            self.bytes -= len(packet.body) + OVERHEAD
            self.results -= packet.results

    def give_up(self, seq: int) -> None:
        """Forget a batch that the primary will never have; its results are lost."""
        packet = self._packets.get(seq)
        if packet is not None:
            self.lost += packet.results
            self.done(seq)

    def age_s(self, now: float) -> float:
        """Return how long the oldest result has been waiting."""
        oldest = next(iter(self._packets.values()), None)
        return now - oldest.since if oldest is not None else 0.0


def _fresh(packet: Packet, now: float) -> bool:
    return now - packet.sealed_at <= FRESH_S


def packed(body: bytes) -> bytes:
    """Return a batch gzipped, the same bytes for the same batch."""
    return gzip.compress(body, LEVEL, mtime=0)
