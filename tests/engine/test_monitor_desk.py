"""What people do with monitors: stored first, then known, then run."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.status import Finding
from asura.errors import Conflict, NotFound
from asura.store import spans
from tests.engine.kit import break_commits, count, mend_commits, offer, rows
from tests.world import DOWN, UP, World, world

QUICK = {"retries": 0, "failure_threshold": 1, "interval": 60}


async def patch(w: World, monitor: Monitor, **fields: Any) -> Monitor:
    desk = w.engine.monitors
    view = w.engine.live.find(monitor.id)
    assert view is not None
    return await desk.replace(monitor.id, desk.prepare(fields, old=view.monitor.config, partial=True))


async def test_a_new_monitor_is_checked_at_once(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(interval=86_400)
        assert (w.check.made, w.status()) == (["shop"], "up")


async def test_one_created_paused_is_not_checked(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor(interval=60, enabled=False)
        await w.advance(300)
        assert (w.check.made, w.status()) == ([], "paused")


async def test_slugs_are_made_of_names_and_never_twice(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.monitors
        config = desk.prepare({"name": "My Shop!", "type": "fake", "target": "x"})
        assert [(await desk.create(config)).slug for _ in range(3)] == ["my-shop", "my-shop-2", "my-shop-3"]
        with pytest.raises(Conflict, match="my-shop"):
            await desk.create(config, slug="my-shop")
        assert len(w.engine.live) == 3


async def test_what_could_not_be_stored_is_neither_known_nor_run(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        await break_commits(w.store, "spans")
        with pytest.raises(Exception, match="cannot commit"):
            await w.monitor("blog")
        with pytest.raises(Exception, match="cannot commit"):
            await w.engine.monitors.pause(shop.id)
        await mend_commits(w.store)
        assert (len(w.engine.live), w.status()) == (1, "up")
        await w.advance(61)
        assert set(w.check.made) == {"shop"}


async def test_a_cosmetic_edit_keeps_results_on_their_way_and_checks_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        w.check.made.clear()
        edited = await patch(w, shop, name="Store", tags=["eu"])
        await w.settle()
        assert (edited.generation, edited.version, w.check.made) == (shop.generation, 2, [])
        await offer(w, (shop, DOWN))
        assert w.status() == "down"


async def test_an_edit_of_the_check_is_checked_at_once_by_the_new_settings(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(interval=86_400)
        edited = await patch(w, shop, target="elsewhere")
        await w.settle()
        assert (edited.generation, w.check.made) == (2, ["shop", "elsewhere"])
        await w.advance(300)
        assert w.check.made == ["shop", "elsewhere"]


async def test_an_edit_that_changes_nothing_is_no_edit(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        assert await patch(w, shop, name="Shop") == shop
        assert await w.engine.monitors.resume(shop.id) == shop


async def test_a_slug_that_is_taken_is_refused_and_nothing_has_changed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, _ = await w.monitor("shop"), await w.monitor("blog")
        with pytest.raises(Conflict):
            await w.engine.monitors.replace(shop.id, shop.config, slug="blog")
        view = w.engine.live.find("shop")
        assert view is not None and view.monitor == shop


async def test_two_edits_at_once_leave_the_later_one_whole(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        desk = w.engine.monitors
        first = desk.prepare({"name": "First", "interval": 30}, old=shop.config, partial=True)
        second = desk.prepare({"name": "Second"}, old=shop.config, partial=True)
        await asyncio.gather(desk.replace(shop.id, first), desk.replace(shop.id, second))
        view = w.engine.live.find(shop.id)
        assert view is not None
        assert (view.monitor.config, view.monitor.version) == (second, 3)
        assert await rows(w.store, "SELECT version, generation FROM monitors") == [(3, 3)]


async def test_an_edit_and_a_delete_at_once_are_one_or_the_other(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor()
        desk = w.engine.monitors
        edited = desk.prepare({"interval": 30}, old=shop.config, partial=True)
        done = await asyncio.gather(
            desk.delete(shop.id), desk.replace(shop.id, edited), desk.delete(shop.id), return_exceptions=True
        )
        assert [type(one) for one in done] == [type(None), NotFound, NotFound]
        await w.advance(120)
        assert (w.check.made, len(w.engine.live)) == (["shop"], 0)


async def test_deleting_takes_everything_of_it_away(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        await offer(w, (shop, DOWN))
        await w.engine.monitors.delete(shop.id)
        for table in ("monitors", "spans", "incidents", "events", "evidence"):
            assert await count(w.store, table) == 0, table
        assert (w.engine.live.incidents, w.store.stats()["open_results"]) == ({}, 0)
        await w.restart()
        assert len(w.engine.live) == 0


async def test_a_monitor_of_the_file_is_changed_by_the_file_alone(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.monitors
        config = desk.prepare({"name": "Shop", "type": "fake", "target": "shop"})
        shop = await desk.create(config, slug="shop", managed_by="file")
        for change in (desk.delete(shop.id), desk.pause(shop.id), desk.replace(shop.id, config, slug="x")):
            with pytest.raises(Conflict, match="configuration file"):
                await change
        assert (await desk.clone(shop.id)).managed_by is None


async def test_an_archived_monitor_comes_back_with_its_history(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk, began = w.engine.monitors, w.clock.now()
        config = desk.prepare({"name": "Shop", "type": "fake", "target": "shop", **QUICK})
        shop = await desk.create(config, slug="shop", managed_by="file")
        await w.settle()
        w.say(DOWN)
        await w.advance(61)
        await desk.archive(shop.id)
        assert (w.engine.live.find("shop"), w.engine.live.open_incidents()) == (None, [])
        await w.restart(after=3600)
        assert w.engine.live.find("shop") is None
        w.say(UP)
        back = await w.engine.monitors.create(config, slug="shop", managed_by="file")
        await w.settle()
        assert (back.id, back.generation > shop.generation, w.status()) == (shop.id, True, "up")
        w.clock.turn(10)
        async with w.store.read() as reader:
            past = await spans.read(reader, shop.id, began, w.clock.now())
        assert [span.status.value for span in past] == ["up", "down", "paused", "up"]


async def test_a_clone_is_a_monitor_of_its_own(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(tags=["eu"], interval=30)
        copy = await w.engine.monitors.clone(shop.id)
        named = await w.engine.monitors.clone(shop.id, name="Twin")
        assert [copy.config.name, named.config.name, copy.slug] == ["Shop (copy)", "Twin", "shop-copy"]
        assert (copy.config.tags, copy.config.interval, copy.id != shop.id) == (("eu",), 30, True)


async def test_a_check_by_hand_counts_like_any_other(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(**QUICK)
        w.say(DOWN)
        result = await w.engine.monitors.check_now(shop.id)
        assert (result.finding, result.evidence is not None, w.status()) == (Finding.DOWN, True, "down")
        await w.engine.monitors.pause(shop.id)
        with pytest.raises(Conflict, match="paused"):
            await w.engine.monitors.check_now(shop.id)


async def test_trying_out_stores_nothing(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        config = w.engine.monitors.prepare({"name": "Try", "type": "fake", "target": "try"})
        result = await w.engine.monitors.try_out(config)
        assert (result.finding, result.evidence is not None) == (Finding.UP, True)
        await w.settle()
        assert (len(w.engine.live), w.store.stats()["rows"], await count(w.store, "monitors")) == (0, 0, 0)


async def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.monitors
        for act in (desk.delete(9), desk.pause(9), desk.resume(9), desk.clone(9), desk.check_now(9)):
            with pytest.raises(NotFound):
                await act
        with pytest.raises(NotFound):
            await desk.replace(9, MonitorConfig(name="x", type="fake"))


async def test_secrets_keep_their_value_where_stars_are_sent_back(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.monitors
        auth = {"type": "basic", "username": "ada", "password": "pw"}
        body = {"name": "Api", "type": "http", "target": "http://127.0.0.1:9/", "settings": {"auth": auth}}
        api = await desk.create(desk.prepare({**body, "enabled": False}))
        stars = {"auth": {**auth, "username": "bob", "password": "********"}}
        for partial in (True, False):
            edited = desk.prepare({**body, "settings": stars}, old=api.config, partial=partial)
            assert edited.settings["auth"]["username"] == "bob"
            assert edited.settings["auth"]["password"].reveal() == "pw"
        stored = (await rows(w.store, "SELECT config FROM monitors"))[0][0]
        assert b"pw" not in stored
        await w.restart()
        view = w.engine.live.find("api")
        assert view is not None
        assert view.monitor.config.settings["auth"]["password"].reveal() == "pw"
