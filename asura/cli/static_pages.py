"""A status page as files that lead to each other: what belongs to it, and by which names."""

import base64
import posixpath
import re
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import unquote

from asura.errors import NotFound
from asura.web.status.exporting import STATE

Ask = Callable[..., Awaitable[Any]]

# What there is besides what pages lead to.
ALWAYS = (
    *("", "history", "embed", STATE, "embed.js", "history.rss", "history.atom", "feed.json", "maintenance.ics"),
    *("status.svg", "status.json", "theme.css", "logo", "favicon"),
    *(f"api/v2/{name}.json" for name in ("summary", "status", "components", "incidents", "incidents/unresolved")),
    *(f"api/v2/scheduled-maintenances{which}.json" for which in ("", "/upcoming", "/active")),
)
# What may be followed; all else (forms, mostly) stays where the page is alive.
FOLLOWED = re.compile(r"(history\?month=\d{4}-\d\d|incidents/[1-9]\d{0,17}|assets/[A-Za-z0-9._-]{1,100})", re.ASCII)
MOST = 1_000
ENDINGS = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/svg+xml": ".svg",
    "image/x-icon": ".ico",
    "image/vnd.microsoft.icon": ".ico",
}


class StaticPage(NamedTuple):
    """A page to be exported, as the command `status.pages` tells of it; `folder` is where it goes, empty or `x/`."""

    slug: str
    root: str
    state: str
    live: str
    url: str
    folder: str


async def files(page: StaticPage, ask: Ask) -> dict[str, bytes]:
    """Return the files of a page by their paths, those that lead to others after what they lead to."""
    read: dict[str, tuple[str, bytes]] = {}
    waiting = list(ALWAYS)
    while waiting and len(read) < MOST:
        path = waiting.pop(0)
        if path in read:
            continue
        try:
            answer = await ask("status.read", slug=page.slug, file=path, url=page.url)
        except NotFound:
            continue
        read[path] = answer["type"], base64.b64decode(answer["body"])
        if answer["type"] == "text/html":
            waiting += [one for one in _led_to(page, read[path][1].decode()) if one not in read]
    names = {path: _file_name(path, media_type) for path, (media_type, _) in read.items()}
    order = sorted(read, key=lambda path: (read[path][0] == "text/html", path == "", path))
    return {page.folder + names[path]: _rewritten(page, names, path, *read[path]) for path in order}


def _led_to(page: StaticPage, text: str) -> list[str]:
    found = (_inside(page, match[0]) for match in _links(page).finditer(text))
    return [one for one in found if one is not None and FOLLOWED.fullmatch(one)]


def _rewritten(page: StaticPage, names: dict[str, str], path: str, media_type: str, body: bytes) -> bytes:
    """Return a file whose addresses of the page are relative, or whole where there is no such file."""
    if media_type not in ("text/html", "text/css"):
        return body
    here = posixpath.dirname(names[path])

    def relative(match: re.Match[str]) -> str:
        inside = _inside(page, match[0])
        if inside in names:
            return posixpath.relpath(names[inside], here or ".")
        if inside is None or match[0] == page.root:
            return match[0]
        return f"{page.live}/{inside}"

    text = body.decode()
    # The script makes addresses of this one by putting something behind it.
    text = text.replace(f'data-root="{page.root}"', f'data-root="{posixpath.relpath(".", here or ".")}"')
    return _links(page).sub(relative, text).encode()


def _links(page: StaticPage) -> re.Pattern[str]:
    """Return what finds addresses of a page in HTML and CSS: whole values, or what begins with its root."""
    root, state = re.escape(page.root), re.escape(page.state)
    return re.compile(rf"""(?<=["'(])(?:{root}(?:[/?#][^"'()<>\s]*)?|{state})(?=["')])""")


def _inside(page: StaticPage, address: str) -> str | None:
    """Return the path below a page that an address stands for; None where it is not below the page."""
    if address == page.state:
        return STATE
    rest = address.removeprefix(page.root).partition("#")[0].replace("&amp;", "&")
    return unquote(rest.removeprefix("/"))


def _file_name(path: str, media_type: str) -> str:
    """Return the name of a file: pages are the index of a folder, because their addresses have no ending."""
    if path in ("logo", "favicon"):
        return path + ENDINGS.get(media_type, "")
    name = path.replace("?month=", "/")
    return posixpath.join(name, "index.html") if media_type == "text/html" else name
