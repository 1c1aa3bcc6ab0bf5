"""The dashboard's files: its page, its assets, other folders, and a build that is not there."""

from pathlib import Path

import pytest

from tests.web.harness import V1, asura

PAGE = (
    '<!doctype html><head><meta name="asura-base" content="/" />'
    '<script type="module" src="/assets/main-1a2b.js"></script></head>'
)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a folder like the one that the build makes."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "main-1a2b.js").write_text('export const icon = "/assets/icon.svg"')
    (folder / "assets" / "icon.svg").write_text("<svg/>")
    (folder / "robots.txt").write_text("User-agent: *\nDisallow: /")
    (tmp_path / "secret.key").write_text("canary")
    (folder / "assets" / "leak.txt").symlink_to(tmp_path / "secret.key")
    (folder / ".hidden").write_text("canary")
    return folder


@pytest.mark.parametrize("path", ["/", "/monitors/shop", "/incidents", "/incidents/3", "/settings", "/no/such/page"])
async def test_every_address_of_the_dashboard_is_the_page(tmp_path: Path, built: Path, path: str) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"


async def test_assets_are_kept_for_ever_and_others_are_not(tmp_path: Path, built: Path) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        script, robots = await client.get("/assets/main-1a2b.js"), await client.get("/robots.txt")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert robots.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing.js",
        "/assets/",
        "/assets/../secret.key",
        "/..%2fsecret.key",
        "/%2e%2e/secret.key",
        "/assets/leak.txt",
        "/.hidden",
        "/favicon.ico",
    ],
)
async def test_what_is_no_file_of_the_build_is_404(tmp_path: Path, built: Path, path: str) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert "canary" not in answer.text


async def test_it_may_live_below_another_path(tmp_path: Path, built: Path) -> None:
    async with asura(tmp_path / "data", static_dir=built, base_path="/watch") as site, site.client() as client:
        page, script = await client.get("/watch/monitors/1"), await client.get("/watch/assets/main-1a2b.js")
        assert (await client.get(f"/watch{V1}/me")).status_code == 200
        for path in ("/", f"{V1}/me", "/watchful", "/assets/main-1a2b.js"):
            assert (await client.get(path)).status_code == 404
        made = await client.post(f"/watch{V1}/keys", json={"name": "x", "role": "viewer"})
    assert 'content="/watch/"' in page.text
    assert 'src="/watch/assets/main-1a2b.js"' in page.text
    assert script.text == 'export const icon = "/watch/assets/icon.svg"'
    assert made.headers["location"].startswith("/watch/api/v1/keys/")


async def test_without_a_build_a_plain_page_says_what_to_do(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    async with asura(tmp_path / "data", static_dir=empty) as site, site.client(None) as client:
        answer = await client.get("/")
    assert answer.status_code == 200
    assert "./dev ui" in answer.text
    assert "<script" not in answer.text
    assert "<style" not in answer.text


async def test_switched_off_it_is_not_there_and_the_api_is(tmp_path: Path, built: Path) -> None:
    async with asura(tmp_path / "data", static_dir=built, web_ui_enabled=False) as site, site.client() as client:
        assert (await client.get("/")).status_code == 404
        assert (await client.get("/assets/main-1a2b.js")).status_code == 404
        assert (await client.get(f"{V1}/me")).status_code == 200
