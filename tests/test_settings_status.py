"""The status page of the configuration: its keys, its style sheet, and what cannot work."""

from pathlib import Path

import pytest

from asura.domain.page import PageConfig
from asura.parts import main_page
from asura.settings import Settings, SettingsError, load
from asura.settings_status import page_config


def written(folder: Path, text: str) -> Path:
    path = folder / "config.yaml"
    path.write_text(text, "utf-8")
    return path


def problems(folder: Path, text: str, **env: str) -> str:
    with pytest.raises(SettingsError) as raised:
        load(written(folder, text), env)
    return str(raised.value)


def test_without_a_word_it_shows_everything_public() -> None:
    page = main_page(Settings())
    assert page.shown
    assert page.config == PageConfig(title="Status", everything_public=True)


def test_every_key_reaches_the_page(tmp_path: Path) -> None:
    css = tmp_path / "own.css"
    css.write_text(".top { color: red }", "utf-8")
    text = f"""\
status_page:
  enabled: false
  title: " Shop status "
  description: How we are.
  custom_css_path: {css}
  timezone: Europe/Berlin
  language: de
  theme: dark
  accent: "#0055CC"
  visibility: networks
  networks: [10.0.0.0/8]
  hosts: [Status.Shop.example]
  frame_ancestors: ["https://shop.example"]
  days: 60
  past_incidents_days: 7
  show_uptime: false
  show_response_times: true
  powered_by: false
  auto_incidents: at_once
  auto_incidents_after: 10m
  subscribe: [email]
"""
    page = main_page(load(written(tmp_path, text), {}).settings)
    config = page.config
    assert not page.shown
    assert (config.title, config.description, config.css) == ("Shop status", "How we are.", ".top { color: red }")
    assert (config.timezone, config.language, config.theme, config.accent) == ("Europe/Berlin", "de", "dark", "#0055cc")
    assert (config.visibility, config.networks, config.hosts) == ("networks", ("10.0.0.0/8",), ("status.shop.example",))
    assert (config.frame_ancestors, config.powered_by) == (("https://shop.example",), False)
    assert (config.show.days, config.show.past_incidents_days) == (60, 7)
    assert (config.show.uptime, config.show.response_times) == (False, True)
    assert (config.auto_incidents.when, config.auto_incidents.minutes) == ("at_once", 10)
    assert (config.subscribe, config.everything_public) == (("email",), True)


def test_keys_come_from_the_environment_too(tmp_path: Path) -> None:
    env = {"ASURA_STATUS_PAGE__TITLE": "From outside", "ASURA_STATUS_PAGE__HOSTS": "a.example, b.example"}
    found = page_config(load(written(tmp_path, ""), env).settings.status_page)
    assert (found.title, found.hosts) == ("From outside", ("a.example", "b.example"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("title: ''", "1 to 200 characters"),
        ("timezone: Mars", "no zone"),
        ("accent: blue", "#0055cc"),
        ("hosts: ['a.example:80']", "without a port"),
        ("hosts: ['https://a.example']", "host alone"),
        ("networks: [office]", "network such as"),
        ("frame_ancestors: ['a; b']", "origin such as"),
        ("visibility: password", "one of public, unlisted, signed_in, networks"),
        ("visibility: networks", "needs status_page.networks too"),
        ("days: 7", "between 30 and 365"),
        ("custom_css_path: /nowhere/own.css", "cannot be read: No such file"),
        ("titel: x", "did you mean status_page.title?"),
    ],
)
def test_what_cannot_work_is_told_with_its_line(tmp_path: Path, line: str, told: str) -> None:
    found = problems(tmp_path, f"status_page:\n  {line}\n")
    assert told in found
    assert "config.yaml:2: status_page." in found


def test_a_style_sheet_that_is_refused_is_a_wrong_configuration(tmp_path: Path) -> None:
    css = tmp_path / "own.css"
    css.write_text("a { b: c }\n@import 'x';\nd { e: url(https://evil.example) }", "utf-8")
    found = problems(tmp_path, f"status_page:\n  custom_css_path: {css}\n")
    assert "line 2: @import is not allowed" in found and "line 3: url()" in found
    css.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in problems(tmp_path, f"status_page:\n  custom_css_path: {css}\n")
