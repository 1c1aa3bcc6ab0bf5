"""What a page looks like beyond the style sheet of all pages: its colour and CSS, its logo, its icon."""

import asyncio
from functools import lru_cache
from hashlib import blake2b

from starlette.responses import Response

from asura.domain import accent, page_css
from asura.domain.page import Page
from asura.domain.picture import SVG
from asura.web.answers import is_known
from asura.web.route import Call
from asura.web.status.gate import OPEN, PRIVATE, Hidden, admitted, not_found
from asura.web.status.showing import SHARED

# The grounds on which the colour must be read: the darker one of the light theme, the brighter one of the dark theme.
LIGHT, DARK = "#f6f7f9", "#171a21"
# A page that changes its looks has them everywhere within the hour; its tag spares the rest.
CACHE = "public, max-age=300"
CSS = "text/css"
# What a picture that is a document may do when it is opened by itself: nothing.
NOTHING = "default-src 'none'; sandbox; frame-ancestors 'none'"


async def theme(call: Call) -> Response:
    """Answer the colour and the CSS of a page."""
    try:
        config = admitted(call).config
    except Hidden:
        return not_found()
    if len(config.css) > page_css.LARGE:
        body = await asyncio.to_thread(style_sheet, config.accent, config.css)
    else:
        body = style_sheet(config.accent, config.css)
    return _file(call, body, CSS)


async def logo(call: Call) -> Response:
    """Answer the logo of a page."""
    return _picture(call, "logo")


async def favicon(call: Call) -> Response:
    """Answer the icon of a page."""
    return _picture(call, "favicon")


@lru_cache(maxsize=256)
def style_sheet(colour: str, css: str) -> bytes:
    """Return the style sheet of a page with this colour and this CSS, in which nothing is that may not be."""
    parts = [_colours(colour)] if colour else []
    return "\n".join([*parts, page_css.clean(css)]).strip().encode("utf-8", "replace") + b"\n"


def _colours(colour: str) -> str:
    light, dark = _variables(accent.readable(colour, LIGHT)), _variables(accent.readable(colour, DARK))
    return (
        f":root {{ {light} }}\n"
        f'@media (prefers-color-scheme: dark) {{ :root[data-theme="auto"] {{ {dark} }} }}\n'
        f':root[data-theme="dark"] {{ {dark} }}'
    )


def _variables(shade: str) -> str:
    return f"--accent: {shade}; --focus: {shade}; --on-accent: {accent.ink(shade)};"


def _picture(call: Call, name: str) -> Response:
    try:
        page: Page = admitted(call)
    except Hidden:
        return not_found()
    found = next((one for one in page.files if one.name == name), None)
    if found is None:
        return not_found()
    more = {"Content-Security-Policy": NOTHING} if found.media_type == SVG else {}
    if page.config.visibility in OPEN:
        more |= SHARED
    return _file(call, found.body, found.media_type, more)


def _file(call: Call, body: bytes, media_type: str, more: dict[str, str] | None = None) -> Response:
    etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
    is_open = admitted(call).config.visibility in OPEN
    headers = {"ETag": etag, "Cache-Control": CACHE if is_open else PRIVATE, **(more or {})}
    if is_known(call.request, etag):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
