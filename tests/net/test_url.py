"""Web addresses, split and joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.errors import Invalid
from asura.net.url import join, parse_url

PARSED = [
    ("http://x.test", "http", "x.test", 80, "/", "x.test"),
    ("HTTPS://X.Test:443/", "https", "x.test", 443, "/", "x.test"),
    ("https://x.test:8443/a?b=c#d", "https", "x.test", 8443, "/a?b=c", "x.test:8443"),
    ("http://[::1]:80/a%20b", "http", "::1", 80, "/a%20b", "[::1]"),
    ("http://grün.test/ü", "http", "xn--grn-ioa.test", 80, "/%C3%BC", "xn--grn-ioa.test"),
    ("http://x.test?q", "http", "x.test", 80, "/?q", "x.test"),
]


@pytest.mark.parametrize(("text", "scheme", "host", "port", "target", "authority"), PARSED)
def test_addresses_are_split(text: str, scheme: str, host: str, port: int, target: str, authority: str) -> None:
    url = parse_url(text)
    assert (url.scheme, url.host, url.port, url.target, url.authority) == (scheme, host, port, target, authority)


JOINED = [
    ("/b", "http://x.test/b"),
    ("c", "http://x.test/a/c"),
    ("?q=1", "http://x.test/a/b?q=1"),
    ("//y.test/z", "http://y.test/z"),
    ("https://y.test", "https://y.test/"),
    (" /trimmed ", "http://x.test/trimmed"),
]


@pytest.mark.parametrize(("location", "target"), JOINED)
def test_locations_are_joined(location: str, target: str) -> None:
    assert str(join(parse_url("http://x.test/a/b"), location)) == target


@pytest.mark.parametrize("location", ["javascript:alert(1)", "ftp://x.test/", "http://a:b@x.test/", "https:///x"])
def test_locations_that_lead_nowhere_are_refused(location: str) -> None:
    with pytest.raises(Invalid):
        join(parse_url("http://x.test/"), location)


@given(st.text(max_size=40))
def test_a_request_line_never_holds_more_than_one_line_whatever_the_path(text: str) -> None:
    try:
        url = parse_url(f"http://x.test/{text}")
    except Invalid:
        return
    assert url.target.isascii()
    assert not set(url.target) & set(" \r\n\t\x00#")
    assert url.host == "x.test"
