"""`asura config check`."""

from pathlib import Path

import pytest

from asura.cli.root import run


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(text: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    Path("config.yaml").write_text(text)
    status = run(["config", "check"])
    told = capsys.readouterr()
    return status, (told.out + told.err).splitlines()


def test_a_good_file_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    text = """\
server: {read_timeout: 5s}
monitors:
  - {name: Shop, type: tcp, target: "shop.example:443", interval: 30s, channel_ids: [team]}
channels:
  - {name: Team, type: webhook, settings: {url: "https://hooks.example/x"}}
"""
    status, lines = check(text, capsys)
    assert status == 0
    assert lines[0] == "config.yaml: fine; 1 monitors, 1 channels"
    assert lines[1].endswith("(warning)")


@pytest.mark.parametrize(("more", "place"), [("", "the region of its key"), (", region: eu-west", "region eu-west")])
def test_a_probe_is_told_as_one(more: str, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"mode: probe\nprobe: {{primary: 'https://asura.example/', key: a-key-of-a-probe{more}}}\n"
    status, lines = check(text, capsys)
    assert status == 0
    assert lines == [f"config.yaml: fine; a probe of https://asura.example, {place}"]


def test_no_file_is_fine(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "check"]) == 0
    assert "all defaults" in capsys.readouterr().out


def test_problems_of_keys_monitors_and_channels_come_together_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    text = """\
server:
  listne: x
monitors:
  - name: Shop
    type: tcp
    target: shop.example
    retries: 99
    settings:
      sned: hello
  - name: Second
    type: nonsense
    target: x
channels:
  - name: Team
    type: webhook
    events: [incident.opend]
    settings: {uri: "https://hooks.example/x"}
  - name: Other
    type: nothing
"""
    status, lines = check(text, capsys)
    assert status == 2
    for line, part in (
        (2, "server.listne: unknown key; did you mean server.listen?"),
        (7, "monitors.shop.retries:"),
        (9, "monitors.shop.settings.sned: unknown key; did you mean send?"),
        (11, "monitors.second.type: there is no check type 'nonsense'"),
        (16, "channels.team.events[0]: there is no event 'incident.opend'"),
        (17, "channels.team.settings.uri: unknown key; did you mean url?"),
        (17, "channels.team.settings.url: is required"),
        (19, "channels.other.type: there is no channel type 'nothing'"),
    ):
        assert any(one.startswith(f"config.yaml:{line}: {part}") for one in lines), (part, lines)
    numbers = [int(one.split(":")[1]) for one in lines]
    assert numbers == sorted(numbers)


def test_an_unknown_key_is_told_once_with_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    text = "monitors:\n  - name: Shop\n    type: http\n    url: https://shop.example/\n    intervall: 5\n"
    status, lines = check(text, capsys)
    assert status == 2
    assert lines == [
        "config.yaml:2: monitors.shop.target: is required",
        "config.yaml:4: monitors[0].url: unknown key; did you mean target?",
        "config.yaml:5: monitors[0].intervall: unknown key; did you mean interval?",
    ]


def test_secrets_of_a_wrong_file_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    text = "channels: [{name: a, type: webhook, settings: {url: 5, secret: canary-99}}]\nprobe: {key: [canary-98]}"
    status, lines = check(text, capsys)
    assert status == 2
    assert "canary" not in "".join(lines)


def test_a_value_is_told_as_all_sources_together_make_it(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.yaml").write_text("server: {data: /srv/asura, cors_origins: ['https://a.example']}\n")
    assert run(["--listen", ":9000", "config", "get", "server.listen", "server.data", "database.retention_days"]) == 0
    assert capsys.readouterr().out.splitlines() == [":9000", "/srv/asura", "30"]
    assert run(["config", "get", "server.cors_origins", "server.tls_cert", "server.web_ui_enabled"]) == 0
    assert capsys.readouterr().out == '["https://a.example"]\n\ntrue\n'


def test_a_secret_value_is_told_as_stars(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.yaml").write_text("mode: probe\nprobe: {primary: 'https://asura.example/', key: a-key-of-a-probe}\n")
    assert run(["config", "get", "probe.key", "probe"]) == 0
    told = capsys.readouterr().out
    assert "********\n" in told
    assert "a-key-of-a-probe" not in told


def test_a_key_that_is_none_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "get", "server.listne"]) == 2
    assert "there is no key server.listne; did you mean server.listen?" in capsys.readouterr().err
