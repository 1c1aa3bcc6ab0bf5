"""Status pages over the API: made, read, changed and deleted; pictures, passwords, host names, and who may."""

import base64
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.web.harness import V1, asura, monitor, paths_of

PAGES = f"{V1}/status-pages"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def data_url(body: bytes = PNG, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


async def make(client: httpx2.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post(PAGES, json={"title": "Shop", **body})
    assert answer.status_code == 201, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def test_a_page_is_made_with_a_title_and_read_back(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        answer = await client.post(PAGES, json={"title": "Shop"})
        page = answer.json()
        assert answer.headers["location"] == f"{PAGES}/{page['id']}"
        assert (page["slug"], page["url"]) == ("shop", "http://127.0.0.1:8090/status/shop")
        assert (page["has_password"], page["logo"], page["managed_by"]) == (False, None, None)
        for ref in (page["id"], "shop"):
            read = await client.get(f"{PAGES}/{ref}")
            assert read.json() == page
            assert read.headers["etag"] == answer.headers["etag"]
        assert (await client.get(f"{PAGES}/nobody")).status_code == 404


async def test_pages_are_listed_by_id_in_pages(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        for title in ("B", "A"):
            await make(client, title=title)
        first = (await client.get(PAGES, params={"limit": 2})).json()
        rest = (await client.get(PAGES, params={"cursor": first["next_cursor"]})).json()
    assert [one["title"] for one in first["data"] + rest["data"]] == ["Status", "B", "A"]
    assert rest["next_cursor"] is None


async def test_what_was_read_can_be_sent_back(tmp_path: Path) -> None:
    read_only = ("id", "slug", "url", "has_password", "managed_by", "created_at", "updated_at")
    async with asura(tmp_path) as site, site.client("editor") as client:
        shop = (await client.post(f"{V1}/monitors", json=monitor())).json()
        page = await make(
            client,
            logo=data_url(),
            password="open sesame",
            visibility="password",
            components=[{"monitor_id": "shop", "group": "Web"}, {"tag": "eu", "weights": {"shop": 2}}],
            links=[{"text": "Help", "url": "mailto:help@shop.example"}],
            auto_incidents={"when": "never"},
        )
        assert page["components"][0]["monitor_id"] == shop["id"]
        assert page["groups"] == [{"name": "Web", "description": "", "collapsed": False}]
        body = {name: value for name, value in page.items() if name not in read_only}
        again = await client.put(f"{PAGES}/shop", json=body)
    assert again.status_code == 200, again.text
    assert again.json() == page


async def test_every_field_that_is_wrong_is_named(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        body = {
            "title": "",
            "slug": "api",
            "password": "short",
            "logo": "https://evil.example/logo.png",
            "favicon": 7,
            "url": "https://x.example",
            "colour": "red",
            "accent": "red",
            "hosts": ["asura.test", "a.example:1"],
            "show": {"days": 3},
            "components": [{"monitor_id": "gone"}, {"tag": "eu", "weight": 1}],
        }
        answer = await client.post(PAGES, json=body)
    assert answer.status_code == 422
    assert paths_of(answer) == {
        *("title", "slug", "password", "logo", "favicon", "url", "colour", "accent", "hosts[0]", "hosts[1]"),
        *("show.days", "components[1].weight"),
    }
    assert "read-only" in answer.text


async def test_a_slug_is_taken_once_and_never_changed(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        await make(client, slug="mine")
        assert (await client.post(PAGES, json={"title": "x", "slug": "mine"})).status_code == 409
        assert paths_of(await client.patch(f"{PAGES}/mine", json={"slug": "other"})) == {"slug"}
        assert paths_of(await client.post(PAGES, json={"title": "x", "slug": 7})) == {"slug"}


async def test_a_change_merges_objects_and_is_guarded_by_the_tag(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        page = await make(client, show={"days": 60}, description="All of it")
        old = (await client.get(f"{PAGES}/shop")).headers["etag"]
        changed = await client.patch(f"{PAGES}/shop", json={"show": {"uptime": False}}, headers={"If-Match": old})
        assert changed.json()["show"] == {**page["show"], "uptime": False}
        assert changed.json()["description"] == "All of it"
        for refused in (
            await client.patch(f"{PAGES}/shop", json={"title": "x"}, headers={"If-Match": old}),
            await client.put(f"{PAGES}/shop", json={"title": "x"}, headers={"If-Match": old}),
            await client.delete(f"{PAGES}/shop", headers={"If-Match": old}),
        ):
            assert refused.status_code == 412
        replaced = await client.put(f"{PAGES}/shop", json={"title": "x"}, headers={"If-Match": changed.headers["etag"]})
        assert (replaced.json()["description"], replaced.json()["show"]["days"]) == ("", 90)
        assert (await client.delete(f"{PAGES}/shop")).status_code == 204
        assert (await client.get(f"{PAGES}/shop")).status_code == 404


async def test_a_password_is_never_read_back(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        assert paths_of(await client.post(PAGES, json={"title": "x", "visibility": "password"})) == {"password"}
        page = await make(client, visibility="password", password="open sesame")
        assert page["has_password"] and "sesame" not in str(page) and "password" not in page
        kept = await client.put(f"{PAGES}/shop", json={"title": "Shop", "visibility": "password"})
        assert kept.json()["has_password"]
        assert paths_of(await client.patch(f"{PAGES}/shop", json={"password": None})) == {"password"}
        assert paths_of(await client.patch(f"{PAGES}/shop", json={"password": 12345678})) == {"password"}
        gone = await client.patch(f"{PAGES}/shop", json={"password": None, "visibility": "public"})
        assert not gone.json()["has_password"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (data_url(b"GIF89a" + b"\0" * (256 * 1024)), "at most 256 KiB"),
        (data_url(b"<html>"), "must be a PNG"),
        (data_url(b"\x89PNG"), "must be a PNG"),
        ("data:image/png;base64,###", "not base64"),
        ("data:image/png,abc", "data:image/png;base64"),
        ("/status/other/logo", "data:image/png;base64"),
        (data_url(b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "image/svg+xml"), "must be a PNG"),
    ],
    ids=["large", "html", "cut", "base64", "plain", "foreign", "entities"],
)
async def test_what_is_no_picture_is_refused(tmp_path: Path, given: str, told: str) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        answer = await client.post(PAGES, json={"title": "x", "logo": given})
    assert answer.status_code == 422
    assert told in answer.json()["errors"][0]["message"]


async def test_pictures_are_served_kept_and_taken_away(tmp_path: Path) -> None:
    async with asura(tmp_path, base_path="/watch") as site, site.client("editor") as client:
        pages = f"/watch{PAGES}"
        # What it says that it is does not count.
        made = await client.post(pages, json={"title": "Shop", "logo": data_url(kind="image/svg+xml")})
        page = made.json()
        assert page["logo"].startswith("/watch/status/shop/logo?v=")
        async with site.client(None) as visitor:
            logo = await visitor.get(page["logo"])
            assert (logo.content, logo.headers["content-type"]) == (PNG, "image/png")
            known = await visitor.get(page["logo"], headers={"If-None-Match": logo.headers["etag"]})
            assert (known.status_code, known.content) == (304, b"")
        kept = (await client.patch(f"{pages}/shop", json={"title": "x", "logo": page["logo"]})).json()
        assert kept["logo"] and kept["logo"] != page["logo"]
        assert (await client.patch(f"{pages}/shop", json={"logo": page["logo"]})).json()["logo"] == kept["logo"]
        assert (await client.put(f"{pages}/shop", json={"title": "x"})).json()["logo"] is None
        async with site.client(None) as visitor:
            assert (await visitor.get(page["logo"])).text == "not found"


async def test_an_svg_is_served_so_that_it_runs_nothing(tmp_path: Path) -> None:
    svg = b'<?xml version="1.0"?><!-- x --><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    async with asura(tmp_path) as site, site.client("editor") as client:
        page = await make(client, favicon=data_url(svg, "image/svg+xml"))
        answer = await client.get(page["favicon"])
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_the_page_of_the_file_is_read_and_not_changed(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("admin") as client:
        page = (await client.get(f"{PAGES}/status")).json()
        assert (page["managed_by"], page["url"]) == ("file", "http://127.0.0.1:8090/status")
        for answer in (
            await client.patch(f"{PAGES}/status", json={"title": "x"}),
            await client.put(f"{PAGES}/status", json={"title": "x"}),
            await client.delete(f"{PAGES}/status"),
        ):
            assert answer.status_code == 409


async def test_viewers_read_and_only_editors_change(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        async with site.client("editor") as editor:
            await make(editor)
        async with site.client("viewer") as viewer:
            assert (await viewer.get(f"{PAGES}/shop")).status_code == 200
            assert (await viewer.patch(f"{PAGES}/shop", json={"title": "x"})).status_code == 403
        async with site.session("editor", tags=["eu"]) as limited:
            assert (await limited.get(f"{PAGES}/shop")).status_code == 403
        async with site.client(None) as visitor:
            assert (await visitor.get(PAGES)).status_code == 401


async def test_a_proxy_asks_for_which_names_to_make_certificates(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as client, site.client(None) as proxy:
        await make(client, hosts=["status.shop.example"])
        for domain, status in [
            ("status.shop.example", 200),
            ("STATUS.shop.example.", 200),
            ("shop.example", 404),
            ("asura.test", 404),
            ("", 404),
        ]:
            answer = await proxy.get(f"{PAGES}/ask", params={"domain": domain})
            assert (answer.status_code, answer.text) == (status, "ok" if status == 200 else "not found")
        assert (await proxy.get(f"{PAGES}/ask")).status_code == 404


async def test_a_large_style_sheet_is_read_beside_and_its_faults_are_told(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client("editor") as client:
        css = ".top { color: red }\n" * 500
        assert (await client.post(PAGES, json={"title": "x", "css": css})).status_code == 201
        answer = await client.post(PAGES, json={"title": "x", "css": css + "@import 'x';"})
        assert paths_of(answer) == {"css"}
        assert "line 501" in answer.text
        assert paths_of(await client.post(PAGES, json={"title": "x", "css": "ä" * 40_000})) == {"css"}


async def test_only_admins_give_pages_names_and_editors_keep_them(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client() as admin, site.client("editor") as editor:
        body = {"title": "Shop", "slug": "shop", "hosts": ["status.shop.example"]}
        refused = await editor.post(f"{V1}/status-pages", json=body)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["path"] == "hosts[0]"
        assert (await admin.post(f"{V1}/status-pages", json=body)).status_code == 201
        kept = await editor.patch(f"{V1}/status-pages/shop", json={"title": "The shop", "hosts": body["hosts"]})
        assert kept.status_code == 200
        more = await editor.patch(f"{V1}/status-pages/shop", json={"hosts": [*body["hosts"], "www.shop.example"]})
        assert more.json()["errors"][0]["path"] == "hosts[1]"
