"""The auditor: our own stalls, sleeps and clock jumps are noticed, recorded, and never the target's fault."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from asura.domain.status import Finding
from tests.engine.kit import break_commits, found, mend_commits, rows
from tests.world import DOWN, TIMEOUT, UP, World, world

GAPS = "SELECT reason, to_at - from_at FROM gaps"


async def look(w: World) -> None:
    await w.engine.auditor.tick(w.clock.now())


async def test_a_smooth_run_leaves_no_trace(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for _ in range(20):
            w.clock.turn(0.5)
            assert await w.engine.auditor.tick(w.clock.now()) == w.clock.now() + timedelta(seconds=0.5)
        assert (w.engine.auditor.irregularities, w.engine.live.gaps, await rows(w.store, GAPS)) == (0, [], [])
        assert w.engine.auditor.lag_s == 0


async def test_a_long_stall_is_a_gap_a_short_one_only_an_excuse(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.clock.turn(3)
        await look(w)
        assert (w.engine.auditor.irregularities, w.engine.live.gaps) == (1, [])
        w.clock.turn(20)
        await look(w)
        assert [gap.reason for gap in w.engine.live.gaps] == ["own_stall"]
        assert await rows(w.store, GAPS) == [("own_stall", 20_000)]
        assert w.engine.auditor.lag_max_s == 19.5


async def test_a_sleeping_machine_is_a_gap_as_long_as_its_sleep(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.clock.slept += 7200
        w.clock.wall += timedelta(hours=2)
        w.clock.turn(0.5)
        await look(w)
        ((reason, length),) = await rows(w.store, GAPS)
        assert (reason, round(length / 1000)) == ("own_suspended", 7200)


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(hours=-1)], ids=["forward", "back"])
async def test_a_clock_that_is_set_is_noticed_and_is_no_gap(tmp_path: Path, jump: timedelta) -> None:
    async with world(tmp_path) as w:
        w.clock.wall += jump
        w.clock.turn(0.5)
        await look(w)
        assert (w.engine.auditor.irregularities, w.engine.live.gaps) == (1, [])


@pytest.mark.parametrize(
    ("began_s", "latency_ms", "excused"),
    [(-4, 3000.0, True), (-4, 10.0, True), (-60, 10.0, False), (-1, 1500.0, True), (-1, 60_000.0, False)],
    ids=["across the end", "inside", "long before", "ends right after", "ends long after"],
)
async def test_failures_inside_or_right_after_a_stall_are_excused(
    tmp_path: Path, began_s: float, latency_ms: float, excused: bool
) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        w.clock.turn(10)
        await look(w)
        outcome = msgspec.structs.replace(TIMEOUT, latency_ms=latency_ms)
        result = found(shop, outcome, at=w.clock.now() + timedelta(seconds=began_s))
        judged = w.engine.auditor.excuse(result)
        assert (judged.finding is Finding.UNKNOWN) is excused
        if excused:
            assert judged.reason.value == "own_stall"
            assert TIMEOUT.message in judged.message


async def test_what_answered_is_not_excused(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        w.clock.turn(10)
        await look(w)
        for outcome in (DOWN, UP):
            result = found(shop, outcome, at=w.clock.now())
            assert w.engine.auditor.excuse(result) is result, "a refusal came from out there"


async def test_a_gap_that_could_not_be_stored_is_stored_at_the_next_look(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await break_commits(w.store, "gaps")
        w.clock.turn(20)
        with pytest.raises(Exception, match="cannot commit"):
            await look(w)
        await mend_commits(w.store)
        w.clock.turn(0.5)
        await look(w)
        assert await rows(w.store, GAPS) == [("own_stall", 20_000)]
        assert len(w.engine.live.gaps) == 1
