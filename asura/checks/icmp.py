"""Pings a host: does it answer, how fast, how steadily."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from math import fsum
from typing import Annotated, Literal, NamedTuple

import msgspec

from asura.checks.assertions import Seen
from asura.checks.base import Job
from asura.checks.budget import left
from asura.checks.conclusion import conclude
from asura.checks.endpoint import check_host, refuse_forbidden
from asura.domain.fields import FAMILIES, field
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Fault, Invalid
from asura.net.errors import NetError
from asura.net.icmp import MAX_SIZE, PermissionProblem
from asura.net.network import Network
from asura.net.trace import Trace


class IcmpParams(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of a ping."""

    count: Annotated[int, field("Pings", "How many echo requests one check sends.", ge=1, le=100)] = 3
    interval: Annotated[float, field("Pause", "Between two requests.", unit="s", ge=0.01, le=60, advanced=True)] = 0.2
    wait: Annotated[float, field("Wait", "For each reply.", unit="s", gt=0, le=60, advanced=True)] = 2.0
    size: Annotated[int, field("Size", "Payload of each request.", unit="bytes", ge=16, le=MAX_SIZE, advanced=True)] = (
        56
    )
    family: Annotated[
        Literal["any", "ipv4", "ipv6"],
        field("IP version", "Which kind of address is pinged.", advanced=True, labels=FAMILIES),
    ] = "any"
    max_loss: Annotated[
        float, field("Degraded above this loss", "The share of pings, 0 to 1, that may be lost.", ge=0, le=1)
    ] = 0.5
    down_loss: Annotated[
        float, field("Down from this loss on", "The share of lost pings that means down.", gt=0, le=1, advanced=True)
    ] = 1.0
    max_jitter_ms: Annotated[
        Annotated[float, msgspec.Meta(gt=0)] | None,
        field("Degraded above this jitter", "By which successive round trips may differ.", unit="ms"),
    ] = None


class Series(NamedTuple):
    """The round trips of one check in milliseconds, None for each that was lost, and what the network said."""

    rtts: tuple[float | None, ...]
    problem: str = ""

    @property
    def answered(self) -> list[float]:
        """Return the round trips that came back."""
        return [rtt for rtt in self.rtts if rtt is not None]

    @property
    def loss(self) -> float:
        """Return the lost share, 0 to 1."""
        return 1 - len(self.answered) / len(self.rtts)

    @property
    def jitter(self) -> float:
        """Return the mean difference between successive round trips in milliseconds."""
        answered = self.answered
        return _mean([abs(b - a) for a, b in pairwise(answered)]) if len(answered) > 1 else 0.0


class IcmpCheck:
    """Echo requests by an unprivileged socket where the system allows it, else by a raw one."""

    name = "icmp"
    title = "Ping"
    target_help = "A host name or an IP address."
    params = IcmpParams
    assertable = frozenset({"response_time", "loss", "jitter"})

    def validate(self, target: str, params: IcmpParams) -> None:
        """Raise `Invalid` where the target is no host."""
        refuse_forbidden(host_of(target))
        if params.max_loss > params.down_loss:
            raise Invalid(Fault("settings.max_loss", "must not be more than the loss that means down"))

    async def run(self, job: Job, net: Network, trace: Trace) -> Outcome:
        """Ping `count` times and judge loss and jitter."""
        params: IcmpParams = job.params
        host = host_of(job.target)
        addresses = await net.dialer.addresses(host, 0, family=params.family, trace=trace)
        try:
            series = await self._first_that_answers(addresses, job, net, trace)
        except PermissionProblem as exc:
            return Outcome(Finding.UNKNOWN, Reason.NOT_PERMITTED, str(exc), phases=trace.phases())
        return _judged(series, job, host, trace)

    async def _first_that_answers(self, addresses: tuple[str, ...], job: Job, net: Network, trace: Trace) -> Series:
        """Return the series of the first address; of the next one only where the network says that it has no way."""
        series = Series((None,))
        for address in addresses:
            trace.address = address
            series = await _series(address, job, net, trace)
            if series.answered or not series.problem:
                break
        return series


def host_of(target: str) -> str:
    """Return the host of a target such as `example.com`, `[::1]` or `icmp://example.com`."""
    text = target.strip()
    for prefix in ("icmp://", "ping://", "ping "):
        text = text.removeprefix(prefix)
    return check_host(text.strip().removesuffix("/").removeprefix("[").removesuffix("]"))


async def _series(address: str, job: Job, net: Network, trace: Trace) -> Series:
    params: IcmpParams = job.params
    pause = min(params.interval, left(job, trace) / (params.count + 1))
    problem = ""

    async def one(index: int) -> float | None:
        nonlocal problem
        await asyncio.sleep(index * pause)
        try:
            return await net.pinger.ping(address, size=params.size, timeout=min(params.wait, left(job, trace)))
        except NetError as exc:
            problem = exc.message
            return None

    tasks = [asyncio.ensure_future(one(index)) for index in range(params.count)]
    try:
        return Series(tuple(await asyncio.gather(*tasks)), problem)
    finally:
        for task in tasks:
            task.cancel()


def _judged(series: Series, job: Job, host: str, trace: Trace) -> Outcome:
    params: IcmpParams = job.params
    average = _mean(series.answered) if series.answered else None
    trace.facts.update(
        rtts_ms=[None if rtt is None else round(rtt, 3) for rtt in series.rtts],
        sent=len(series.rtts),
        received=len(series.answered),
        loss=round(series.loss, 4),
        jitter_ms=round(series.jitter, 3),
    )
    finding, reason, message = _verdict(series, params, _named(host, trace.address), average)
    if average is None:
        return Outcome(finding, reason, message, phases=trace.phases())
    seen = Seen(response_ms=average, loss_ratio=series.loss, jitter_ms=series.jitter)
    return conclude(Outcome(finding, reason, message, average), job, seen, trace)


def _verdict(series: Series, params: IcmpParams, who: str, average: float | None) -> tuple[Finding, Reason, str]:
    sent, received = len(series.rtts), len(series.answered)
    if average is None:
        why = f" {series.problem}" if series.problem else ""
        pings = "The ping" if sent == 1 else f"None of {sent} pings"
        told = "got no reply" if sent == 1 else "was answered"
        return Finding.DOWN, Reason.ICMP_NO_REPLY, f"{pings} to {who} {told}.{why}"
    lost = f"{sent - received} of {sent} pings to {who} were lost ({series.loss:.0%})"
    if series.loss >= params.down_loss:
        return Finding.DOWN, Reason.ICMP_LOSS, f"{lost}; from {params.down_loss:.0%} on it counts as down."
    if series.loss > params.max_loss:
        return Finding.DEGRADED, Reason.ICMP_LOSS, f"{lost}; at most {params.max_loss:.0%} may be."
    if params.max_jitter_ms is not None and series.jitter > params.max_jitter_ms:
        limit = f"at most {params.max_jitter_ms:g} ms is allowed"
        text = f"The round trips to {who} differ by {series.jitter:.1f} ms on average; {limit}."
        return Finding.DEGRADED, Reason.ICMP_JITTER, text
    return Finding.UP, Reason.OK, f"{received} of {sent} pings answered, {average:.1f} ms on average."


def _mean(values: Sequence[float]) -> float:
    # The module statistics brings more with it than a probe should hold for this.
    return fsum(values) / len(values)


def _named(host: str, address: str) -> str:
    return host if host == address or not address else f"{host} ({address})"


CHECK = IcmpCheck()
