"""Status pages are stored with their pictures; ids of components are never given twice."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from asura.domain.page import ComponentConfig, Page, PageConfig, PageFile, Show
from asura.errors import Conflict, Invalid, NotFound
from asura.store import pages
from asura.store.db import Store
from tests.store.kit import START, after, opened, rows

LOGO = PageFile(name="logo", media_type="image/png", body=b"\x89PNG")


def page(slug: str = "shop", **more: Any) -> Page:
    config = PageConfig(title=slug.title(), show=Show(days=30), components=(ComponentConfig(id=7, tag="eu"),))
    return Page(**({"slug": slug, "config": config, "created_at": START, "updated_at": START} | more))


async def add(store: Store, one: Page) -> Page:
    return await store.write(lambda db: pages.insert(db, one))


async def load(store: Store) -> list[Page]:
    return await store.write(pages.load_all)


async def test_pages_come_back_as_they_were_stored(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        shop = await add(store, page(password="$argon2id$x", files=(LOGO,)))
        blog = await add(store, page("blog", managed_by="file"))
        assert await load(store) == [shop, blog]
        assert (shop.files, blog.managed_by, shop.password) == ((LOGO,), "file", "$argon2id$x")
        with pytest.raises(Conflict, match="'shop'"):
            await add(store, page())


async def test_an_edit_changes_configuration_and_password_but_no_picture(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        shop = await add(store, page(files=(LOGO,)))
        edited = replace(shop, config=PageConfig(title="Other"), password="$x", updated_at=after(hours=1))
        await store.write(lambda db: pages.update(db, edited))
        assert await load(store) == [edited]
        with pytest.raises(NotFound):
            await store.write(lambda db: pages.update(db, replace(edited, id=99)))


async def test_pictures_are_put_replaced_and_taken_away(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        shop = await add(store, page(files=(LOGO,)))
        other = PageFile(name="logo", media_type="image/svg+xml", body=b"<svg/>")
        icon = PageFile(name="favicon", media_type="image/png", body=b"\x89PNG")
        await store.write(lambda db: pages.put_file(db, shop.id, other))
        await store.write(lambda db: pages.put_file(db, shop.id, icon))
        assert (await load(store))[0].files == (icon, other)
        await store.write(lambda db: pages.delete_file(db, shop.id, "favicon"))
        assert (await load(store))[0].files == (other,)


async def test_a_deleted_page_takes_along_what_belongs_to_it(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        shop, blog = await add(store, page(files=(LOGO,))), await add(store, page("blog", files=(LOGO,)))
        await store.write(lambda db: pages.delete(db, shop.id))
        assert await load(store) == [blog]
        assert await rows(store, "SELECT page_id FROM page_files") == [(blog.id,)]


async def test_ids_of_components_are_never_given_twice(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        given = [list(await store.write(lambda db, n=n: pages.next_component_ids(db, n))) for n in (2, 0, 1)]
    assert given == [[1, 2], [], [3]]
    async with opened(tmp_path) as store:
        assert list(await store.write(lambda db: pages.next_component_ids(db, 1))) == [4]


async def test_what_sqlite_cannot_keep_is_refused_by_its_field(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        with pytest.raises(Invalid, match="title"):
            await add(store, page(config=PageConfig(title="half \ud800")))
        assert await load(store) == []
