"""Several regions look at one shop: what each says, what they agree on, and who is told."""

from datetime import timedelta
from pathlib import Path

from asura.domain.consensus import Silence
from asura.domain.incident import EventType
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.store import incidents
from tests.engine.kit import found
from tests.stories.regions_kit import (
    REFUSED,
    UNKNOWN,
    call,
    elsewhere,
    hear,
    minutes,
    passes,
    region_spans,
    view,
    watched,
)
from tests.world import DOWN, START, UP, world


async def test_one_region_of_three_opens_no_incident_and_is_shown(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        await minutes(w, monitor, 3, eu=DOWN, us=UP)
        assert (view(w).status, view(w).incident_id) == ("up", None)
        assert view(w).message == (
            "eu: Connection refused by 192.0.2.7:443. It fails from eu alone, 1 of 3; 2 have to agree."
        )
        assert await region_spans(w, "eu") == [("up", "ok"), ("down", "connect_refused")]
        assert await region_spans(w, "us") == [("up", "ok")]


async def test_two_regions_of_three_open_an_incident_that_says_who_saw_what(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        await minutes(w, monitor, 2, eu=REFUSED, us=REFUSED)
        assert w.take() == [("ops", "DOWN: Shop")]
        (incident,) = w.open_incidents()
        assert (incident.severity, incident.regions) == ("critical", ("eu", "us"))
        assert incident.started_at == START + timedelta(seconds=60)
        async with w.store.read() as reader:
            (opened,) = await incidents.events(reader, incident.id)
            seen = await incidents.evidence(reader, incident.id)
        assert opened.reason == "quorum_failing"
        assert opened.detail["agreement"] == {
            "failing": ["eu", "us"],
            "healthy": ["local"],
            "silent": {},
            "quorum": 2,
            "needed": 2,
        }
        assert sorted((one.region, one.finding.name) for one in seen) == [
            ("eu", "DOWN"),
            ("local", "UP"),
            ("us", "DOWN"),
        ]
        await minutes(w, monitor, 1, eu=UP, us=REFUSED)
        assert w.take() == [("ops", "UP: Shop, after 2 min")]
        assert w.status() == "up"


async def test_a_region_that_failed_alone_for_long_does_not_date_the_outage(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await minutes(w, monitor, 30, eu=DOWN, us=UP)
        began_at = w.clock.now() + timedelta(seconds=60)
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        (incident,) = w.open_incidents()
        assert incident.started_at == began_at


async def test_what_two_of_three_see_degraded_is_degraded(tmp_path: Path) -> None:
    slow = Outcome(Finding.DEGRADED, message="Slow.")
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await minutes(w, monitor, 2, eu=DOWN, us=slow)
        assert (w.status(), w.open_incidents()[0].severity) == ("degraded", "warning")
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert (w.status(), w.open_incidents()[0].severity) == ("down", "critical")


async def test_one_voter_left_of_several_is_a_warning_until_another_says_the_same(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        await passes(w, 20, "nobody")
        assert [title for _, title in w.take()] == ["All probes are gone"]
        w.say(DOWN)
        await passes(w, 130, "nobody")
        assert w.take() == [("ops", "DOWN FROM local ALONE: Shop")]
        (incident,) = w.open_incidents()
        assert incident.severity == "warning"
        assert "the only region that has a vote: eu and us have no probe online" in incident.message
        call(w, "eu")
        await minutes(w, monitor, 2, eu=DOWN)
        (incident,) = w.open_incidents()
        assert incident.severity == "critical"
        assert [title for _, title in w.take() if not title.startswith("Probe ")] == ["DOWN: Shop"]


async def test_a_vote_expires_and_with_no_vote_nothing_is_known(tmp_path: Path) -> None:
    async with world(tmp_path, elsewhere()) as w:
        monitor = await watched(w)
        fresh = view(w).electorate.fresh_s
        assert w.status() == "up"
        await passes(w, fresh + 61)
        assert (w.status(), view(w).reason) == ("unknown", "no_vote")
        assert view(w).message == "No region has a vote: eu and us have said nothing for too long."
        assert (await region_spans(w, "eu"))[-1] == ("unknown", "region_silent")
        assert view(w).incident_id is None
        await minutes(w, monitor, 1, eu=UP)
        assert w.status() == "up"
        assert (await region_spans(w, "eu"))[-1] == ("up", "ok")


async def test_a_region_whose_own_fault_it_was_abstains(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await minutes(w, monitor, 2, eu=UNKNOWN, us=DOWN)
        verdict = view(w).verdict
        assert (verdict.failing, verdict.healthy) == (("us",), ("local",))
        assert verdict.silent == (("eu", Silence.ABSTAINED),)
        assert w.status() == "up"


async def test_a_restart_keeps_what_regions_say_and_tells_nothing_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await watched(w)
        await w.channel()
        monitor = view(w).monitor
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert w.take() == [("ops", "DOWN: Shop")]
        await minutes(w, monitor, 1, eu=DOWN, us=DOWN)
        await w.stop()
        w.clock.turn(20)
        await w.start()
        call(w)
        assert w.status() == "down"
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert (w.status(), len(w.open_incidents())) == ("down", 1)
        await minutes(w, monitor, 1, eu=UP, us=UP)
        assert w.take() == [("ops", "UP: Shop, after 5 min 20 s")]


async def test_a_region_alone_is_told_to_those_who_asked_for_it_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel("ops")
        await w.channel("network", events=[EventType.REGION_FAILING, EventType.REGION_RECOVERED])
        await minutes(w, monitor, 8, eu=DOWN, us=UP)
        assert w.take() == [("network", "FAILS FROM eu ALONE: Shop")]
        await minutes(w, monitor, 5, eu=UP, us=UP)
        assert w.take() == [("network", "WORKS FROM eu AGAIN: Shop")]


async def test_a_late_or_reordered_report_changes_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await minutes(w, monitor, 1, eu=UP, us=UP)
        for region in ("eu", "us"):
            for seconds in (30, 20):
                old = w.clock.now() - timedelta(seconds=seconds)
                w.engine.judge.offer(found(monitor, DOWN, at=old, region=region))
        await w.settle()
        assert (w.status(), view(w).message) == ("up", "")


async def test_a_region_that_does_not_check_it_has_no_say(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w, regions=("eu", "us", "asia"))
        await w.engine.monitors.replace(
            monitor.id, w.engine.monitors.prepare({"regions": ["eu", "us"]}, old=monitor.config, partial=True)
        )
        monitor = view(w).monitor
        await hear(w, monitor, eu=UP, us=UP)
        await minutes(w, monitor, 3, eu=UP, us=UP, asia=DOWN)
        assert (w.status(), view(w).verdict.failing) == ("up", ())


async def test_under_maintenance_regions_are_heard_and_nobody_is_told(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await w.channel()
        body = {"name": "Move", "monitor_ids": [monitor.id], "duration_s": 600}
        await w.engine.maintenance.create(w.engine.maintenance.prepare(body), by="Ada")
        await minutes(w, monitor, 3, eu=DOWN, us=DOWN)
        assert w.status() == "maintenance"
        await minutes(w, monitor, 8, eu=UP, us=UP)
        assert w.status() == "up"
        assert await region_spans(w, "eu") == [("up", "ok"), ("maintenance", "maintenance"), ("up", "ok")] or (
            "maintenance" in {status for status, _ in await region_spans(w, "eu")}
        )


async def test_pausing_forgets_what_regions_said(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        monitor = await watched(w)
        await minutes(w, monitor, 2, eu=DOWN, us=DOWN)
        assert w.status() == "down"
        await w.engine.monitors.pause(monitor.id)
        assert w.status() == "paused"
        monitor = await w.engine.monitors.resume(monitor.id)
        await w.settle()
        await hear(w, monitor, eu=UP, us=UP)
        assert w.status() == "up"
