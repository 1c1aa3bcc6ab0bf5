"""The headers of status pages: nothing is loaded from elsewhere, and only whom a page names may frame it."""

from pathlib import Path

from asura.web.route import PUBLIC
from asura.web.status import assets
from asura.web.status.routes import STATUS_ROUTES
from tests.web.harness import asura
from tests.web.status.visitors import below, come


def policy(header: str) -> dict[str, str]:
    """Return the directives of a Content-Security-Policy."""
    parts = (one.strip().partition(" ") for one in header.split(";"))
    return {name: sources for name, _, sources in parts}


async def test_every_public_answer_has_them(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        desk = site.engine.pages
        await desk.create(desk.prepare({"title": "Open", "accent": "#0055cc"}), slug="open")
        await desk.create(
            desk.prepare({"title": "Shut", "visibility": "password"}), slug="shut", password="open sesame"
        )
        async with come(site) as client:
            for one in below():
                for slug in ("open", "shut", "nobody"):
                    path = one.path(slug, 1, assets.name("page.css"))
                    answer = await client.request(one.route.method, path)
                    found = policy(answer.headers["content-security-policy"])
                    assert found["default-src"] == "'none'", path
                    assert answer.headers["x-content-type-options"] == "nosniff", path
                    assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin"), path
                    assert "set-cookie" not in answer.headers or slug == "shut", path
                    if one.row in ("GET status.svg", "GET status.json") and answer.status_code == 200:
                        # A badge is a picture with styles of its own; it loads and runs nothing.
                        assert "script-src" not in found, path
                        continue
                    assert "unsafe" not in answer.headers["content-security-policy"], path
                    frames = "*" if one.row == "GET embed" and answer.status_code == 200 else "'none'"
                    assert found["frame-ancestors"] == frames, path
                    assert ("x-frame-options" in answer.headers) == (frames == "'none'"), path


async def test_a_page_may_be_framed_by_whom_it_names_and_by_nobody_else(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        desk = site.engine.pages
        for visibility in ("public", "signed_in"):
            body = {"title": visibility, "visibility": visibility, "frame_ancestors": ["https://www.example.com"]}
            await desk.create(desk.prepare(body))
        await desk.create(desk.prepare({"title": "inside", "visibility": "signed_in"}))
        async with site.client("viewer") as client:
            for slug in ("public", "signed-in"):
                for path in (f"/status/{slug}", f"/status/{slug}/embed"):
                    answer = await client.get(path)
                    found = policy(answer.headers["content-security-policy"])
                    assert found["frame-ancestors"] == "https://www.example.com"
                    assert "x-frame-options" not in answer.headers
            for path in ("/status/inside", "/status/inside/embed"):
                assert (
                    policy((await client.get(path)).headers["content-security-policy"])["frame-ancestors"] == "'none'"
                )


async def test_what_only_some_may_see_is_kept_by_nobody_in_between(tmp_path: Path) -> None:
    async with asura(tmp_path) as site:
        desk = site.engine.pages
        await desk.create(
            desk.prepare({"title": "Inside", "visibility": "signed_in", "css": "a { b: c }"}), slug="inside"
        )
        async with site.client("viewer") as client:
            for one in below():
                if one.route.method != "GET" or one.of_main:
                    continue
                answer = await client.get(one.path("inside", 1, assets.name("page.css")))
                if answer.status_code == 200 and one.row != "GET assets/{name}":
                    assert answer.headers["cache-control"] in ("private, no-cache", "no-store"), one.row
                    assert {"Cookie", "Authorization"} <= set(answer.headers["vary"].split(", ")), one.row
                    assert "access-control-allow-origin" not in answer.headers, one.row


async def test_what_anybody_may_see_any_page_may_read(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, come(site) as client:
        for path in ("/api/v1/status", "/api/v2/summary.json", "/status/history.rss", "/status/status.svg"):
            answer = await client.get(path, headers={"Origin": "https://elsewhere.example"})
            assert answer.headers["access-control-allow-origin"] == "*", path
            assert "access-control-allow-credentials" not in answer.headers


def test_nothing_public_is_behind_the_limit_but_forms() -> None:
    limited = {route.path for route in STATUS_ROUTES if route.role == PUBLIC and route.limited}
    words = {"subscribe", "confirm", "unsubscribe", "manage", "login", "logout"}
    assert {path.rpartition("/")[2] for path in limited} <= words
