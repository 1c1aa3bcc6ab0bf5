"""What people do with status pages: stored, then known; bound to hosts; ids of components kept; all of it on record."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from asura.domain.page import MAIN_SLUG, Page, PageConfig, PageFile
from asura.engine.options import EngineOptions, MainPage
from asura.errors import Conflict, Invalid, NotFound, StoreUnavailable
from tests.engine.kit import break_commits, faults, mend_commits, rows
from tests.world import World, world

LOGO = PageFile(name="logo", media_type="image/png", body=b"\x89PNG")


async def create(w: World, title: str = "Shop", **more: Any) -> Page:
    options = {name: more.pop(name) for name in ("slug", "password", "files") if name in more}
    return await w.engine.pages.create(w.engine.pages.prepare({"title": title, **more}), **options)


async def audited(w: World) -> list[tuple[Any, ...]]:
    query = "SELECT action, name, before, after FROM audit WHERE entity = 'status_page' ORDER BY id"
    return await rows(w.store, query)


async def test_a_page_is_found_by_id_slug_and_host_and_listed_by_title(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        shop = await create(w, "Shop", hosts=["Status.Shop.example"])
        blog = await create(w, "a Blog")
        assert desk.list() == [blog, shop, desk.main]
        assert (blog.slug, desk.version > 0) == ("a-blog", True)
        for ref in (shop.id, str(shop.id), "shop"):
            assert desk.find(ref) == shop
        assert (desk.find("nobody"), desk.find(99), desk.find("9" * 30)) == (None, None, None)
        assert (desk.by_host("status.shop.example"), desk.by_host("shop.example")) == (shop, None)
        with pytest.raises(NotFound):
            desk.get("nobody")


async def test_pages_are_there_again_after_a_restart(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        made = await create(w, hosts=["status.example"], files={"logo": LOGO}, components=[{"tag": "eu"}])
    async with world(tmp_path) as w:
        assert w.engine.pages.find(made.id) == made
        assert w.engine.pages.by_host("status.example") == made


async def test_slugs_are_made_of_titles_and_refused_where_addresses_need_them(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        assert [(await create(w, title)).slug for title in ("Shop", "Shop", "History", "状态", "Monitors")] == [
            "shop",
            "shop-2",
            "history-2",
            "page",
            "monitors",
        ]
        for slug in ("status", "api", "feed", "Upper", "7", "bulk", "a b", ""):
            with pytest.raises(Invalid) as raised:
                await create(w, slug=slug)
            assert faults(raised.value).keys() == {"slug"}
        with pytest.raises(Conflict, match="'shop'"):
            await create(w, slug="shop")


async def test_a_password_is_hashed_and_needed_where_the_page_asks_for_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        with pytest.raises(Invalid) as raised:
            await create(w, visibility="password")
        assert faults(raised.value) == {"password": "is needed by the visibility password"}
        with pytest.raises(Invalid) as raised:
            await create(w, visibility="password", password="short")
        assert "8 to 200" in faults(raised.value)["password"]
        page = await create(w, visibility="password", password="open sesame")
        assert page.password is not None and "sesame" not in page.password
        assert await w.engine.passwords.matches("open sesame", page.password)
        kept = await desk.replace(page.id, desk.prepare({"title": "Else"}, old=page, partial=True))
        assert kept.password == page.password
        with pytest.raises(Invalid):
            await desk.replace(page.id, kept.config, password=None)
        with pytest.raises(Invalid):
            await desk.replace(page.id, kept.config, password="short")
        opened = desk.prepare({"visibility": "public"}, old=kept, partial=True)
        assert (await desk.replace(page.id, opened, password=None)).password is None


async def test_components_keep_their_ids_and_a_new_one_never_gets_an_old_one(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        page = await create(w, components=[{"tag": "a"}, {"tag": "b"}])
        first, second = page.config.components
        assert (first.id, second.id) == (1, 2)
        body = {"components": [{"id": 1, "tag": "a", "name": "Renamed"}, {"tag": "c"}]}
        page = await desk.replace(page.id, desk.prepare(body, old=page, partial=True))
        assert [(one.id, one.tag, one.name) for one in page.config.components] == [(1, "a", "Renamed"), (3, "c", "")]
        other = await create(w, "Other", components=[{"tag": "d"}])
        assert other.config.components[0].id == 4
        with pytest.raises(Invalid) as raised:
            desk.prepare(
                {"components": [{"id": 4, "tag": "d"}, {"id": 1, "tag": "a"}, {"id": 1, "tag": "a"}]}, old=page
            )
        assert faults(raised.value).keys() >= {"components[0].id", "components[2].id"}


async def test_a_host_belongs_to_one_page_and_never_to_the_dashboard(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        page = await create(w, hosts=["status.example"])
        with pytest.raises(Invalid) as raised:
            desk.prepare({"title": "x", "hosts": ["STATUS.example", "asura.example", "a:1", "http://x", "1.2.3.4"]})
        told = faults(raised.value)
        assert told.keys() == {f"hosts[{n}]" for n in range(5)}
        assert ("shop" in told["hosts[0]"], "dashboard" in told["hosts[1]"], "port" in told["hosts[2]"]) == (True,) * 3
        assert desk.prepare({"hosts": ["status.example", "b.example"]}, old=page, partial=True).hosts[1] == "b.example"
        late = PageConfig(title="Late", hosts=("status.example",))
        with pytest.raises(Invalid):
            await desk.create(late)
        await desk.delete(page.id)
        assert desk.by_host("status.example") is None
        made = await desk.create(late)
        assert desk.by_host("status.example") == made


async def test_a_name_that_becomes_that_of_the_dashboard_leads_to_no_page_any_more(tmp_path: Path) -> None:
    async with world(tmp_path, EngineOptions(url="https://old.example")) as w:
        made = await create(w, hosts=["asura.example", "status.example"])
        assert w.engine.pages.by_host("asura.example") == made
    async with world(tmp_path, EngineOptions(url="https://asura.example")) as w:
        assert w.engine.pages.by_host("asura.example") is None
        assert w.engine.pages.by_host("status.example") == made


async def test_pictures_are_set_kept_and_taken_away(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        page = await create(w, files={"logo": LOGO})
        kept = await desk.replace(page.id, desk.prepare({"title": "Else"}))
        assert kept.files == (LOGO,)
        icon = PageFile(name="favicon", media_type="image/png", body=b"\x89PNG2")
        both = await desk.replace(page.id, kept.config, files={"favicon": icon})
        assert both.files == (icon, LOGO)
        assert (await desk.replace(page.id, kept.config, files={"logo": None})).files == (icon,)


async def test_an_edit_that_changes_nothing_is_none_and_two_edits_never_share_an_instant(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        page = await create(w)
        version = desk.version
        assert await desk.replace(page.id, page.config) is page
        assert desk.version == version
        edited = await desk.replace(page.id, desk.prepare({"title": "Two"}))
        again = await desk.replace(page.id, desk.prepare({"title": "Three"}))
        assert page.updated_at < edited.updated_at < again.updated_at
        assert [row[0] for row in await audited(w)] == ["create", "update", "update"]


async def test_what_is_deleted_is_gone_and_cannot_be_edited(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        page = await create(w)
        await desk.delete(page.id)
        assert (desk.list(), desk.find(page.slug)) == ([desk.main], None)
        for attempt in (desk.delete(page.id), desk.replace(page.id, page.config)):
            with pytest.raises(NotFound):
                await attempt


async def test_the_audit_log_never_holds_a_password_a_hash_or_a_style_sheet(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        page = await create(w, password="open sesame", css=".canary { color: red }", files={"logo": LOGO})
        edited = await desk.replace(page.id, page.config, password="another word")
        await desk.replace(page.id, desk.prepare({"css": ".canary { color: blue }"}, old=edited, partial=True))
        await desk.delete(page.id)
        found = await audited(w)
    assert [row[0] for row in found] == ["create", "update", "update", "delete"]
    text = str(found)
    for private in ("sesame", "another word", "argon2", "canary", "x89PNG"):
        assert private not in text
    assert '"password":"********"' in str(found[1]) and '"css"' in str(found[2]) and "image/png" in text


async def test_the_page_of_the_file_is_made_followed_hidden_and_only_changed_there(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        assert desk.main is not None and desk.main.config.everything_public
        config = PageConfig(title="Status", everything_public=True, hosts=("status.example",))
        page = await desk.keep_main(MainPage(config=config))
        assert (page.slug, page.managed_by, desk.main) == (MAIN_SLUG, "file", page)
        assert await desk.keep_main(MainPage(config=config)) is page
        assert [row[0] for row in await audited(w)] == ["update"]
        renamed = await desk.keep_main(
            MainPage(config=PageConfig(title="Other", hosts=("status.example",)), shown=False)
        )
        assert (desk.main, desk.find(MAIN_SLUG), desk.by_host("status.example")) == (None, renamed, None)
        for attempt in (desk.delete(page.id), desk.replace(page.id, config)):
            with pytest.raises(Conflict, match="configuration file"):
                await attempt
        with pytest.raises(Invalid, match="itself"):
            await desk.keep_main(MainPage(config=PageConfig(title="x", hosts=("asura.example",))))


async def test_a_deleted_monitor_leaves_the_pages_that_it_was_on(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        shop, blog = await w.monitor("shop"), await w.monitor("blog")
        body = [
            {"monitor_id": "shop"},
            {"monitor_id": blog.id, "name": "Blog"},
            {"tag": "eu", "combine": "weighted", "weights": {"shop": 3, str(blog.id): 1}},
        ]
        page = await create(w, components=body)
        before = desk.version
        await w.engine.monitors.delete(shop.id)
        left = desk.get(page.id).config.components
        assert [(one.id, one.monitor_id, one.weights) for one in left] == [
            (2, blog.id, {}),
            (3, None, {str(blog.id): 1.0}),
        ]
        assert desk.version > before
        assert (await audited(w))[-1][0] == "update"
    async with world(tmp_path) as w:
        assert w.engine.pages.get(page.id).config.components == left


async def test_nothing_is_known_that_was_not_stored(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        desk = w.engine.pages
        shop = await w.monitor("shop")
        page = await create(w, components=[{"monitor_id": shop.id}])
        await break_commits(w.store, "audit")
        with pytest.raises(StoreUnavailable):
            await create(w, "Lost")
        with pytest.raises(StoreUnavailable):
            await w.engine.monitors.delete(shop.id)
        assert desk.list() == [page, desk.main]
        await mend_commits(w.store)


async def test_edits_at_the_same_time_come_one_after_the_other(tmp_path: Path) -> None:
    async with world(tmp_path) as w:
        made = await asyncio.gather(*(create(w, "Same", components=[{"tag": "x"}]) for _ in range(5)))
        assert sorted(one.slug for one in made) == ["same", "same-2", "same-3", "same-4", "same-5"]
        assert sorted(one.config.components[0].id for one in made) == [1, 2, 3, 4, 5]
