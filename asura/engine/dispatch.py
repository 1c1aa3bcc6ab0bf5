"""Which region checks what: the local scheduler, and for each probe the list of what it is to run, by change."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from asura import __version__
from asura.clock import Clock
from asura.domain import wire
from asura.domain.heartbeat import HEARTBEAT
from asura.domain.instant import at_ms
from asura.domain.monitor import Monitor
from asura.domain.probe import Probe
from asura.domain.region import LOCAL
from asura.domain.result import Result
from asura.engine.assignments import Listing, assignment
from asura.engine.division import Division
from asura.engine.live import Live
from asura.engine.monitor_state import MonitorState
from asura.errors import Conflict
from asura.running.plan import plan
from asura.running.runner import Runner

log = logging.getLogger(__name__)

# So many monitors are divided at a time; between two times the others have their turn.
DIVIDED_AT_ONCE = 2000
# How much longer than its tries may take, one waits for a check from elsewhere.
MORE_PATIENCE_S = 10.0


class Dispatch:
    """Places each monitor where it is to be checked, and divides those of a region among its probes."""

    def __init__(self, live: Live, runner: Runner, clock: Clock, *, boot_id: str) -> None:
        self._live = live
        self._runner = runner
        self._clock = clock
        self._boot_id = boot_id
        # It grows over restarts too, so that no number in `asked` comes again with another meaning.
        self._division = Division(at_ms(clock.now()))
        # What is being divided, in steps: these regions, and whether monitors may be checked from elsewhere now.
        self._undivided: set[str] = set()
        self._electing = False
        self._dividing: asyncio.Task[None] | None = None
        # Called with the regions that are to check a monitor that was made or edited.
        self.named: Callable[[Iterable[str]], None] = lambda regions: None
        # Called with the monitors whose regions may have changed.
        self.placed: Callable[[Iterable[MonitorState]], None] = lambda states: None
        # Waits for the first result of a monitor that began after an instant, some seconds at most.
        self.next_result: Callable[[int, datetime, float], Awaitable[Result | None]] = _no_result

    def place(self, monitor: Monitor, *, at_once: bool, last_at: float | None = None) -> None:
        """Have a monitor checked by everybody who is to, replacing what was known of it. A heartbeat, or one that is
        paused, is checked by nobody. `last_at`: epoch seconds of its last check here, if any.
        """
        self.named(self._live.electorate_of(monitor).regions)
        state = self._live.state(monitor.id)
        if state is not None and (state.electorate.elsewhere or state.verdict is not None):
            self.placed([state])
        regions = self._live.electorate_of(monitor).regions if _is_checked(monitor) else ()
        self._division.place(monitor.id, regions, asked=at_once, now=self._clock.monotonic())
        if LOCAL not in regions:
            self._runner.scheduler.remove(monitor.id)
            return
        try:
            ready = plan(monitor.id, monitor.generation, monitor.config)
        except (KeyError, msgspec.ValidationError):
            log.exception("monitor %s cannot be checked by this version", monitor.slug)
            return
        self._runner.scheduler.add(ready, at_once=at_once, last_at=last_at)

    def remove(self, monitor_id: int) -> None:
        """Have a monitor checked by nobody any more."""
        self._runner.scheduler.remove(monitor_id)
        self._division.place(monitor_id, (), asked=False, now=self._clock.monotonic())

    def divide(self, probes: Sequence[Probe], able: frozenset[int], online: frozenset[int] | None = None) -> None:
        """Divide every region's monitors among its probes; those in `able` are there and can see.

        `online` are those that are there, whether they can see or not. Many monitors are divided in steps, of which
        the first is taken at once.
        """
        self._undivided |= self._division.enrol(probes, able, able if online is None else able | online)
        if self._division.regions != self._live.known_regions:
            self._live.known_regions, self._electing = self._division.regions, True
        if not self._undivided and not self._electing:
            return
        if self._dividing is not None:
            self._dividing.cancel()
        ids = [state.monitor.id for state in self._live.states()]
        self._divide(ids[:DIVIDED_AT_ONCE])
        self._dividing = asyncio.ensure_future(self._divide_on(ids[DIVIDED_AT_ONCE:]))

    def assigned(self, probe: Probe, tag: str) -> wire.Assigned | None:
        """Return what a probe is to check: what changed since `tag`, everything when that is not known (any more),
        None when nothing changed. Its secrets are `Secret` values; only `assignments.encoded` makes them text.
        """
        listing = self._division.listing(probe)
        since = self._since(listing, tag)
        if since == listing.version:
            return None
        wanted: Iterable[int] = listing.held if since is None else listing.changed(since)
        known = ((listing.asked(one), self._live.state(one)) for one in wanted)
        return wire.Assigned(
            tag=self._tag(listing),
            full=since is None,
            monitors=tuple([assignment(state, probe.region, asked=asked) for asked, state in known if state]),
            gone=() if since is None else listing.gone(since),
            probe_id=probe.id,
            region=probe.region,
            name=probe.name,
            version=__version__,
            now=self._clock.now().timestamp(),
        )

    def tag(self, probe_id: int) -> str:
        """Return the tag of the newest assignments of a probe; empty when it is none any more."""
        listing = self._division.listings.get(probe_id)
        return "" if listing is None else self._tag(listing)

    async def wait(self, probe_id: int, tag: str, *, seconds: float) -> None:
        """Wait until something has changed for a probe since `tag`, or it is revoked; `seconds` at most."""
        listing = self._division.listings.get(probe_id)
        if listing is not None and tag == self._tag(listing):
            await listing.wait(seconds)

    def held(self, probe_id: int) -> Collection[int]:
        """Return the ids of the monitors of a probe; to look something up, not to keep."""
        return self._division.held(probe_id)

    def standing_of(self, probe_id: int, monitor_id: int) -> bool | None:
        """Return whether what a probe says of a monitor is news (True), history (False: its region checks it, another
        probe does, or did not long ago) or nothing (None: not its business).
        """
        listing, state = self._division.listings.get(probe_id), self._live.state(monitor_id)
        if listing is None or state is None:
            return None
        if monitor_id in listing.held:
            return True
        region, now = listing.region, self._clock.monotonic()
        checks = region in state.electorate.regions or self._division.has_left(monitor_id, region, now)
        return False if checks else None

    def count(self, probe_id: int) -> int:
        """Return how many monitors a probe has."""
        return len(self.held(probe_id))

    def ask(self, monitor_id: int, now: datetime) -> bool:
        """Have a monitor checked at once by its probes; return whether there is any that is there."""
        return self._division.ask(monitor_id)

    async def check(self, monitor: Monitor, *, more_s: float = MORE_PATIENCE_S) -> Result:
        """Have a monitor checked at once from elsewhere, and return the first result, which is judged by then."""
        config, since = monitor.config, self._clock.now()
        regions = ", ".join(self._live.electorate_of(monitor).regions) or "no region"
        if not self.ask(monitor.id, since):
            raise Conflict(f"the monitor is checked from {regions} alone, and no probe is there at the moment")
        seconds = config.timeout * (config.retries + 1) + more_s
        result = await self.next_result(monitor.id, since, seconds)
        if result is None:
            raise Conflict(f"{regions} was asked to check the monitor, and no result came within {seconds:g} s")
        return result

    async def settled(self) -> None:
        """Wait until everything is divided that is to be."""
        while self._dividing is not None and not self._dividing.done():
            await asyncio.wait({self._dividing})

    async def _divide_on(self, ids: Sequence[int]) -> None:
        for start in range(0, len(ids), DIVIDED_AT_ONCE):
            await asyncio.sleep(0)
            self._divide(ids[start : start + DIVIDED_AT_ONCE])
        self._undivided, self._electing = set(), False

    def _divide(self, ids: Iterable[int]) -> None:
        states = [state for monitor_id in ids if (state := self._live.state(monitor_id)) is not None]
        # Who else there is does not change which monitors are checked from here: the scheduler keeps its own.
        if self._electing and (moved := self._live.elect(states)):
            self.placed(moved)
        self._division.divide([(state.monitor.id, _where(state)) for state in states], self._undivided)

    def _tag(self, listing: Listing) -> str:
        return f"{self._boot_id}-{listing.version}"

    def _since(self, listing: Listing, tag: str) -> int | None:
        """Return the version that a tag stands for; None when it is of another process, or too old."""
        boot, _, version = tag.partition("-")
        if boot != self._boot_id or not version.isdecimal() or len(version) > 20:
            return None
        return int(version) if listing.knows(int(version)) else None


def _where(state: MonitorState) -> tuple[str, ...]:
    """Return where a monitor is checked at present."""
    return state.electorate.regions if _is_checked(state.monitor) else ()


def _is_checked(monitor: Monitor) -> bool:
    return monitor.config.enabled and monitor.config.type != HEARTBEAT


async def _no_result(monitor_id: int, since: datetime, seconds: float) -> Result | None:
    return None
