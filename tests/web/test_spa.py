"""The dashboard's files: its page, its assets, their codings, other folders, and a build that is not there."""

import gzip
from pathlib import Path
from types import MappingProxyType

import brotli
import pytest

from tests.web.harness import V1, asura

PAGE = (
    '<!doctype html><head><meta name="asura-base" content="/" />'
    '<script type="module" src="/assets/main-1a2b.js"></script></head>'
)
SCRIPT = "export const text = " + repr("watching " * 200)
PLAIN = MappingProxyType({"Accept-Encoding": "identity"})


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return a folder like the one that the build makes."""
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "assets" / "main-1a2b.js").write_text('export const icon = "/assets/icon.svg"')
    script = folder / "assets" / "long-3c4d.js"
    script.write_text(SCRIPT)
    script.with_name("long-3c4d.js.gz").write_bytes(gzip.compress(SCRIPT.encode(), 9, mtime=0))
    script.with_name("long-3c4d.js.br").write_bytes(brotli.compress(SCRIPT.encode()))
    (folder / "assets" / "alone-5e6f.css").write_text("a{color:red}" * 100)
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
        "/index.html",
        "/assets/long-3c4d.js.gz",
        "/assets/long-3c4d.js.br",
    ],
)
async def test_what_is_no_file_of_the_build_is_404(tmp_path: Path, built: Path, path: str) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert "canary" not in answer.text


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("", None),
    ],
)
async def test_packed_file_is_chosen_by_what_the_browser_takes(
    tmp_path: Path, built: Path, accepted: str, coding: str | None
) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        answer = await client.get("/assets/long-3c4d.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.text == SCRIPT


async def test_packed_file_is_smaller_and_says_how_long_it_is(tmp_path: Path, built: Path) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        plain = await client.get("/assets/long-3c4d.js", headers=PLAIN)
        packed = await client.get("/assets/long-3c4d.js", headers={"Accept-Encoding": "br"})
    assert int(plain.headers["content-length"]) == len(SCRIPT)
    assert int(packed.headers["content-length"]) == (built / "assets" / "long-3c4d.js.br").stat().st_size < 100


async def test_what_the_build_did_not_pack_is_packed_once(tmp_path: Path, built: Path) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        answers = [await client.get("/assets/alone-5e6f.css", headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
        small = await client.get("/assets/main-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert [answer.headers["content-encoding"] for answer in answers] == ["gzip", "gzip"]
    assert [answer.text for answer in answers] == ["a{color:red}" * 100] * 2
    assert "content-encoding" not in small.headers
    assert "vary" not in small.headers


@pytest.mark.parametrize("path", ["/", "/monitors/7", "/assets/long-3c4d.js", "/robots.txt"])
async def test_what_the_browser_has_is_not_sent_again(tmp_path: Path, built: Path, path: str) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        first = await client.get(path)
        again = await client.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        changed = await client.get(path, headers={"If-None-Match": '"other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert "content-security-policy" in again.headers
    assert (changed.status_code, changed.text) == (200, first.text)


async def test_page_below_another_path_has_a_tag_of_its_own(tmp_path: Path, built: Path) -> None:
    async with asura(tmp_path / "one", static_dir=built) as site, site.client(None) as client:
        root = (await client.get("/")).headers["etag"]
    async with asura(tmp_path / "two", static_dir=built, base_path="/watch") as site, site.client(None) as client:
        assert (await client.get("/watch")).headers["etag"] != root


@pytest.mark.parametrize("path", ["/", "/incidents", "/assets/long-3c4d.js", "/assets/alone-5e6f.css"])
@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
async def test_head_says_what_get_would(tmp_path: Path, built: Path, path: str, accepted: str) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client(None) as client:
        get = await client.get(path, headers={"Accept-Encoding": accepted})
        head = await client.head(path, headers={"Accept-Encoding": accepted})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "content-type", "content-encoding", "etag", "vary", "cache-control"):
        assert head.headers.get(name) == get.headers.get(name)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/monitors", "/api/index.html"])
async def test_api_never_falls_into_the_page(tmp_path: Path, built: Path, path: str) -> None:
    async with asura(tmp_path / "data", static_dir=built) as site, site.client() as client:
        answer = await client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_it_may_live_below_another_path(tmp_path: Path, built: Path) -> None:
    async with asura(tmp_path / "data", static_dir=built, base_path="/watch") as site, site.client() as client:
        page, script = await client.get("/watch/monitors/1"), await client.get("/watch/assets/main-1a2b.js")
        assert (await client.get(f"/watch{V1}/me")).status_code == 200
        for path in ("/", f"{V1}/me", "/watchful", "/assets/main-1a2b.js"):
            assert (await client.get(path)).status_code == 404
        made = await client.post(f"/watch{V1}/keys", json={"name": "x", "role": "viewer"})
    assert 'content="/watch/"' in page.text
    assert 'src="/watch/assets/main-1a2b.js"' in page.text
    # Files name each other relatively, so what was packed at build time is true under every path.
    assert script.text == 'export const icon = "/assets/icon.svg"'
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
