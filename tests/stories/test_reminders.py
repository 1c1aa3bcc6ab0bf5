"""Reminders follow what people set, also in the middle of an outage."""

from pathlib import Path

import msgspec

from tests.world import DOWN, world


async def test_reminders_that_are_switched_on_during_an_outage_come(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await w.channel()
        shop = await w.monitor(interval=60, retries=0, failure_threshold=1)
        w.say(DOWN)
        await w.advance(61)
        assert len(w.take()) == 1
        await w.engine.monitors.replace(shop.id, msgspec.structs.replace(shop.config, reminder_interval=300))
        await w.advance(301)
        assert [title.split(",")[0] for _, title in w.take()] == ["STILL DOWN: Shop"]
        await w.engine.monitors.replace(shop.id, shop.config)
        await w.advance(1000)
