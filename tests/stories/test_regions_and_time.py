"""What several regions say, and what time, maintenance, gaps of ours and edits make of it."""

from pathlib import Path

from asura.domain.consensus import Silence
from asura.domain.incident import EventType
from tests.engine.kit import found
from tests.stories.regions_kit import call, hear, minutes, passes, region_spans, view, watched
from tests.world import DOWN, UP, world


async def test_a_new_monitor_waits_for_all_that_were_asked_before_one_alone_is_believed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await watched(w)
        await w.channel()
        w.say(DOWN, "api")
        api = await w.monitor("api", interval=60, retries=0, failure_threshold=1)
        seen = w.engine.live.find("api")
        assert seen is not None
        assert (seen.status, seen.incident_id) == ("pending", None)
        assert seen.message == "local: Connection refused by 192.0.2.7:443. Waiting for eu and us."
        await hear(w, api, eu=DOWN)
        assert w.take() == [("ops", "DOWN: Api")]
        assert w.open_incidents()[0].severity == "critical"


async def test_what_is_checked_from_one_place_elsewhere_is_unknown_when_nobody_is_there(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await watched(w, regions=("eu",))
        far = await w.monitor("far", interval=60, retries=0, regions=["eu"])
        await hear(w, far, eu=UP)
        assert w.status("far") == "up"
        await passes(w, 20, "nobody")
        seen = w.engine.live.find("far")
        assert seen is not None
        assert (seen.status, seen.reason) == ("unknown", "no_vote")
        assert seen.message == "Nothing is known of it: eu has no probe online."
        call(w)
        await hear(w, far, eu=UP)
        assert w.status("far") == "up"


async def test_who_is_alone_again_believes_what_it_sees(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert w.take() == [("ops", "DOWN: Shop")]
        for one in w.engine.probes.list():
            await w.engine.probes.delete(one.id)
        await w.settle()
        assert view(w).electorate.regions == ("local",)
        await w.advance(61)
        assert (w.status(), view(w).verdict) == ("up", None)
        # When in its minute it is checked hangs on its id.
        ((_, title),) = w.take()
        assert title.startswith("UP: Shop, after 1 min ")


async def test_a_gap_of_ours_gives_fresh_votes_their_time_back_and_wakes_no_dead_ones(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert w.take() == [("ops", "DOWN: Shop")]
        w.clock.turn(3600)
        w.clock.slept += 0
        await w.settle()
        call(w)
        await minutes(w, monitor, 3, eu=DOWN, us=DOWN)
        assert (w.status(), w.take()) == ("down", [])
        await minutes(w, monitor, 1, eu=UP, us=UP)
        assert [title.partition(",")[0] for _, title in w.take()] == ["UP: Shop"]
        await minutes(w, monitor, 1, eu=DOWN, us=DOWN)
        await minutes(w, monitor, 10)
        assert {why for _, why in view(w).verdict.silent} == {Silence.STALE}
        w.clock.turn(10)
        await w.settle()
        await minutes(w, monitor, 2)
        assert (w.status(), view(w).verdict.failing, w.take()) == ("up", (), [])


async def test_what_failed_in_a_maintenance_and_works_when_it_ends_is_told_to_nobody(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        body = {"name": "Move", "monitor_ids": [monitor.id], "duration_s": 300}
        await w.engine.maintenance.create(w.engine.maintenance.prepare(body), by="Ada")
        await minutes(w, monitor, 4, eu=DOWN, us=DOWN)
        await passes(w, 70)
        await hear(w, monitor, eu=UP)
        await hear(w, monitor, us=UP)
        await minutes(w, monitor, 2, eu=UP, us=UP)
        assert (w.status(), w.take()) == ("up", [])


async def test_what_still_fails_after_a_maintenance_is_told_when_enough_regions_said_so(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        body = {"name": "Move", "monitor_ids": [monitor.id], "duration_s": 300}
        await w.engine.maintenance.create(w.engine.maintenance.prepare(body), by="Ada")
        await minutes(w, monitor, 4, eu=DOWN, us=DOWN)
        await passes(w, 70)
        assert w.take() == []
        await hear(w, monitor, eu=DOWN)
        assert w.take() == []
        await hear(w, monitor, us=DOWN)
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_under_maintenance_nobody_hears_that_one_region_is_left(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        w.say(DOWN)
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert w.take() == [("ops", "DOWN: Shop")]
        body = {"name": "Move", "monitor_ids": [monitor.id], "duration_s": 600}
        await w.engine.maintenance.create(w.engine.maintenance.prepare(body), by="Ada")
        await passes(w, 200, "nobody")
        assert [title for _, title in w.take()] == ["All probes are gone"]


async def test_a_region_that_no_longer_checks_leaves_no_open_past(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await minutes(w, monitor, 3, eu=DOWN, us=UP)
        alone = w.engine.monitors.prepare({"regions": ["local"]}, old=monitor.config, partial=True)
        await w.engine.monitors.replace(monitor.id, alone)
        await w.settle()
        assert [status for status, _ in await region_spans(w, "eu")] == ["up", "down", "paused"]
        assert set(view(w)._state.regions) <= {"local"}


async def test_two_outages_of_a_shop_are_two_and_do_not_overlap(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        await minutes(w, monitor, 1, eu=DOWN, us=UP)
        recovered_at = w.clock.now()
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert [title for _, title in w.take()] == ["DOWN: Shop", "UP: Shop, after 2 min", "DOWN: Shop"]
        (incident,) = w.open_incidents()
        assert incident.started_at >= recovered_at


async def test_thirty_monitors_that_one_region_cannot_reach_are_one_message(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await watched(w)
        made = [await w.monitor(f"m{number:02}", interval=60, retries=0) for number in range(30)]
        await w.channel("network", events=[EventType.REGION_FAILING, EventType.REGION_RECOVERED])
        for _ in range(8):
            await passes(w, 60)
            for one in made:
                w.engine.judge.offer(found(one, DOWN, at=w.clock.now(), region="eu"))
                w.engine.judge.offer(found(one, UP, at=w.clock.now(), region="us"))
            await w.settle()
        assert w.take() == [("network", "FAILS FROM eu ALONE: M00, M01, M02, M03, M04 and 25 more")]


async def test_that_one_region_fails_alone_is_told_as_soon_as_a_report_of_others_would_be_old(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel("network", events=[EventType.REGION_FAILING, EventType.REGION_RECOVERED])
        fresh = view(w).electorate.fresh_s
        began_at = w.clock.now()
        while not w.sent and (w.clock.now() - began_at).total_seconds() < 600:
            await passes(w, 20)
            await hear(w, monitor, eu=DOWN, us=UP)
        assert w.take() == [("network", "FAILS FROM eu ALONE: Shop")]
        assert (w.clock.now() - began_at).total_seconds() <= fresh + 20 + 15 + 20
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        await minutes(w, monitor, 2, eu=UP, us=UP)
        assert w.take() == [("network", "WORKS FROM eu AGAIN: Shop")]
