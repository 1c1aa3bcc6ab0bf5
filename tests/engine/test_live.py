"""What is known now: found by id or slug, counted, and drawn for the last day."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from asura.domain.incident import Incident, IncidentStatus
from asura.domain.span import Gap
from asura.domain.status import Status
from asura.engine.live import initial_reason, row
from tests.engine.kit import offer
from tests.world import DOWN, START, UP, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}


async def test_a_monitor_is_found_by_id_and_by_slug_and_not_otherwise(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        for ref in (shop.id, str(shop.id), "shop"):
            view = w.engine.live.find(ref)
            assert view is not None and view.monitor.id == shop.id
        for ref in (99, "99", "shops", "", "9" * 30):
            assert w.engine.live.find(ref) is None


async def test_a_new_slug_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        await w.engine.monitors.replace(shop.id, shop.config, slug="store")
        assert w.engine.live.find("shop") is None
        assert w.engine.live.find("store") is not None


async def test_monitors_come_by_name_and_incidents_newest_first(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        for target in ("delta", "alpha", "Charlie", "bravo"):
            await w.monitor(target.lower(), name=target, **QUICK)
        assert [view.monitor.config.name for view in w.engine.live.monitors()] == ["alpha", "bravo", "Charlie", "delta"]
        for slug in ("alpha", "bravo"):
            view = w.engine.live.find(slug)
            assert view is not None
            await offer(w, (view.monitor, DOWN))
            w.clock.turn(1)
        assert [one.title for one in w.engine.live.open_incidents()] == ["bravo is down", "alpha is down"]
        assert w.engine.live.counts() | {"up": 2, "down": 2} == w.engine.live.counts()
        assert sum(w.engine.live.counts().values()) == len(w.engine.live) == 4


async def test_a_row_of_the_overview_has_everything_and_is_plain_data(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(tags=["eu"], group="web")
        view = w.engine.live.find("shop")
        assert view is not None
        w.clock.turn(3600)
        shown = row(view, w.clock.now())
        assert (shown["status"], shown["last_ms"]) == ("up", 12.5)
        assert (shown["tags"], shown["group"]) == (["eu"], "web")
        assert shown["uptime_24h_ratio"] == 1.0
        assert len(shown["strip"]) == 60
        assert shown["strip"].endswith("uu")
        msgspec.json.encode(shown)


async def test_an_incident_shows_at_its_monitor_until_it_ends(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        view = w.engine.live.find("shop")
        assert view is not None
        await offer(w, (shop, DOWN))
        assert view.incident_id == 1
        old = Incident(
            id=77, monitor_ids=(shop.id,), status=IncidentStatus.RESOLVED, severity="critical", title="", cause="",
            started_at=START, detected_at=START,
        )  # fmt: skip
        w.engine.live.set_incident(old)
        assert view.incident_id == 1, "the end of an older one says nothing about this one"
        await offer(w, (shop, UP))
        assert (view.incident_id, w.engine.live.incidents) == (None, {})


@pytest.mark.parametrize(("interval", "unknown"), [(60, True), (86_400, False)])
async def test_our_own_gap_counts_only_for_monitors_that_had_a_check_due(
    tmp_path: Path, interval: int, unknown: bool
) -> None:
    async with world(tmp_path) as w:
        await w.monitor(interval=interval)
        view = w.engine.live.find("shop")
        assert view is not None
        w.clock.turn(7200)
        now = w.clock.now()
        w.engine.live.gaps.append(Gap(now - timedelta(hours=1), None, "own_network"))
        assert ("k" in view.strip(now)) is unknown
        assert view.uptime_24h(now) == 1.0, "what we could not see is neither up nor down"


async def test_spans_older_than_a_day_are_forgotten_and_the_open_one_is_not(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        for _ in range(4):
            for outcome in (DOWN, UP):
                w.clock.turn(8 * 3600)
                await offer(w, (shop, outcome))
        state = w.engine.live.state(shop.id)
        assert state is not None
        assert len(state.spans) <= 5
        assert state.spans[-1].to_at is None


async def test_gaps_older_than_a_day_are_forgotten(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        now, hour = w.clock.now(), timedelta(hours=1)
        recent, lasting = Gap(now - 3 * hour, now - 2 * hour, "own_stall"), Gap(now - 99 * hour, None, "own_network")
        w.engine.live.gaps = [Gap(now - 30 * hour, now - 25 * hour, "own_stall"), lasting, recent]
        w.engine.live.forget_gaps(now)
        assert w.engine.live.gaps == [lasting, recent]


async def test_a_monitor_that_was_never_checked_is_pending_or_paused(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        body = {"name": "Idle", "type": "fake", "target": "idle", "enabled": False}
        idle = await w.engine.monitors.create(w.engine.monitors.prepare(body))
        view = w.engine.live.find("idle")
        assert view is not None
        assert (view.status, view.reason, view.uptime_24h(w.clock.now())) == (Status.PAUSED, "paused", None)
        awake = msgspec.structs.replace(idle, config=msgspec.structs.replace(idle.config, enabled=True))
        assert initial_reason(awake) == (Status.PENDING, "not_checked")
