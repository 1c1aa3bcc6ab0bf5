"""What is deleted is let go of by everything that referred to it."""

from pathlib import Path

from tests.world import DOWN, world


async def test_a_deleted_channel_is_in_no_monitor_any_more(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        ops, other = await w.channel("ops"), await w.channel("other", default=False)
        await w.monitor(channel_ids=["ops", "other"])
        await w.engine.channels.delete(ops.id)
        view = w.engine.live.find("shop")
        assert view is not None
        assert view.monitor.config.channel_ids == (other.id,)
        await w.restart()
        view = w.engine.live.find("shop")
        assert view is not None
        assert view.monitor.config.channel_ids == (other.id,)


async def test_a_deleted_monitor_is_depended_on_by_none(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        router = await w.monitor("router")
        await w.monitor("shop", depends_on=["router"])
        await w.engine.monitors.delete(router.id)
        view = w.engine.live.find("shop")
        assert view is not None
        assert view.monitor.config.depends_on == ()


async def test_the_incident_of_a_monitor_that_was_put_away_still_takes_notes(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(DOWN)
        await w.advance(61)
        await w.engine.monitors.archive(shop.id)
        noted = await w.engine.incidents.note(1, "ada", "it was the power supply")
        assert noted.status.value == "resolved"


async def test_one_that_comes_back_from_the_archive_has_its_day_again(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        shop = await w.monitor(interval=60)
        await w.advance(3600)
        await w.engine.monitors.archive(shop.id)
        await w.advance(60)
        await w.engine.monitors.create(shop.config, slug="shop", managed_by="file")
        view = w.engine.live.find("shop")
        assert view is not None
        assert "up" in [span.status.value for span in view.spans(w.clock.now())]
