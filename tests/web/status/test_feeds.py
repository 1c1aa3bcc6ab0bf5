"""Feeds: what real readers make of them, also of texts that mean harm, and that entries stay who they are."""

import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import Any

import feedparser
import msgspec
import pytest

from asura.domain.page import PageConfig
from asura.domain.post import PostStatus
from asura.web.status import feeds
from tests.web.status.boards import HOSTILE, NOON, at, busy, outage, page, quiet, showing, update, work

XML = ("history.rss", "history.atom")
ALL = (*XML, "feed.json")
ATOM = "{http://www.w3.org/2005/Atom}"
TITLES = [
    "New disks: In progress",
    "The shop is out: Identified",
    "The shop is out: Investigating",
    "New rooms",
]


def read(board: Any, name: str, *, component: int | None = None, **more: Any) -> Any:
    """Return a feed as a reader that people use reads it; anything that is not well-formed fails."""
    found = feedparser.parse(feeds.render(showing(board, **more), name, component))
    assert not found.bozo, found.bozo_exception
    return found


def told(board: Any, name: str, **more: Any) -> list[tuple[str, str, str]]:
    """Return the entries of any feed: who each is, its title and its time."""
    if name == "feed.json":
        items = json.loads(feeds.render(showing(board, **more), name))["items"]
        return [(one["id"], one["title"], one["date_published"][:19]) for one in items]
    return [(one.id, one.title, _iso(one.published_parsed)) for one in read(board, name, **more).entries]


def _iso(parts: Any) -> str:
    return datetime(*parts[:6], tzinfo=UTC).isoformat()[:19]


@pytest.mark.parametrize("name", ALL)
def test_every_update_and_every_turn_of_work_is_an_entry_newest_first(name: str) -> None:
    found = told(busy(), name)
    assert len(found) == 2 + 1 + 4 + 2 + 1 + 3
    assert [one[1] for one in found][:4] == TITLES
    assert [one[2] for one in found] == sorted((one[2] for one in found), reverse=True)
    assert found == told(busy(), "feed.json")


@pytest.mark.parametrize("name", ALL)
def test_entries_keep_their_names_when_the_page_moves_and_when_more_is_told(name: str) -> None:
    before = {one[0] for one in told(busy(), name)}
    assert before == {one[0] for one in told(busy(), name, url="https://status.example.com", root="")}
    more = outage(updates=(update(13, 0, PostStatus.MONITORING, "Better."), *outage().updates))
    after = {one[0] for one in told(busy(active=(more,)), name)}
    assert after > before and len(after - before) == 1
    assert all(one.startswith("urn:uuid:") for one in after)


def test_work_that_comes_again_has_entries_of_its_own_each_time() -> None:
    board = quiet(maintenance=(work("scheduled", 24, 25), work("scheduled", 48, 49)))
    assert len({one[0] for one in told(board, "history.rss")}) == 2


@pytest.mark.parametrize("name", ALL)
def test_no_text_breaks_a_feed(name: str) -> None:
    posts = (outage(title=HOSTILE, updates=(update(1, -1, PostStatus.IDENTIFIED, HOSTILE),), postmortem=HOSTILE),)
    board = busy(
        active=posts, title=HOSTILE, description=HOSTILE, maintenance=(work("scheduled", 1, 2, title=HOSTILE),)
    )
    assert told(board, name)
    raw = feeds.render(showing(board), name)
    if name == "feed.json":
        titles = [one["title"] for one in json.loads(raw)["items"]]
    else:
        root = ET.fromstring(raw)
        titles = [one.text or "" for one in root.iter() if str(one.tag).endswith("title")]
        assert not [one for one in root.iter() if str(one.tag).rpartition("}")[2] == "script"]
    # The text is there as it was written, but for what no document can hold.
    assert any("]]></x>&amp;<script>alert(1)</script> \u202e\U0001f600 \"'" in one for one in titles)


def test_plain_texts_hold_no_marks_and_others_are_html() -> None:
    html = '<p>We <strong>look</strong> at <a href="https://x.example/">it</a>.</p>'
    said = msgspec.structs.replace(
        update(1, -1, PostStatus.IDENTIFIED, "We **look** at [it](https://x.example/)."), html=html
    )
    board = quiet(active=(outage(updates=(said,), component_ids=()),))
    plain = "We look at it (https://x.example/)."
    (entry,) = read(board, "history.rss").entries
    assert (entry.summary, entry.content[0].value) == (plain, html)
    (entry,) = read(board, "history.atom").entries
    assert (entry.summary, entry.content[0].value) == (plain, html)
    (item,) = json.loads(feeds.render(showing(board), "feed.json"))["items"]
    assert (item["content_text"], item["content_html"]) == (plain, html)


@pytest.mark.parametrize("name", ALL)
def test_an_empty_feed_is_one_too(name: str) -> None:
    assert told(quiet(), name) == []
    if name == "history.atom":
        assert read(quiet(), name).feed.updated == "2026-11-20T11:00:00.123Z"


