"""Status pages as people get them: complete without a script, in order, and true to their board."""

import itertools
import re

import msgspec
import pytest

from asura.domain.page import Show
from asura.web.status import html
from tests.web.status import samples
from tests.web.status.reading import Tree, pages, read
from tests.web.status.samples import HOUR, board, showing

BOARDS = samples.everything()
LANGUAGES = ("en", "de", "zh")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(BOARDS))
def test_every_page_of_every_board_is_sound(name: str, language: str) -> None:
    for kind, page in pages(showing(BOARDS[name], language=language)).items():
        tree = Tree(page.decode())
        for tag, attributes in tree.tags:
            assert "style" not in attributes, (kind, tag)
            assert not any(one.startswith("on") for one in attributes), (kind, tag)
        assert tree.all("style") == []
        assert all("src" in script for script in tree.all("script"))
        assert tree.all("html")[0]["lang"] == {"zh": "zh-Hans"}.get(language, language)


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_headings_leave_out_no_level(name: str) -> None:
    levels = [int(tag[1]) for tag, _ in read(BOARDS[name]).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quiet", "Everything is working"),
        ("degraded", "Some systems have problems"),
        ("major", "Some systems are down"),
        ("down", "Major outage"),
        ("maintenance", "Maintenance is in progress"),
        ("unknown", "We cannot tell right now"),
        ("empty", "Nothing is listed here yet"),
    ],
)
def test_the_state_of_the_world_is_said_in_big_words_and_in_the_title(name: str, words: str) -> None:
    page = html.page(showing(BOARDS[name])).decode()
    assert f'<h1 id="state">{words}</h1>' in page
    assert f"<title>{words} \u00b7 Example status</title>" in page


def test_it_says_when_it_was_last_looked_and_in_which_zone() -> None:
    page = html.page(showing(board())).decode()
    assert re.search(r'As of <time id="as-of" datetime="2026-11-20T17:45:00Z"[^>]*>18:45</time> Europe/Berlin', page)
    german = html.page(showing(board(), language="de")).decode()
    assert re.search(r'Stand: <time id="as-of"[^>]*>18:45</time> Europe/Berlin', german)


def test_within_a_minute_the_page_of_the_same_state_is_the_same_to_the_byte() -> None:
    later = msgspec.structs.replace(board(), as_of=samples.AS_OF.replace(second=40))
    assert html.page(showing(board())) == html.page(showing(later))


def test_what_is_affected_is_named_the_worst_first_and_leads_there() -> None:
    page = html.page(showing(BOARDS["major"])).decode()
    assert 'Affected: <a href="#system-2">Checkout</a></p>' in page
    assert "Under maintenance: " in html.page(showing(BOARDS["maintenance"])).decode()
    assert "All 5 systems work as they should." in html.page(showing(board())).decode()


def test_what_matters_comes_first() -> None:
    notices, past = (samples.notice(),), (samples.ended(),)
    shown = msgspec.structs.replace(BOARDS["major"], notices=notices, past=past)
    page = html.page(showing(shown)).decode()
    order = [
        *("Subscribe</a>", 'id="state"', "Checkout is not available</a></h3>", "New disks", "Storm warning"),
        *("Planned maintenance", "A new data centre", ">Shop</h2>", ">Behind the scenes</h2>", ">Past incidents</h2>"),
        *("Search was slow", "Uptime is over the last 90 days", 'history.rss">RSS', "Powered by asura"),
    ]
    places = [page.rindex(one) for one in order]
    assert places == sorted(places)


def test_an_incident_is_shown_with_all_its_updates_newest_first() -> None:
    text = read(BOARDS["major"]).text
    assert text.index("rolling back") < text.index("looking into failing")
    assert "Affects Checkout" in text
    assert "1 minute ago" in text


def test_of_many_updates_the_older_ones_are_folded() -> None:
    said = tuple(samples.update(n, n * samples.HOUR, samples.PostStatus.INVESTIGATING, f"Word {n}") for n in range(9))
    text = read(board(active=(samples.post(1, "Long", *said),))).text
    assert "6 earlier updates" in text
    assert "Word 8" in text


def test_maintenance_says_when_it_begins_and_when_it_ends() -> None:
    text = read(BOARDS["major"]).text
    assert "20 Nov, 17:45 \u2013 19:45" in text
    assert "Ends in 1 hour" in text
    assert "22 Nov, 00:45 \u2013 03:45" in text
    assert "Begins in 1 day" in text


