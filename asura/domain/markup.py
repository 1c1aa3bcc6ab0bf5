"""Markdown of public texts: through an allow-list to HTML that is safe to show, and to plain text for mails."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

RULES = (
    *("paragraph", "list", "code", "fence", "blockquote", "heading"),
    *("text", "newline", "escape", "backticks", "strikethrough", "emphasis", "link", "autolink", "entity"),
)
# Each level of a list counts twice. What is deeper is left out.
DEEPEST = 12
# Beyond this many marks or lines a text is shown as it was typed: the time to pair them grows faster than they do.
MOST_MARKS = 1_000
MOST_LINES = 1_000
REL = "nofollow noopener noreferrer"
_MARKS = re.compile(r"[\[\]*_~`<>!\\]")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"\x00-\x20\x7f]+", re.IGNORECASE)
_ADDRESS = re.compile(r"\bhttps?://[^\s<>\"'\x00-\x20\x7f]+", re.IGNORECASE)
# What ends a sentence is no part of the address in it.
_ENDS = ".,;:!?)]}*_~"
# The elements that come of the tokens of the parser; small headings are paragraphs in bold.
_BLOCKS = {"paragraph": "p", "bullet_list": "ul", "list_item": "li", "blockquote": "blockquote"}
_SPANS = {"em": "em", "strong": "strong", "s": "s"}


@lru_cache(maxsize=512)
def html(text: str) -> str:
    """Return Markdown as HTML of a few elements, without a class, a style or a picture; raw HTML is shown as typed."""
    return "".join(_blocks(_parsed(text)))


@lru_cache(maxsize=512)
def plain(text: str) -> str:
    """Return Markdown as plain text: paragraphs apart, lists with marks, links with their address behind them."""
    lines = "\n".join(line.rstrip() for line in _lines(_parsed(text)))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def _parsed(text: str) -> "Sequence[Token]":
    if text.count("\n") > MOST_LINES or len(_MARKS.findall(text)) > MOST_MARKS:
        return _typed(text)
    found = _parser().parse(text)
    for block in found:
        _unpictured(block.children or [])
    return found


def _unpictured(words: "Sequence[Token]") -> None:
    """Make mere links of pictures, because no page loads what stands elsewhere."""
    for before, link in pairwise(words):
        if before.type == "text" and link.type == "link_open" and link.markup != "autolink":
            before.content = before.content.removesuffix("!")


def _typed(text: str) -> "Sequence[Token]":
    """Return a text as one paragraph that nothing was read into."""
    from markdown_it.token import Token

    words: list[Token] = []
    for line in text.strip().split("\n"):
        words += [Token("softbreak", "br", 0), Token("text", "", 0, content=line)]
    return [
        Token("paragraph_open", "p", 1),
        Token("inline", "", 0, children=words[1:]),
        Token("paragraph_close", "p", -1),
    ]


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    options = {"maxNesting": DEEPEST, "html": False}
    return MarkdownIt("zero", options).enable([*RULES, "balance_pairs", "fragments_join"])


def _blocks(tokens: "Sequence[Token]") -> Iterator[str]:
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        if token.type == "inline":
            yield _inline(token.children or [])
        elif token.type in ("fence", "code_block"):
            yield f"<pre><code>{escape(token.content)}</code></pre>"
        elif kind == "heading":
            yield "<p><strong>" if side == "open" else "</strong></p>"
        elif kind == "ordered_list":
            yield f"<ol{_start(token)}>" if side == "open" else "</ol>"
        elif kind in _BLOCKS and not token.hidden:
            yield f"<{'/' * (side == 'close')}{_BLOCKS[kind]}>"


def _start(token: "Token") -> str:
    number = token.attrGet("start")
    return "" if number is None else f' start="{int(number)}"'


def _inline(tokens: "Sequence[Token]") -> str:
    found: list[str] = []
    link = False
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        if token.type == "text":
            found.append(escape(token.content) if link else _with_links(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            found.append("<br>")
        elif token.type == "code_inline":
            found.append(f"<code>{escape(token.content)}</code>")
        elif token.type == "link_open":
            link = _LINK.fullmatch(_href(token)) is not None
            found.append(_anchor(_href(token)) if link else "")
        elif token.type == "link_close":
            found.append("</a>" if link else "")
            link = False
        elif kind in _SPANS:
            found.append(f"<{'/' * (side == 'close')}{_SPANS[kind]}>")
    return "".join(found)


def _with_links(text: str) -> str:
    """Return a text in which addresses are links."""
    found, done = [], 0
    for match in _ADDRESS.finditer(text):
        url = match[0].rstrip(_ENDS)
        found.append(escape(text[done : match.start()]))
        found.append(f"{_anchor(url)}{escape(url)}</a>")
        done = match.start() + len(url)
    return "".join((*found, escape(text[done:])))


def _href(token: "Token") -> str:
    return str(token.attrGet("href"))


def _anchor(url: str) -> str:
    return f'<a href="{escape(url)}" rel="{REL}">'


def _lines(tokens: "Sequence[Token]") -> list[str]:
    """Return the lines of a plain text; each quote and list item is gathered, then put into what holds it."""
    gathered: list[list[str]] = [[]]
    numbers: list[int | None] = []
    for token in tokens:
        kind, _, side = token.type.rpartition("_")
        if token.type == "inline":
            gathered[-1] += _words(token.children or []).split("\n")
        elif token.type in ("fence", "code_block"):
            gathered[-1] += [*token.content.rstrip("\n").split("\n"), ""]
        elif kind in ("bullet_list", "ordered_list"):
            if side == "open":
                numbers.append(int(token.attrGet("start") or 1) if kind == "ordered_list" else None)
            else:
                numbers.pop()
                gathered[-1].append("")
        elif kind in ("blockquote", "list_item"):
            if side == "open":
                gathered.append([])
            else:
                inner = _stripped(gathered.pop())
                gathered[-1] += _quoted(inner) if kind == "blockquote" else _item(inner, numbers)
        elif side == "close" and not token.hidden:
            gathered[-1].append("")
    return gathered[0]


def _stripped(lines: list[str]) -> list[str]:
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _quoted(lines: list[str]) -> list[str]:
    return [*(f"> {line}" for line in lines), ""]


def _item(lines: list[str], numbers: list[int | None]) -> list[str]:
    number = numbers[-1]
    mark = "- " if number is None else f"{number}. "
    if number is not None:
        numbers[-1] = number + 1
    first, *others = lines or [""]
    return [mark + first, *(" " * len(mark) + line for line in others)]


def _words(tokens: "Sequence[Token]") -> str:
    found: list[str] = []
    links: list[tuple[str, int]] = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            found.append("\n")
        elif token.type == "link_open":
            links.append((_href(token), len(found)))
        elif token.type == "link_close":
            url, start = links.pop()
            if "".join(found[start:]) not in (url, url.removeprefix("mailto:")):
                found.append(f" ({url})")
        else:
            found.append(token.content)
    return "".join(found)
