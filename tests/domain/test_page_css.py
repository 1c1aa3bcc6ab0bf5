"""CSS of people's own: what is allowed is kept, everything else is left out and told with its line."""

import re

import pytest

from asura.domain import page_css
from asura.domain.page_css import MOST_BYTES, clean, problems


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        ("a{color:red;;color:blue}", "a { color: red; color: blue; }"),
        (".top > a:not(.x)::before { content: '\\201c' }", '.top > a:not(.x)::before { content: "\u201c"; }'),
        ("a { b { c: d } & e { f: g } }", "a { b { c: d; } & e { f: g; } }"),
        ("@media (max-width: 3em) { a { b: c } }", "@media (max-width: 3em) { a { b: c; } }"),
        ("@supports (display: grid) { a { b: c } }", "@supports (display: grid) { a { b: c; } }"),
        ("@layer a, b; @layer a { c { d: e } }", "@layer a, b;\n@layer a { c { d: e; } }"),
        ("@keyframes k { from { top: 0 } 50% { top: 1px } }", "@keyframes k { from { top: 0; } 50% { top: 1px; } }"),
        ("@page { margin: 1cm }", "@page { margin: 1cm; }"),
        (
            '@font-face { font-family: x; src: url(/fonts/x.woff2) format("woff2") }',
            '@font-face { font-family: x; src: url(/fonts/x.woff2) format("woff2"); }',
        ),
        ("a { background: url('/status/logo') no-repeat }", 'a { background: url("/status/logo") no-repeat; }'),
        ("a { fill: url(#gradient); --x: calc(1px + 2em) !important }", None),
        (":root { --accent: color-mix(in srgb, red 50%, var(--text)) }", None),
        ("/* a */ b /* c */ { d: /* e */ f }", "b { d: f; }"),
        ("b { c: d", "b { c: d; }"),
        ("", ""),
        ("<!-- a { b: c } -->", "a { b: c; }"),
    ],
)
def test_what_is_allowed_is_kept(css: str, kept: str | None) -> None:
    assert problems(css) == []
    text = clean(css)
    assert kept is None or re.sub(r" +", " ", text) == kept
    assert clean(text) == text


@pytest.mark.parametrize(
    "css",
    [
        "@import 'https://evil.example/x.css';",
        "@import url(/x.css);",
        "@ImPoRt '/x.css';",
        "@\\69mport 'x';",
        "@charset 'utf-8';",
        "@namespace url(http://evil.example);",
        "@font-face { src: url(https://evil.example/x.woff2) }",
        "@document url(http://evil.example) { a { b: c } }",
        "a { background: url(https://evil.example) }",
        "a { background: URL('https://evil.example') }",
        "a { background: u\\72l(https://evil.example) }",
        "a { background: url(//evil.example) }",
        "a { background: url(/\\2f evil.example) }",
        "a { background: url(\\68ttps://evil.example) }",
        "a { background: url('/\\\\evil.example') }",
        "a { background: url(data:image/svg+xml,evil) }",
        "a { background: url(javascript:evil) }",
        "a { background: url(evil.png) }",
        "a { background: url('/a' evil) }",
        "a { background: image-set('https://evil.example/x' 1x) }",
        "a { background: -webkit-image-set(url(https://evil.example) 1x) }",
        "a { background: image('https://evil.example') }",
        "a { background: src('https://evil.example') }",
        "a { background: cross-fade(url(https://evil.example), red) }",
        "a { --x: { y: url(https://evil.example) } }",
        "a { --x: url(https://evil.example) }",
        "a { color: var(--x, url(https://evil.example)) }",
        "a { width: expression(evil()) }",
        "a { width: e\\78pression(evil()) }",
        "a { behavior: url(/evil.htc) }",
        "a { -moz-binding: url(/evil.xml) }",
        "a { -\\6doz-binding: url(/evil.xml) }",
        "a { b: element(#evil) }",
        "a { evil: 'no end\n }",
        "a { evil: url(no end\n evil ' ) }",
        "@media { @import 'https://evil.example'; }",
        "a { @import 'https://evil.example'; }",
        "a:unknown(url(https://evil.example)) { b: c }",
        "} evil { b: c }",
        "evil",
    ],
)
def test_what_is_not_allowed_is_left_out_and_told(css: str) -> None:
    assert problems(f"ok {{ a: b }}\n{css}")[0].line >= 2
    text = clean(f"ok {{ a: b }}\n{css}")
    assert text.startswith("ok { a: b; }")
    for word in ("evil", "import", "expression", "http", "//", "behavior", "binding"):
        assert word not in text.lower()


def test_one_bad_declaration_leaves_the_others() -> None:
    css = "a { color: red; background: url(//evil); top: 0 }\nb { c: d }"
    assert clean(css) == "a { color: red; top: 0; }\nb { c: d; }"
    assert [str(one) for one in problems(css)] == [
        "line 1: url() takes a path of this server that begins with one slash"
    ]


@pytest.mark.parametrize("css", ["a { b: 'c", "a { b: c /* d", "a { b: (c [d {e", "@media x { a { b: c", 'a { b: "\\'])
def test_css_that_ends_in_the_middle_ends_there(css: str) -> None:
    """Whatever stands behind it is not taken in."""
    text = clean(css)
    assert text.count("{") == text.count("}")
    assert clean(f"{text}\n.after {{ x: y }}").endswith(".after { x: y; }")


def test_no_text_leaves_the_style_sheet() -> None:
    text = clean("a::before { content: '</style><script>alert(1)</script>' }")
    assert text == 'a::before { content: "</style><script>alert(1)</script>"; }'
    assert "\0" not in clean("a\0 { b\0: c }")


def test_what_is_too_large_or_too_deep_is_refused_whole() -> None:
    large = "a { b: c }\n" * 6_000
    assert len(large) > MOST_BYTES
    assert (clean(large), str(problems(large)[0])) == ("", "line 1: has more than 65536 bytes")
    for deep in ("(" * 30_000, "a { b: " + "calc(" * 5_000, "a{" * 2_000 + "b:c"):
        assert clean(deep) == ""
        assert "nested deeper" in problems(deep)[0].text


def test_every_function_is_written_in_small_letters() -> None:
    assert all(name == name.lower() for name in page_css.FUNCTIONS)
