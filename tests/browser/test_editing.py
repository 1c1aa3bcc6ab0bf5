"""Making and changing monitors: an address is enough, errors stand at their fields, nobody's work is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import sign_in
from tests.browser.running import Asura, Target

BASIC = {"type": "basic", "username": "ada", "password": "s3cret"}


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def unfold(page: Page, title: str) -> None:
    page.locator("details.form-fold > summary").filter(has_text=title).first.click()


def test_several_monitors_are_added_one_after_the_other(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, asura, "/monitors/new")
    page.get_by_label("Address", exact=True).fill(target.url)
    expect(page.get_by_label("Name", exact=True)).to_have_value(re.compile(r"127\.0\.0\.1:\d+/health"))
    page.get_by_label("Every", exact=True).fill("5m")
    page.get_by_role("button", name="Check now").click()
    aside = page.get_by_role("complementary")
    expect(aside).to_contain_text("It works")
    expect(aside).to_contain_text("Answer")
    page.get_by_label("Name", exact=True).fill("First")
    expect(aside).to_contain_text("The form has changed since.")
    page.get_by_role("button", name="Save and add another").click()
    expect(page.get_by_role("status").filter(has_text="First is watched from now on.")).to_be_visible()
    expect(page.get_by_label("Address", exact=True)).to_have_value("")
    expect(page.get_by_label("Every", exact=True)).to_have_value("5 min")
    page.get_by_label("Address", exact=True).fill(f"ping 127.0.0.1:{target.port}")
    page.get_by_label("Address", exact=True).fill("ping 127.0.0.1")
    expect(page.get_by_label("Check", exact=True)).to_have_value("icmp")
    save(page)
    expect(page).to_have_url(re.compile(r"/monitors/\d+$"))
    made = {one["name"]: one for one in asura.call("GET", "/monitors")["data"]}
    assert {name: (one["type"], one["interval"]) for name, one in made.items()} == {
        "First": ("http", 300),
        "Ping 127.0.0.1": ("icmp", 300),
    }


def test_a_refused_value_is_told_at_its_field_which_has_the_focus(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    made = asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, f"/monitors/{made['id']}/edit")
    unfold(page, "When it counts as down")
    page.get_by_label("Time-out", exact=True).fill("1m")
    unfold(page, "What is expected")
    page.get_by_role("button", name="Add an expectation").click()
    page.get_by_label("Values, with commas between").fill("teapot")
    unfold(page, "What is expected")
    save(page)
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("2 values are refused. Nothing is saved yet.")
    expect(page.get_by_label("Values, with commas between")).to_be_focused()
    field = page.get_by_label("Time-out", exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(r"must not be longer than the interval", re.IGNORECASE))
    summary.get_by_role("link", name="Time-out").click()
    expect(field).to_be_focused()
    assert asura.call("GET", f"/monitors/{made['id']}")["timeout"] == 2
    page.get_by_label("Values, with commas between").fill("200-299")
    field.fill("3s")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop")
    changed = asura.call("GET", f"/monitors/{made['id']}")
    assert (changed["timeout"], changed["assertions"][0]["value"]) == (3, ["200-299"])


@pytest.mark.parametrize(("choice", "name"), [("Save mine", "Mine"), ("Load theirs", "Shop")])
def test_what_somebody_else_changed_meanwhile_is_not_overwritten_unasked(
    asura: Asura, target: Target, open_page: Callable[..., Page], choice: str, name: str
) -> None:
    made = asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, f"/monitors/{made['id']}/edit")
    page.get_by_label("Name", exact=True).fill("Mine")
    asura.call("PATCH", f"/monitors/{made['id']}", {"tags": ["theirs"], "interval": 30})
    save(page)
    dialog = page.get_by_role("dialog", name="Somebody else changed it")
    expect(dialog).to_contain_text("Every and Tags")
    assert asura.call("GET", f"/monitors/{made['id']}")["name"] == "Shop"
    dialog.get_by_role("button", name=choice).click()
    if choice == "Load theirs":
        expect(page.get_by_label("Every", exact=True)).to_have_value("30 s")
        expect(page.get_by_label("Name", exact=True)).to_have_value("Shop")
        page.get_by_label("Every", exact=True).fill("45s")
        save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    changed = asura.call("GET", f"/monitors/{made['id']}")
    assert (changed["name"], changed["tags"]) == (name, ["theirs"])


def test_leaving_with_changes_asks_first(asura: Asura, target: Target, open_page: Callable[..., Page]) -> None:
    made = asura.watch("Shop", target.url)
    page = open_page()
    sign_in(page, asura, "/incidents")
    page.get_by_role("link", name="Overview").first.click()
    page.keyboard.press("n")
    page.get_by_label("Address", exact=True).fill("https://example.com")
    page.get_by_role("link", name="Incidents").first.click()
    dialog = page.get_by_role("dialog", name="Leave without saving?")
    dialog.get_by_role("button", name="Stay here").click()
    expect(page).to_have_url(f"{asura.url}/monitors/new")
    expect(page.get_by_label("Address", exact=True)).to_have_value("https://example.com")
    page.go_back()
    expect(dialog).to_be_visible()
    expect(page).to_have_url(f"{asura.url}/monitors/new")
    dialog.get_by_role("button", name="Leave and lose it").click()
    expect(page).to_have_url(f"{asura.url}/")
    page.goto(f"{asura.url}/monitors/{made['id']}/edit")
    page.get_by_label("Name", exact=True).fill("Shop")
    page.get_by_role("button", name="Cancel").click()
    expect(page).to_have_url(f"{asura.url}/monitors/{made['id']}")


def test_a_monitor_is_added_and_changed_by_keyboard_alone(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, asura)
    page.get_by_role("heading", level=1).wait_for()
    page.keyboard.press("n")
    expect(page.get_by_label("Address", exact=True)).to_be_focused()
    page.keyboard.type(target.url)
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("By hand")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Method")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("HEAD")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("By hand")
    (made,) = asura.call("GET", "/monitors")["data"]
    assert (made["name"], made["settings"]) == ("By hand", {"method": "HEAD"})


def test_a_form_that_is_sent_twice_makes_one_monitor(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in(page, asura, "/monitors/new")
    page.get_by_label("Address", exact=True).fill(target.url)
    page.evaluate("for (let i = 0; i < 5; i++) document.querySelector('form.editor').requestSubmit()")
    expect(page).to_have_url(re.compile(r"/monitors/\d+$"))
    assert len(asura.call("GET", "/monitors")["data"]) == 1


def test_a_copy_takes_the_stored_secrets_and_is_checked_with_them(
    asura: Asura, target: Target, open_page: Callable[..., Page]
) -> None:
    expected = [{"on": "json", "path": "$.headers.authorization", "op": "eq", "value": "Basic YWRhOnMzY3JldA=="}]
    made = asura.watch("Shop", target.echo, settings={"auth": BASIC}, tags=["eu"], assertions=expected)
    page = open_page()
    sign_in(page, asura, f"/monitors/new?from={made['id']}")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Shop (copy)")
    unfold(page, "HTTP settings")
    expect(page.get_by_text("Stored, and never shown again")).to_be_visible()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_role("complementary")).to_contain_text("It works")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop (copy)")
    copied = asura.call("GET", "/monitors/shop-copy")
    assert (copied["tags"], asura.call("POST", f"/monitors/{copied['id']}/check-now")["status"]) == (["eu"], "up")


def test_a_job_shows_its_next_runs_while_the_schedule_is_written(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura, "/monitors/new?type=heartbeat")
    page.get_by_label("Name", exact=True).fill("Backup")
    page.get_by_label("By a cron schedule").check()
    page.get_by_label("Cron", exact=True).fill("30 2 * * 7,8")
    expect(page.get_by_text("is no cron line")).to_be_visible()
    page.get_by_label("Cron", exact=True).fill("30 2 * * *")
    page.get_by_label("Time zone").fill("Europe/Berlin")
    expect(page.get_by_text(re.compile(r"02:30:00"))).to_have_count(5)
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Backup")
    made = asura.call("GET", "/monitors/backup")
    assert (made["cron"], made["timezone"], made["grace"]) == ("30 2 * * *", "Europe/Berlin", 900)


TARGETS = {"http": "http://127.0.0.1:9/", "statuspage": "http://127.0.0.1:9/", "icmp": "127.0.0.1"}


def test_the_form_of_every_type_opens_saves_and_opens_again(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in(page, asura)
    for name in [row["name"] for row in asura.call("GET", "/check-types")["data"]]:
        page.goto(f"{asura.url}/monitors/new?type={name}")
        page.get_by_label("Check", exact=True).select_option(name)
        if name != "heartbeat":
            page.get_by_label("Address", exact=True).fill(
                TARGETS.get(name, "localhost:9" if name in ("tcp", "tls") else "localhost")
            )
        page.get_by_label("Name", exact=True).fill(f"A {name}")
        expect(page.get_by_label("Check", exact=True)).to_have_value(name)
        for fold in page.locator(".form-folds > details > summary").all():
            fold.click()
        save(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(f"A {name}")
        made = asura.call("GET", f"/monitors/a-{name}")
        assert (made["type"], made["settings"], made["assertions"]) == (name, {}, [])
        page.goto(f"{asura.url}/monitors/a-{name}/edit")
        page.get_by_label("Name", exact=True).fill(f"The {name}")
        save(page)
        expect(page.get_by_role("heading", level=1)).to_have_text(f"The {name}")
        assert asura.call("GET", f"/monitors/a-{name}") | {"name": "", "updated_at": ""} | volatile(made) == made | {
            "name": "",
            "updated_at": "",
        } | volatile(made)


def volatile(made: dict[str, object]) -> dict[str, object]:
    """Return what checks change meanwhile."""
    names = ("status", "status_reason", "status_message", "since", "last_result", "incident_id", "uptime_24h_ratio")
    return {name: made[name] for name in names}


def test_a_viewer_looks_and_changes_nothing(asura: Asura, target: Target, open_page: Callable[..., Page]) -> None:
    made = asura.watch("Shop", target.url)
    asura.user("Vera")
    page = open_page()
    sign_in(page, asura, f"/monitors/{made['id']}/edit", name="Vera")
    expect(page.get_by_text("You may look at this, but not change it.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).not_to_be_editable()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    expect(page.get_by_role("button", name="Check now")).to_have_count(0)
    page.goto(f"{asura.url}/monitors/new")
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not add anything here")


def test_what_the_file_manages_can_only_be_looked_at(
    tmp_path_factory: pytest.TempPathFactory, target: Target, open_page: Callable[..., Page]
) -> None:
    declared = f"monitors:\n  - {{name: Declared, type: http, target: '{target.url}'}}\n"
    asura = Asura(tmp_path_factory.mktemp("asura"), config=declared)
    asura.start()
    try:
        page = open_page()
        sign_in(page, asura, "/monitors/declared/edit")
        expect(page.get_by_text("The configuration file manages this")).to_be_visible()
        expect(page.get_by_label("Address", exact=True)).not_to_be_editable()
        expect(page.get_by_role("button", name="Save")).to_have_count(0)
    finally:
        asura.stop()
