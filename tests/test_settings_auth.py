"""Settings of accounts: sections inside a section, from the file and from the environment, with their faults."""

from pathlib import Path

import pytest

from asura.settings import Settings, SettingsError, load
from tests.test_settings import written


def test_defaults_need_no_file() -> None:
    auth = Settings().auth
    assert (auth.session.lifetime, auth.session.idle, auth.session.cookie_secure) == (30 * 86400, 7 * 86400, "auto")
    assert (auth.login.rate_limit_per_sec, auth.login.burst, auth.totp.required) == (0.2, 5, False)


def test_a_section_inside_a_section_is_read_from_the_file(tmp_path: Path) -> None:
    text = "auth:\n  session:\n    lifetime: 12h\n    cookie_secure: false\n  totp: {required: true}\n"
    auth = load(written(tmp_path, text), {}).settings.auth
    assert (auth.session.lifetime, auth.session.idle, auth.session.cookie_secure) == (43200, 604800, "false")
    assert auth.totp.required


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "auth:\n  session: {lifetime: 12h}\n")
    auth = load(path, {"ASURA_AUTH__SESSION__LIFETIME": "1h", "ASURA_AUTH__LOGIN__BURST": "9"}).settings.auth
    assert (auth.session.lifetime, auth.login.burst) == (3600, 9)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("auth:\n  session:\n    lifetme: 1h\n", "auth.session.lifetime"),
        ("auth:\n  session: 12h\n", "expected keys below it"),
        ("auth:\n  session: {cookie_secure: maybe}\n", "auto, true, false"),
        ("auth:\n  session: {idle: 1s}\n", "between"),
        ("auth:\n  login: {burst: 0}\n", "between"),
        ("auth:\n  totp: {required: often}\n", "true or false"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(written(tmp_path, text), {})
    assert message in str(raised.value)
    assert f":{text.count(chr(10))}:" in str(raised.value) or "config.yaml" in str(raised.value)
