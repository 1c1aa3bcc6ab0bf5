"""What a pasted text proposes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.target import propose, propose_for


@pytest.mark.parametrize(
    ("text", "type", "target", "name"),
    [
        ("https://example.com", "http", "https://example.com", "example.com"),
        (" https://www.example.com/health?x=1 ", "http", "https://www.example.com/health?x=1", "example.com/health"),
        ("HTTP://example.com:8080", "http", "http://example.com:8080", "example.com:8080"),
        ("example.com", "http", "https://example.com", "example.com"),
        ("example.com/x", "http", "https://example.com/x", "example.com/x"),
        ("localhost:8080", "http", "http://localhost:8080", "localhost:8080"),
        ("example.com:443", "http", "https://example.com:443", "example.com"),
        ("example.com:22", "tcp", "example.com:22", "example.com SSH"),
        ("tcp://example.com:99/", "tcp", "example.com:99", "example.com:99"),
        ("[::1]:22", "tcp", "[::1]:22", "[::1] SSH"),
        ("ping 1.1.1.1", "icmp", "1.1.1.1", "ping 1.1.1.1"),
        ("Ping example.com", "icmp", "example.com", "ping example.com"),
        ("1.1.1.1", "icmp", "1.1.1.1", "ping 1.1.1.1"),
        ("2001:db8::1", "icmp", "2001:db8::1", "ping 2001:db8::1"),
        ("dns example.com", "dns", "example.com", "example.com DNS"),
        ("tls example.com:465", "tls", "example.com:465", "example.com certificate"),
        ("curl https://example.com", "http", "https://example.com", "example.com"),
        ("https://user:pass@example.com/", "http", "https://user:pass@example.com/", "example.com"),
    ],
)
def test_a_text_proposes_type_target_and_name(text: str, type: str, target: str, name: str) -> None:
    assert propose(text) == (type, target, name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "two words",
        "ping two hosts",
        "http://",
        "https:///x",
        "ftp://example.com",
        "h:70000",
        "h:0",
        "a@b",
        "::::",
        "-",
        "!",
    ],
)
def test_nonsense_proposes_nothing(text: str) -> None:
    assert propose(text) is None


def test_a_chosen_type_keeps_the_host() -> None:
    assert propose_for("icmp", "example.com") == ("icmp", "example.com", "ping example.com")
    assert propose_for("tls", "https://example.com/x") == ("tls", "example.com", "example.com certificate")
    assert propose_for("http", "1.1.1.1") == ("http", "https://1.1.1.1", "1.1.1.1")
    assert propose_for("tcp", "example.com") is None


@given(st.text(max_size=60))
def test_any_text_is_safe_and_a_proposal_is_complete(text: str) -> None:
    found = propose(text)
    if found is not None:
        assert found.target
        assert 1 <= len(found.name) <= 200
