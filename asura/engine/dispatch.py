"""Which region checks what: the local scheduler, and for each probe the list of what it is to run, by change."""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

import msgspec

from asura.clock import Clock
from asura.domain import wire
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.monitor import Monitor
from asura.domain.probe import Probe
from asura.domain.region import LOCAL
from asura.engine.live import Live
from asura.engine.monitor_state import MonitorState
from asura.running.plan import plan
from asura.running.runner import Runner

log = logging.getLogger(__name__)


class Dispatch:
    """Places each monitor where it is to be checked, and divides those of a region among its probes."""

    def __init__(self, live: Live, runner: Runner, clock: Clock, *, boot_id: str) -> None:
        self._live = live
        self._runner = runner
        self._clock = clock
        self._boot_id = boot_id
        # Called with the monitors whose regions may have changed.
        self.placed: Callable[[Iterable[MonitorState]], None] = lambda states: None

    def place(self, monitor: Monitor, *, at_once: bool, last_at: float | None = None) -> None:
        """Have a monitor checked by everybody who is to, replacing what was known of it. A heartbeat, or one that is
        paused, is checked by nobody. `last_at`: epoch seconds of its last check here, if any.
        """
        state = self._live.state(monitor.id)
        if state is not None and state.electorate.several:
            self.placed([state])
        here = monitor.config.enabled and monitor.config.type != HEARTBEAT
        if here and LOCAL in self._live.electorate_of(monitor).regions:
            try:
                ready = plan(monitor.id, monitor.generation, monitor.config)
            except (KeyError, msgspec.ValidationError):
                log.exception("monitor %s cannot be checked by this version", monitor.slug)
                return
            self._runner.scheduler.add(ready, at_once=at_once, last_at=last_at)
        else:
            self._runner.scheduler.remove(monitor.id)

    def remove(self, monitor_id: int) -> None:
        """Have a monitor checked by nobody any more."""
        self._runner.scheduler.remove(monitor_id)

    def divide(self, probes: Sequence[Probe], able: frozenset[int]) -> None:
        """Divide every region's monitors among its probes; those in `able` are there and can see."""
        return

    def assigned(self, probe: Probe, tag: str) -> wire.Assigned | None:
        """Return what a probe is to check: what changed since `tag`, everything when that is not known (any more),
        None when nothing changed.
        """
        raise NotImplementedError

    async def wait(self, probe_id: int, tag: str, *, seconds: float) -> None:
        """Wait until something has changed for a probe since `tag`, `seconds` at most."""
        raise NotImplementedError

    def standing_of(self, probe_id: int, monitor_id: int) -> bool | None:
        """Return whether what a probe says of a monitor is news (True), history (False: its region checks it, another
        probe does) or nothing (None: not its business).
        """
        raise NotImplementedError

    def count(self, probe_id: int) -> int:
        """Return how many monitors a probe has."""
        return 0

    def ask(self, monitor_id: int, now: datetime) -> bool:
        """Have a monitor checked at once by its probes; return whether there is any that is there."""
        return False
