"""A process that stood still, and a clock that was set: our own faults, and nobody else's outage."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests import targets
from tests.process import Asura, Target, asura, eventually, until
from tests.process import target as listening

pytestmark = pytest.mark.faults

STALLED_S = 6
FAKETIME = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
HOUR_S = 3600
WINDOW_S = 3
COUNT = 30


async def test_checks_that_a_stall_cut_off_are_unknown_and_nobody_is_told(tmp_path: Path) -> None:
    async with _slow_shops(tmp_path, answers_after=1.2, timeout=2) as (program, hook_calls):
        began = datetime.now(UTC)
        program.send(signal.SIGSTOP)
        await asyncio.sleep(STALLED_S)
        program.send(signal.SIGCONT)
        ended = datetime.now(UTC)

        await eventually(lambda: _noticed(program), within=5, what="the stall is noticed")
        await eventually(lambda: _all_checked_since(program, ended.timestamp()), within=10, what="checked again")
        await eventually(lambda: _all_up(program), within=2, what="all are up")
        assert (await program.get("/incidents"))["data"] == []
        assert hook_calls == [], "and nobody was told anything"
        cut_off = await _findings_around(program, began, ended)
        print(f"stalled {STALLED_S} s with {COUNT} monitors: {cut_off} checks were cut off, and became unknown")
        assert cut_off, "some were under way, or this test shows nothing"
        await _gap_is_shown(program, began, ended)


async def _findings_around(program: Asura, began: datetime, ended: datetime) -> int:
    """Return how many checks ended unknown; one that is down is a fault of ours told as a fault of theirs."""
    unknown = 0
    for row in (await program.get("/overview"))["monitors"]:
        found = (await program.get(f"/monitors/{row['id']}/results?limit=100"))["data"]
        assert {one["status"] for one in found} <= {"up", "unknown"}
        assert {one["reason"] for one in found} <= {"ok", "own_stall"}
        unknown += sum(one["status"] == "unknown" for one in found)
        around = [datetime.fromisoformat(one["at"]) for one in found if one["status"] == "unknown"]
        assert all(began - timedelta(seconds=2) < at < ended + timedelta(seconds=1) for at in around)
    return unknown


async def _gap_is_shown(program: Asura, began: datetime, ended: datetime) -> None:
    shown = 0
    for row in (await program.get("/overview"))["monitors"]:
        spans = (await program.get(f"/monitors/{row['id']}/spans"))["data"]
        assert {span["status"] for span in spans} <= {"pending", "up", "unknown"}
        unknown = [span for span in spans if span["status"] == "unknown"]
        assert {span["reason"] for span in unknown} <= {"own_stall"}
        for span in unknown:
            assert abs((datetime.fromisoformat(span["from"]) - began).total_seconds()) < 2
            assert abs((datetime.fromisoformat(span["to"]) - ended).total_seconds()) < 2
        shown += len(unknown)
    # The interval is shorter than the stall: each monitor had a check due inside.
    assert shown == COUNT


async def _all_checked_since(program: Asura, instant: float, until: float = float("inf")) -> bool:
    lasts = [monitor["last_result"]["at"] for monitor in (await program.get("/monitors"))["data"]]
    return all(instant <= datetime.fromisoformat(at).timestamp() <= until for at in lasts)


async def _noticed(program: Asura) -> bool:
    return (await program.metrics())["irregularities_total"] >= 1


@asynccontextmanager
async def _slow_shops(
    folder: Path, *, answers_after: float, timeout: float
) -> AsyncIterator[tuple[Asura, list[object]]]:
    """Run asura with shops that answer well but late: at any instant some checks are under way."""
    async with targets.serving(targets.slow(answers_after)) as slow, listening() as hook, asura(folder) as program:
        settings = {"url": f"http://127.0.0.1:{hook.port}/hook"}
        await program.post("/channels", {"name": "hook", "type": "webhook", "default": True, "settings": settings})
        body = {"type": "http", "target": slow.url(), "interval": 5, "timeout": timeout, "retries": 0}
        for number in range(COUNT):
            await program.post("/monitors", {**body, "name": f"shop {number}", "failure_threshold": 1})
        await eventually(lambda: _all_up(program), within=15, what="all are up")
        # The first checks are all at once; the grid spreads the second ones.
        await asyncio.sleep(3)
        yield program, hook.calls  # type: ignore[misc]


async def _all_up(program: Asura) -> bool:
    return (await program.get("/overview"))["counts"]["up"] == COUNT


async def test_a_clock_that_is_set_by_an_hour_is_nobodys_outage(tmp_path: Path) -> None:
    assert FAKETIME is not None, "this test needs libfaketime (apt-get install libfaketime)"
    offset = tmp_path / "offset"
    offset.write_text("+0")
    async with (
        targets.serving(targets.answering()) as shop,
        listening() as lone,
        listening() as hook,
        asura(tmp_path, environment=_clock_from(offset)) as program,
    ):
        await _shops(program, shop.url(), f"http://127.0.0.1:{lone.port}/", hook.port)
        pace = [await _checked_in(shop, seconds=WINDOW_S)]
        for set_to in (HOUR_S, 0):
            offset.write_text(f"+{set_to}")
            pace.append(await _checked_in(shop, seconds=WINDOW_S))
            await _nothing_was_believed(program, set_to)
        print(f"clock set by +1 h, then by -1 h: {pace} checks in {WINDOW_S} s before, between and after")
        usual = COUNT * WINDOW_S / 5
        # A missed hour made up for would be 720 checks of each monitor; a busy machine makes one more of some.
        assert all(0.4 * usual <= count <= 2.5 * usual for count in pace), "at their pace, without a flood"
        assert hook.calls == []
        await _a_real_outage_is_told(program, lone, hook)
        await program.kill()
        await program.start()
        assert len((await program.get("/incidents"))["data"]) == 1
        assert (await program.get("/overview"))["counts"]["up"] == COUNT + 1


def _clock_from(offset: Path) -> dict[str, str]:
    return {
        "LD_PRELOAD": str(FAKETIME),
        "FAKETIME_TIMESTAMP_FILE": str(offset),
        "FAKETIME_CACHE_DURATION": "1",
        # With that fix every wake-up of a thread is late by up to a second: glibc does not need it any more.
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


async def _a_real_outage_is_told(program: Asura, lone: Target, hook: Target) -> None:
    await lone.stop()
    await until(lambda: len(hook.calls) == 1, within=8, what="a real outage is told as soon as ever")
    await lone.start()
    await until(lambda: len(hook.calls) == 2, within=8, what="and its end")
    (incident,) = (await program.get("/incidents"))["data"]
    assert 0 < incident["duration_s"] < 30


async def _shops(program: Asura, shop: str, lone: str, hook: int) -> None:
    settings = {"url": f"http://127.0.0.1:{hook}/hook"}
    await program.post("/channels", {"name": "hook", "type": "webhook", "default": True, "settings": settings})
    body = {"type": "http", "interval": 5, "timeout": 2, "retries": 0, "failure_threshold": 1}
    for number in range(COUNT):
        await program.post("/monitors", {**body, "name": f"shop {number}", "target": shop})
    await program.post("/monitors", {**body, "name": "lone", "target": lone})
    await eventually(lambda: _count_up(program, COUNT + 1), within=15, what="all are up")
    await asyncio.sleep(1)


async def _count_up(program: Asura, count: int) -> bool:
    return (await program.get("/overview"))["counts"]["up"] == count


async def _checked_in(shop: targets.Target, *, seconds: float) -> int:
    before = shop.connections
    await asyncio.sleep(seconds)
    return shop.connections - before


async def _nothing_was_believed(program: Asura, offset_s: int) -> None:
    assert (await program.metrics())["irregularities_total"] >= 1, "the jump was noticed"
    assert (await program.get("/incidents"))["data"] == []
    shown = time.time() + offset_s
    await eventually(lambda: _all_checked_since(program, shown - 20, shown + 20), within=5, what="checks of now")
    for monitor in (await program.get("/monitors"))["data"]:
        assert monitor["status"] == "up"
        spans = (await program.get(f"/monitors/{monitor['id']}/spans"))["data"]
        assert {span["status"] for span in spans} <= {"pending", "up", "unknown"}
        for earlier, later in pairwise(spans):
            assert earlier["to"] == later["from"], "each instant is in one state"
