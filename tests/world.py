"""A whole engine on a clock that tests turn by hand: only clock, check and channel are fake, the store is real."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from asura.channels import channel_types
from asura.checks import check_types
from asura.checks.base import Job
from asura.domain.channel import Channel
from asura.domain.incident import Incident
from asura.domain.message import Message
from asura.domain.monitor import Monitor
from asura.domain.ping import Logged, Ping, PingKind
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.span import Gap
from asura.domain.status import Finding
from asura.engine.engine import Engine
from asura.engine.options import EngineOptions
from asura.errors import DeliveryError, Invalid
from asura.net.network import Network, open_network
from asura.net.trace import Trace
from asura.store.db import Store
from tests import canary
from tests.fresh import begin
from tests.turning import START as START
from tests.turning import STEP_S as STEP_S
from tests.turning import FakeClock as FakeClock
from tests.turning import Turning


class FakeParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing to set."""


class FakeCheck:
    """A check type whose targets do what the test says: `target` is looked up in `says` at each check."""

    name = "fake"
    title = "Fake"
    target_help = "Any word."
    params = FakeParams
    assertable: frozenset[str] = frozenset()

    def __init__(self) -> None:
        self.says: dict[str, Outcome | BaseException] = {}
        self.made: list[str] = []

    def validate(self, target: str, params: Any) -> None:
        return

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        self.made.append(job.target)
        said = self.says.get(job.target, UP)
        if isinstance(said, BaseException):
            raise said
        return said


class FakeChannelParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing to set."""


class FakeChannel:
    """A channel type that is accepted; what is sent goes to the world's `sent`."""

    name = "fake"
    title = "Fake"
    params = FakeChannelParams
    carries_key = True

    def validate(self, params: Any) -> None:
        if not isinstance(params, FakeChannelParams):
            raise Invalid()

    async def send(self, params: Any, message: Message, net: Network) -> str:
        raise NotImplementedError


UP = Outcome(Finding.UP, latency_ms=12.5, code=200)
DOWN = Outcome(Finding.DOWN, Reason.CONNECT_REFUSED, "Connection refused by 192.0.2.7:443.", 3.0)
TIMEOUT = Outcome(Finding.DOWN, Reason.CONNECT_TIMEOUT, "No connection was made within 10 s.", 10_000.0)
DEGRADED = Outcome(Finding.DEGRADED, Reason.SLOW, "Answered in 900 ms, slower than 500 ms.", 900.0)


