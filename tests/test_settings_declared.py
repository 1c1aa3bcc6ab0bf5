"""Monitors and channels of the file: plain data, with lines for what the engine finds wrong later."""

from pathlib import Path

import pytest

from asura.settings import Declared, SettingsError, load
from tests.test_settings import problems, written


def declared(folder: Path, text: str, env: dict[str, str] | None = None) -> tuple[Declared, ...]:
    settings = load(written(folder, text), env or {}).settings
    return (*settings.monitors, *settings.channels)


SHOP = """\
x-common: &common
  interval: 30s
  tags: [eu]
monitors:
  - <<: *common
    name: The Shop
    type: http
    target: https://shop.example
    settings:
      method: HEAD
      headers: {X-A: "1"}
    assertions:
      - {on: status, op: in, value: [200, 204]}
      - on: header
        op: exists
"""


def test_an_item_keeps_its_text_and_its_lines(tmp_path: Path) -> None:
    (shop,) = declared(tmp_path, SHOP)
    assert (shop.kind, shop.slug, shop.line) == ("monitors", "the-shop", 5)
    assert shop.body["interval"] == 30
    assert shop.body["tags"] == ["eu"]
    # The key `on` is a word, not the YAML 1.1 truth.
    assert shop.body["assertions"][0] == {"on": "status", "op": "in", "value": [200, 204]}
    assert shop.line_of("settings.method") == 10
    assert shop.line_of("settings.headers.X-A") == 11
    assert shop.line_of("assertions[1].value") == 14
    assert shop.line_of("retries") == 5


def test_a_problem_found_later_has_line_and_nearest_name(tmp_path: Path) -> None:
    (shop,) = declared(tmp_path, SHOP)
    problem = shop.problem("settings.method", "must be a method")
    assert str(problem).removeprefix(f"{tmp_path}/") == (
        "config.yaml:10: monitors.the-shop.settings.method: must be a method"
    )
    assert shop.problem("intervall", "unknown field").nearest == "interval"


def test_defaults_fit_the_interval(tmp_path: Path) -> None:
    text = "monitor: {default_interval: 2m, default_timeout: 30s, failure_threshold: 4}\nmonitors:\n"
    text += "  - {name: a, type: tcp}\n  - {name: b, type: tcp, interval: 10s, retries: 3}\n"
    first, second = declared(tmp_path, text)
    assert (first.body["interval"], first.body["timeout"], first.body["failure_threshold"]) == (120, 30, 4)
    assert (second.body["timeout"], second.body["retry_interval"], second.body["retries"]) == (10, 5, 3)


def test_slugs_are_given_or_made_and_unique_for_each_kind(tmp_path: Path) -> None:
    text = (
        "monitors: [{name: A, slug: mine, type: tcp}, {slug: only-slug, type: tcp}]\nchannels: [{name: mine, type: x}]"
    )
    found = declared(tmp_path, text)
    assert [(one.kind, one.slug) for one in found] == [
        ("monitors", "mine"),
        ("monitors", "only-slug"),
        ("channels", "mine"),
    ]
    assert "slug" not in found[0].body
    assert found[1].body["name"] == "only-slug"


@pytest.mark.parametrize("slug", ["UPPER", "bulk", "1", "a b", "''", "[a]", "5"])
def test_a_slug_that_cannot_be_one_is_told(tmp_path: Path, slug: str) -> None:
    assert "monitors[0].slug: must be" in problems(tmp_path, f"monitors: [{{name: a, slug: {slug}}}]")[0]


def test_items_must_have_keys(tmp_path: Path) -> None:
    assert problems(tmp_path, "monitors:\n  - text\n  - name: 5") == [
        "config.yaml:2: monitors[0]: expected keys such as `name:` and `type:`",
        "config.yaml:3: monitors[1]: a name is missing",
    ]


def test_variables_become_numbers_where_a_number_is_wanted(tmp_path: Path) -> None:
    text = "monitors: [{name: a, type: x, retries: '${N}', public: '${P}', interval: '${I}', description: '${N}'}]"
    (one,) = declared(tmp_path, text, {"N": "3", "P": "true", "I": "2m"})
    assert (one.body["retries"], one.body["public"], one.body["interval"]) == (3, True, 120)
    assert one.body["description"] == "3"
    assert "retries: the variable must hold a number" in problems(tmp_path, text, {"N": "x", "P": "true", "I": "1"})[0]


def test_a_file_variable_gives_a_secret_and_stands_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("hunter22\n")
    env = {"TOKEN_FILE": str(tmp_path / "token")}
    with pytest.raises(SettingsError, match="can stand only where a secret is expected"):
        load(written(tmp_path, "monitors: [{name: a, type: x, description: '${TOKEN}'}]"), env)
    with pytest.raises(SettingsError, match="can stand only where a secret is expected"):
        load(written(tmp_path, "server: {data: '${TOKEN}'}"), env)
    text = "channels: [{name: a, type: webhook, settings: {url: 'http://x', secret: '${TOKEN}'}}]"
    (channel,) = declared(tmp_path, text, env)
    assert channel.body["settings"]["secret"].reveal() == "hunter22"
    assert "hunter22" not in repr(channel)


def test_ten_thousand_monitors_load_in_bounded_time(tmp_path: Path) -> None:
    import time

    item = "  - {{name: M {0}, type: http, target: 'https://h{0}.example/', interval: 30s, tags: [a, b]}}\n"
    path = written(tmp_path, "monitors:\n" + "".join(item.format(number) for number in range(10_000)))
    began = time.process_time()
    assert len(load(path, {}).settings.monitors) == 10_000
    assert time.process_time() - began < 6
