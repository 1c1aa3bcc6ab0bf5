"""Settings from the environment."""

from pathlib import Path

import pytest

from asura.domain.fields import Secret
from asura.settings import SettingsError, load


def told(env: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(None, env)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_has_a_variable_and_the_long_one_wins() -> None:
    env = {
        "ASURA_LISTEN": ":1",
        "ASURA_SERVER__LISTEN": ":2",
        "ASURA_MONITOR__DEFAULT_INTERVAL": "1m30s",
        "ASURA_NETWORK__CANARIES": "gateway, example.com:443",
        "ASURA_SERVER__WEB_UI_ENABLED": "no",
        "ASURA_REGION": "short",
        "ASURA_PROBE__REGION": "long",
    }
    settings = load(None, env).settings
    assert settings.server.listen == ":2"
    assert settings.monitor.default_interval == 90
    assert settings.network.canaries == ("gateway", "example.com:443")
    assert settings.server.web_ui_enabled is False
    assert settings.probe.region == "long"


def test_api_keys_can_be_given_as_yaml() -> None:
    env = {"ASURA_AUTH__API_KEYS": f"[{{name: ci, hash: {'b' * 64}, role: editor}}]"}
    assert load(None, env).settings.auth.api_keys[0].role == "editor"


def test_a_secret_can_come_from_a_file_and_nothing_else_can(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from a file\n")
    assert load(None, {"ASURA_KEY_FILE": str(file)}).settings.probe.key == Secret("from a file")
    assert told({"ASURA_SERVER__LISTEN_FILE": str(file)}) == [
        "ASURA_SERVER__LISTEN_FILE: unknown variable; did you mean ASURA_SERVER__LISTEN?"
    ]
    assert "ASURA_KEY is set too" in told({"ASURA_KEY_FILE": str(file), "ASURA_KEY": "x"})[0]
    assert "cannot be read" in told({"ASURA_KEY_FILE": str(tmp_path / "none")})[0]


def test_wrong_values_name_their_variable() -> None:
    assert told({"ASURA_MONITOR__DEFAULT_INTERVAL": "soon", "ASURA_AUTH__API_KEYS": "[", "ASURA_LISTEN": "x"}) == [
        "ASURA_AUTH__API_KEYS: expected a list in YAML or JSON",
        (
            "ASURA_LISTEN: server.listen: 'x' is not a listen address; "
            "write host:port, for example 127.0.0.1:8090 or [::1]:8090"
        ),
        (
            "ASURA_MONITOR__DEFAULT_INTERVAL: monitor.default_interval: 'soon' is not a duration; "
            "write 30s, 5m, 1h30m, 2d, or a number of seconds"
        ),
    ]


def test_a_wrong_nested_name_is_an_error_and_a_near_short_one_a_warning() -> None:
    assert told({"ASURA_SERVER__LSTEN": ":1"}) == [
        "ASURA_SERVER__LSTEN: unknown variable; did you mean ASURA_SERVER__LISTEN?"
    ]
    loaded = load(None, {"ASURA_LISTN": ":1", "ASURA_NO_SKIP": "1", "OTHER": "x"})
    assert [str(one) for one in loaded.warnings] == ["ASURA_LISTN: unknown variable; did you mean ASURA_LISTEN?"]
