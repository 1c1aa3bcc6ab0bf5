"""Pictures are what their first bytes say, whatever they are said to be."""

import base64

import pytest

from asura.domain import picture


def url(body: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(body).decode()}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"GIF89a...", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\1\0\1\0", "image/x-icon"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a -->\n<svg>", "image/svg+xml"),
        (b"<!-- a --><!-- b -- > c -->\n<!----> <svg>", "image/svg+xml"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'><svg >", "image/svg+xml"),
    ],
)
def test_a_picture_is_known_by_its_first_bytes(body: bytes, kind: str) -> None:
    assert picture.read(url(body)) == (kind, body)
    assert picture.read(url(body, "text/html;charset=utf-8")) == (kind, body)


@pytest.mark.parametrize(
    "body", [b"", b"<html><svg>", b"\x89PN", b"RIFF....WAVE", b"<svgx>", b"<svg><!ENTITY a 'b'></svg>", b"%PDF-1.7"]
)
def test_what_is_no_picture_is_known_too(body: bytes) -> None:
    with pytest.raises(ValueError, match="must be a PNG"):
        picture.read(url(body))


@pytest.mark.parametrize("text", ["", "data:", "data:image/png;base64", "http://x", "data:image/png,abc", "DATA:;x,"])
def test_what_is_no_data_url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a picture as data:"):
        picture.read(text)


def test_a_long_beginning_is_read_in_a_moment() -> None:
    """No pattern here may take longer the worse a text is chosen."""
    for hostile in (
        "data:" + ";a" * 200_000,
        url(b"<!--" + b"-" * 200_000),
        url(b" " * 250_000),
        url(b"<?xml" * 40_000),
        url(b"<!---->" * 30_000 + b"<"),
        url(b"<!-- -->\n" * 20_000 + b"<svgx>"),
    ):
        with pytest.raises(ValueError, match=r"must|base64"):
            picture.read(hostile)
