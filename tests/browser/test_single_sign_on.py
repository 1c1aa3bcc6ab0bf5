"""Signing in by a real OpenID provider, as a person does it in a browser."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import findings
from tests.browser.running import Asura, free_port, wait_until

ANNA = {"sub": "7f3a", "preferred_username": "anna", "email": "anna@example.com", "email_verified": True}


@pytest.fixture
def provider() -> Iterator[str]:
    """Run a provider that knows Anna; yields its issuer."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--user-claims", json.dumps(ANNA)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    issuer = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None
        try:
            return bool(urlopen(f"{issuer}/.well-known/openid-configuration", timeout=5).status == 200)
        except OSError:
            return False

    try:
        wait_until(answers, what="an answer of the provider")
        yield issuer
    finally:
        process.kill()
        process.wait()


def offering(folder: Path, issuer: str, more: str = "") -> Asura:
    """Return an asura, started, that offers a provider."""
    program = Asura(folder)
    program._config = (
        f"server: {{external_url: '{program.url}'}}\n"
        f"auth: {{oidc: {{issuer: '{issuer}', client_id: asura, client_secret: x, name: Example ID{more}}}}}\n"
    )
    program.start()
    return program


def test_a_deep_link_survives_the_way_through_a_provider(
    tmp_path: Path, provider: str, open_page: Callable[..., Page]
) -> None:
    program = offering(tmp_path, provider)
    try:
        page = open_page()
        page.goto(f"{program.url}/incidents?status=resolved")
        button = page.get_by_role("link", name="Sign in with Example ID")
        expect(button).to_be_visible()
        assert findings(page) == []
        button.click()
        page.wait_for_url(re.compile(re.escape(provider)))
        page.get_by_role("button", name=re.compile("7f3a")).click()
        page.wait_for_url(f"{program.url}/incidents?status=resolved")
        expect(page.get_by_role("link", name="anna Viewer")).to_be_visible()
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies["asura_session"]["httpOnly"] is True
    finally:
        program.stop()


def test_who_is_not_allowed_reads_why(tmp_path: Path, provider: str, open_page: Callable[..., Page]) -> None:
    program = offering(tmp_path, provider, ", allowed_groups: [staff]")
    try:
        page = open_page(size="phone")
        page.goto(program.url)
        page.get_by_role("link", name="Sign in with Example ID").click()
        page.get_by_role("button", name=re.compile("7f3a")).click()
        page.wait_for_url(f"{program.url}/?problem=oidc_not_allowed")
        expect(page.get_by_text("nobody has let you into this asura")).to_be_visible()
        assert findings(page) == []
    finally:
        program.stop()