def test_rss_names_what_it_must_and_its_guids_are_no_addresses() -> None:
    raw = feeds.render(showing(busy()), "history.rss")
    channel = ET.fromstring(raw).find("channel")
    assert channel is not None
    assert channel.findtext("title") == "Example" and channel.findtext("link") == "https://asura.example/status"
    assert channel.findtext("description") == "All of it."
    assert {one.attrib["isPermaLink"] for one in channel.iter("guid")} == {"false"}
    entry = read(busy(), "history.rss").entries[1]
    assert entry.link == "https://asura.example/status/incidents/7"
    assert entry.summary == "A disk is full.\n\nAffects Shop and Search"
    assert entry.content[0].value == "<p>A disk is full.</p><p>Affects Shop and Search</p>"
    assert [one.term for one in entry.tags] == ["Shop", "Search"]
    assert entry.published == "Fri, 20 Nov 2026 11:00:00 GMT"


def test_atom_has_what_rfc_4287_asks_of_every_entry() -> None:
    root = ET.fromstring(feeds.render(showing(busy()), "history.atom"))
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert root.findtext(ATOM + name)
        assert all(entry.findtext(ATOM + name) for entry in root.iter(f"{ATOM}entry"))
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Example"
    own = [one.attrib for one in root.findall(f"{ATOM}link")]
    assert [(one["rel"], one["href"]) for one in own] == [
        ("self", "https://asura.example/status/history.atom"),
        ("alternate", "https://asura.example/status"),
    ]
    entry = read(busy(), "history.atom").entries[1]
    assert (entry.updated, entry.published) == ("2026-11-20T11:00:00.123Z", "2026-11-20T11:00:00.123Z")
    assert entry.content[0].type == "text/html"
    assert entry.summary == "A disk is full.\n\nAffects Shop and Search"


def test_json_feed_is_version_1_1() -> None:
    found = msgspec.json.decode(feeds.render(showing(busy()), "feed.json"))
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert (found["home_page_url"], found["feed_url"]) == (
        "https://asura.example/status",
        "https://asura.example/status/feed.json",
    )
    item = found["items"][1]
    assert item["content_text"] and item["content_html"].startswith("<p>")
    assert item["date_published"] == "2026-11-20T11:00:00.123Z"
    assert item["tags"] == ["Shop", "Search"]


@pytest.mark.parametrize("name", ALL)
def test_a_feed_of_one_component_has_only_what_is_about_it(name: str) -> None:
    raw = feeds.render(showing(busy()), name, 2)
    titles = [one[1] for one in told(busy(), name, component=2)] if name != "feed.json" else None
    assert titles in (None, ["The shop is out: Identified", "The shop is out: Investigating"])
    assert b"Example: Search" in raw and f"{name}?component=2".encode() in raw
    assert b"New rooms" not in raw


@pytest.mark.parametrize("name", ALL)
def test_only_the_newest_fifty_are_told(name: str) -> None:
    many = tuple(update(n, -n / 100, PostStatus.IDENTIFIED, f"Word {n}") for n in range(1, 200))
    found = told(quiet(active=(outage(updates=many),)), name)
    assert len(found) == 50 and found[0][2] > found[-1][2]


def test_work_says_when_it_is_in_the_zone_of_the_page_and_the_same_tomorrow() -> None:
    board = quiet(maintenance=(work("scheduled", 24, 25), work("scheduled", 30, 40)))
    later = quiet(maintenance=board.maintenance, as_of=at(24))
    long, short = read(board, "history.rss").entries
    assert "21 Nov 2026, 13:00 \u2013 14:00 (Europe/Berlin)" in short.summary
    assert "21 Nov 2026, 19:00 \u2013 22 Nov 2026, 05:00 (Europe/Berlin)" in long.summary
    assert feeds.render(showing(board), "history.rss") == feeds.render(showing(later), "history.rss")


def test_feeds_speak_the_language_of_the_page() -> None:
    found = read(busy(), "history.rss", language="de")
    assert found.feed.language == "de"
    assert found.entries[0].title == "New disks: L\u00e4uft gerade"
    assert "Die Arbeiten haben begonnen." in found.entries[0].summary


def test_the_last_change_is_the_newest_thing_told() -> None:
    assert feeds.modified_at(busy()) == at(-0.5).replace(microsecond=0)
    assert feeds.modified_at(quiet()) == at(-1).replace(microsecond=0) < NOON


def test_two_pages_never_share_a_name() -> None:
    here = showing(busy())
    there = here._replace(page=page(slug="other"))
    other = msgspec.structs.replace(there.page, id=2, config=PageConfig(title="Other"))
    ids = {one["id"] for one in json.loads(feeds.render(here, "feed.json"))["items"]}
    assert ids.isdisjoint(
        one["id"] for one in json.loads(feeds.render(there._replace(page=other), "feed.json"))["items"]
    )