class World(Turning):
    """One engine, its fakes, and what was sent so far that no test has looked at."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.check = FakeCheck()
        self.options = EngineOptions(url="https://asura.example")
        self.sent: list[tuple[str, str]] = []
        self.messages: list[Message] = []
        self.refusing: dict[str, DeliveryError] = {}
        # Of the previous release, where its database is lent.
        self.before = canary.Before()
        self._calm = ExitStack()
        self.store: Store
        self.net: Network

    async def start(self) -> None:
        """Start an engine on what the folder holds."""
        check_types()["fake"] = self.check
        channel_types()["fake"] = FakeChannel()
        self.before = canary.begin(self.folder)
        if self.before.monitors:
            self._calm.enter_context(canary.calm())
        self.store = Store.open(begin(self.folder), clock=self.clock)
        self.net = open_network()
        self.engine = Engine(self.store, self.net, self.clock, self.options, send=self._send)
        await self.engine.start()
        for one in self.engine.probes.list():
            # Nobody runs them here, and each story would be told that they are missed.
            if one.id in self.before.probes:
                await self.engine.probes.delete(one.id)
        for window in self.engine.maintenance.list():
            # It may be for everything, the story's monitors too.
            if window.id in self.before.maintenance:
                await self.engine.maintenance.delete(window.id)

    async def stop(self) -> None:
        """Stop it as SIGTERM does."""
        await self.engine.stop()
        await self.close()

    async def close(self) -> None:
        """Let go of the store without a word, as far as one process can; tests/faults has the real kill."""
        await self.net.close()
        await self.store.close()
        self._calm.close()
        check_types().pop("fake", None)
        channel_types().pop("fake", None)

    async def restart(self, *, after: float = 0) -> None:
        """Stop, let time pass, start again."""
        await self.stop()
        self.clock.turn(after)
        await self.start()

    async def monitor(self, target: str = "shop", **fields: Any) -> Monitor:
        """Create a monitor of the fake type, checked once."""
        body = {"name": target.title(), "type": "fake", "target": target, **fields}
        monitor = await self.engine.monitors.create(self.engine.monitors.prepare(body), slug=target)
        await self.settle()
        return monitor

    async def heartbeat(self, name: str = "backup", **fields: Any) -> Monitor:
        """Create a heartbeat: by default once an hour, with five minutes of grace."""
        body = {"name": name.title(), "type": "heartbeat", "interval": 3600, "grace": 300, **fields}
        monitor = await self.engine.monitors.create(self.engine.monitors.prepare(body), slug=name)
        await self.settle()
        return monitor

    async def ping(self, name: str = "backup", kind: PingKind = PingKind.SUCCESS, **fields: Any) -> Logged:
        """Call in as a job does."""
        monitor_id = self.engine.pings.by_slug(name)
        assert monitor_id is not None
        waiting = asyncio.ensure_future(
            self.engine.pings.ping(monitor_id, Ping(at=self.clock.now(), kind=kind, **fields))
        )
        await asyncio.sleep(0)
        await self.settle()
        return await waiting

    async def channel(self, name: str = "ops", **fields: Any) -> Channel:
        """Create a default channel of the fake type."""
        body = {"name": name, "type": "fake", "default": True, **fields}
        return await self.engine.channels.create(self.engine.channels.prepare(body), slug=name)

    def say(self, outcome: Outcome | BaseException, target: str = "shop") -> None:
        """From now on, checks of a target find this."""
        self.check.says[target] = outcome

    def status(self, target: str = "shop") -> str:
        """Return the state that is shown of a monitor."""
        view = self.engine.live.find(target)
        assert view is not None
        return view.status.value

    def id(self, target: str = "shop") -> int:
        """Return the id of a monitor."""
        view = self.engine.live.find(target)
        assert view is not None
        return view.monitor.id

    def open_incidents(self) -> list[Incident]:
        """Return the open incidents of the story's own monitors."""
        found = self.engine.live.open_incidents()
        return [one for one in found if not self.before.monitors.intersection(one.monitor_ids)]

    async def incident_id(self) -> int:
        """Return the first incident of the story's own monitors."""
        known = "SELECT monitor_id, min(incident_id) FROM incident_monitors GROUP BY monitor_id"
        async with self.store.read() as reader:
            return min(row[1] for row in await reader.execute_fetchall(known) if row[0] not in self.before.monitors)

    def gaps(self) -> list[Gap]:
        """Return the story's own gaps."""
        return [gap for gap in self.engine.live.gaps if gap.from_at >= START]

    def take(self) -> list[tuple[str, str]]:
        """Return what was sent since the last look, as (channel, title)."""
        sent, self.sent = self.sent, []
        return sent

    async def _send(self, channel: Channel, message: Message) -> str:
        of_before = (message.monitor or {}).get("id") in self.before.monitors
        if of_before or channel.id in self.before.channels:
            return "accepted"
        refusal = self.refusing.get(channel.config.name)
        if refusal is not None:
            raise refusal
        self.sent.append((channel.config.name, message.title))
        self.messages.append(message)
        return "accepted"


@asynccontextmanager
async def world(folder: Path, options: EngineOptions | None = None) -> AsyncIterator[World]:
    """Lend a running world; at its end nothing may have been sent that the test did not look at."""
    one = World(folder)
    one.options = options or one.options
    await one.start()
    try:
        yield one
        assert one.take() == [], "and nothing else was sent"
    finally:
        await one.close()
