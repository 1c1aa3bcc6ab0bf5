"""What several regions say, in a real browser: on the page of probes, of a monitor, of an incident, and in the form."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SIZES
from tests.browser.looking import findings, findings_in_both_themes, overhang, sign_in
from tests.browser.probing import CALM, REGION, row, running
from tests.browser.running import Asura, Target, wait_until


@pytest.fixture(scope="module")
def spread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asura, Target]]:
    """An asura with a probe, and one target that both check."""
    folder, target = tmp_path_factory.mktemp("spread"), Target()
    target.start()
    program = Asura(folder, config=CALM)
    program.start()
    try:
        program.watch("Shop", target.url)
        made = program.call("POST", "/probes", {"region": REGION, "name": "one"})
        (folder / "probe").mkdir()
        with running(folder / "probe", f"asura --mode probe --primary {made['primary']} --key {made['key']}"):
            wait_until(lambda: says(program).get(REGION) == "up", what=f"a word of {REGION} (see {folder})")
            yield program, target
    finally:
        program.stop()
        target.stop()


def says(asura: Asura) -> dict[str, str]:
    """Return what each region says of the shop."""
    return {one["region"]: one["status"] for one in asura.call("GET", "/monitors/shop/regions")["regions"]}


@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_are_accessible(spread: tuple[Asura, Target], open_page: Callable[..., Page], size: str) -> None:
    program, _ = spread
    page = open_page(size=size)
    sign_in(page, program, "/probes")
    expect(row(page, "one")).to_contain_text("Online")
    for path, there in (("/probes", ".probe-table"), ("/monitors/shop", ".says-table"), ("/probes?new=1", "dialog")):
        page.goto(program.url + path)
        page.locator(there).wait_for()
        assert findings_in_both_themes(page) == []
        assert overhang(page) <= 0
    if size == "phone":
        page.goto(program.url)
        page.get_by_role("button", name="More").click()
        page.get_by_role("link", name="Probes").last.click()
        expect(page.get_by_role("heading", name="Probes", level=1)).to_be_visible()


def test_monitor_shows_what_each_region_says(spread: tuple[Asura, Target], open_page: Callable[..., Page]) -> None:
    program, _ = spread
    page = open_page()
    sign_in(page, program, "/monitors/shop")
    expect(page.get_by_text("All 2 regions that have a vote reach it.")).to_be_visible()
    panel = page.locator(".says-table")
    for region in ("local", REGION):
        said = panel.locator("tr").filter(has=page.get_by_role("rowheader", name=region))
        expect(said).to_contain_text("Up")
        expect(said).to_contain_text("ms")
    page.get_by_role("link", name="Regions", exact=True).click()
    expect(page.locator(".plot-key")).to_contain_text(REGION)
    page.get_by_role("link", name="Percentiles").click()
    page.get_by_label("Region", exact=True).select_option(REGION)
    expect(page).to_have_url(re.compile(rf"region={REGION}"))
    expect(page.locator(".plot")).to_be_visible()


def test_form_picks_regions_and_says_what_it_means(
    spread: tuple[Asura, Target], open_page: Callable[..., Page]
) -> None:
    program, target = spread
    made = program.watch("Picked", target.url)
    page = open_page()
    sign_in(page, program, f"/monitors/{made['id']}/edit")
    page.get_by_text("When it counts as down").click()
    # With a region elsewhere it takes no second fold to find them.
    regions, agree = page.get_by_label("Regions", exact=True), page.get_by_label("Regions that must agree")
    expect(page.get_by_text(f"Everywhere: local, {REGION}.")).to_be_visible()
    agree.select_option("1")
    expect(page.get_by_text("One region that fails is enough")).to_be_visible()
    agree.select_option("2")
    expect(page.get_by_text("It is down when it fails from everywhere.")).to_be_visible()
    regions.fill(REGION)
    regions.press("Enter")
    regions.fill("mars")
    regions.press("Enter")
    expect(page.get_by_text("No probe of mars is there")).to_be_visible()
    assert findings(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Picked", exact=True).wait_for()
    stored = program.call("GET", f"/monitors/{made['id']}")
    assert (stored["regions"], stored["consensus"]) == ([REGION, "mars"], 2)
    program.call("DELETE", f"/monitors/{made['id']}")


def test_incident_tells_who_saw_it(spread: tuple[Asura, Target], open_page: Callable[..., Page]) -> None:
    program, target = spread
    target.stop()
    try:
        open_ = "/incidents?status=open"
        incident = wait_until(lambda: program.call("GET", open_)["data"], what="an incident", seconds=60)[0]["id"]
        page = open_page()
        sign_in(page, program, f"/incidents/{incident}")
        expect(page.get_by_text("2 of 2 saw it fail; 2 had to agree.")).to_be_visible()
        expect(page.locator(".who-saw")).to_contain_text(REGION)
        assert findings(page) == []
        page.get_by_role("link", name="Evidence").click()
        votes = page.get_by_role("group", name="Regions")
        expect(votes.get_by_role("button")).to_have_count(2)
        votes.get_by_role("button", name=REGION).click()
        expect(page.get_by_role("region", name=REGION)).to_contain_text("refused the connection")
        assert findings(page) == []
        page.goto(program.url + "/probes")
        failing = page.locator(".region-table tr").filter(has=page.get_by_role("rowheader", name=REGION))
        failing.get_by_role("link", name="Shop").click()
        expect(page.locator(".verdict")).to_contain_text("It fails from")
    finally:
        target.start()
