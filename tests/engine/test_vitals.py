"""The vitals of a real engine: a deadlock, a dead scheduler, a queue that nobody takes; a locked disk is no fault."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from asura.domain.vitality import Part, Vitality, Why, vitality
from asura.engine import supervisor, vitals
from asura.engine.vitals import VitalSigns, sentence
from tests.engine.kit import found
from tests.process import until
from tests.web.harness import V1, Asura, asura, monitor
from tests.world import world

LONG = 100_000.0


def look(signs: VitalSigns) -> Vitality:
    """Return how an engine is that was never held up."""
    return vitality(signs.read(), turning_s=LONG)


async def offered(site: Asura) -> int:
    """Let a result wait for the judge; return the monitor's id."""
    async with site.client() as client:
        body = monitor(name="one", enabled=False)
        monitor_id = int((await client.post(f"{V1}/monitors", json=body)).raise_for_status().json()["id"])
    state = site.engine.live.state(monitor_id)
    assert state is not None
    site.engine.judge.offer(found(state.monitor, at=site.engine.clock.now()))
    return monitor_id


async def test_an_engine_at_work_is_alive(tmp_path: Path) -> None:
    async with asura(tmp_path, loops=True) as site:
        await offered(site)
        signs = VitalSigns(site.engine)
        await until(lambda: not site.engine.judge.waiting, within=10, what="judged")
        assert look(signs) == (True, Why.WORKS, "works")
        assert {part.name for part in signs.read().parts} >= {"judge", "watcher", "auditor", "notifier"}


async def test_a_deadlock_of_the_judge_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "TICK_DEADLINE_S", 0.1)
    monkeypatch.setattr(supervisor, "FIRST_BACKOFF_S", 0.01)
    async with asura(tmp_path, loops=True) as site:
        signs = VitalSigns(site.engine)
        await offered(site)
        async with site.engine.judge.lock:
            await offered_again(site)
            await until(lambda: not look(signs).alive, within=20, what="seen")
            assert look(signs).why is Why.CUT_OFF and "was cut off 3 times in a row" in look(signs).sentence
        await until(lambda: look(signs).alive, within=20, what="well again")


async def offered_again(site: Asura) -> None:
    """Let another result wait, of the monitor that is there."""
    (state,) = site.engine.live.states()
    site.engine.judge.offer(found(state.monitor, at=site.engine.clock.now()))


async def test_a_database_that_somebody_else_holds_is_no_reason_to_die(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vitals, "SLOW_COMMIT_S", 0.05)
    async with asura(tmp_path, loops=True) as site:
        signs = VitalSigns(site.engine)
        await offered(site)
        other = sqlite3.connect(site.engine.store.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await offered_again(site)
        await until(lambda: not signs.read().store_works, within=20, what="it hangs in the store")
        stuck = signs.read()._replace(parts=[Part("judge", LONG)])
        assert vitality(stuck, turning_s=LONG)[:2] == (True, Why.STORE)
        other.execute("ROLLBACK")
        other.close()
        await until(lambda: look(signs).why is Why.WORKS, within=20, what="well again")


async def test_checks_that_nobody_begins_and_results_that_nobody_takes_are_seen(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        signs = VitalSigns(site.engine)
        assert signs.read().missed_s == 0 and signs.read().untaken_s == 0
        async with site.client() as client:
            (await client.post(f"{V1}/monitors", json=monitor(name="due", enabled=True))).raise_for_status()
        await offered_again(site)
        await asyncio.sleep(0.1)
        before = signs.read()
        await asyncio.sleep(0.1)
        after = signs.read()
        assert after.missed_s > before.missed_s > 0 and after.untaken_s > before.untaken_s
        await site.engine.judge.judge(site.engine.clock.now())
        assert signs.read().untaken_s == 0


async def test_the_sentence_says_what_is_watched_and_what_is_wrong(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        assert sentence(w.engine) == "watching 0 monitors, 0 down"
        await w.monitor("shop")
        assert sentence(w.engine) == "watching 1 monitor, 0 down"
