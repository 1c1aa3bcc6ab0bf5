"""What pages tell of planned work: that it comes, that it does not come after all, that it begins and is over."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from asura.domain import wording
from asura.domain.maintenance import Window
from tests.engine.looked import board_of
from tests.engine.said import Readers, later, page_of
from tests.world import DOWN, World, world


async def tick(w: World) -> datetime | None:
    return await w.engine.publisher.tick(w.clock.now())


async def planned(w: World, starts: float = 10, ends: float = 70, **more: Any) -> Window:
    """Plan work that begins and ends in so many minutes."""
    times = {"starts_at": wording.instant(later(w, minutes=starts)), "ends_at": wording.instant(later(w, minutes=ends))}
    body = {"name": "Move", "tags": ["eu"], "announce_s": 3600.0, **times, **more}
    desk = w.engine.maintenance
    return await desk.create(desk.prepare(body), by="ann")


async def test_nothing_is_published_by_itself_while_there_is_maintenance(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        readers = Readers(w)
        await page_of(w, auto_incidents={"when": "at_once"})
        await w.monitor("shop", tags=["eu"], retries=0, failure_threshold=1)
        await planned(w, 0, 60, public=False)
        w.say(DOWN)
        await w.advance(120)
        assert readers.take() == []
        w.clock.turn(timedelta(minutes=60).total_seconds())
        await w.advance(120)
        assert readers.take() == [("incident", "Europe is not available", "investigating")]


async def test_planned_work_is_announced_begun_and_ended_once_for_each_page_it_is_about(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        europe, readers = await page_of(w, "Europe"), Readers(w)
        await page_of(w, "Elsewhere", components=[{"tag": "us"}])
        await w.monitor("shop", tags=["eu"])
        window = await planned(w)
        assert await tick(w) == window.config.starts_at
        (bulletin,) = readers.told
        assert (bulletin.page_id, bulletin.subject_id, bulletin.title) == (europe.id, 1, "Move")
        assert (bulletin.starts_at, bulletin.ends_at) == (window.config.starts_at, window.config.ends_at)
        assert bulletin.components == (europe.config.components[0].id,)
        assert readers.take() == [("maintenance", "Move", "scheduled")]
        for minutes, told in ((10, "in_progress"), (60, "completed")):
            w.clock.turn(minutes * 60 - 1)
            await tick(w)
            assert readers.take() == []
            w.clock.turn(1)
            await tick(w)
            await tick(w)
            assert readers.take() == [("maintenance", "Move", told)]
        await tick(w)


async def test_who_was_told_of_work_to_come_is_told_once_that_it_does_not_come(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, readers = await page_of(w, "Europe"), Readers(w)
        await w.monitor("shop", tags=["eu"])
        desk = w.engine.maintenance
        window, untold = await planned(w), await planned(w, 600, 700)
        await tick(w)
        assert readers.take() == [("maintenance", "Move", "scheduled")]
        await w.restart(after=60)
        readers, desk = Readers(w), w.engine.maintenance
        await desk.delete(untold.id)
        assert readers.take() == []
        await desk.delete(window.id)
        (bulletin,) = readers.told
        assert (bulletin.status, bulletin.starts_at) == ("cancelled", window.config.starts_at)
        assert (bulletin.at, bulletin.ends_at) == (w.clock.now(), window.config.ends_at)
        assert bulletin.components == (page.config.components[0].id,)
        assert readers.take() != []
        await tick(w)
        assert readers.take() == []


async def test_work_that_is_deleted_while_it_goes_on_is_over_for_those_who_were_told_that_it_began(
    tmp_path: Path,
) -> None:
    async with world(tmp_path) as w:
        await page_of(w, "Europe")
        await w.monitor("shop", tags=["eu"])
        readers, desk = Readers(w), w.engine.maintenance
        window, unheard = await planned(w, 0, 60), await planned(w, 0, 60, public=False)
        await tick(w)
        assert readers.take() == [("maintenance", "Move", "in_progress")]
        await w.advance(60)
        await desk.delete(unheard.id)
        await desk.delete(window.id)
        (bulletin,) = readers.told
        assert (bulletin.status, bulletin.at, bulletin.ends_at) == ("completed", w.clock.now(), w.clock.now())
        readers.take()
        await tick(w)
        assert readers.take() == []


async def test_work_that_is_moved_is_cancelled_and_announced_anew_as_often_as_it_moves(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await page_of(w, "Europe")
        await w.monitor("shop", tags=["eu"])
        readers, desk = Readers(w), w.engine.maintenance
        window = await planned(w, 20, 30)
        await tick(w)
        first, second = window.config.starts_at, later(w, minutes=25)
        keys = [one.key for one in readers.told]
        readers.take()
        for old, new in ((first, second), (second, first)):
            await w.advance(1)
            changes = {"starts_at": wording.instant(new)}
            config = desk.prepare(changes, old=desk.get(window.id).config, partial=True)
            await desk.replace(window.id, config)
            await tick(w)
            assert [(one.status, one.starts_at) for one in readers.told] == [("cancelled", old), ("scheduled", new)]
            keys += [one.key for one in readers.told]
            readers.take()
        assert len(set(keys)) == 5
        config = desk.prepare({"name": "Renamed"}, old=desk.get(window.id).config, partial=True)
        await desk.replace(window.id, config)
        await w.restart()
        readers = Readers(w)
        await tick(w)
        assert readers.take() == [], "neither the name nor a restart cancels anything"


async def test_work_that_is_not_to_be_seen_or_not_about_the_page_any_more_is_cancelled_there(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await page_of(w, "Europe")
        await w.monitor("shop", tags=["eu"])
        readers, desk = Readers(w), w.engine.maintenance
        for change in ({"public": False}, {"tags": ["elsewhere"]}):
            window = await planned(w)
            await tick(w)
            await desk.replace(window.id, desk.prepare(change, old=window.config, partial=True))
            await tick(w)
            assert [one[2] for one in readers.take()] == ["scheduled", "cancelled"]


async def test_work_that_never_was_about_a_page_is_neither_over_there_nor_told(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, readers = await page_of(w, "Europe"), Readers(w)
        shop = await w.monitor("shop")
        await planned(w, 0, 2)
        await w.advance(180)
        body = {"tags": ["eu"]}
        await w.engine.monitors.replace(shop.id, w.engine.monitors.prepare(body, old=shop.config, partial=True))
        await w.advance(180)
        assert readers.take() == []
        assert (await board_of(w, page)).past_maintenance == ()
        assert w.engine.boards.told(page, later(w, days=-1), later(w))[1] == []


async def test_work_that_began_long_ago_is_over_on_a_page_that_it_came_to_be_about(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, readers = await page_of(w, "Europe"), Readers(w)
        await planned(w, -120, 5)
        await w.monitor("shop", tags=["eu"])
        await w.advance(120)
        await w.restart()
        readers = Readers(w)
        await w.advance(240)
        assert readers.take() == [("maintenance", "Move", "completed")]
        assert [one.status for one in (await board_of(w, page)).past_maintenance] == ["completed"]


async def test_nothing_of_planned_work_is_dated_before_somebody_planned_it(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await page_of(w, "Europe")
        await w.monitor("shop", tags=["eu"])
        readers = Readers(w)
        await planned(w, announce_s=7 * 86_400.0)
        await planned(w, starts=-20, name="Begun")
        await tick(w)
        assert {(one.status, one.at) for one in readers.told} == {
            ("scheduled", w.clock.now()),
            ("in_progress", w.clock.now()),
        }


async def test_planned_work_is_not_told_again_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await page_of(w, "Europe")
        await w.monitor("shop", tags=["eu"])
        readers = Readers(w)
        await planned(w)
        await tick(w)
        assert len(readers.take()) == 1
        await w.restart(after=60)
        readers = Readers(w)
        await tick(w)
        assert readers.take() == []
