"""Probes that tell too much: what cannot come of checks is refused and counted, and what can is judged all the same."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from asura.domain.result import Evidence, Outcome
from asura.domain.status import Finding
from asura.errors import StoreUnavailable
from tests.engine.kit import break_commits, count, mend_commits
from tests.engine.probes_kit import edit, place, saw, stored
from tests.world import DOWN, UP, world

QUICK: dict[str, Any] = {"retries": 0, "failure_threshold": 1, "interval": 60}


async def test_thousands_of_alternating_results_open_a_handful_of_incidents(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        refused = 0
        for _ in range(12):
            w.clock.turn(1)
            at = w.clock.now() - timedelta(seconds=1)
            found = [saw(shop, DOWN if n % 2 else UP, at=at + timedelta(milliseconds=n)) for n in range(1000)]
            refused += (await eu.deliver(*found)).refused
        assert 11_000 < refused == w.engine.roster.standing(eu.probe.id).refused
        assert await count(w.store, "incidents") <= 6
        assert len(await stored(w, shop)) == 12_000 - refused < 300


async def test_what_comes_at_once_after_half_a_minute_without_a_line_is_judged(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(regions=["eu"], interval=5, retries=3, retry_interval=1, failure_threshold=2)
        eu = await place(w)
        await eu.deliver(saw(shop, at=w.clock.now()))
        begun = w.clock.now()
        w.clock.turn(30)
        found = [
            saw(shop, DOWN, at=begun + timedelta(seconds=5 * turn + tries), counted=tries == 3)
            for turn in range(6)
            for tries in range(4)
        ]
        taken = await eu.deliver(*found)
        assert (taken.news, taken.history, taken.refused, w.status()) == (24, 0, 0, "down")


async def test_what_is_edited_or_asked_for_every_half_a_minute_is_judged_however_seldom_it_is_due(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**(QUICK | {"interval": 86_400}), regions=["eu"])
        eu = await place(w)
        for turn in range(40):
            w.clock.turn(30)
            shop = await edit(w, shop, timeout=5 + turn % 2)
            assert (await eu.deliver(saw(shop, DOWN if turn == 39 else UP, at=w.clock.now()))).news == 1
        assert w.status() == "down"


async def test_a_batch_that_cannot_be_stored_costs_nothing_however_often_it_comes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        await eu.deliver(saw(shop, at=w.clock.now()))
        await break_commits(w.store)
        batch = eu.batch(saw(shop, DOWN, at=w.clock.now()), saw(shop, at=w.clock.now(), generation=shop.generation - 1))
        for _ in range(300):
            taking = eu.send(batch)
            await asyncio.sleep(0)
            with pytest.raises(StoreUnavailable):
                await w.engine.judge.judge(w.clock.now())
            with pytest.raises(StoreUnavailable):
                await taking
        await mend_commits(w.store)
        taken = await eu.take(batch)
        assert (taken.news, taken.history, taken.refused, w.status()) == (1, 1, 0, "down")


async def test_a_backlog_takes_nothing_from_what_is_found_now(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**(QUICK | {"interval": 5, "timeout": 5}), regions=["eu"])
        eu = await place(w)
        w.clock.turn(600)
        eu.everything()
        now = w.clock.now()
        await eu.deliver(saw(shop, at=now))
        # The newest came first; what is older is history, however little older it is.
        old = [saw(shop, DOWN, at=now - timedelta(seconds=n / 10)) for n in range(1, 300)]
        assert (await eu.deliver(*old)).refused == 0
        w.clock.turn(1)
        await eu.deliver(saw(shop, DOWN, at=w.clock.now()))
        assert w.status() == "down"


async def test_a_region_that_only_ever_doubts_is_counted_in_the_end(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(regions=["eu"], retries=2, failure_threshold=1, interval=60)
        eu = await place(w)
        await eu.deliver(saw(shop, at=w.clock.now()))
        seen = []
        for _ in range(4):
            w.clock.turn(1)
            await eu.deliver(saw(shop, DOWN, at=w.clock.now(), counted=False))
            seen.append(w.status())
        assert seen == ["up", "up", "up", "down"]


async def test_a_primary_whose_clock_was_set_back_hears_its_probes_again_at_the_third_delivery(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        hour = 3600.0
        # It had learned of a clock that was an hour ahead, and learns anew.
        await eu.take(eu.batch(), sent_at=w.clock.now().timestamp() + hour)
        news = []
        for _ in range(4):
            w.clock.turn(1)
            news.append((await eu.deliver(saw(shop, DOWN, at=w.clock.now()))).news)
        assert (news, w.status()) == ([0, 0, 1, 1], "down")


async def test_nothing_is_kept_of_a_probe_that_was_deleted_and_all_of_one_with_a_new_key(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK, regions=["eu"])
        eu = await place(w)
        batch = eu.batch(saw(shop, at=w.clock.now()))
        await eu.take(batch)
        await w.engine.probes.rotate(eu.probe.id)
        assert (await eu.take(batch)).known
        await w.engine.probes.delete(eu.probe.id)
        intake = w.engine.intake
        assert (intake._processes, intake._allowances, intake._receipts._taken) == ({}, {}, {})


async def test_secrets_of_a_monitor_are_starred_out_of_what_a_probe_says(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        config = w.engine.monitors.prepare(
            {
                "name": "Site",
                "type": "http",
                "target": "http://127.0.0.1:9/",
                "regions": ["eu"],
                "failure_threshold": 1,
                "settings": {"secret_headers": {"X-Api": "TOPSECRET-VALUE"}},
            }
        )
        site = await w.engine.monitors.create(config)
        eu = await place(w)
        leak = Outcome(
            Finding.DOWN,
            message="It said TOPSECRET-VALUE.",
            evidence=Evidence(request="X-Api: TOPSECRET-VALUE", facts={"seen": ["TOPSECRET-VALUE"]}),
        )
        await eu.deliver(saw(site, leak, at=w.clock.now(), reason="http_status"))
        view = w.engine.live.find(site.id)
        assert view is not None and view.last is not None
        assert view.last.message == "It said ********."
        assert b"TOPSECRET" not in msgspec.json.encode(view.last)
        (row,) = await stored(w, site)
        assert "TOPSECRET" not in row.message
        # With another secret it is another generation, and what is looked for is that.
        site = await edit(w, site, settings={"secret_headers": {"X-Api": "ANOTHER-VALUE"}})
        await eu.deliver(saw(site, leak, at=w.clock.now(), message="ANOTHER-VALUE", reason="http_status"))
        assert (await stored(w, site))[-1].message == "********"
