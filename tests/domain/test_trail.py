"""What changed is told field by field, and never what is secret."""

import pytest

from asura.domain.fields import STARS, Secret
from asura.domain.monitor import Assertion, MonitorConfig
from asura.domain.trail import difference, names


def config(**more: object) -> MonitorConfig:
    return MonitorConfig(**({"name": "Shop", "type": "http", "target": "https://shop.example"} | more))


def test_only_the_fields_that_differ_are_told() -> None:
    assert difference(config(), config(interval=30, tags=("eu",))) == (
        {"interval": 60, "tags": []},
        {"interval": 30, "tags": ["eu"]},
    )


def test_of_settings_only_those_that_differ_are_told() -> None:
    old = config(settings={"method": "GET", "verify": True, "body": "x"})
    new = config(settings={"method": "POST", "verify": True, "follow": False})
    assert difference(old, new) == (
        {"settings": {"method": "GET", "body": "x"}},
        {"settings": {"method": "POST", "follow": False}},
    )


def test_a_secret_that_changed_is_stars_on_both_sides() -> None:
    old, new = config(settings={"token": Secret("alpha")}), config(settings={"token": Secret("omega")})
    assert difference(old, new) == ({"settings": {"token": STARS}}, {"settings": {"token": STARS}})
    assert difference(old, old) == (None, None)


def test_credentials_in_headers_are_stars_though_nobody_called_them_secret() -> None:
    new = config(settings={"headers": {"Authorization": "Bearer abc", "Accept": "text/html"}})
    before, after = difference(config(), new)
    assert before == {"settings": {}}
    assert after == {"settings": {"headers": {"Authorization": STARS, "Accept": "text/html"}}}
    assert "abc" not in str(difference(None, new))


def test_what_is_made_is_told_without_what_is_empty_and_has_nothing_before() -> None:
    before, after = difference(None, config(assertions=(Assertion("status", "eq", 200),)))
    assert before is None
    assert after is not None
    assert after["name"] == "Shop"
    assert not {"description", "tags", "group"} & after.keys()
    assert difference(config(), None)[1] is None


def test_nothing_changed_is_nothing_told() -> None:
    assert difference({"a": 1}, {"a": 1}) == (None, None)


def test_names_are_those_of_edits_alone() -> None:
    assert names({"b": 1}, {"b": 2, "a": 3}) == ["a", "b"]
    assert names(None, {"a": 1}) == names({"a": 1}, None) == names(None, None) == []


def test_what_has_no_fields_is_a_bug() -> None:
    with pytest.raises(TypeError, match="str"):
        difference("a", "b")
