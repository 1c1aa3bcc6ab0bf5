"""The internet of the demo: made-up names with made-up addresses, behind which servers on the loopback answer."""

import asyncio
import random
import socket
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from asura.clock import Clock
from asura.demo import timing
from asura.demo.authority import DAYS_LEFT, Authority
from asura.demo.cast import FARTHER, Seed
from asura.demo.names import ADDRESSES, NAMES, SERVICES
from asura.demo.script import Mood, Script
from asura.domain.result import Phases

# A certificate that is near its end, though not yet so near that anybody is told.
DAYS = {("mail.example.com", 993): 19.2}


class Service(NamedTuple):
    """What answers at one name and port: the monitor that it was made up for, and from where it is asked."""

    seed: Seed
    host: str
    port: int
    region: str


# Makes a server for a service and returns its port on the loopback, and what closes it.
Opener = Callable[["Internet", Service], Awaitable[tuple[int, Callable[[], None]]]]


class Internet:
    """Who is where, how they are, and how far away. Servers are made when somebody first asks for them."""

    def __init__(self, script: Script, authority: Authority, clock: Clock, *, opener: Opener) -> None:
        self.script = script
        self.authority = authority
        self._clock = clock
        self._opener = opener
        self._open: dict[tuple[str, int, str], asyncio.Task[tuple[int, Callable[[], None]]]] = {}
        self._chance = random.Random()

    @property
    def names(self) -> Sequence[str]:
        """Return every name that there is."""
        return list(ADDRESSES)

    def now(self) -> datetime:
        """Return the instant by which everything goes."""
        return self._clock.now()

    def address(self, name: str) -> str | None:
        """Return the address of a name; None when there is no such name."""
        return ADDRESSES.get(name.lower().rstrip("."))

    def name(self, address: str) -> str | None:
        """Return the name of an address; None when nothing is there."""
        return NAMES.get(address)

    def mood(self, seed: Seed) -> Mood:
        """Return how a service is right now."""
        return self.script.mood(seed.slug, self.now())

    def lookup(self, host: str, _: Any, *, family: int, type: int) -> list[Any]:
        """Answer as `getaddrinfo` does, after as long as the look-up of a name takes; called in a thread."""
        address = self.address(host)
        if address is None:
            raise socket.gaierror(socket.EAI_NONAME, "no such name in the demo")
        if family == socket.AF_INET6:
            raise socket.gaierror(getattr(socket, "EAI_ADDRFAMILY", socket.EAI_NONAME), "no address of this family")
        seed = next((one for (name, _), one in SERVICES.items() if name == NAMES[address]), None)
        took = self._drawn(seed, "local").dns if seed is not None and seed.type != "dns" else None
        time.sleep((took or 0.0) / 1000)
        return [(socket.AF_INET, type, 0, "", (address, 0))]

    def delays(self, name: str, port: int, region: str) -> Phases:
        """Return how long the way to a service takes this time, in milliseconds."""
        return self._drawn(SERVICES.get((name, port)), region)

    def service(self, name: str, port: int, region: str) -> Service | None:
        """Return what answers at a name and port; None when nothing listens there."""
        seed = SERVICES.get((name, port))
        return None if seed is None else Service(seed, name, port, region)

    def echo_ms(self, address: str, region: str) -> float | None:
        """Return how long a ping of an address takes, in milliseconds; None when it is not answered."""
        name = NAMES.get(address, "")
        seed = SERVICES.get((name, 0)) or next((s for (n, _), s in SERVICES.items() if n == name), None)
        if seed is None or self.mood(seed) is Mood.SILENT:
            return None
        base = seed.base_ms if seed.type == "icmp" else 16.0
        return base * FARTHER[region] * timing.busy(self.now()) * self._chance.lognormvariate(0, 0.06)

    async def port_of(self, service: Service) -> int:
        """Return the port on the loopback at which a service answers."""
        key = (service.host, service.port, service.region)
        task = self._open.get(key)
        if task is None:
            task = self._open[key] = asyncio.ensure_future(self._opener(self, service))
        return (await asyncio.shield(task))[0]

    def days_left(self, service: Service) -> float:
        """Return for how many days the certificate of a service is valid."""
        return DAYS.get((service.host, service.port), DAYS_LEFT)

    async def close(self) -> None:
        """Close every server."""
        for task in self._open.values():
            task.cancel()
        for made in await asyncio.gather(*self._open.values(), return_exceptions=True):
            if not isinstance(made, BaseException):
                made[1]()
        self._open.clear()

    def _drawn(self, seed: Seed | None, region: str) -> Phases:
        kind, base = ("http", 80.0) if seed is None else (seed.type, seed.base_ms)
        return timing.phases(kind, base * FARTHER[region] * timing.busy(self.now()), self._chance)
