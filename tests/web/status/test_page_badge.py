"""The badge of a page: its words, its colours, and that it obeys who may see the page."""

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from asura.domain.page import PageConfig
from asura.web.badges.render import STYLES, Look
from asura.web.status.badge import JSON, SVG, drawn
from tests.web.harness import asura
from tests.web.status.boards import HOSTILE, quiet, showing

ALLOWED = {"schemaVersion", "label", "message", "color", "isError", "cacheSeconds"}
STATES = [
    ("operational", "operational", "#4c1"),
    ("degraded", "degraded", "#dfb317"),
    ("partial_outage", "partial outage", "#e05d44"),
    ("major_outage", "major outage", "#e05d44"),
    ("maintenance", "maintenance", "#9f9f9f"),
    ("unknown", "unknown", "#9f9f9f"),
]


@pytest.mark.parametrize(("status", "message", "color"), STATES)
def test_a_badge_says_how_the_whole_is(status: Any, message: str, color: str) -> None:
    shown = showing(quiet(status=status))
    root = ET.fromstring(drawn(shown, SVG, Look()))
    assert root.attrib["aria-label"] == f"Example: {message}"
    assert color in drawn(shown, SVG, Look()).decode()
    link = root.find(".//{http://www.w3.org/2000/svg}a")
    assert link is not None and link.attrib["href"] == "https://asura.example/status"


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_xml_whatever_the_page_is_called(style: str) -> None:
    shown = showing(quiet(title=HOSTILE))
    root = ET.fromstring(drawn(shown, SVG, Look(style=style)))
    assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
    assert drawn(shown, JSON, Look(label=HOSTILE))


async def test_the_main_page_and_others_have_badges_that_are_cached_and_shared(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        await site.engine.pages.create(PageConfig(title="Shop"), slug="shop")
        for path, label in (("/status", "Status"), ("/status/shop", "Shop")):
            told = await anybody.get(f"{path}/status.json")
            assert told.json().keys() == ALLOWED
            assert told.json()["label"] == label
            picture = await anybody.get(f"{path}/status.svg", params={"label": "up?", "style": "for-the-badge"})
            assert picture.headers["content-type"] == "image/svg+xml"
            assert picture.headers["cache-control"] == "public, max-age=300"
            assert picture.headers["access-control-allow-origin"] == "*"
            assert picture.headers["cross-origin-resource-policy"] == "cross-origin"
            assert ET.fromstring(picture.text).attrib["aria-label"].startswith("UP?: ")
            known = {"If-None-Match": picture.headers["etag"]}
            again = await anybody.get(
                f"{path}/status.svg", params={"label": "up?", "style": "for-the-badge"}, headers=known
            )
            assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("file", ["status.svg", "status.json"])
async def test_a_badge_of_a_hidden_page_is_the_404_of_one_that_is_not_there(tmp_path: Path, file: str) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody, site.client("viewer") as viewer:
        await site.engine.pages.create(PageConfig(title="Inside", visibility="signed_in"), slug="inside")
        for slug in ("inside", "nothing"):
            answer = await anybody.get(f"/status/{slug}/{file}")
            assert (answer.status_code, answer.content) == (404, b"not found")
        seen = await viewer.get(f"/status/inside/{file}")
        assert seen.status_code == 200 and seen.headers["cache-control"].startswith("private")
        assert "access-control-allow-origin" not in seen.headers


@pytest.mark.parametrize("file", ["status.svg", "status.json"])
async def test_a_badge_of_a_locked_page_needs_its_password(tmp_path: Path, file: str) -> None:
    locked = PageConfig(title="Locked", visibility="password")
    async with asura(tmp_path) as site, site.client(None) as anybody:
        await site.engine.pages.create(locked, slug="locked", password="a quiet afternoon")
        answer = await anybody.get(f"/status/locked/{file}")
        assert answer.status_code == 401 and b"Locked" not in answer.content
        seen = await anybody.get(f"/status/locked/{file}", auth=("anybody", "a quiet afternoon"))
        assert seen.status_code == 200 and b"Locked" in seen.content
        assert "access-control-allow-origin" not in seen.headers
