"""Host names, origins, networks, colours and links: what may stand in a status page."""

from collections.abc import Callable

import pytest

from asura.domain import page_rules
from asura.domain.page_rules import RESERVED_PAGE_SLUGS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("status.example.com", "status.example.com"),
        (" Status.Example.COM. ", "status.example.com"),
        ("status", "status"),
        ("ståtus.example", "xn--sttus-nra.example"),
        ("a-1.b.c", "a-1.b.c"),
    ],
)
def test_a_host_name_is_kept_as_requests_have_it(text: str, name: str) -> None:
    assert page_rules.host_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "a..b", "-a.b", "a-.b", "a b", "a_b.c", "a.b:80", "[::1]", "https://a.b", "a.b/c", "1.2.3.4"),
        *("localhost", "*.a.b", "x" * 64 + ".b", ".".join(["a" * 60] * 5), "a.b\n", "a\x00b", "ä" * 200, "a.b@c"),
    ],
)
def test_what_is_no_host_name_is_refused(text: str) -> None:
    if text == "a.b\n":
        assert page_rules.host_name(text) == "a.b"
        return
    with pytest.raises(ValueError, match=r"host|port|own"):
        page_rules.host_name(text)


@pytest.mark.parametrize(
    "text", ["*", "'self'", "https:", "https://a.example", "http://*.a.example:8080", "a.example:*"]
)
def test_an_origin_may_frame(text: str) -> None:
    assert page_rules.frame_source(text) == text


@pytest.mark.parametrize(
    "text",
    ["", "'none'", "a; b", "a b", "https://a.example/path", "data:", "'unsafe-inline'", "a\nb", "https://", "a,b"],
)
def test_what_is_no_origin_may_not(text: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        page_rules.frame_source(text)


@pytest.mark.parametrize("text", ["https://a.example/x?y#z", "http://a.example", "mailto:help@a.example"])
def test_a_link_leads_to_the_web_or_to_mail(text: str) -> None:
    assert page_rules.link(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "javascript:alert(1)",
            "JAVASCRIPT:alert(1)",
            "data:text/html,x",
            "//a.example",
            "/path",
            "https://",
            "mailto:x",
        ),
        *("java\nscript:x", "https://a example", "vbscript:x", "https://[", "ftp://a.example", "", "file:///etc"),
    ],
)
def test_any_other_link_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must begin with"):
        page_rules.link(text)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        *(
            ("10.1.2.3", True),
            ("11.1.2.3", False),
            ("::ffff:10.1.2.3", True),
            ("2001:db8::1", True),
            ("2001:db9::1", False),
        ),
        *(("local", False), ("", False), ("192.0.2.7", True), ("192.0.2.8", False)),
    ],
)
def test_an_address_lies_within_networks(address: str, inside: bool) -> None:
    networks = tuple(page_rules.network(one) for one in ("10.0.0.0/8", "2001:db8::/32", "192.0.2.7"))
    assert page_rules.within(address, networks) is inside


@pytest.mark.parametrize(
    ("read", "text"), [(page_rules.network, "office"), (page_rules.colour, "#12345"), (page_rules.colour, "#12345g")]
)
def test_what_cannot_be_read_is_refused(read: Callable[[str], str], text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        read(text)


def test_no_colour_is_one_too() -> None:
    assert (page_rules.colour(" "), page_rules.colour("#ABCDEF")) == ("", "#abcdef")


def test_placeholders_that_stand_for_nothing_are_found() -> None:
    assert page_rules.strange_placeholders("${component} of ${page}: ${target}, ${}") == ["target", ""]


def test_every_word_of_an_address_below_status_is_reserved() -> None:
    words = (
        "status assets history incidents embed login logout subscribe confirm unsubscribe manage api feed logo favicon"
    )
    assert set(words.split()) | {"theme"} <= RESERVED_PAGE_SLUGS
