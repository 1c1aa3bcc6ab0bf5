"""What a page tells as RSS 2.0, Atom and JSON Feed: one entry for each update and each turn of planned work."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from markupsafe import escape

from asura.domain import markup
from asura.domain.board import Board
from asura.domain.page import Page
from asura.web.answers import ENCODER
from asura.web.present import instant
from asura.web.status.happenings import Happening, happenings
from asura.web.status.showing import Showing
from asura.web.status.writing import Writing

NEWEST = 50
RSS, ATOM, JSON_FEED = "application/rss+xml", "application/atom+xml", "application/feed+json"
# Each feed by its name, with the template that it is made of.
TEMPLATES = {"history.rss": "rss.xml.j2", "history.atom": "atom.xml.j2"}
MEDIA_TYPES = {"history.rss": RSS, "history.atom": ATOM, "feed.json": JSON_FEED}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Entry(NamedTuple):
    """One thing that was told; `id` stays the same wherever the page moves."""

    id: str
    url: str
    title: str
    text: str
    html: str
    at: datetime
    tags: tuple[str, ...]


def render(shown: Showing, name: str, component: int | None = None) -> bytes:
    """Return a feed of everything, or of what is about one component of the page."""
    feed = _head(shown, name, component)
    if name == "feed.json":
        return ENCODER.encode(_json_feed(feed))
    made: str = _template(TEMPLATES[name]).render(feed)
    return made.encode()


def modified_at(board: Board) -> datetime:
    """Return when a feed last changed, to the second."""
    told = [one.at for one in happenings(board, "en")]
    return max([board.updated_at, *told[:1]]).replace(microsecond=0)


def clean(text: str) -> str:
    """Return a text without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)


def _head(shown: Showing, name: str, component: int | None) -> dict[str, Any]:
    board = shown.board
    of = next((one.name for one in board.components if one.id == component), "")
    query = f"?component={component}" if component is not None else ""
    entries = list(_entries(shown, component))
    return {
        "id": _urn(shown.page, f"feed {component or ''}"),
        "title": clean(f"{board.title}: {of}" if of else board.title),
        "description": clean(board.description),
        "language": shown.language,
        "home": shown.url,
        "address": f"{shown.url}/{name}{query}",
        "updated_at": max((one.at for one in entries), default=board.updated_at),
        "entries": entries,
    }


def _entries(shown: Showing, component: int | None) -> Iterator[Entry]:
    writing = Writing(shown.language, shown.board.timezone, shown.board.as_of)
    names = {one.id: one.name for one in shown.board.components}
    for one in happenings(shown.board, shown.language, component=component)[:NEWEST]:
        affected = [names[id] for id in one.component_ids if id in names]
        beside = _beside(one, affected, writing)
        yield Entry(
            _urn(shown.page, one.id),
            shown.url if one.post_id is None else f"{shown.url}/incidents/{one.post_id}",
            clean(f"{one.title}: {writing(one.status)}" if one.status else one.title),
            clean("\n\n".join([markup.plain(one.text), *beside]).strip()),
            clean(one.html + "".join(f"<p>{escape(line)}</p>" for line in beside)),
            one.at,
            tuple(clean(name) for name in affected),
        )


def _beside(one: Happening, affected: list[str], writing: Writing) -> list[str]:
    """Return what stands below the text: when the work is, and what it is about."""
    lines = []
    if one.work is not None:
        start, end = one.work.starts_at, one.work.ends_at
        first, last = writing.local(start).date(), writing.local(end).date()
        until = writing.time(end) if first == last else f"{writing.date(last)}, {writing.time(end)}"
        begin = f"{writing.date(first)}, {writing.time(start)}"
        lines.append(f"{writing('span', start=begin, end=until)} ({writing.zone_name})")
    if affected:
        lines.append(writing("affects", names=writing.names(affected, most=len(affected))))
    return lines


def _json_feed(feed: dict[str, Any]) -> dict[str, Any]:
    """Return a feed as JSON Feed 1.1."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["title"],
        "home_page_url": feed["home"],
        "feed_url": feed["address"],
        "description": feed["description"],
        "language": feed["language"],
        "authors": [{"name": feed["title"], "url": feed["home"]}],
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "content_text": entry.text,
                "content_html": entry.html,
                "date_published": instant(entry.at),
                "date_modified": instant(entry.at),
                "tags": entry.tags,
            }
            for entry in feed["entries"]
        ],
    }


def _urn(page: Page, what: str) -> str:
    """Return a name that is unique in the world and does not depend on the address of the page."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'asura status page {page.id} {instant(page.created_at)} {what}')}"


@lru_cache(maxsize=4)
def _template(name: str) -> Any:
    from jinja2 import Environment, FileSystemLoader

    import asura

    folder = Path(asura.__file__).parent / "templates" / "status"
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True)
    environment.globals |= {"rfc3339": instant, "rfc822": lambda at: format_datetime(at.astimezone(UTC), usegmt=True)}
    return environment.get_template(name)
