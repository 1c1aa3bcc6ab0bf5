"""A restart forgets nothing: what was believed, in doubt, hidden and open is so again."""

from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.domain.confirm import ConfirmRule, settled
from asura.domain.monitor import MonitorConfig
from asura.domain.result import Result
from asura.domain.status import Finding, Status
from asura.engine.live import Live
from asura.engine.recovery import recover, streak_after
from asura.store import monitors, spans
from asura.store.db import Store
from tests.engine.kit import break_commits, copied, found, offer, rows
from tests.engine.planning import plan
from tests.world import DEGRADED, DOWN, START, UP, World, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 3600}


def known(w: World, slug: str = "shop") -> tuple[object, ...]:
    state = w.engine.live.state(w.engine.live.find(slug).monitor.id)  # type: ignore[union-attr]
    assert state is not None
    return (state.status, state.reason, state.since, state.streak("local"), state.last, state.incident_id, state.spans)


async def test_everything_that_was_known_is_known_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for slug, outcomes in {"fine": [], "ill": [DOWN], "slow": [DEGRADED], "ended": [DOWN, UP]}.items():
            monitor = await w.monitor(slug, **QUICK)
            for outcome in outcomes:
                w.clock.turn(60)
                w.engine.auditor.observe()
                w.clock.turn(1)
                await offer(w, (monitor, outcome))
        await w.engine.monitors.pause(w.engine.live.find("fine").monitor.id)  # type: ignore[union-attr]
        before = {view.monitor.slug: known(w, view.monitor.slug) for view in w.engine.live.monitors()}
        incidents, channels = w.engine.live.incidents, w.engine.live.channels
        await w.restart()
        after = {view.monitor.slug: known(w, view.monitor.slug) for view in w.engine.live.monitors()}
        assert after == before
        assert (w.engine.live.incidents, w.engine.live.channels) == (incidents, channels)


async def test_a_power_cut_forgets_no_doubt(tmp_path: Path) -> None:
    async with world(tmp_path / "first") as w:
        shop = await w.monitor(**{**QUICK, "failure_threshold": 3})
        for _ in range(2):
            w.clock.turn(60)
            await offer(w, (shop, DOWN))
        folder = copied(w.folder)
    async with world(folder) as w:
        state = w.engine.live.state(shop.id)
        assert state is not None
        assert (state.status, state.streak("local").downs) == (Status.UP, 2)
        w.clock.turn(180)
        await offer(w, (shop, DOWN))
        assert w.status() == "down"


@pytest.mark.parametrize("by_hand", [False, True], ids=["open", "resolved by hand"])
async def test_what_our_own_fault_hid_is_believed_again(tmp_path: Path, by_hand: bool) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DOWN))
        if by_hand:
            await w.engine.incidents.resolve(1, "ada")
        w.clock.turn(60)
        w.say(ValueError("ours"))
        await w.engine.monitors.check_now(shop.id)
        assert w.status() == "unknown"
        await w.restart()
        assert w.status() == "unknown"
        state = w.engine.live.state(shop.id)
        assert state is not None
        assert state.streak("local") is settled(Status.DOWN)
        await offer(w, (shop, DOWN))
        assert w.status() == "down"
        assert len(await rows(w.store, "SELECT id FROM incidents")) == 1, "it is the same outage"


async def test_results_of_an_older_configuration_say_nothing_about_the_new_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**{**QUICK, "failure_threshold": 2})
        await offer(w, (shop, DOWN))
        desk = w.engine.monitors
        await desk.replace(shop.id, desk.prepare({"target": "other"}, old=shop.config, partial=True))
        await w.restart()
        state = w.engine.live.state(shop.id)
        assert state is not None
        assert state.streak("local") is settled(Status.UP)
        assert state.last is not None


async def test_a_monitor_that_was_never_checked_is_checked_at_once_and_the_others_are_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor("seen", interval=86_400)
        desk = w.engine.monitors
        await desk.create(desk.prepare({"name": "New", "type": "fake", "target": "new", "interval": 86_400}))
        await w.restart()
        w.check.made.clear()
        await w.settle()
        assert w.check.made == ["new"]


