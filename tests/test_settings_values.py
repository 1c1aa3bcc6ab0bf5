"""Kinds of values: what they read, and what they refuse."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.settings_values import duration_text, network_or_host, seconds_of, split_address


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h30m", 5400),
        ("2d", 172800),
        ("1w", 604800),
        ("500ms", 0.5),
        ("1.5h", 5400),
        ("1h0m0s", 3600),
        ("45", 45),
        ("0.5", 0.5),
        (90, 90),
        (0.25, 0.25),
    ],
)
def test_durations_are_read(text: object, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "wrong", ["", "s", "5 m", "5min", "-5s", "1h-5m", "5m3", True, None, -1, float("inf"), float("nan"), [5], "٣s"]
)
def test_what_is_no_duration_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError):
        seconds_of(wrong)


@given(st.integers(min_value=0, max_value=10**9))
def test_a_duration_that_is_shown_is_read_back(seconds: int) -> None:
    assert seconds_of(duration_text(seconds)) == seconds


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8090", ("127.0.0.1", 8090)),
        (":0", ("", 0)),
        ("[::1]:80", ("::1", 80)),
        ("localhost:1", ("localhost", 1)),
        ("my_host.example:65535", ("my_host.example", 65535)),
    ],
)
def test_listen_addresses_are_split(text: str, address: tuple[str, int]) -> None:
    assert split_address(text) == address


@pytest.mark.parametrize(
    "wrong", ["", "8090", "host", "host:", "::1:80", "h:65536", "h:-1", "a b:1", "http://h:1", "h:٣"]
)
def test_what_is_no_listen_address_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        split_address(wrong)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("10.0.0.5", "10.0.0.5/32"),
        ("10.1.2.3/8", "10.0.0.0/8"),
        ("fd00::/8", "fd00::/8"),
        ("Chat.Intern", "chat.intern"),
    ],
)
def test_networks_and_hosts(text: str, read: str) -> None:
    assert network_or_host(text) == read
