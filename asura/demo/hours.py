"""Makes hours of results quickly: a few hundred drawn answers a monitor, slowed down by the time of day."""

import math
import random
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import msgspec

from asura.demo import timing
from asura.demo.cast import FARTHER, Seed
from asura.demo.outages import Outage
from asura.domain import packing
from asura.domain.packing import BODY, HOUR_MS, KEY_SIZE, Notes
from asura.domain.reason import Reason
from asura.domain.result import PHASE_NAMES, Phases, Result
from asura.domain.status import Finding, Status
from asura.store import laying
from asura.store.laying import Laid
from asura.store.results import Results

SAMPLES = 96
# Now and then an answer takes three times as long.
_SLOW_SHARE, _SLOW_FACTOR = 0.004, 3.0
# Bits of a record: up, and counted.
_UP_COUNTED = int(Finding.UP) | 4


class Series:
    """One monitor seen from one region."""

    def __init__(self, seed: Seed, region: str, monitor_id: int, outages: Sequence[Outage]) -> None:
        self.seed = seed
        self.region = region
        self.monitor_id = monitor_id
        self.outages = outages
        self.region_number = self.ok = 0
        self._failing: dict[Reason, int] = {}
        self._farther = FARTHER[region]
        # Checks of different monitors do not fall on the same instants.
        self.phase_s = random.Random(seed.name).uniform(0, min(60.0, self.every_s))
        self._drawn = [_drawn(seed, random.Random(f"{seed.name} {number}")) for number in range(SAMPLES)]

    @property
    def every_s(self) -> float:
        """Return how often it is checked."""
        return float(self.seed.more.get("interval", 60.0))

    def know(self, db: sqlite3.Connection, results: Results) -> None:
        """Learn the numbers of region and reasons; call it inside a change."""
        self.region_number, self.ok = results.numbers(db, self.region, Reason.OK)
        self._failing = {one.reason: results.numbers(db, self.region, one.reason)[1] for one in self.outages}

    def ill_hours(self, until: int) -> set[int]:
        """Return the hours since the epoch in which it was not well, up to one."""
        found: set[int] = set()
        for one in self.outages:
            last = until if one.to_at is None else int(one.to_at.timestamp()) // 3600
            found.update(range(int(one.from_at.timestamp()) // 3600, last + 1))
        return found

    def laid(self, hour: int, every_s: float, chance: random.Random, *, level: float = 1.0) -> Laid:
        """Return an hour (since the epoch) in which it was checked so often."""
        troubled = hour in self.ill_hours(hour)
        body, notes = (self._troubled if troubled else self._well)(hour, every_s, chance, level)
        return laying.made(body, notes)

    def results(self, from_at: datetime, to_at: datetime, chance: random.Random) -> list[Result]:
        """Return the results of a stretch, one by one."""
        return [
            self._result(at, chance, 1.0)
            for at in _instants(from_at, to_at, timedelta(seconds=self.every_s), timedelta(seconds=self.phase_s))
        ]

    def _well(self, hour: int, every_s: float, chance: random.Random, level: float) -> tuple[bytes, Notes]:
        factor = timing.busy(datetime.fromtimestamp(hour * 3600 + 1800, UTC)) * self._farther * level
        usual, slow = (factor, _shift(factor)), (factor * _SLOW_FACTOR, _shift(factor * _SLOW_FACTOR))
        step = round(every_s * 1000)
        body = bytearray()
        draw, rare = chance.random, _SLOW_SHARE
        for offset in range(round(self.phase_s * 1000) % step, HOUR_MS, step):
            latency_us, phases = self._drawn[int(draw() * SAMPLES)]
            times, table = slow if draw() < rare else usual
            body += BODY.pack(
                offset, int(latency_us * times), 1, self._code, self.ok, _UP_COUNTED, phases.translate(table)
            )
        return bytes(body), {}

    @property
    def _code(self) -> int:
        return 200 if self.seed.type in ("http", "statuspage") else 0

    def _troubled(self, hour: int, every_s: float, chance: random.Random, level: float) -> tuple[bytes, Notes]:
        start = datetime.fromtimestamp(hour * 3600, UTC)
        body, notes = bytearray(), {}
        phase = timedelta(seconds=self.phase_s % every_s)
        for index, at in enumerate(_instants(start, start + timedelta(hours=1), timedelta(seconds=every_s), phase)):
            result = self._result(at, chance, level)
            reason = self._failing.get(result.reason, self.ok)
            body += packing.record(result, region=self.region_number, reason=reason)[KEY_SIZE:]
            if result.finding is not Finding.UP:
                notes[index] = packing.text_of(result.message)
        return bytes(body), notes

    def _result(self, at: datetime, chance: random.Random, level: float) -> Result:
        factor = timing.busy(at) * self._farther * level
        if chance.random() < _SLOW_SHARE:
            factor *= _SLOW_FACTOR
        found = timing.phases(self.seed.type, self.seed.base_ms * factor, chance)
        outage = next((one for one in self.outages if one.covers(at)), None)
        if outage is None:
            latency = timing.latency(found, self.seed.base_ms * factor, chance)
            code = self._code
            return Result(self.monitor_id, 1, self.region, at, Finding.UP, Reason.OK, "", latency, code, found)
        plain = Result(self.monitor_id, 1, self.region, at, Finding.UP, Reason.OK, "", None, 0, found)
        return _failing(plain, outage, allowed_ms=float(self.seed.more.get("latency_threshold_ms", 0.0)))


def _failing(result: Result, outage: Outage, *, allowed_ms: float) -> Result:
    """Return a result as it is during an outage: who refuses does so at once, who is slow takes long."""
    found = result.phases
    if outage.reason is Reason.SLOW and found.ttfb is not None:
        found = msgspec.structs.replace(found, ttfb=found.ttfb + allowed_ms)
    elif outage.reason is Reason.HTTP_STATUS and found.ttfb is not None:
        found = msgspec.structs.replace(found, ttfb=found.ttfb * 9)
    elif outage.reason is Reason.CONNECT_TIMEOUT:
        found = Phases(dns=found.dns, connect=10_000.0)
    elif outage.reason is Reason.CONNECT_REFUSED:
        found = Phases(dns=found.dns, connect=found.connect)
    latency = sum(ms for ms in (getattr(found, name) for name in PHASE_NAMES) if ms is not None) or None
    return msgspec.structs.replace(
        result,
        finding=Finding.DOWN if outage.status is Status.DOWN else Finding.DEGRADED,
        reason=outage.reason,
        message=outage.message,
        latency_ms=latency,
        code=outage.code,
        phases=found,
    )


def _instants(from_at: datetime, to_at: datetime, every: timedelta, phase: timedelta) -> list[datetime]:
    first = datetime(2020, 1, 1, tzinfo=UTC) + phase
    number = math.ceil((from_at - first) / every)
    found = []
    while (at := first + number * every) < to_at:
        found.append(at)
        number += 1
    return found


def _drawn(seed: Seed, chance: random.Random) -> tuple[float, bytes]:
    """Return one answer at the quietest hour, nearby: microseconds, and its phases as they are stored."""
    found = timing.phases(seed.type, seed.base_ms, chance)
    latency = timing.latency(found, seed.base_ms, chance)
    return latency * 1000, bytes(packing.phase_byte(getattr(found, name)) for name in PHASE_NAMES)


def _shift(factor: float) -> bytes:
    return _table(packing.phase_byte(100.0 * factor) - packing.phase_byte(100.0))


@cache
def _table(steps: int) -> bytes:
    """Return what stands for each stored phase when it takes so many steps longer; 0 stays, it was not reached."""
    return bytes([0, *(max(1, min(255, byte + steps)) for byte in range(1, 256))])
