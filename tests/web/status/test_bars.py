"""The days of a component: what their bars and their table say, and that the past is written once."""

import re
from datetime import timedelta

import msgspec
import pytest

from asura.domain.board import Bar
from asura.web.status.bars import Strip, Strips
from asura.web.status.writing import Writing
from tests.web.status.samples import AS_OF, HOSTILE, TODAY, Marks, bars, component

WRITING = Writing("en", "UTC", AS_OF)


def strip(marks: Marks | None = None, *, uptime: bool = True, language: str = "en", **more: object) -> Strip:
    """Return the strip of 90 days."""
    one = component(1, "Shop", bars=bars(marks=marks, **more))
    return Strips().strip(Writing(language, "UTC", AS_OF), 1, one, {7: "Lost & found"}, uptime=uptime)


def drawn(made: Strip) -> list[tuple[str, str]]:
    """Return the class and the title of each bar."""
    return re.findall(r'<i(?: class="(\w+)")? title="([^"]*)"[^>]*></i>', made.bars)


@pytest.mark.parametrize(
    ("worst", "bad", "kind", "said"),
    [
        ("up", 0, "", "No problems"),
        ("late", 0, "", "No problems"),
        ("degraded", 0, "g", "Degraded"),
        ("down", 30, "d1", "Outage: less than a minute\n99.96\u202f% uptime"),
        ("down", 3_600, "d2", "Outage: 1 h\n95.83\u202f% uptime"),
        ("unreachable", 43_200, "d", "Outage: 12 h\n50.00\u202f% uptime"),
        ("maintenance", 0, "m", "Maintenance"),
        ("unknown", 0, "k", "Not known"),
        ("paused", 0, "k", "Not known"),
        ("no_data", 0, "x", "No data"),
        ("something new", 0, "x", "No data"),
    ],
)
def test_each_day_has_the_shape_and_the_words_of_its_worst(worst: str, bad: float, kind: str, said: str) -> None:
    found = drawn(strip({5: (worst, bad)}))
    assert len(found) == 90
    assert found[-6] == (kind, f"15 Nov 2026\n{said}")


def test_a_day_names_its_incidents_and_leads_to_the_last_one() -> None:
    made = strip({5: ("down", 60.0)}, posts={5: 7})
    assert "Lost &amp; found" in made.bars
    assert 'data-post="7"' in made.bars
    assert "<td>Outage: 1 min; Lost &amp; found</td>" in made.rows


def test_bars_begin_when_the_monitor_did() -> None:
    found = drawn(strip(from_day=80))
    assert [kind for kind, _ in found] == ["x"] * 80 + [""] * 10


def test_what_the_bars_mean_is_said_in_a_sentence() -> None:
    made = strip({3: ("down", 60.0), 4: ("degraded", 0.0), 9: ("maintenance", 0.0)}, from_day=10)
    said = "1 with an outage, 1 degraded, 1 with maintenance, 10 without data, 77 without problems"
    assert made.label == f"The last 90 days: {said}."


def test_the_table_has_days_that_were_the_same_together() -> None:
    rows = re.findall(r"<tr>(.*?)</tr>", strip({2: ("down", 60.0)}, from_day=80).rows)
    assert [re.sub(r"(<[^>]+>| )+", " ", row).strip(" ") for row in rows] == [
        "Today No problems 100\u202f%",
        "19 Nov 2026 No problems 100\u202f%",
        "18 Nov 2026 Outage: 1 min 99.93\u202f%",
        "11 \u2013 17 Nov 2026 7 days No problems 100\u202f%",
        "23 Aug \u2013 10 Nov 2026 80 days No data \u2013",
    ]


def test_without_figures_there_is_no_percentage() -> None:
    made = strip({2: ("down", 60.0)}, uptime=False)
    assert "%" not in made.bars + made.rows
    assert made.rows.count("<td>") == made.rows.count("<tr>")


def test_titles_are_text() -> None:
    one = component(1, "Shop", bars=bars(posts={3: 7, 0: 7}))
    made = Strips().strip(WRITING, 1, one, {7: HOSTILE}, uptime=True)
    assert "<script" not in made.bars + made.rows
    assert len(drawn(made)) == 90


def test_every_language_has_strips_of_its_own() -> None:
    strips, one = Strips(), component(1, "Shop")
    made = {strips.strip(Writing(name, "UTC", AS_OF), 1, one, {}, uptime=True) for name in ("en", "de", "zh", "en")}
    assert len(made) == 3


def test_nothing_is_written_anew_while_nothing_changes() -> None:
    strips, one = Strips(), component(1, "Shop", bars=bars(marks={0: ("down", 61.0)}))
    first = strips.strip(WRITING, 1, one, {}, uptime=True)
    # The same day a little later: as long ago as it is told, the outage is as long.
    later = msgspec.structs.replace(one, bars=(*one.bars[:-1], Bar(TODAY, 1 - 61 / 86_400, "down", 80.0)))
    assert strips.strip(WRITING, 1, later, {}, uptime=True) is first
    longer = msgspec.structs.replace(one, bars=(*one.bars[:-1], Bar(TODAY, 0.99, "down", 130.0)))
    assert strips.strip(WRITING, 1, longer, {}, uptime=True) is not first


@pytest.mark.parametrize("change", ["past", "title", "day"])
def test_what_changes_in_the_past_is_shown(change: str) -> None:
    strips, one = Strips(), component(1, "Shop", bars=bars(posts={5: 7}))
    before = strips.strip(WRITING, 1, one, {7: "Old"}, uptime=True)
    if change == "past":
        one = msgspec.structs.replace(one, bars=bars(marks={30: ("down", 60.0)}, posts={5: 7}))
    if change == "day":
        tomorrow = Bar(TODAY + timedelta(days=1), 1.0, "up")
        one = msgspec.structs.replace(one, bars=(*one.bars[1:], tomorrow))
    after = strips.strip(WRITING, 1, one, {7: "New" if change == "title" else "Old"}, uptime=True)
    assert after.bars != before.bars


def test_pages_do_not_see_the_strips_of_others() -> None:
    strips = Strips()
    good, bad = component(1, "A"), component(1, "B", bars=bars(marks={4: ("down", 900.0)}))
    found = [strips.strip(WRITING, page, one, {}, uptime=True).bars for page, one in ((1, good), (2, bad), (1, good))]
    assert found[0] == found[2] != found[1]
