"""What one pass of the judge hears: pings on their way in and silences that are over, stepped before the commit."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

import msgspec

from asura.domain.heartbeat import BeatStatus, Heartbeat, numbered
from asura.domain.ping import Logged, Ping, PingKind
from asura.domain.result import Evidence, Result
from asura.domain.status import Finding
from asura.domain.taking import take
from asura.domain.waiting import condition, silence
from asura.engine.beats import Beats
from asura.engine.monitor_state import MonitorState
from asura.errors import NotFound
from asura.store import heartbeats, pings

SHOWN_OUTPUT = 8_192


class Knock(NamedTuple):
    """A ping on its way in, and who waits until it is stored."""

    monitor_id: int
    ping: Ping
    answer: "asyncio.Future[Logged]"


class Look(NamedTuple):
    """A heartbeat whose time may have come."""

    monitor_id: int


class Late(NamedTuple):
    """A heartbeat that is past its time, and in its grace."""

    monitor_id: int
    at: datetime


class Hearing:
    """The heartbeats as one pass would have them; nothing of it is true before the commit."""

    def __init__(self, beats: Beats, *, region: str, deaf: bool) -> None:
        self._beats = beats
        self._region = region
        # While nothing could be stored, no ping could be taken: silence means nothing.
        self._deaf = deaf or beats.deaf
        self._hearts: dict[int, Heartbeat] = {}
        self._moved: set[int] = set()
        self._silent: dict[int, Heartbeat] = {}
        self._looked: list[int] = []
        self.knocks: list[tuple[Knock, Logged]] = []
        self.heard: set[int] = set()

    def take(self, item: Knock | Look, state: MonitorState | None, now: datetime) -> Result | Late | None:
        """Step a heartbeat by a ping or by a look at the clock, and return what there is to judge."""
        beat = self._beats.get(item.monitor_id)
        if state is None or beat is None:
            if isinstance(item, Knock):
                _refuse(item, NotFound("no such heartbeat"))
            return None
        self.heard.add(item.monitor_id)
        heart = self._hearts.get(item.monitor_id, beat.heart)
        return self._ping(item, heart, state) if isinstance(item, Knock) else self._look(item, heart, state, now)

    def store(self, db: sqlite3.Connection) -> None:
        """Write the pings, and the state of whoever was silent too long."""
        if self.knocks:
            pings.append(db, [logged for _, logged in self.knocks])
        if self._silent:
            heartbeats.save_states(db, [heartbeats.saved(one, heart) for one, heart in self._silent.items()])

    def publish(self, now: datetime, tell: Callable[[Logged], None]) -> None:
        """Make it true: the states, then the answers."""
        for monitor_id, heart in self._hearts.items():
            self._beats.become(monitor_id, heart, now, moved=monitor_id in self._moved)
        for monitor_id in self._looked:
            beat = self._beats.get(monitor_id)
            if beat is not None and beat.planned_at is None:
                self._beats.plan(beat, now)
        for knock, logged in self.knocks:
            if not knock.answer.done():
                knock.answer.set_result(logged)
            tell(logged)

    def _ping(self, knock: Knock, heart: Heartbeat, state: MonitorState) -> Result | None:
        ping = knock.ping
        if not state.monitor.config.enabled and ping.kind is not PingKind.IGNORED:
            ping = msgspec.structs.replace(ping, kind=PingKind.IGNORED, note=ping.note or "The monitor is paused.")
        beat = self._beats.get(knock.monitor_id)
        assert beat is not None
        taken = take(heart, ping, beat.rule)
        ping_id = self._beats.take_id()
        self.knocks.append((knock, Logged(ping_id, knock.monitor_id, heart.pings + 1, heart.last_id, taken.ping)))
        self._hearts[knock.monitor_id] = numbered(taken.beat, ping_id)
        if taken.finding is not Finding.UP or heart.troubles or heart.runs or heart.last_success_at is None:
            self._moved.add(knock.monitor_id)
        if taken.finding is None:
            return None
        return Result(
            monitor_id=knock.monitor_id,
            generation=state.monitor.generation,
            region=self._region,
            at=ping.at,
            finding=taken.finding,
            reason=taken.reason,
            message=taken.message,
            latency_ms=None if taken.ping.duration_s is None else taken.ping.duration_s * 1000,
            code=ping.exit_status or 0,
            evidence=_evidence(taken.ping) if taken.finding is Finding.DOWN else None,
        )

    def _look(self, look: Look, heart: Heartbeat, state: MonitorState, now: datetime) -> Result | Late | None:
        self._looked.append(look.monitor_id)
        beat = self._beats.get(look.monitor_id)
        if self._deaf or not state.monitor.config.enabled or beat is None:
            return None
        found = silence(heart, beat.rule, now, self._beats.push)
        if found is None:
            seen = condition(heart, beat.rule, now, self._beats.push)
            return Late(look.monitor_id, seen.since or now) if seen.status is BeatStatus.LATE else None
        self._hearts[look.monitor_id] = self._silent[look.monitor_id] = found.beat
        self._moved.add(look.monitor_id)
        return Result(
            monitor_id=look.monitor_id,
            generation=state.monitor.generation,
            region=self._region,
            at=found.at,
            finding=Finding.DOWN,
            reason=found.reason,
            message=found.message,
            evidence=_silence_evidence(heart),
        )


def _refuse(knock: Knock, error: Exception) -> None:
    if not knock.answer.done():
        knock.answer.set_exception(error)


def _evidence(ping: Ping) -> Evidence:
    """Return what a failed job said: the end of its output, where the trouble is told."""
    facts: dict[str, object] = {
        "exit_status": ping.exit_status,
        "duration_s": ping.duration_s,
        "run_id": ping.run_id or None,
        "source": ping.source or None,
        "user_agent": ping.user_agent or None,
    }
    output = ping.body[-SHOWN_OUTPUT:].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return Evidence(response=output, facts={name: fact for name, fact in facts.items() if fact is not None})


def _silence_evidence(heart: Heartbeat) -> Evidence:
    facts = {
        "expected_at": heart.expected_at,
        "last_ping_at": heart.last_ping_at,
        "last_success_at": heart.last_success_at,
        "last_start_at": heart.last_start_at,
        "pings": heart.pings,
    }
    return Evidence(facts={name: fact for name, fact in facts.items() if fact is not None})
