"""Check types as others may know them, and whether a configuration fits one."""

import msgspec

from asura.checks import check_types
from asura.domain.fields import Secret
from asura.domain.monitor import Assertion, MonitorConfig
from asura.running.types import settings_faults, settle, views


def paths(config: MonitorConfig) -> set[str]:
    return {fault.path for fault in settle(config)[1]}


def config(**other: object) -> MonitorConfig:
    values = {"name": "Shop", "type": "http", "target": "https://shop.example/"} | other
    return MonitorConfig(**values)  # type: ignore[arg-type]


def test_every_type_has_a_view_with_what_a_form_needs() -> None:
    seen = views()
    assert set(seen) == {*check_types(), "heartbeat"} >= {"http", "tcp", "dns", "icmp", "tls"}
    for name, view in seen.items():
        assert view.name == name
        assert view.title and view.target_help
        assert issubclass(view.params, msgspec.Struct)


def test_a_fitting_configuration_has_no_faults() -> None:
    assert settle(config(settings={"method": "POST"}))[1] == []


def test_an_unknown_type_is_told_with_those_there_are() -> None:
    (fault,) = settle(config(type="htpp"))[1]
    assert fault.path == "type"
    assert "http" in fault.message


def test_a_missing_target_a_wrong_setting_and_a_wrong_assertion_are_told_at_once() -> None:
    wrong = config(target=" ", settings={"metod": "GET"}, assertions=(Assertion("colour", "eq", 1),))
    assert paths(wrong) >= {"target", "settings.metod", "assertions[0].on"}


def test_what_only_the_type_can_tell_is_told_with_its_field() -> None:
    assert paths(config(target="ftp://shop.example/")) == {"target"}


def test_secrets_in_settings_are_wrapped_and_only_what_was_given_is_kept() -> None:
    settled, faults = settle(config(settings={"auth": {"type": "basic", "username": "ada", "password": "pw"}}))
    assert faults == []
    assert list(settled.settings) == ["auth"]
    assert settled.settings["auth"]["password"] == Secret("pw")
    assert "pw" not in repr(settled)


def test_the_settings_of_an_unknown_type_cannot_be_right() -> None:
    assert [fault.path for fault in settings_faults("htpp", {})] == ["type"]


def test_faults_of_settings_name_the_field_and_the_nearest_right_one() -> None:
    (fault,) = settings_faults("http", {"folow_redirects": True})
    assert fault.path == "settings.folow_redirects"
    assert "follow_redirects" in fault.message
