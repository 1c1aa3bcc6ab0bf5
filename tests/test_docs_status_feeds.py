"""What docs/status-feeds.md promises: each address is there, and the export is what the page says."""

import re
from pathlib import Path

from asura.cli.docs_cli import long_options
from asura.web.app import ROUTES
from asura.web.status import statuspage
from tests.web.harness import asura

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "status-feeds.md").read_text("utf-8")


async def test_every_address_of_the_page_answers(tmp_path: Path) -> None:
    table = PAGE.partition("| address |")[2].partition("\n\n")[0]
    named = [one for one in re.findall(r"`(/[a-z][a-z./]*)`", table) if one != "/api/v2"]
    assert {"/history.rss", "/maintenance.ics", "/status.svg", "/status.json", "/embed.js", "/embed"} <= set(named)
    async with asura(tmp_path) as site, site.client(None) as anybody:
        for path in (*named, *(f"/api/v2/{name}.json" for name in statuspage.FILES)):
            assert (await anybody.get(f"/status{path}")).status_code == 200, path
        assert (await anybody.get("/api/v2/summary.json")).status_code == 200
    paths = {route.path for route in ROUTES}
    assert {f"/status/{{slug}}{path}" for path in named} <= paths
    assert {"/api/v1/status", "/api/v1/status/{slug}"} <= paths


def test_the_table_of_states_is_the_one_that_is_answered() -> None:
    rows = re.findall(r"^\| ([a-z ]+) \| `(\w+)` \| ([A-Z][A-Za-z ]+) \|$", PAGE, re.MULTILINE)
    assert {word.replace(" ", "_"): (indicator, said) for word, indicator, said in rows} == statuspage.WHOLES


def test_every_option_of_the_export_that_is_named_exists() -> None:
    named = set(re.findall(r"--([a-z][a-z-]+)", PAGE.partition("## Files that survive")[2]))
    assert named == {"url", "every", "page", "all", "include-protected"} and named <= long_options()
