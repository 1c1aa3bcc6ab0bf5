"""Coming in and going out: set-up, sign-in with a second step, sessions, invitations, and what a role may see."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from asura.domain import totp
from tests.browser.looking import enter, findings, sign_in_by_hand
from tests.browser.running import Asura

PASSWORD = "wild geese over the river"


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Asura]:
    """An asura that nobody has set up yet."""
    program = Asura(tmp_path, set_up=False)
    program.start()
    yield program
    program.stop()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Asura]:
    """An asura with which one may fail to sign in twice, and then once in ten seconds."""
    program = Asura(tmp_path, config="auth: {login: {rate_limit_per_sec: 0.1, burst: 2}}")
    program.start()
    yield program
    program.stop()


@pytest.fixture
def asura(private: Asura) -> Asura:
    """One whose accounts and sessions nobody else has."""
    return private


def code_of(secret: str, *, later: int = 0) -> str:
    """Return what an authenticator app shows now, or some steps later."""
    return totp.code_at(totp.decoded(secret), totp.step_of(time.time()) + later)


def test_set_up_link_leads_from_nothing_to_the_empty_overview(fresh: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(fresh.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody has an account yet")
    expect(page.get_by_text("in the file setup-link")).to_be_visible()
    page.goto(f"{fresh.url}/setup#{fresh.setup_token}")
    # The token is in no history and in no address that somebody could look at over a shoulder.
    expect(page).to_have_url(f"{fresh.url}/setup")
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("Password", exact=True).fill("password12")
    expect(page.get_by_text("Very weak.")).to_be_visible()
    page.get_by_role("button", name="Create account").click()
    wrong = page.get_by_label("Password", exact=True)
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(wrong).to_be_focused()
    expect(page.get_by_text("Is one of the passwords that everybody takes")).to_be_visible()
    # A failed attempt does not lose the token.
    wrong.fill(PASSWORD)
    expect(page.get_by_text("Strong.")).to_be_visible()
    page.get_by_role("button", name="Show password").click()
    expect(wrong).to_have_attribute("type", "text")
    page.get_by_role("button", name="Create account").click()
    expect(page).to_have_url(f"{fresh.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is watched yet")
    main = page.get_by_role("main")
    expect(main.get_by_role("link").or_(main.get_by_role("button"))).to_have_text(["Add monitor"])
    cookies = page.context.cookies()
    assert [(one["name"], one["httpOnly"], one["sameSite"]) for one in cookies] == [("asura_session", True, "Lax")]
    page.goto(f"{fresh.url}/setup#anything")
    expect(page.get_by_role("heading", level=1)).to_have_text("This asura is already set up")


def test_wrong_set_up_link_is_told_in_words(fresh: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto(f"{fresh.url}/setup#wrong")
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert")).to_contain_text("not the set-up link of this asura")
    page.goto("about:blank")
    page.goto(f"{fresh.url}/setup")
    expect(page.get_by_role("heading", level=1)).to_have_text("The address is not complete")


def test_wrong_password_shows_nothing_and_too_many_have_to_wait(strict: Asura, open_page: Callable[..., Page]) -> None:
    asura, page = strict, open_page()
    page.goto(f"{asura.url}/incidents?status=all")
    for _ in range(2):
        enter(page, asura.name, "not the password")
        expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    expect(page.get_by_role("navigation")).to_have_count(0)
    enter(page, asura.name, "not the password")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"Too many attempts\. Try again in \d+.s\."))
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_enabled(timeout=15_000)
    enter(page, asura.name, asura.password)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    expect(page).to_have_url(f"{asura.url}/incidents?status=all")


def test_second_step_is_turned_on_asked_for_and_replaced_by_a_recovery_code(
    asura: Asura, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    sign_in_by_hand(page, asura, "/settings/security")
    page.get_by_role("button", name="Turn on").click()
    page.get_by_label("Your password").fill(asura.password)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    secret = page.get_by_role("dialog").locator("code").inner_text().replace(" ", "")
    assert findings(page) == []
    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_role("dialog").get_by_role("button", name="Turn on").click()
    expect(page.get_by_role("dialog").locator(".field-problem")).to_contain_text("not the code of this moment")
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_role("dialog").get_by_role("button", name="Turn on").click()
    codes = page.get_by_role("list", name="recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    recovery = codes.first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert recovery in Path(download.value.path()).read_text("utf-8")
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 recovery codes left.")).to_be_visible()

    other = open_page()
    other.goto(f"{asura.url}/settings/security")
    enter(other, asura.name, asura.password)
    expect(other.get_by_role("heading", level=1)).to_have_text("One more step")
    expect(other.get_by_label("Code")).to_have_attribute("autocomplete", "one-time-code")
    other.get_by_label("Code").fill("123456")
    other.get_by_role("button", name="Go on").click()
    expect(other.locator(".field-problem")).to_contain_text("The code is wrong")
    other.get_by_label("Code").fill(code_of(secret, later=1))
    other.get_by_role("button", name="Go on").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("Security")

    third = open_page()
    third.goto(f"{asura.url}/settings/security")
    enter(third, asura.name, asura.password)
    third.get_by_label("Code").fill(recovery)
    third.get_by_role("button", name="Go on").click()
    expect(third.get_by_text("9 recovery codes left.")).to_be_visible()
    third.get_by_role("button", name="Turn off").click()
    third.get_by_label("Your password").fill(asura.password)
    third.get_by_role("dialog").get_by_role("button", name="Turn off").click()
    expect(third.get_by_role("button", name="Turn on")).to_be_visible()


def test_signing_out_everywhere_else_ends_the_others_and_not_this_one(
    asura: Asura, open_page: Callable[..., Page]
) -> None:
    first, second = open_page(), open_page()
    sign_in_by_hand(first, asura, "/settings/security")
    sign_in_by_hand(second, asura, "/incidents")
    first.reload()
    expect(first.get_by_text("This device")).to_be_visible()
    expect(first.get_by_text("Chrome on Linux")).to_have_count(2)
    first.get_by_role("button", name="Sign out everywhere else").click()
    expect(first.get_by_text("Chrome on Linux")).to_have_count(1)
    expect(second.get_by_text("Your session has ended.")).to_be_visible(timeout=30_000)
    first.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    expect(first.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(first.get_by_text("Your session has ended.")).to_have_count(0)
    first.reload()
    expect(first.get_by_label("Name")).to_be_visible()
    assert first.context.cookies() == []
    assert first.evaluate("Object.keys(localStorage).filter((name) => name === 'asura-last')") == []


def test_changed_password_is_the_only_one_that_opens(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in_by_hand(page, asura, "/settings/security")
    page.get_by_label("Current password").fill("not it")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.locator(".field-problem")).to_have_text("Is not your password")
    page.get_by_label("Current password").fill(asura.password)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed.")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Security")
    other = open_page()
    other.goto(asura.url)
    enter(other, asura.name, asura.password)
    expect(other.get_by_role("alert")).to_have_text("Name or password is wrong.")
    enter(other, asura.name, PASSWORD)
    expect(other.get_by_role("navigation", name="Main")).to_be_visible()


def test_invitation_makes_a_viewer_who_sees_no_dead_buttons(asura: Asura, open_page: Callable[..., Page]) -> None:
    page = open_page()
    sign_in_by_hand(page, asura, "/settings/users")
    page.get_by_role("button", name="Invite").click()
    expect(page).to_have_url(re.compile(r"invite=1"))
    page.get_by_role("button", name="Create invitation").click()
    link = page.get_by_role("dialog").locator("code").inner_text()
    page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    expect(page.get_by_text("Whoever has the link")).to_be_visible()

    guest = open_page()
    guest.goto(asura.url + link[link.index("/invitation#") :])
    expect(guest.get_by_role("heading", level=1)).to_have_text("You are invited to asura")
    assert findings(guest) == []
    guest.get_by_label("Name").fill(asura.name)
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Join").click()
    expect(guest.locator(".field-problem")).to_contain_text("taken")
    guest.get_by_label("Name").fill("Guest")
    guest.get_by_role("button", name="Join").click()
    expect(guest).to_have_url(f"{asura.url}/")
    guest.goto(f"{asura.url}/settings/users")
    expect(guest.get_by_role("heading", level=1)).to_have_text("Only for administrators")
    parts = guest.get_by_role("navigation", name="Parts of the settings").get_by_role("link")
    expect(parts).to_have_text(["Profile", "Security", "Keyboard", "About"])
    again = open_page()
    again.goto(asura.url + link[link.index("/invitation#") :])
    expect(again.get_by_role("heading", level=1)).to_have_text("This link is over")

    page.reload()
    page.get_by_role("button", name="Edit Guest").click()
    page.get_by_label("Editor").check()
    page.get_by_label("Only monitors with one of these tags").fill("shop, eu")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text="Guest")
    expect(row).to_contain_text("Editor")
    expect(row).to_contain_text("shop")
    # Another role ends what is open.
    expect(guest.get_by_text("Your session has ended.")).to_be_visible(timeout=30_000)


def test_last_admin_stays_and_a_reset_link_gives_a_new_password(asura: Asura, open_page: Callable[..., Page]) -> None:
    asura.user("Tim", "editor")
    page = open_page()
    sign_in_by_hand(page, asura, "/settings/users")
    page.get_by_role("button", name=f"Edit {asura.name}").click()
    page.get_by_label("Viewer").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("last admin")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Stay here").click()
    expect(page.get_by_label("Viewer")).to_be_checked()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Leave and lose it").click()
    page.get_by_role("button", name="Edit Tim").click()
    page.get_by_role("button", name="Link for a new password").click()
    link = page.get_by_role("dialog").locator("code").inner_text()
    tim = open_page()
    tim.goto(asura.url + link[link.index("/invitation#") :])
    expect(tim.get_by_text("For Tim.")).to_be_visible()
    tim.get_by_label("New password").fill(PASSWORD)
    tim.get_by_role("button", name="Save and sign in").click()
    expect(tim.get_by_role("navigation", name="Main")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Edit Tim").click()
    page.get_by_role("button", name="Delete user").click()
    page.get_by_role("button", name="Delete Tim").click()
    expect(page.get_by_role("row").filter(has_text="Tim")).to_have_count(0)