@pytest.mark.parametrize(
    ("language", "once", "often"),
    [
        ("en", "And once more, on 22 Nov 2026.", "And 40 more times until 22 Nov 2026."),
        ("de", "Und noch einmal am 22. Nov. 2026.", "Und noch 40 weitere Male bis 22. Nov. 2026."),
        ("zh", "至 2026年11月22日 还有 1 次。", "至 2026年11月22日 还有 40 次。"),
    ],
)
def test_what_comes_again_and_again_is_one_card_with_how_often_and_until_when(
    language: str, once: str, often: str
) -> None:
    first, second, third = (samples.work("Backup", "scheduled", days * 24 * HOUR, HOUR) for days in (0.5, 1, 2))
    other = msgspec.structs.replace(samples.work("New disks", "scheduled", 72 * HOUR, HOUR), window_id=2)
    for works, said in (
        ((other, third, first), once),
        ((msgspec.structs.replace(first, more=40, more_until=third.starts_at), second, other), often),
        ((first, other), ""),
    ):
        tree = read(board(maintenance=works), language=language)
        assert [tree.text.count(title) for title in ("Backup", "New disks")] == [1, 1]
        assert tree.text.index("Backup") < tree.text.index("New disks")
        assert all((line in tree.text) == (line == said) for line in (once, often))


def test_past_days_are_told_newest_first_and_quiet_ones_together() -> None:
    text = read(BOARDS["notice"]).text
    days = text[text.index("Past incidents") :]
    for said in ("20 Nov 2026 No incidents", "19 Nov 2026 No incidents", "18 Nov 2026 Search was slow"):
        assert said in days
    assert "Lasted 2 h" in days
    assert "A disk was full." in days
    assert "16 Nov 2026 Database upgrade Completed" in days
    assert "7 \u2013 15 Nov 2026 No incidents" in days


def test_a_long_quiet_is_one_line() -> None:
    assert "No incidents in the last 14 days." in read(board()).text
    assert "Past incidents" not in read(board(), show=Show(past_incidents_days=0)).text


def test_a_day_on_which_an_incident_went_on_is_no_quiet_day() -> None:
    began = samples.update(1, 50 * samples.HOUR, samples.PostStatus.INVESTIGATING, "Where is it?")
    text = read(board(active=(samples.post(1, "Lost parcel", began, impact="none"),))).text
    # What is open is told of once, above.
    assert text.count("Lost parcel") == 1
    assert "18 \u2013 20 Nov 2026 See above" in text
    assert "7 \u2013 17 Nov 2026 No incidents" in text


def test_a_page_with_nothing_but_what_is_open_does_not_say_that_nothing_was() -> None:
    began = samples.update(1, 50 * samples.HOUR, samples.PostStatus.INVESTIGATING, "Where is it?")
    page = board(active=(samples.post(1, "Lost parcel", began, impact="none"),))
    text = read(page, show=Show(past_incidents_days=3)).text
    assert "18 \u2013 20 Nov 2026 See above" in text
    assert "No incidents" not in text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "99.80\u202f% uptime since 18 Nov"),
        ("de", "seit 18. Nov. 99,80\u202f% verf\xfcgbar"),
        ("zh", "\u81ea11\u670818\u65e5\u8d77"),
    ],
)
def test_the_uptime_of_what_is_young_says_since_when_it_is(language: str, said: str) -> None:
    young = samples.component(1, "Shop", ratio=0.998, since=samples.AS_OF - 48 * samples.HOUR)
    page = html.page(showing(board(components=(young,)), language=language)).decode()
    assert said in page
    old = samples.component(1, "Shop", ratio=0.998)
    assert said not in html.page(showing(board(components=(old,)), language=language)).decode()


def test_a_group_that_is_folded_opens_when_something_in_it_is_wrong() -> None:
    quiet, bad = read(board()).all("details"), read(BOARDS["maintenance"]).all("details")
    assert [("open" in one) for one in quiet if one.get("class") == "group"] == [False]
    assert [("open" in one) for one in bad if one.get("class") == "group"] == [True]


def test_the_accounting_rule_is_said_where_there_are_figures() -> None:
    rule = "maintenance, and times in which we could not look, are not counted"
    assert rule in read(board()).text
    assert rule not in read(board(), show=Show(uptime=False)).text


def test_without_figures_there_is_no_percentage() -> None:
    bare = tuple(msgspec.structs.replace(one, ratio=None) for one in samples.shop())
    page = html.page(showing(board(components=bare), show=Show(uptime=False))).decode()
    assert "%" not in re.sub(r'data-lost="[^"]*"', "", page)
