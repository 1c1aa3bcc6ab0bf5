"""What the configuration file declares: matched by slug, all or nothing, and nothing lost by mistake."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain.ping import PingKind
from asura.engine.declared import Applied, Item, reconcile
from asura.errors import Conflict, Invalid
from tests.engine.kit import count, faults, rows
from tests.world import DOWN, World, world


def monitor(slug: str, **fields: Any) -> Item:
    return Item("monitors", slug, {"name": slug.title(), "type": "fake", "target": slug, **fields})


def channel(slug: str, **fields: Any) -> Item:
    return Item("channels", slug, {"name": slug, "type": "fake", **fields})


def summary(applied: Applied) -> tuple[list[str], list[str], list[str]]:
    return (applied.created, applied.changed, applied.archived)


def shown(w: World) -> dict[str, str | None]:
    return {view.monitor.slug: view.monitor.managed_by for view in w.engine.live.monitors()}


async def test_what_is_new_is_created_and_what_is_the_same_is_left_alone(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        declared = [monitor("shop"), monitor("blog")], [channel("ops", default=True)]
        assert summary(await reconcile(w.engine, *declared)) == (["ops", "shop", "blog"], [], [])
        assert shown(w) == {"shop": "file", "blog": "file"}
        await w.settle()
        w.check.made.clear()
        assert summary(await reconcile(w.engine, *declared)) == ([], [], [])
        await w.restart()
        assert summary(await reconcile(w.engine, *declared)) == ([], [], [])
        await w.settle()
        assert w.check.made == [], "an unchanged file checks nothing anew"


async def test_what_changed_is_changed_and_what_is_gone_is_archived(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await reconcile(w.engine, [monitor("shop"), monitor("blog")], [channel("ops", default=False), channel("mail")])
        applied = await reconcile(w.engine, [monitor("shop", interval=30)], [channel("ops", default=True)])
        assert summary(applied) == ([], ["ops", "shop"], ["blog", "mail"])
        assert shown(w) == {"shop": "file"}
        assert await rows(w.store, "SELECT slug FROM monitors WHERE archived_at IS NOT NULL") == [("blog",)]
        assert [one.slug for one in w.engine.channels.list()] == ["ops"]


async def test_one_fault_anywhere_and_nothing_has_changed(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await reconcile(w.engine, [monitor("shop")], [channel("ops")])
        wrong = [monitor("shop", interval=30), monitor("blog", interval=1), monitor("mail", channel_ids=["nobody"])]
        with pytest.raises(Invalid) as raised:
            await reconcile(w.engine, wrong, [channel("ops", default=True), channel("pager", type="pigeon")])
        assert set(faults(raised.value)) == {
            "channels.pager.type", "monitors.blog.interval", "monitors.mail.channel_ids[0]",
        }  # fmt: skip
        assert (shown(w), await count(w.store, "channels")) == ({"shop": "file"}, 1)
        view = w.engine.live.find("shop")
        assert view is not None and view.monitor.config.interval == 60


@pytest.mark.parametrize("kind", ["monitors", "channels"])
async def test_an_emptied_list_is_taken_for_a_mistake(tmp_path: Path, kind: str) -> None:
    async with world(tmp_path) as w:
        before = {"monitors": [monitor("shop")], "channels": [channel("ops")]}
        await reconcile(w.engine, **before)
        other = {"monitors": "channels", "channels": "monitors"}[kind]
        more = {"monitors": monitor("blog"), "channels": channel("mail")}[other]
        applied = await reconcile(w.engine, **{kind: [], other: [*before[other], more]})
        assert (applied.held, applied.archived, len(applied.created)) == ({kind: 1}, [], 1), "the other list counts"
        assert {len(w.engine.live), len(w.engine.channels.list())} == {1, 2}
        await reconcile(w.engine, **before)
        applied = await reconcile(w.engine, **{**before, kind: []}, prune=True)
        assert applied.held == {}
        assert applied.archived == ["shop" if kind == "monitors" else "ops"]


async def test_an_empty_file_touches_nothing_that_was_made_by_hand(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.monitor("shop")
        await w.channel("ops")
        assert summary(await reconcile(w.engine, [], [])) == ([], [], [])
        assert (shown(w), len(w.engine.channels.list())) == ({"shop": None}, 1)


async def test_an_object_made_by_hand_is_adopted_with_its_history(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop, ops = await w.monitor("shop", interval=60), await w.channel("ops")
        applied = await reconcile(w.engine, [monitor("shop")], [channel("ops", default=True)])
        assert summary(applied) == ([], ["ops", "shop"], [])
        view, adopted = w.engine.live.find("shop"), w.engine.channels.find("ops")
        assert view is not None and adopted is not None
        assert (view.monitor.id, view.monitor.managed_by, view.status.value) == (shop.id, "file", "up")
        assert (adopted.id, adopted.managed_by) == (ops.id, "file")
        with pytest.raises(Conflict):
            await w.engine.monitors.delete(shop.id)
        await w.restart()
        assert shown(w) == {"shop": "file"}


async def test_declared_objects_refer_to_each_other_in_any_order(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        declared = (
            [
                monitor("shop", depends_on=["router"], channel_ids=["ops"]),
                monitor("router", depends_on=["uplink"]),
                monitor("uplink"),
            ],
            [channel("ops")],
        )
        applied = await reconcile(w.engine, *declared)
        created, changed, archived = summary(applied)
        assert (sorted(created), changed, archived) == (["ops", "router", "shop", "uplink"], [], [])
        by_slug = {view.monitor.slug: view.monitor for view in w.engine.live.monitors()}
        assert by_slug["shop"].config.depends_on == (by_slug["router"].id,)
        assert by_slug["router"].config.depends_on == (by_slug["uplink"].id,)
        ops = w.engine.channels.find("ops")
        assert ops is not None and by_slug["shop"].config.channel_ids == (ops.id,)
        assert summary(await reconcile(w.engine, *declared)) == ([], [], [])


async def test_a_dependency_that_is_no_more_wanted_is_dropped_with_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await reconcile(w.engine, [monitor("shop", depends_on=["router"]), monitor("router")], [])
        applied = await reconcile(w.engine, [monitor("shop")], [])
        assert summary(applied) == ([], ["shop"], ["router"])
        view = w.engine.live.find("shop")
        assert view is not None and view.monitor.config.depends_on == ()


async def test_a_declared_channel_is_there_before_the_monitor_that_tells_by_it_fails(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        w.say(DOWN)
        declared = [monitor("shop", channel_ids=["ops"], retries=0, failure_threshold=1)], [channel("ops")]
        await reconcile(w.engine, *declared)
        await w.settle()
        assert w.take() == [("ops", "DOWN: Shop")]


async def test_one_that_comes_back_goes_on_where_it_was(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await reconcile(w.engine, [monitor("shop"), monitor("blog")], [])
        before = w.engine.live.find("blog")
        await reconcile(w.engine, [monitor("shop")], [])
        applied = await reconcile(w.engine, [monitor("shop"), monitor("blog")], [])
        after = w.engine.live.find("blog")
        assert before is not None and after is not None
        assert (applied.created, after.monitor.id) == (["blog"], before.monitor.id)


async def test_a_declared_heartbeat_keeps_its_token_over_restarts_edits_and_being_away(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        job = {"name": "Backup", "type": "heartbeat", "cron": "0 8 * * *\n0 20 * * *", "timezone": "Europe/Berlin"}
        stays = monitor("shop")
        await reconcile(w.engine, [stays, Item("monitors", "backup", job)], [])
        token, uuid = w.engine.pings.secrets(2)
        await w.ping()
        await w.restart()
        assert w.engine.pings.secrets(2) == (token, uuid)
        await reconcile(w.engine, [stays, Item("monitors", "backup", {**job, "grace": 60})], [])
        assert w.engine.pings.by_secret(token) == 2
        await reconcile(w.engine, [stays], [])
        assert w.engine.pings.by_secret(token) is None
        await w.restart()
        await reconcile(w.engine, [stays, Item("monitors", "backup", job)], [])
        assert w.engine.pings.by_secret(token) == 2
        assert w.status("backup") == "pending"
        await w.ping()
        assert [one.number for one in await w.engine.pings.log(2, limit=9)] == [2, 1]


async def test_a_declared_heartbeat_takes_over_a_token_and_cannot_be_given_another(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        job = {"name": "Backup", "type": "heartbeat", "settings": {"token": "token-of-the-old-host"}}
        await reconcile(w.engine, [Item("monitors", "backup", job)], [])
        assert w.engine.pings.by_secret("token-of-the-old-host") == 1
        with pytest.raises(Conflict):
            await w.engine.pings.rotate(1)
        job = {**job, "settings": {"token": "token-of-another-host"}}
        await reconcile(w.engine, [Item("monitors", "backup", job)], [])
        assert w.engine.pings.by_secret("token-of-the-old-host") is None
        assert w.engine.pings.by_secret("token-of-another-host") == 1


async def test_a_declared_job_that_failed_before_it_went_away_waits_anew_also_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        stays, job = monitor("shop"), Item("monitors", "backup", {"name": "Backup", "type": "heartbeat"})
        await reconcile(w.engine, [stays, job], [])
        await w.ping(kind=PingKind.FAIL)
        assert w.status("backup") == "down"
        await reconcile(w.engine, [stays], [])
        await reconcile(w.engine, [stays, job], [])
        # As a kill: nothing is flushed.
        await w.close()
        await w.start()
        assert w.engine.pings.view(2, w.clock.now()).condition.status.value == "pending"
        assert w.status("backup") == "pending"
