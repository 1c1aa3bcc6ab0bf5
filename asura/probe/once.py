"""One round: fetch the monitors, check each of them once, deliver what was found, and say it in a table."""

import asyncio
from collections.abc import Iterable, Sequence
from random import random
from typing import NamedTuple

from asura import log
from asura.domain.result import Result
from asura.probe.agent import Agent
from asura.probe.link import pause_s
from asura.probe.trouble import Kind, Trouble
from asura.running.plan import Plan

# How long a primary that does not answer is asked again.
FETCH_WITHIN_S = 15.0
DELIVER_WITHIN_S = 20.0
SIDE_BY_SIDE = 50
_HEADS = ("monitor", "target", "finding", "reason", "ms")
_LONGEST = 60


class Round(NamedTuple):
    """What a round came to: each monitor with its result, and whether the primary has all of them."""

    found: Sequence[tuple[Plan, Result]]
    delivered: bool


async def once(agent: Agent) -> Round:
    """Go one round; raises Trouble where the monitors cannot be fetched."""
    await _fetch(agent)
    agent.link.good("fetch")
    # Whoever answers now may tell by its silence that we cannot see.
    await agent.lookout.look_around()
    found = await agent.check_once(side_by_side=SIDE_BY_SIDE)
    return Round(found, await agent.courier.finish(within=DELIVER_WITHIN_S))


async def _fetch(agent: Agent) -> None:
    loop = asyncio.get_running_loop()
    until, attempt = loop.time() + FETCH_WITHIN_S, 0
    while True:
        try:
            return await agent.follower.follow()
        except Trouble as trouble:
            pause = pause_s(attempt, trouble, random())
            if trouble.kind is not Kind.AWAY or loop.time() + pause > until:
                raise
            attempt += 1
            await asyncio.sleep(pause)


def table(found: Iterable[tuple[Plan, Result]]) -> str:
    """Return what was found, a line for each monitor; no secret of a target stands in it."""
    rows = [_HEADS, *(_row(plan, result) for plan, result in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _row(plan: Plan, result: Result) -> tuple[str, ...]:
    target = log.conceal(plan.job.target)
    shown = target if len(target) <= _LONGEST else f"{target[: _LONGEST - 1]}…"
    took = "" if result.latency_ms is None else f"{result.latency_ms:.0f}"
    return str(plan.monitor_id), _printable(shown), result.finding.name.lower(), result.reason.value, took


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)
