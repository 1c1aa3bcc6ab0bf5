"""The files of status pages: one style sheet, one script, and an icon for each state; their names change with them."""

import gzip
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import brotli
from starlette.responses import Response

import asura
from asura.web.route import Call
from asura.web.spa import FOREVER, File
from asura.web.status.gate import not_found

FOLDER = Path(asura.__file__).parent / "templates" / "status"
KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
PACKED_FROM = 600


class Shape(NamedTuple):
    """The picture of a state: what is filled, what is drawn on it, and the colour that it has in the tab."""

    filled: str
    drawn: str
    color: str


# A disc, a triangle, an octagon, a square, a ring: nobody needs to see their colours.
SHAPES = {
    "operational": Shape('<circle cx="8" cy="8" r="7.2"/>', "M4.7 8.3l2.3 2.3 4.3-4.8", "#15803d"),
    "degraded": Shape('<path d="M8 1.1L15.5 14.2H.5z"/>', "M8 5.8v4M8 11.9v.3", "#b57f00"),
    "partial_outage": Shape('<path d="M8 .6L15.4 8 8 15.4.6 8z"/>', "M8 4.4v4.3M8 11.1v.3", "#c2410c"),
    "major_outage": Shape(
        '<path d="M5 .9h6L15.1 5v6L11 15.1H5L.9 11V5z"/>', "M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2", "#c62828"
    ),
    "maintenance": Shape('<rect x="1.1" y="1.1" width="13.8" height="13.8" rx="3.2"/>', "M6 5v6M10 5v6", "#1d63b8"),
    "notice": Shape(
        '<path d="M3 1.6h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H8.6L5 14.9v-3.3H3a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2z"/>',
        "M4.7 5.2h6.6M4.7 8.1h4.2",
        "#4f46e5",
    ),
    "unknown": Shape("", "M6.2 6.1a1.9 1.9 0 1 1 2.6 1.8c-.6.3-.8.6-.8 1.2M8 11.4v.2", "#626b7a"),
}
RING = '<circle cx="8" cy="8" r="6.7" fill="none" stroke="{0}" stroke-width="1.5" stroke-dasharray="2.6 1.8"/>'


async def asset(call: Call) -> Response:
    """Answer a file by its name; what has another name is not there."""
    found = _files().get(call.ref("name"))
    return not_found() if found is None else found.answer(call.request.headers)


@lru_cache(maxsize=64)
def name(plain: str) -> str:
    """Return the name under which a file is served, with a part that changes with what is in it."""
    return _named(plain, _bodies()[plain])


def icon(state: str) -> str:
    """Return the picture of a state as SVG to stand in a page."""
    shape = SHAPES[state]
    ground = f'<g fill="currentColor">{shape.filled}</g>' if shape.filled else RING.format("currentColor")
    drawn = f'<path class="{"on" if shape.filled else "in"}" d="{shape.drawn}"/>'
    return f'<svg viewBox="0 0 16 16" aria-hidden="true">{ground}{drawn}</svg>'


def _favicon(state: str) -> bytes:
    shape = SHAPES[state]
    ring = RING.format(shape.color) if not shape.filled else f'<g fill="{shape.color}">{shape.filled}</g>'
    ink = "#fff" if shape.filled else shape.color
    drawn = f'<path d="{shape.drawn}" fill="none" stroke="{ink}" stroke-width="1.8" stroke-linecap="round"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{ring}{drawn}</svg>'.encode()


@cache
def _bodies() -> dict[str, bytes]:
    read = {one: (FOLDER / one).read_bytes() for one in ("page.css", "page.js")}
    return read | {f"{state}.svg": _favicon(state) for state in SHAPES}


@cache
def _files() -> dict[str, File]:
    return {_named(plain, body): _file(plain, body) for plain, body in _bodies().items()}


def _file(plain: str, body: bytes) -> File:
    packed = {"br": brotli.compress(body), "gzip": gzip.compress(body, 9, mtime=0)} if len(body) >= PACKED_FROM else {}
    return File(body, KINDS[Path(plain).suffix], kept=FOREVER, packed=packed)


def _named(plain: str, body: bytes) -> str:
    stem, _, ending = plain.partition(".")
    return f"{stem}.{blake2b(body, digest_size=6).hexdigest()}.{ending}"
