"""The script for other pages: small, plain, and for everybody who may see the page. A browser runs it elsewhere."""

from pathlib import Path
from typing import Any

import pytest

from asura.domain.page import PageConfig
from asura.web.status import embed_js
from tests.web.harness import asura
from tests.web.status.boards import page, quiet, showing


def script(language: Any = "auto") -> str:
    return embed_js.render(showing(quiet())._replace(page=page(language=language))).decode()


@pytest.mark.parametrize("language", ["auto", "en", "de", "zh"])
def test_the_script_has_less_than_3_kb_as_it_is(language: str) -> None:
    assert len(script(language).encode()) < 3_000


def test_it_makes_no_code_and_no_markup_of_what_it_reads() -> None:
    for word in ("eval", "Function(", "innerHTML", "outerHTML", "insertAdjacent", "document.write", 'setTimeout("'):
        assert word not in script()


def test_it_speaks_the_language_of_the_page_unless_that_has_none() -> None:
    assert '"de" || d.documentElement.lang' in script("de")
    assert '"" || d.documentElement.lang' in script("auto")
    assert "$LANGUAGE" not in script()


async def test_other_sites_may_load_it_and_keep_it_for_five_minutes(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        await site.engine.pages.create(PageConfig(title="Shop", language="zh"), slug="shop")
        for path in ("/status", "/status/shop"):
            answer = await anybody.get(f"{path}/embed.js")
            assert answer.headers["content-type"].partition(";")[0] == "text/javascript"
            assert answer.headers["cache-control"] == "public, max-age=300"
            assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
            assert answer.headers["access-control-allow-origin"] == "*"
            again = await anybody.get(f"{path}/embed.js", headers={"If-None-Match": answer.headers["etag"]})
            assert again.status_code == 304
        assert '"zh" ||' in answer.text


async def test_the_script_of_a_hidden_page_is_not_there(tmp_path: Path) -> None:
    async with asura(tmp_path) as site, site.client(None) as anybody:
        await site.engine.pages.create(PageConfig(title="Inside", visibility="signed_in"), slug="inside")
        answer = await anybody.get("/status/inside/embed.js")
        assert (answer.status_code, answer.content) == (404, b"not found")