async def test_a_type_that_this_version_does_not_have_stops_nobody_else(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor("shop", interval=60)
        config = MonitorConfig(name="Old", type="gone", target="x")
        await w.store.write(lambda db: monitors.insert(db, w.store.vault, slug="old", config=config, now=w.clock.now()))
        await w.restart()
        assert w.engine.live.find("old") is not None
        assert len(w.engine.runner.scheduler) == 1


async def test_a_start_on_a_store_that_cannot_commit_fails_and_starts_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.engine.janitor.tick(w.clock.now())
        await break_commits(w.store, "gaps")
        await w.engine.stop()
        w.clock.turn(60)
        with pytest.raises(Exception, match="cannot commit"):
            await w.engine.start()


def test_the_stored_belief_rules_over_what_a_replay_would_say() -> None:
    config = MonitorConfig(name="Shop", type="fake")
    results = [
        Result(1, 1, "local", START, Finding.DOWN, DOWN.reason, DOWN.message, counted=counted)
        for counted in (False, True)
    ]
    rule = ConfirmRule(config.failure_threshold, config.success_threshold)
    doubt = streak_after(Status.UP, results, rule)
    assert (doubt.believed, doubt.downs, doubt.downs_since) == (Status.UP, 1, START)
    assert streak_after(Status.UP, [*results, *results], rule) is settled(Status.UP)
    assert streak_after(Status.DOWN, results, rule) is settled(Status.DOWN)


async def test_five_thousand_monitors_are_read_in_a_handful_of_commits(tmp_path: Path) -> None:
    store = Store.open(tmp_path, clock=SystemClock())
    config = MonitorConfig(name="m", type="tcp", target="shop.example:443")

    def fill(db: object) -> None:
        for number in range(5000):
            monitor = monitors.insert(db, store.vault, slug=f"m-{number}", config=config, now=START)  # type: ignore[arg-type]
            status = Status.DOWN if number % 100 == 0 else Status.UP
            spans.switch(db, monitor.id, "", status, "ok", START)  # type: ignore[arg-type]
            made.append(found(monitor, DOWN if status is Status.DOWN else UP, at=START))
        store.results.append(db, made)  # type: ignore[arg-type]

    made: list[Result] = []
    await store.write(fill)
    await store.close()
    store = Store.open(tmp_path, clock=SystemClock())
    live = Live()
    last_at = await recover(store, live, START)
    assert (len(live), len(last_at)) == (5000, 5000)
    assert (live.counts()["up"], live.counts()["down"]) == (4950, 50)
    assert store.stats()["commits"] <= 3
    await store.close()


async def test_what_is_under_maintenance_is_so_again_with_what_was_found_meanwhile(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for slug, outcomes in {"fine": [], "fell": [DOWN], "rose": [DOWN, UP], "slow": [DEGRADED]}.items():
            monitor = await w.monitor(slug, **QUICK)
            if slug == "rose":
                await offer(w, (monitor, outcomes.pop(0)))
            await w.advance(1)
            await plan(w, tags=[], monitor_ids=[slug])
            for outcome in outcomes:
                await w.advance(1)
                await offer(w, (monitor, outcome))
        before = {slug: known(w, slug) for slug in ("fine", "fell", "rose", "slow")}
        messages = {one.monitor.slug: one.message for one in w.engine.live.monitors()}
        await w.restart()
        assert {slug: known(w, slug) for slug in before} == before
        await w.engine.keeper.tick(w.clock.now())
        assert {one.monitor.slug: one.message for one in w.engine.live.monitors()} == messages
        assert [one.value for one in (w.engine.live.state(n).believed for n in (1, 2, 3, 4))] == [  # type: ignore[union-attr]
            "up",
            "down",
            "up",
            "degraded",
        ]
        assert w.engine.live.incidents[1].status.value == "open"


async def test_what_was_never_checked_before_a_maintenance_is_pending_behind_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.heartbeat()
        await plan(w)
        await w.restart()
        state = w.engine.live.state(1)
        assert state is not None
        assert (state.status, state.believed) == (Status.MAINTENANCE, Status.PENDING)
