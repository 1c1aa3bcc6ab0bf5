"""What `asura check` is told, as the body of a monitor."""

from typing import Any

import click
import pytest

from asura.cli.check_args import assertion_of, body_of, settings_of


@pytest.mark.parametrize(
    ("text", "assertion"),
    [
        ("status in 200-299", {"on": "status", "op": "in", "value": ["200-299"]}),
        ("status in [200, 204]", {"on": "status", "op": "in", "value": [200, 204]}),
        ("response_time < 500", {"on": "response_time", "op": "lt", "value": 500}),
        ("json $.ok eq true", {"on": "json", "op": "eq", "path": "$.ok", "value": True}),
        ("header Server exists", {"on": "header", "op": "exists", "path": "Server"}),
        ("body contains 'all is well'", {"on": "body", "op": "contains", "value": "all is well"}),
        ("body matches ^[0-9]+$", {"on": "body", "op": "matches", "value": "^[0-9]+$"}),
        ("body matches 123", {"on": "body", "op": "matches", "value": "123"}),
    ],
)
def test_assertions_in_words(text: str, assertion: dict[str, Any]) -> None:
    assert assertion_of(text) == assertion


@pytest.mark.parametrize("text", ["", "status", "status is fine", "a b c eq 1", "body contains 'open"])
def test_words_that_make_no_assertion_are_refused(text: str) -> None:
    with pytest.raises(click.UsageError):
        assertion_of(text)


def test_settings_nest_by_dots_and_take_json() -> None:
    pairs = ("method=HEAD", "verify=false", "headers.X-A=1=2", 'auth={"type":"basic"}')
    assert settings_of(pairs) == {
        "method": "HEAD",
        "verify": False,
        "headers": {"X-A": "1=2"},
        "auth": {"type": "basic"},
    }


@pytest.mark.parametrize("pairs", [("method",), ("=x",), ("a=1", "a.b=2")])
def test_wrong_settings_are_refused(pairs: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError):
        settings_of(pairs)


def test_the_type_is_guessed_and_can_be_chosen() -> None:
    assert body_of("example.com:22", None, (), ())["type"] == "tcp"
    assert body_of("example.com:22", "tls", (), ())["type"] == "tls"
    with pytest.raises(click.UsageError, match="--type"):
        body_of("what is this", None, (), ())
