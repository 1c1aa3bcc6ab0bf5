"""A probe at work: it follows what is to be checked, checks it, excuses what is its own fault, and reports."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from asura.domain import wire
from asura.domain.audit import Irregularity
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Result
from asura.domain.span import Gap
from asura.net.network import Network
from asura.probe.client import Client
from asura.probe.clock import ProbeClock
from asura.probe.courier import Courier
from asura.probe.figures import Figures
from asura.probe.follower import Follower
from asura.probe.link import Link
from asura.probe.plans import Plans
from asura.probe.trouble import Trouble
from asura.running.lookout import CanaryTarget, Lookout, sightings
from asura.running.plan import Plan, plan
from asura.running.runner import Runner
from asura.running.steadiness import LOOK_EVERY_S, Steadiness

log = logging.getLogger(__name__)

STOP_WITHIN_S = 4.5
LINE_EVERY_S = 60.0
# A hold-up that lasted so long, or a sleep, moves the monotonic clock against the calendar.
LONG_S = 5.0
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 0.5, 30.0


class Agent:
    """One process of a probe. `canaries` are asked for at each look at our own connection."""

    def __init__(
        self,
        net: Network,
        clock: ProbeClock,
        client: Client,
        *,
        boot: str,
        canaries: Callable[[], Sequence[CanaryTarget]],
        region: str = "",
        max_concurrent: int = 5000,
    ) -> None:
        self._clock = clock
        self.runner = Runner(clock, net, self._sink, region=region, max_concurrent=max_concurrent)
        self.link = Link(clock, changed=self._connection_changed)
        self.figures = Figures(clock, self.runner, monitors=lambda: len(self.plans))
        self.courier = Courier(
            client, clock, self.link, boot=boot, state=lambda: self.figures.state(self.courier), taken=self._taken
        )
        self.plans = Plans(self.runner, clock.now, forgotten=self.courier.report.forget)
        self.follower = Follower(client, self.link, self.plans, took=self._took)
        self.lookout = Lookout(
            clock, canaries=canaries, ask=self._ask, sightings=lambda now: sightings(self.plans.seen(), now)
        )
        self.steadiness = Steadiness(clock, noticed=self._noticed)
        self.figures.blind = lambda: self.lookout.blind.message if self.lookout.blind else ""
        clock.moved = self._time_moved

    async def run(self) -> None:
        """Work until cancelled; raises Trouble where the primary will never want this process."""
        loops = (
            ("scheduler", self.runner.scheduler.run),
            ("follower", self.follower.run),
            ("courier", self.courier.run),
            ("steadiness", self._be_steady),
            ("lookout", self._look_around),
            ("line", self._write_lines),
        )
        tasks = [asyncio.create_task(_kept_alive(name, loop), name=name) for name, loop in loops]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self, *, within: float = STOP_WITHIN_S) -> bool:
        """Check nothing more and deliver what is there; return whether all of it arrived."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        with suppress(TimeoutError):
            async with asyncio.timeout(within / 3):
                await self.runner.stop()
        if not self.link.contacted or not self.link.welcome:
            return not self.courier.waiting
        return await self.courier.finish(within=within - (loop.time() - began))

    def line(self) -> str:
        """Return how this probe does, on one line."""
        return self.figures.line(self.runner.region, self.courier, self.link.words())

    async def check_once(self, *, side_by_side: int) -> list[tuple[Plan, Result]]:
        """Check everything once, whenever it is due, and return what was found, by the monitor's id."""
        places = asyncio.Semaphore(side_by_side)

        async def checked(ready: Plan) -> tuple[Plan, Result]:
            async with places:
                result = await self.runner.run_once(ready)
                if self.lookout.suspicious(result):
                    await self.lookout.look(result.at)
                return ready, self._excused(result)

        found = await asyncio.gather(*(checked(ready) for ready in self.plans.all()))
        for _, result in found:
            self.courier.add(result)
        return found

    def _sink(self, result: Result) -> Awaitable[None] | None:
        if result.reason is not Reason.OK and self.lookout.suspicious(result):
            return self._doubt(result)
        self._hand_on(result)
        return None

    async def _doubt(self, result: Result) -> None:
        """Look at ourselves before a target is blamed; a look that fails must not swallow what was found."""
        try:
            await self.lookout.look(result.at)
        except Exception:
            log.exception("looking at our own connection failed")
        self._hand_on(result)

    def _hand_on(self, result: Result) -> None:
        result = self._excused(result)
        self.courier.add(result)
        self.plans.found(result)

    def _excused(self, result: Result) -> Result:
        if result.reason is Reason.OK:
            return result
        self.steadiness.observe()
        excused = self.steadiness.excuse(result)
        return excused if excused is not result else self.lookout.excuse(result)

    async def _ask(self, config: MonitorConfig) -> Result:
        return await self.runner.run_once(plan(0, 0, config))

    def _took(self, assigned: wire.Assigned) -> None:
        self.runner.region = assigned.region
        self.courier.report_every = min(max(assigned.report_every, 1.0), 60.0)

    def _taken(self, taken: wire.Taken) -> None:
        self.follower.heard_of(taken.tag)
        if taken.refused:
            log.warning("the primary did not want %d results: they are not this probe's to report", taken.refused)

    def _connection_changed(self) -> None:
        if not self.link.welcome and len(self.plans):
            self.plans.clear()
            log.warning("nothing is checked any more until the primary wants this process again")
        self.courier.nudge()
        log.info("%s", self.line())

    def _time_moved(self) -> None:
        self.runner.scheduler.clock_was_set()
        self.steadiness.clock_was_set()

    def _noticed(self, found: Irregularity, stretch: Gap) -> None:
        if found.seconds >= LONG_S:
            self.runner.scheduler.clock_was_set()

    async def _be_steady(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.steadiness.observe()

    async def _look_around(self) -> None:
        while True:
            await self.lookout.look_around()
            with suppress(TimeoutError):
                async with asyncio.timeout(self.lookout.pause.total_seconds()):
                    await self.lookout.wake.wait()
                    self.lookout.wake.clear()
                    self.courier.hurry()

    async def _write_lines(self) -> None:
        while True:
            await asyncio.sleep(LINE_EVERY_S)
            log.info("%s", self.line())
            self.plans.unfit.tell()


async def _kept_alive(name: str, loop: Callable[[], Awaitable[None]]) -> None:
    """Run a loop; one that fails by a fault of ours fails alone, and goes on after a pause."""
    pause = FIRST_BACKOFF_S
    while True:
        try:
            await loop()
        except Trouble:
            raise
        except Exception:
            log.exception("the loop %s of this probe failed; it goes on in %g s", name, pause)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_BACKOFF_S)
