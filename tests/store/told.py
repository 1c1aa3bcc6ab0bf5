"""Results made by chance, and what is expected of them when they are read back."""

import random

import msgspec

from asura.domain.result import Phases, Result
from asura.domain.status import Finding
from asura.store import results
from asura.store.db import Store
from tests.store.kit import after, down, up


def plain(found: list[Result]) -> list[Result]:
    """Results as they come back: phases are rough, messages of good results are not kept."""
    return [
        msgspec.structs.replace(one, phases=Phases(), message="" if one.finding is Finding.UP else one.message)
        for one in found
    ]


async def everything(store: Store, monitor_id: int, **wanted: object) -> list[Result]:
    found, cursor = await results.page(store, monitor_id, limit=100_000, **wanted)
    assert cursor is None
    return found


def mixed(ids: list[int], chance: random.Random, hours: int) -> list[Result]:
    """Results of several monitors and regions over some hours, in order of time, some failing, some simultaneous."""
    found = []
    for minute in range(0, hours * 60, 7):
        for one in ids:
            at = after(minutes=minute, milliseconds=chance.choice([0, 0, chance.randrange(5000)]))
            region = chance.choice(["local", "eu-west"])
            if chance.random() < 0.2:
                found.append(down(one, at, f"refused {minute}", region=region))
            else:
                found.append(up(one, at, latency_ms=chance.randrange(100_000) / 1000, region=region))
    return found


def by_time(found: list[Result], monitor_id: int) -> list[Result]:
    return sorted((one for one in found if one.monitor_id == monitor_id), key=lambda one: (one.at, one.region))
