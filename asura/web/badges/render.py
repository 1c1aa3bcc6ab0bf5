"""A badge as SVG, or as the JSON that shields.io makes a badge of."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from asura.domain.badge import Badge, Tone
from asura.web.badges.measure import clean, is_rtl, width

STYLES = ("flat", "flat-square", "for-the-badge", "dot")
COLOR = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
NAMED = {
    "brightgreen": "#4c1",
    "green": "#97ca00",
    "yellowgreen": "#a4a61d",
    "yellow": "#dfb317",
    "orange": "#fe7d37",
    "red": "#e05d44",
    "blue": "#007ec6",
    "grey": "#555",
    "gray": "#555",
    "lightgrey": "#9f9f9f",
    "lightgray": "#9f9f9f",
    "black": "#000",
    "white": "#fff",
}
# How a text is written in each language of documents; the template of HTML escapes by itself.
ESCAPES: dict[str, Callable[[str], str]] = {
    "markdown": lambda text: re.sub(r"([\\\[\]!*_`<>])", r"\\\1", text),
    "html": lambda text: text,
    "restructuredtext": lambda text: text.replace("\\", "\\\\"),
    "asciidoc": lambda text: text.replace("\\", "").replace('"', "'").replace("]", "\\]"),
}
PARAMETERS = {"color_up": Tone.UP, "color_warn": Tone.WARN, "color_down": Tone.DOWN, "color_unknown": Tone.UNKNOWN}
PADDING, WIDE_PADDING = 5.0, 9.0
SPACED, SPACED_BOLD = 1.25, 1.4
# On colours lighter than this, white letters cannot be read.
LIGHT = 0.69


class Look(msgspec.Struct, frozen=True):
    """What the asker wants changed: nothing that cannot be read is an error, badges stand on other people's pages."""

    style: str = "flat"
    label: str | None = None
    colors: tuple[tuple[Tone, str], ...] = ()


def look_of(query: Mapping[str, str]) -> Look:
    """Return what a query asks for; what is no style or colour is as if it were not there."""
    style = query.get("style", "flat")
    colors = tuple((tone, found) for name, tone in PARAMETERS.items() if (found := color(query.get(name, ""))))
    return Look(style if style in STYLES else "flat", query.get("label"), colors)


def color(text: str) -> str | None:
    """Return a colour as SVG writes it: from a name of shields.io, or three or six hex digits."""
    found = COLOR.fullmatch(text)
    return f"#{found[1]}" if found else NAMED.get(text.lower())


def shields(badge: Badge, look: Look) -> bytes:
    """Return the JSON of shields.io's endpoint badge: these keys and no others."""
    label, message, fill = _said(badge, look)
    return msgspec.json.encode(
        {
            "schemaVersion": 1,
            "label": label,
            "message": message or "unknown",
            "color": fill,
            "isError": badge.tone is Tone.UNKNOWN,
            "cacheSeconds": 300,
        }
    )


@lru_cache(maxsize=2048)
def svg(badge: Badge, look: Look, link: str) -> bytes:
    """Return a badge as a picture that links to a page."""
    label, message, fill = _said(badge, look)
    loud = look.style == "for-the-badge"
    if loud:
        label, message = label.upper(), message.upper()
    padding = WIDE_PADDING if loud else PADDING
    # The wide style is set in 10 px, spaced out and with a bold message.
    sizes = (SPACED * 10 / 11, SPACED_BOLD * 10 / 11) if loud else (1.0, 1.0)
    lengths = [round(width(text) * size, 1) for text, size in zip((label, message), sizes, strict=True)]
    left = round(lengths[0] + 2 * padding, 1) if label else 0.0
    right = round(lengths[1] + 2 * padding, 1)
    texts = [
        {"text": text, "length": length, "x": round(x, 1), "rtl": is_rtl(text), "dark": dark, "bold": bold}
        for text, length, x, dark, bold in (
            (label, lengths[0], left / 2, False, False),
            (message, lengths[1], left + right / 2, _is_light(fill), loud),
        )
        if text
    ]
    title = f"{label}: {message}" if label else message
    drawn = _template(f"{look.style}.svg").render(
        title=title, link=link, width=round(left + right, 1), left=left, right=right, color=fill, texts=texts
    )
    return str(drawn).strip().encode("utf-8", "replace")


def snippet(kind: str, *, image: str, page: str, alt: str) -> str:
    """Return the text that shows a badge and links to a page, in a language of documents."""
    said = ESCAPES[kind](clean(alt))
    return str(_template(f"{kind}.txt").render(image=image, page=page, alt=said)).strip()


def _said(badge: Badge, look: Look) -> tuple[str, str, str]:
    label = clean(badge.label if look.label is None else look.label)
    return label, clean(badge.message), dict(look.colors).get(badge.tone, badge.tone.value)


def _is_light(fill: str) -> bool:
    digits = fill[1:] if len(fill) == 7 else "".join(digit * 2 for digit in fill[1:])
    red, green, blue = (int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4))
    return 0.299 * red + 0.587 * green + 0.114 * blue > LIGHT


@lru_cache(maxsize=16)
def _template(name: str) -> Any:
    return _environment().get_template(name)


@lru_cache(maxsize=1)
def _environment() -> Any:
    from jinja2 import Environment, FileSystemLoader

    import asura

    folder = Path(asura.__file__).parent / "templates" / "badges"
    return Environment(loader=FileSystemLoader(folder), autoescape=lambda name: bool(name and name.endswith(".svg")))
