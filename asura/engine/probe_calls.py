"""What is heard of probes: the process that speaks for each, and whether we could have heard anything at all."""

import asyncio
import math
from datetime import datetime

from asura.clock import Clock
from asura.domain import wire
from asura.domain.reason import Reason
from asura.engine.live import Live

# A look that comes so much later than it was meant to: we were held up, and what came waits to be read.
LATE_S = 1.0
LONGEST_SENTENCE = 300
# One that waits, and one whose connection is dead, of which nobody knows yet.
MOST_POLLS = 2
# While these last, silence may be ours. Only the sentinel has gaps without an end.
OURS = frozenset({Reason.OWN_NETWORK, Reason.OWN_RESOLVER, Reason.OWN_STALL, Reason.OWN_SUSPENDED})


class Process:
    """One process of a probe: `boot` names it. `polls` is how often it waits for changes at the moment."""

    __slots__ = ("blind", "boot", "ended", "polls", "refused", "skew_s", "state", "version", "visits")

    def __init__(self, boot: str) -> None:
        self.boot = boot
        self.version = ""
        self.polls = 0
        self.refused = 0
        self.skew_s = 0.0
        self.state = wire.State()
        # Why it cannot see, as a sentence on one line; empty when it can.
        self.blind = ""
        # It said that it ends.
        self.ended = False
        # It came for one round.
        self.visits = False

    def report(self, state: wire.State, *, ends: bool) -> None:
        """Take in how it does, and whether it ends."""
        self.state, self.ended = state, ends
        text = state.blind[:LONGEST_SENTENCE]
        self.blind = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())

    def set_clock(self, wall: float | None, now: datetime) -> None:
        """Take in its wall clock, in seconds since the epoch, where it told one."""
        if wall is not None and math.isfinite(wall):
            self.skew_s = wall - now.timestamp()


class Listening:
    """Knows since when we can hear: a stall or a sleep of ours, or a dead uplink, makes nobody silent."""

    def __init__(self, clock: Clock, live: Live) -> None:
        self._clock = clock
        self._live = live
        self.since = clock.monotonic()
        self._slept_s = self._sleep_s()
        self._expected: float | None = None

    def open(self) -> None:
        """Begin to hear."""
        self.since = self._clock.monotonic()
        self._slept_s = self._sleep_s()
        self._expected = None

    def look(self, now: datetime) -> None:
        """Take in whether we were held up since the last look, slept, or could not hear."""
        mono, slept_s = self._clock.monotonic(), self._sleep_s()
        late = self._expected is not None and mono - self._expected > LATE_S
        if late or slept_s - self._slept_s > LATE_S:
            self.since = mono
        self._slept_s, self._expected = slept_s, None
        for gap in self._live.gaps:
            if gap.to_at is not None and gap.reason in OURS:
                self.since = max(self.since, mono - max(0.0, (now - gap.to_at).total_seconds()))

    def expect(self, seconds: float) -> None:
        """Note in how many seconds the next look is to come."""
        self._expected = self._clock.monotonic() + seconds

    def doubtful(self, seconds: float) -> bool:
        """Return whether silence may be ours: our own connection is at fault, or was within these last seconds."""
        if any(gap.to_at is None and gap.reason in OURS for gap in self._live.gaps):
            return True
        return self._clock.monotonic() - self.since < seconds

    def _sleep_s(self) -> float:
        return self._clock.boottime() - self._clock.monotonic()


class Polls:
    """The questions of each probe that wait for changes: a few at most, for one more ends the oldest."""

    def __init__(self) -> None:
        self._waiting: dict[int, list[asyncio.Future[None]]] = {}

    def begin(self, probe_id: int) -> "asyncio.Future[None]":
        """Return what is done when the question has to be answered, for the sake of a newer one."""
        waiting, over = self._waiting.setdefault(probe_id, []), asyncio.get_running_loop().create_future()
        waiting.append(over)
        for oldest in waiting[:-MOST_POLLS]:
            if not oldest.done():
                oldest.set_result(None)
        return over

    def end(self, probe_id: int, over: "asyncio.Future[None]") -> None:
        """Note that a question is answered."""
        waiting = self._waiting[probe_id]
        waiting.remove(over)
        if not waiting:
            del self._waiting[probe_id]
        over.cancel()
