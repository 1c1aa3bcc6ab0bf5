"""What the watchdog looks at in a primary: whether its loops move, checks begin, and results are taken in."""

from typing import TYPE_CHECKING

from asura.domain.status import Status
from asura.domain.vitality import Part, Vitals

if TYPE_CHECKING:
    from asura.engine.engine import Engine

# A commit that takes longer hangs in the disk.
SLOW_COMMIT_S = 10.0
# Loops that never wait for anybody but the store; the others may be cut off by what they wait for.
_OWN_WORK = frozenset({"auditor", "judge", "watcher", "keeper", "notifier"})


class VitalSigns:
    """Reads the vitals of an engine; it remembers when results were last taken in."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._taken = -1
        self._taken_at = engine.clock.monotonic()

    def read(self) -> Vitals:
        """Return how the engine does now."""
        engine, now = self._engine, self._engine.clock.monotonic()
        parts = [
            Part(one.name, one.still_s(now), one.cut_off if one.name in _OWN_WORK else 0)
            for one in engine.supervisor.health.values()
            if one.ran
        ]
        return Vitals(
            parts=parts,
            missed_s=engine.runner.scheduler.missed_s(),
            untaken_s=self._untaken_s(now),
            store_works=engine.store.healthy and engine.store.commit_s() < SLOW_COMMIT_S,
        )

    def _untaken_s(self, now: float) -> float:
        judge, store = self._engine.judge, self._engine.store
        taken = store.results.appended + judge.stale + judge.refused + sum(self._engine.pings.taken.values())
        if not judge.waiting or taken != self._taken:
            self._taken, self._taken_at = taken, now
        return now - self._taken_at


def sentence(engine: "Engine") -> str:
    """Return in one line what the engine does: for the service manager, and for who looks there."""
    live = engine.live
    down = live.counts()[Status.DOWN.value]
    words = f"watching {len(live)} monitor{'' if len(live) == 1 else 's'}, {down} down"
    if not engine.store.healthy:
        return f"{words}; the database does not commit"
    blind = engine.sentinel.blind
    return f"{words}; {blind.message}" if blind else words
