"""Markdown of public texts: what people type shows, nothing but a few elements ever comes out, and never late."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from asura.domain import markup
from asura.domain.markup import html, plain

REL = f'rel="{markup.REL}"'
ALLOWED = {
    **{tag: set() for tag in ("p", "strong", "em", "s", "ul", "li", "blockquote", "pre", "code", "br")},
    "ol": {"start"},
    "a": {"href", "rel"},
}
VOID = {"br"}


class Reader(HTMLParser):
    """Reads HTML as a browser would, and notes what should not be there."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ALLOWED or {name for name, _ in attrs} - ALLOWED[tag]:
            self.wrong.append(f"<{tag} {attrs}>")
        for name, value in attrs:
            if name == "href" and not (value or "").lower().startswith(("http://", "https://", "mailto:")):
                self.wrong.append(f"{name}={value}")
            if name == "start" and not (value or "").isdigit():
                self.wrong.append(f"{name}={value}")
        if tag == "a" and dict(attrs).get("rel") != markup.REL:
            self.wrong.append("a link that is followed")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.wrong.append(f"<?{data}>")


def wrong(text: str) -> list[str]:
    reader = Reader(html(text))
    return reader.wrong + [f"{tag} is left open" for tag in reader.open]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**Orders** are *late*, ~~lost~~.", "<p><strong>Orders</strong> are <em>late</em>, <s>lost</s>.</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("# Why\nDNS", "<p><strong>Why</strong></p><p>DNS</p>"),
        ("- a\n- b\n\n3. c", '<ul><li>a</li><li>b</li></ul><ol start="3"><li>c</li></ol>'),
        ("> said", "<blockquote><p>said</p></blockquote>"),
        ("`a<b`", "<p><code>a&lt;b</code></p>"),
        ("```python\na<b\n```", "<pre><code>a&lt;b\n</code></pre>"),
        ("[more](https://x.example/a?b&c)", f'<p><a href="https://x.example/a?b&amp;c" {REL}>more</a></p>'),
        ("a ![shot](https://x.example/p.png)", f'<p>a <a href="https://x.example/p.png" {REL}>shot</a></p>'),
        ("go!<https://x.example>", f'<p>go!<a href="https://x.example" {REL}>https://x.example</a></p>'),
        ("<ops@x.example>", f'<p><a href="mailto:ops@x.example" {REL}>ops@x.example</a></p>'),
        ("see https://x.example/a.", f'<p>see <a href="https://x.example/a" {REL}>https://x.example/a</a>.</p>'),
        ("", ""),
    ],
)
def test_what_people_type_is_shown(text: str, shown: str) -> None:
    assert html(text) == shown
    assert wrong(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![x](https://x.example/pixel.png)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java\tscript:alert(1))",
        "[x](&#106;avascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x) [y](file:///etc/passwd) [z](/relative) [w](//host/x) [v](ftp://x)",
        "<javascript:alert(1)> <data:text/html,x>",
        '[x](https://x.example/"onmouseover="alert(1) "title")',
        "https://x.example/\"onmouseover='alert(1)",
        "[x]: javascript:alert(1)\n\n[x]",
        "<!-- a --> <?php ?> <!DOCTYPE x> <![CDATA[x]]>",
        '```" onclick="alert(1)\nx\n```',
        "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
        "\u202e\u2028[x](https://x.example)",
    ],
)
def test_what_would_run_or_load_is_text(text: str) -> None:
    assert wrong(text) == []
    assert "<img" not in html(text)
    assert "<script" not in html(text)


PIECES = st.sampled_from(
    [
        *("<", ">", "</", "<a href=", "<script>", "<img src=x>", "-->", "<!--", "javascript:", "data:", "https://x.y/"),
        *("[", "](", ")", "![", '"', "'", "`", "```", "~~~", "**", "_", "*", "~~", "> ", "- ", "1. ", "999999999. "),
        *("# ", "\n", "\n\n", "    ", "\t", "\\", "&", "&#60;", "&lt;", "&quot;", "<http://", "@", "onload=", "\0"),
        *("a", "b c", "é", "\u202e", "[x](", "mailto:", "\x1b"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
@example("[a](https://x.y/<b>) `<c>` <https://d.e/'f\">")
def test_nothing_else_ever_comes_out(text: str) -> None:
    assert wrong(text) == []
    plain(text)


@settings(max_examples=100, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6).map("".join), st.integers(100, 2_000))
def test_no_repetition_breaks_out_or_takes_long(text: str, times: int) -> None:
    assert wrong((text * times)[:20_000]) == []


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 20_000, "]" * 20_000, "[a](" * 5_000, "*a " * 6_000, "*_" * 10_000, "&" * 20_000, ":" * 20_000),
        *(">" * 20_000, "- " * 10_000, "`" * 20_000, "<http:" * 3_000, "\n" * 20_000),
        *("[" * 1_000, "*_" * 500, "[a](" * 500 + "b" * 18_000, "- a\n" * 999, "# a\n" * 999),
        *(">" * 12 + "a\n" + "b\n" * 990, "".join("  " * (n % 12) + "- a\n" for n in range(999))),
        *("https://a.b " * 1_600, "https://" + "." * 19_000, "[" * 500 + "](https://x)" * 500),
    ],
    ids=range(22),
)
def test_hostile_texts_take_no_time_to_speak_of(text: str) -> None:
    def spent_s() -> float:
        html.cache_clear(), plain.cache_clear()
        began = time.thread_time()
        html(text), plain(text)
        return time.thread_time() - began

    # The best of three: a collection of cycles in between is not the text's doing.
    assert min(spent_s() for _ in range(3)) < 1.0
    assert wrong(text) == []


def test_a_text_with_too_many_marks_is_shown_as_typed() -> None:
    text = "*a*\n<b>" * 600
    assert html(text).startswith("<p>*a*<br>&lt;b&gt;*a*<br>")
    assert plain(text) == text


def test_plain_text_reads_well() -> None:
    head = "# Why\nSee **[docs](https://x.example)** and <https://y.example>.\n\n"
    text = head + "1. one\n2. two\n   - deep\n\n> said\n> so\n\n```\na\n  b\n```"
    assert plain(text).split("\n") == [
        *("Why", "", "See docs (https://x.example) and https://y.example.", "", "1. one", "2. two", "   - deep"),
        *("", "> said", "> so", "", "a", "  b"),
    ]
    assert plain("a \\*b\\* &amp; c\nd") == "a *b* & c\nd"
