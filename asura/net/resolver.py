"""Names to addresses: the system's own look-up, single-flight, briefly cached, fair between zones."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, Literal, NamedTuple

from asura.domain.reason import Reason
from asura.net.errors import NetError
from asura.net.guard import literal
from asura.net.threads import Threads
from asura.net.trace import Trace

Family = Literal["any", "ipv4", "ipv6"]
Lookup = Callable[..., list[Any]]

POSITIVE_TTL = 30.0
NEGATIVE_TTL = 1.0
PER_ZONE = 2
# A look-up that took this long and then failed was not answered; a faster one was refused.
UNANSWERED_AFTER = 4.0
SLOW_AFTER = 1.0
MAX_CACHED = 20_000
MAX_SUSPECTS = 2_000
_FAMILIES = {"any": socket.AF_UNSPEC, "ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}
_KINDS = {"any": "", "ipv4": "IPv4 ", "ipv6": "IPv6 "}
_NO_ADDRESS = {getattr(socket, name) for name in ("EAI_NODATA", "EAI_ADDRFAMILY") if hasattr(socket, name)}


class _Known(NamedTuple):
    until: float
    addresses: tuple[str, ...]
    error: NetError | None


class _Flight:
    """One look-up that several may wait for. `started` tells that it has left our queue."""

    __slots__ = ("started", "task")

    def __init__(self) -> None:
        self.started = asyncio.Event()
        self.task: asyncio.Task[tuple[str, ...]]


class _Zone:
    """The turns of one zone, and whether its last look-up was slow or failed."""

    __slots__ = ("suspect", "turns", "users")

    def __init__(self) -> None:
        self.turns = asyncio.Semaphore(PER_ZONE)
        self.users = 0
        self.suspect = False


class Resolver:
    """Resolves by getaddrinfo, so that the hosts file and the machine's own settings count."""

    def __init__(self, threads: int = 32, *, lookup: Lookup = socket.getaddrinfo) -> None:
        self._lookup = lookup
        self._threads = Threads(threads, "resolver")
        self._turns = asyncio.Semaphore(threads)
        # Zones that are slow or broken share half of the threads, so that healthy ones always find one.
        self._suspect_turns = asyncio.Semaphore(max(1, threads // 2))
        self._zones: dict[str, _Zone] = {}
        self._flights: dict[tuple[str, str], _Flight] = {}
        self._known: dict[tuple[str, str], _Known] = {}

    async def resolve(
        self, host: str, port: int = 0, *, family: Family = "any", trace: Trace | None = None
    ) -> tuple[str, ...]:
        """Return the addresses of a host, best first. NetError dns_* tells why there are none.

        `port` is ignored: it stands here so that every step of dialling takes (host, port). The dns phase of `trace`
        starts when the look-up does; before that the check waits for us, which `trace.waiting` tells.
        """
        address = literal(host)
        if address is not None:
            return _of_family(host, address, family)
        key = (host.lower().rstrip("."), family)
        known = self._known.get(key)
        if known is not None and known.until > monotonic():
            return _answer(known, trace)
        return await self._follow(self._flights.get(key) or self._depart(key), trace)

    def forget(self) -> None:
        """Drop what is cached, so that the next look-up asks again."""
        self._known.clear()

    async def close(self) -> None:
        """Stop waiting for look-ups; threads that are in one end on their own."""
        for flight in list(self._flights.values()):
            flight.task.cancel()
        self._threads.close()

    async def _follow(self, flight: _Flight, trace: Trace | None) -> tuple[str, ...]:
        if trace is None:
            return await asyncio.shield(flight.task)
        if not flight.started.is_set():
            with trace.waits_for("resolver"):
                await flight.started.wait()
        trace.begin("dns")
        addresses = await asyncio.shield(flight.task)
        trace.end()
        return addresses

    def _depart(self, key: tuple[str, str]) -> _Flight:
        flight = self._flights[key] = _Flight()
        flight.task = asyncio.create_task(self._fly(key, flight.started))
        flight.task.add_done_callback(_retrieve)
        return flight

    async def _fly(self, key: tuple[str, str], started: asyncio.Event) -> tuple[str, ...]:
        name = zone_of(key[0])
        zone = self._zones.setdefault(name, _Zone())
        zone.users += 1
        try:
            async with zone.turns:
                if not zone.suspect:
                    return await self._turn(key, zone, started)
                async with self._suspect_turns:
                    return await self._turn(key, zone, started)
        finally:
            started.set()
            self._flights.pop(key, None)
            zone.users -= 1
            if not zone.users and (not zone.suspect or len(self._zones) > MAX_SUSPECTS):
                self._zones.pop(name, None)

    async def _turn(self, key: tuple[str, str], zone: _Zone, started: asyncio.Event) -> tuple[str, ...]:
        async with self._turns:
            started.set()
            began = monotonic()
            try:
                addresses = await self._ask(*key, began)
            except NetError as error:
                zone.suspect = monotonic() - began > SLOW_AFTER
                self._remember(key, _Known(monotonic() + NEGATIVE_TTL, (), error))
                raise
            zone.suspect = monotonic() - began > SLOW_AFTER
            self._remember(key, _Known(monotonic() + POSITIVE_TTL, addresses, None))
            return addresses

    async def _ask(self, host: str, family: str, began: float) -> tuple[str, ...]:
        ask = partial(self._lookup, host, None, family=_FAMILIES[family], type=socket.SOCK_STREAM)
        try:
            rows = await self._threads.run(ask)
        except (socket.gaierror, UnicodeError, OSError) as error:
            raise explain(error, host, family, monotonic() - began) from None
        return tuple(dict.fromkeys(row[4][0] for row in rows))

    def _remember(self, key: tuple[str, str], known: _Known) -> None:
        if len(self._known) >= MAX_CACHED:
            now = monotonic()
            self._known = {key: value for key, value in self._known.items() if value.until > now}
            if len(self._known) >= MAX_CACHED:
                self._known.clear()
        self._known[key] = known


def zone_of(host: str) -> str:
    """Return the part of a name that one operator answers for: two labels, three below a short `co.uk`."""
    labels = host.split(".")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= 3 else 2
    return ".".join(labels[-keep:])


def explain(error: Exception, host: str, family: str, seconds: float) -> NetError:
    """Return why a look-up failed, in words."""
    code = error.errno if isinstance(error, socket.gaierror) else None
    if code == socket.EAI_NONAME:
        return NetError(Reason.DNS_NXDOMAIN, f"The name {host} does not exist. Check its spelling and its DNS records.")
    if code in _NO_ADDRESS:
        kind = _KINDS.get(family, "")
        return NetError(
            Reason.DNS_NO_ANSWER, f"The name {host} exists but has no {kind}address. Add the record or choose another."
        )
    if isinstance(error, UnicodeError):
        return NetError(Reason.DNS_FAILED, f"{host} cannot be a host name: a part of it is empty or too long.")
    if seconds >= UNANSWERED_AFTER:
        return NetError(
            Reason.DNS_TIMEOUT,
            f"No name server answered for {host} within {seconds:.0f} s. Check the zone's name servers.",
        )
    return NetError(
        Reason.DNS_FAILED,
        f"The look-up of {host} failed: the resolver could not get an answer. Check the zone's name servers.",
    )


def _of_family(host: str, address: str, family: Family) -> tuple[str, ...]:
    if family != "any" and (":" in address) != (family == "ipv6"):
        raise NetError(Reason.DNS_NO_ANSWER, f"{host} is not an {_KINDS[family]}address, which this monitor asks for.")
    return (address,)


def _answer(known: _Known, trace: Trace | None) -> tuple[str, ...]:
    if trace is not None:
        trace.begin("dns")
    if known.error is not None:
        raise NetError(known.error.reason, known.error.message)
    if trace is not None:
        trace.end()
    return known.addresses


def _retrieve(task: "asyncio.Task[tuple[str, ...]]") -> None:
    """Look at a look-up's error, so that one that nobody waits for any more is not reported as lost."""
    if not task.cancelled():
        task.exception()
