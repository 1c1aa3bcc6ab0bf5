"""The components of pages with their monitors: by id, group and tag, and only those that somebody asks about."""

from pathlib import Path
from typing import Any

from asura.domain.component import IMPLICIT_FROM, members
from asura.domain.page import Page
from asura.domain.status import Status
from asura.engine.watching import Watching
from tests.engine.said import page_of
from tests.world import DOWN, World, world

COMPONENTS: list[dict[str, Any]] = [
    {"name": "Shop", "monitor_id": "shop"},
    {"monitor_group": "tills"},
    {"tag": "eu"},
    {"monitor_id": "mail"},
]


async def shop(w: World) -> Page:
    """Make some monitors, two of which are public, and a page of them."""
    await w.monitor("shop", tags=["eu"], public=True)
    await w.monitor("north", group="tills", tags=["eu"])
    w.say(DOWN, "south")
    await w.monitor("south", group="tills", retries=0, failure_threshold=1)
    await w.monitor("mail", public=True)
    return await page_of(w, components=COMPONENTS)


async def test_each_component_comes_with_its_monitors(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page = await shop(w)
        monitors = [state.monitor for state in w.engine.live.states()]
        found = list(Watching(w.engine.live).of_page(page))
        assert [tuple(one.slug for one in own) for _, own in found] == [
            ("shop",),
            ("north", "south"),
            ("shop", "north"),
            ("mail",),
        ]
        for component, own in found:
            assert tuple(one.id for one in own) == members(component, monitors)


async def test_only_what_fails_or_is_kept_is_looked_at(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        page, look = await shop(w), Watching(w.engine.live)
        south = w.engine.live.find("south")
        assert south is not None
        (tills,) = look.watched(page, {south.monitor.id}, set())
        assert (tills.name, [one.status for one in tills.members]) == ("tills", [Status.UP, Status.DOWN])
        kept = look.watched(page, set(), {page.config.components[3].id})
        assert [one.name for one in kept] == ["Mail"]
        assert look.watched(page, set(), set()) == []


async def test_of_everything_public_only_what_fails_or_is_kept_is_looked_at(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        await shop(w)
        page, look = await page_of(w, "All", components=[], everything_public=True), Watching(w.engine.live)
        ids = {view.monitor.slug: view.monitor.id for view in w.engine.live.monitors()}
        assert [one.slug for _, (one,) in look.of_page(page)] == ["mail", "shop"]
        (mail,) = look.watched(page, {ids["mail"], ids["south"]}, set())
        assert (mail.component.id, mail.name) == (IMPLICIT_FROM + ids["mail"], "Mail")
        assert [one.name for one in look.watched(page, set(), {IMPLICIT_FROM + ids["shop"]})] == ["Shop"]
        assert look.watched(page, set(), {IMPLICIT_FROM + ids["south"], IMPLICIT_FROM + 99}) == []
