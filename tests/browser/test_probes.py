"""Probes in a real browser: added by what the page shows, there, and revoked; and what regions say of monitors."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import SIZES
from tests.browser.looking import findings, overhang, sign_in
from tests.browser.running import ROOT, Asura, Target, wait_until

REGION = "eu-west"
# What a machine without services around it would show as faults of its own.
CALM = "network: {canaries: []}\nserver: {rate_limit_per_sec: 0}\n"


@contextmanager
def running(folder: Path, command: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run a command that begins with `asura`, as it was copied from the page."""
    name, *arguments = shlex.split(command)
    assert name == "asura"
    (folder / "asura.yaml").write_text("network: {canaries: []}\n")
    known = {"PYTHONPATH": str(ROOT), "ASURA_CONFIG": str(folder / "asura.yaml")}
    with (folder / "probe.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "asura", *arguments],
            cwd=folder,
            env={**os.environ, **known, **(environment or {})},
            stdout=log,
            stderr=log,
        )
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def asura(tmp_path: Path) -> Iterator[Asura]:
    """A fresh asura that looks at nothing but its targets."""
    program = Asura(tmp_path, config=CALM)
    program.start()
    yield program
    program.stop()


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


def ask_for_one(page: Page, *, region: str = REGION, name: str = "") -> Locator:
    """Fill in the form for a new probe and return what then starts it."""
    page.get_by_role("button", name="Add a probe").click()
    page.get_by_label("Region", exact=True).fill(region)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Make its key").click()
    shown = page.locator("dialog pre")
    expect(shown).to_contain_text("--mode probe")
    return shown


def row(page: Page, name: str) -> Locator:
    """Return the row of a probe."""
    return page.locator(".probe-table tr").filter(has=page.get_by_role("rowheader", name=name))


def choose(page: Page, name: str, what: str) -> None:
    """Choose in the menu of a probe."""
    page.get_by_role("button", name=f"What to do with {name}").click()
    page.get_by_role("button", name=what, exact=True).click()


def test_probe_is_added_by_the_command_that_the_page_shows(
    asura: Asura, target: Target, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, "/probes")
    expect(page.get_by_role("heading", name="All checks come from here")).to_be_visible()
    assert findings(page) == []
    shown = ask_for_one(page, name="one")
    expect(page.get_by_text("A probe elsewhere cannot reach")).to_be_visible()
    expect(page.get_by_text("Waiting for it to call…")).to_be_visible()
    assert findings(page) == []
    with running(tmp_path, shown.inner_text()):
        expect(page.get_by_text("It is there: 1 monitor.")).to_be_visible(timeout=30_000)
        page.get_by_role("button", name="Done").click()
        expect(row(page, "one")).to_contain_text("Online")
        expect(row(page, "this asura")).to_contain_text("Online")
        region = page.locator(".region-table tr").filter(has=page.get_by_role("rowheader", name=REGION))
        expect(region).to_contain_text("Votes")
        expect(region).to_contain_text("1 of 1")
        assert findings(page) == []
    # Whoever says good-bye is gone at once, and the page hears of it.
    expect(row(page, "one")).to_contain_text("Offline")


