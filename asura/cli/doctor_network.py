"""`asura doctor` looks at the way out: resolver, gateway and other canaries, and whether pings are allowed."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from asura.checks import check_types
from asura.cli.doctor_finding import Finding, ok, problem, warn
from asura.net import local
from asura.net.errors import NetError
from asura.net.icmp import PermissionProblem
from asura.net.network import Network
from asura.running.canaries import canaries
from asura.running.execute import execute
from asura.running.lookout import CanaryTarget, is_there
from asura.running.plan import plan
from asura.settings import Settings

SLOW_LOOKUP_MS = 1000.0
CAP_NET_RAW = 13


class Lookup(msgspec.Struct, frozen=True):
    """A name, what looking it up brought (empty: an address), and how long it took."""

    name: str
    error: str
    took_ms: float


class Asked(msgspec.Struct, frozen=True):
    """A canary, and why it did not answer (empty: it did)."""

    name: str
    error: str


class Pinging(msgspec.Struct, frozen=True, kw_only=True):
    """Whether pings work for us, and what the asura that runs may do: its group and capabilities."""

    error: str = ""
    error_v6: str = ""
    we: str = ""
    group: int | None = None
    groups: tuple[int, ...] = ()
    raw: bool = False
    allowed: tuple[int, int] | None = None


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """The way out of this machine."""

    resolvers: tuple[str, ...]
    lookups: tuple[Lookup, ...]
    canaries: tuple[Asked, ...]
    pinging: Pinging


async def look(settings: Settings, net: Network, pid: int | None) -> Way:
    """Return what the network says: names are looked up, canaries asked, the loopback is pinged."""
    names = {urlsplit(url).hostname or "" for url in (settings.server.external_url, settings.probe.primary) if url}
    looked, asked, pinging = await asyncio.gather(
        asyncio.gather(*(_look_up(name, net) for name in sorted(names) if name)),
        asyncio.gather(*(_ask(one, net) for one in canaries(settings.network.canaries))),
        _ping(net, pid),
    )
    return Way(resolvers=local.resolvers(), lookups=tuple(looked), canaries=tuple(asked), pinging=pinging)


def judge(seen: Way) -> Iterator[Finding]:
    """Yield what is to be said about the way out."""
    if seen.resolvers:
        yield ok("resolver", f"/etc/resolv.conf names {', '.join(seen.resolvers)}")
    else:
        todo = "name a server in /etc/resolv.conf: nameserver ADDRESS"
        yield warn("resolver", "/etc/resolv.conf names no server: the one on this machine is asked", todo)
    for one in seen.lookups:
        if one.error:
            yield problem("look-up", one.error, f"getent ahosts {one.name}")
        elif one.took_ms > SLOW_LOOKUP_MS:
            yield warn("look-up", f"{one.name} took {one.took_ms:.0f} ms", "use a resolver that is nearer")
        else:
            yield ok("look-up", f"{one.name} in {one.took_ms:.0f} ms")
    yield from _of_canaries(seen.canaries)
    yield from _of_pings(seen.pinging)


def _of_canaries(asked: Sequence[Asked]) -> Iterator[Finding]:
    silent = [one for one in asked if one.error]
    todo = "set network.canaries to what always answers here, such as [resolver, 192.0.2.1] or [] for none"
    if not asked:
        # So it was set, and there is nothing to put right.
        yield ok("canaries", "none are set: an outage of our own cannot be told from one of the targets")
    elif len(silent) == len(asked):
        words = "; ".join(one.error for one in silent)
        text = f"none answers, so an outage of our own cannot be told from one of the targets: {words}"
        yield warn("canaries", text, todo)
    else:
        for one in silent:
            yield warn("canaries", f"{one.name} does not answer: {one.error}", todo)
        yield ok("canaries", f"{', '.join(one.name for one in asked if not one.error)}: there")


def _of_pings(seen: Pinging) -> Iterator[Finding]:
    todo = "sysctl -w net.ipv4.ping_group_range='0 2147483647', or AmbientCapabilities=CAP_NET_RAW in the unit"
    if seen.group is not None and not may_ping(seen):
        low, high = seen.allowed or (1, 0)
        text = f"the running asura may not ping: no CAP_NET_RAW, and its group is not in {low} to {high}"
        yield warn("pings", text, todo)
    elif seen.group is None and seen.error:
        yield warn("pings", f"{seen.we} may not ping: {seen.error}", todo)
    elif seen.group is None and seen.raw and not may_ping(msgspec.structs.replace(seen, raw=False, group=1000)):
        text = f"{seen.we} may ping; other users may not, so asura needs CAP_NET_RAW when it runs as one"
        yield ok("pings", text)
    else:
        yield ok("pings", "allowed" if not seen.error_v6 else "allowed, by IPv4 alone")


def may_ping(seen: Pinging) -> bool:
    """Return whether a process with these rights may ping."""
    low, high = seen.allowed or (1, 0)
    return seen.raw or any(low <= one <= high for one in (seen.group, *seen.groups) if one is not None)


async def _look_up(name: str, net: Network) -> Lookup:
    began = time.perf_counter()
    try:
        await net.resolver.resolve(name)
        error = ""
    except NetError as failed:
        error = failed.message
    return Lookup(name, error, (time.perf_counter() - began) * 1000)


async def _ask(canary: CanaryTarget, net: Network) -> Asked:
    if canary.config is None:
        return Asked(canary.name, "there is none")
    outcome = await execute(check_types()[canary.config.type], plan(0, 0, canary.config).job, net)
    return Asked(canary.name, "" if is_there(outcome, canary.kind) else outcome.message)


async def _ping(net: Network, pid: int | None) -> Pinging:
    group, groups, raw = _rights(pid or os.getpid())
    return Pinging(
        error=await _pinged("127.0.0.1", net),
        error_v6=await _pinged("::1", net),
        we="root" if os.geteuid() == 0 else "this user",
        group=group if pid else None,
        groups=groups if pid else (),
        raw=raw,
        allowed=_range(),
    )


async def _pinged(address: str, net: Network) -> str:
    try:
        took = await net.pinger.ping(address, timeout=1.0)
    except PermissionProblem as refused:
        return str(refused).partition(".")[0]
    except (NetError, OSError) as failed:
        return str(failed)
    return "" if took is not None else f"no answer from {address}"


def _rights(pid: int) -> tuple[int | None, tuple[int, ...], bool]:
    """Return group, further groups, and whether it may open raw sockets."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines()
    except OSError:
        return None, (), False
    rows = {name: rest.split() for name, _, rest in (line.partition(":") for line in lines)}
    groups = tuple(int(one) for one in rows.get("Groups", []))
    raw = int(rows.get("CapEff", ["0"])[0], 16) >> CAP_NET_RAW & 1 == 1
    return int(rows["Gid"][1]), groups, raw


def _range() -> tuple[int, int] | None:
    try:
        low, high = Path("/proc/sys/net/ipv4/ping_group_range").read_text("ascii").split()
    except (OSError, ValueError):
        return None
    return int(low), int(high)
