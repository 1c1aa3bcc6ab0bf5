"""The jobs of the demo are as they should be at whatever hour and on whatever day it starts."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from asura.clock import SystemClock
from asura.demo import cast, jobs, pings, world
from asura.demo.cast import Seed
from asura.domain import waiting
from asura.domain.heartbeat import HEARTBEAT, BeatStatus, Heartbeat, Rule, rule_of
from asura.store import heartbeats, monitors
from asura.store.db import Store

JOBS = [seed for seed in cast.SEEDS if seed.type == HEARTBEAT]
# The clocks of Berlin change on 29 March and 25 October 2026, those of New York on 8 March and 1 November.
WEEKS = (datetime(2026, 3, 23, tzinfo=UTC), datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
CALL_IN = {"invoice-run", "queue-worker"}
AT_START = {
    "nightly-backup": BeatStatus.UP,
    "invoice-run": BeatStatus.STARTED,
    "warehouse-sync": BeatStatus.DOWN,
    "certificate-renewal": BeatStatus.UP,
    "queue-worker": BeatStatus.UP,
}


def instants(begin: datetime) -> list[datetime]:
    """Return every third hour of a week, and those around the night's job."""
    night = [begin + timedelta(days=6, hours=hours, minutes=minute) for hours in (0, 1) for minute in (20, 29, 31, 45)]
    return [*(begin + timedelta(hours=3 * number) for number in range(7 * 8)), *night]


def beat_of(seed: Seed, now: datetime) -> tuple[Heartbeat, Rule]:
    config = world.config(seed, (), now)
    rule, begin = rule_of(config), now - timedelta(days=8)
    log = pings.logged(seed, 1, jobs.runs(seed, rule, begin, now), 1, now)
    return pings.heart(seed, config, log, begin, now), rule


def status(beat: Heartbeat, rule: Rule, at: datetime) -> BeatStatus:
    return waiting.condition(beat, rule, at, lambda _, to: to).status


@pytest.mark.parametrize("begin", WEEKS, ids=lambda week: f"{week:%d-%B}")
def test_each_job_is_as_it_should_be_at_every_hour_of_a_week(begin: datetime) -> None:
    wrong = []
    for now in instants(begin):
        for seed in JOBS:
            beat, rule = beat_of(seed, now)
            if status(beat, rule, now) is not AT_START[seed.slug]:
                wrong.append(f"{now:%a %d %b %H:%M} {seed.slug} is {status(beat, rule, now)}")
            later = status(beat, rule, now + timedelta(minutes=20))
            # The others call in meanwhile.
            if seed.slug not in CALL_IN and later is not AT_START[seed.slug]:
                wrong.append(f"{now:%a %d %b %H:%M} {seed.slug} is {later} 20 minutes later")
    assert wrong == []


def test_what_is_stored_is_what_was_thought_out(tmp_path: Path) -> None:
    now = datetime(2026, 3, 29, 0, 31, tzinfo=UTC)

    async def stored() -> dict[str, BeatStatus]:
        store = Store.open(tmp_path / "data", clock=SystemClock())
        try:
            await store.write(lambda db: world.fill(db, store, JOBS, (now - timedelta(days=8), now)))
            kept = {one.id: one for one in await store.write(lambda db: monitors.load_all(db, store.vault))}
            rows = await store.write(heartbeats.load_all)
            return {
                kept[row.monitor_id].slug: status(heartbeats.state_of(row), rule_of(kept[row.monitor_id].config), now)
                for row in rows
            }
        finally:
            await store.close()

    assert asyncio.run(stored()) == AT_START


def seed_of(slug: str) -> Seed:
    return next(seed for seed in JOBS if seed.slug == slug)


def test_every_run_of_the_past_has_ended_and_none_overlaps_another() -> None:
    now = datetime(2026, 3, 29, 12, 30, tzinfo=UTC)
    for seed in JOBS:
        rule = rule_of(world.config(seed, (), now))
        runs = jobs.runs(seed, rule, now - timedelta(days=90), now)
        assert all(run.end < now for run in runs), seed.slug
        assert all(before.end < after.start for before, after in pairwise(runs)), seed.slug
        assert len(runs) >= 12, seed.slug


def test_a_failed_run_is_an_outage_until_the_next_one_goes_well() -> None:
    now = datetime(2026, 3, 29, 12, 30, tzinfo=UTC)
    seed = seed_of("warehouse-sync")
    runs = jobs.runs(seed, rule_of(world.config(seed, (), now)), now - timedelta(days=90), now)
    found = jobs.outages(runs)
    assert runs[-1].fails
    assert found[-1].from_at == runs[-1].end and found[-1].to_at is None
    assert all(one.to_at is not None and one.to_at > one.from_at for one in found[:-1])
    assert timedelta(minutes=24) < now - runs[-1].end < timedelta(minutes=28)


def test_the_nightly_job_keeps_its_distance_from_the_start() -> None:
    berlin = jobs.fields(seed_of("nightly-backup"), datetime(2026, 7, 1, 12, tzinfo=UTC))
    assert berlin == {"cron": "30 2 * * *", "timezone": "Europe/Berlin"}
    # At half past two in Berlin it is not the night's job there.
    night = jobs.fields(seed_of("nightly-backup"), datetime(2026, 7, 1, 0, 31, tzinfo=UTC))
    assert night["timezone"] != "Europe/Berlin"