def test_key_is_shown_once_and_never_in_the_address(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/probes")
    shown = ask_for_one(page)
    key = shown.inner_text().split()[-1]
    assert key not in page.url
    page.get_by_role("button", name="Done").click()
    assert key not in page.content()
    page.reload()
    row(page, "eu-west").first.wait_for()
    assert key not in page.content()


def test_what_systemd_and_compose_are_told_starts_it_too(
    asura: Asura, target: Target, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, "/probes")
    shown = ask_for_one(page, name="one")
    page.get_by_role("button", name="systemd").click()
    unit = shown.inner_text()
    page.get_by_role("button", name="Compose").click()
    service = yaml.safe_load(shown.inner_text())["services"]["probe"]
    by_unit = dict(re.findall(r"^(ASURA_\w+)=(.*)$", unit, re.MULTILINE))
    assert by_unit == service["environment"]
    assert by_unit["ASURA_KEY"] not in "".join(re.findall(r"^(?:ExecStart|sudo).*$", unit, re.MULTILINE))
    with running(tmp_path, "asura", by_unit):
        expect(page.get_by_text("It is there: 1 monitor.")).to_be_visible(timeout=30_000)


def test_region_that_is_none_is_refused_where_it_is_typed(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/probes?new=1")
    region = page.get_by_label("Region", exact=True)
    for typed, said in (("local", "asura itself"), ("eu west", "1 to 64 letters")):
        region.fill(typed)
        region.press("Enter")
        expect(page.locator("dialog .field-problem")).to_contain_text(said)
        expect(region).to_have_attribute("aria-invalid", "true")
    assert asura.call("GET", "/probes")["data"] == []


def test_probe_is_renamed_given_another_key_and_revoked(
    asura: Asura, target: Target, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    asura.watch("Shop", target.url)
    made = asura.call("POST", "/probes", {"region": REGION, "name": "one"})
    page = open_page()
    sign_in(page, asura, "/probes")
    expect(row(page, "one")).to_contain_text("Not there yet")
    choose(page, "one", "Rename")
    page.get_by_label("Name", exact=True).fill("cellar")
    page.keyboard.press("Enter")
    expect(row(page, "cellar")).to_be_visible()
    with running(tmp_path, f"asura --mode probe --primary {made['primary']} --key {made['key']}"):
        expect(row(page, "cellar")).to_contain_text("Online", timeout=30_000)
        choose(page, "cellar", "New key")
        page.get_by_role("button", name="Make a new key").click()
        command = page.locator("dialog pre").inner_text()
        assert made["key"] not in command
        page.get_by_role("button", name="Done").click()
        expect(row(page, "cellar")).to_contain_text("Offline", timeout=30_000)
    with running(tmp_path, command):
        expect(row(page, "cellar")).to_contain_text("Online", timeout=30_000)
        choose(page, "cellar", "Revoke")
        expect(page.get_by_text(f"It is the only probe of {REGION}")).to_be_visible()
        assert findings(page) == []
        page.get_by_role("button", name="Revoke cellar").click()
        expect(page.get_by_role("heading", name="All checks come from here")).to_be_visible()
    assert asura.call("GET", "/probes")["data"] == []


def test_all_of_it_is_done_with_the_keyboard(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.call("POST", "/probes", {"region": REGION, "name": "one"})
    page = open_page()
    sign_in(page, asura)
    page.keyboard.press("g")
    page.keyboard.press("r")
    menu = page.get_by_role("button", name="What to do with one")
    menu.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Rename", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    expect(page.get_by_role("button", name="Rename", exact=True)).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()


def test_only_administrators_may_add(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.call("POST", "/probes", {"region": REGION, "name": "one"})
    asura.user("Vic", "editor")
    page = open_page()
    sign_in(page, asura, "/probes?new=1", name="Vic")
    expect(row(page, "one")).to_be_visible()
    expect(page.get_by_role("button", name="Add a probe")).to_have_count(0)
    expect(page.get_by_role("button", name="What to do with one")).to_have_count(0)
    expect(page.locator("dialog")).to_have_count(0)


def test_who_is_limited_to_tags_is_told_so(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.user("Tag", "viewer", tags=["eu"])
    page = open_page()
    sign_in(page, asura, "/probes", name="Tag")
    expect(page.get_by_role("heading", name="Only for those who see everything")).to_be_visible()
    expect(page.get_by_role("link", name="Probes")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_are_accessible(
    spread: tuple[Asura, Target], open_page: Callable[..., Page], size: str, theme: Any
) -> None:
    program, _ = spread
    page = open_page(size=size, theme=theme)
    sign_in(page, program, "/probes")
    expect(row(page, "one")).to_contain_text("Online")
    for path, there in (("/probes", ".probe-table"), ("/monitors/shop", ".says-table"), ("/probes?new=1", "dialog")):
        page.goto(program.url + path)
        page.locator(there).wait_for()
        assert findings(page) == []
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
    page.locator("summary").filter(has_text="More settings").first.click()
    regions, agree = page.get_by_label("Regions", exact=True), page.get_by_label("Regions that must agree")
    expect(page.get_by_text(f"Everywhere: this asura, {REGION}.")).to_be_visible()
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
        expect(page.get_by_text("It fails from")).to_be_visible()
    finally:
        target.start()
