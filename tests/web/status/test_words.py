"""All languages of status pages say the same things, with the same values in them, and write dates as they do."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from asura.web.status.words import EN, Text
from asura.web.status.writing import LANGUAGES, Writing

OTHERS = sorted(LANGUAGES.keys() - {"en"})
# 18:45 in Berlin.
NOW = datetime(2026, 8, 31, 16, 45, tzinfo=UTC)


def values(text: Text) -> set[str]:
    """Return the names of what is put into a text."""
    return set(re.findall(r"{(\w+)}", text if isinstance(text, str) else " ".join(text)))


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text(language: str) -> None:
    assert LANGUAGES[language].keys() == EN.keys()


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_takes_the_same_values_in_every_language(language: str) -> None:
    other = LANGUAGES[language]
    differing = [key for key in EN if values(EN[key]) != values(other[key]) and not key.startswith(("date", "month"))]
    assert differing == []
    assert [key for key in EN if isinstance(EN[key], tuple) != isinstance(other[key], tuple)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_was_left_untranslated(language: str) -> None:
    same = {key for key in EN if EN[key] == LANGUAGES[language][key]}
    own = {
        "span",
        "stamp",
        "percent",
        "decimal",
        "list_comma",
        "month_year",
        "milliseconds",
        "seconds",
        "date_short",
        "day_only",
    }
    assert {key for key in same if not key.startswith("kind_")} <= own


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_there_are_twelve_months(language: str) -> None:
    for key in ("months", "long_months"):
        assert len(str(LANGUAGES[language][key]).split()) == 12


@pytest.mark.parametrize(
    ("language", "date", "short", "month", "span"),
    [
        ("en", "31 Aug 2026", "31 Aug", "August 2026", "31 Aug, 18:45 \u2013 20:45"),
        ("de", "31. Aug. 2026", "31. Aug.", "August 2026", "31. Aug., 18:45 \u2013 20:45"),
        ("zh", "2026年8月31日", "8月31日", "2026年8月", "8月31日 18:45 \u2013 20:45"),
    ],
)
def test_dates_are_written_as_each_language_does(language: str, date: str, short: str, month: str, span: str) -> None:
    writing = Writing(language, "Europe/Berlin", NOW)
    day = writing.today
    assert (writing.date(day), writing.short_date(day), writing.month(day)) == (date, short, month)
    assert writing.span(NOW, NOW + timedelta(hours=2)) == span


def test_instants_are_in_the_zone_of_the_page_and_as_short_as_they_can_be() -> None:
    writing = Writing("en", "Asia/Tokyo", NOW)
    assert writing.stamp(NOW) == "01:45"
    assert writing.stamp(NOW - timedelta(days=1)) == "31 Aug, 01:45"
    assert writing.stamp(NOW - timedelta(days=365)) == "1 Sep 2025, 01:45"
    assert writing.span(NOW, NOW + timedelta(days=1)) == "1 Sep, 01:45 \u2013 2 Sep, 01:45"


def test_days_that_belong_together_name_their_year_once() -> None:
    writing = Writing("en", "UTC", NOW)
    last = writing.today
    assert writing.days(last - timedelta(days=10), last) == "21 \u2013 31 Aug 2026"
    assert writing.days(last - timedelta(days=40), last) == "22 Jul \u2013 31 Aug 2026"
    assert writing.days(last - timedelta(days=300), last) == "4 Nov 2025 \u2013 31 Aug 2026"
    assert writing.days(last, last) == "31 Aug 2026"
    assert Writing("de", "UTC", NOW).days(last - timedelta(days=10), last) == "21. \u2013 31. Aug. 2026"
    chinese = Writing("zh", "UTC", NOW)
    assert chinese.days(last - timedelta(days=10), last) == "2026年8月21日 \u2013 31日"
    assert chinese.days(last - timedelta(days=40), last) == "2026年7月22日 \u2013 8月31日"


@pytest.mark.parametrize(
    ("ratio", "en", "de", "zh"),
    [
        (1.0, "100\u202f%", "100\u202f%", "100%"),
        (0.999999, "99.99\u202f%", "99,99\u202f%", "99.99%"),
        (0.9971, "99.71\u202f%", "99,71\u202f%", "99.71%"),
        (0.0, "0.00\u202f%", "0,00\u202f%", "0.00%"),
    ],
)
def test_only_what_is_whole_is_a_hundred_percent(ratio: float, en: str, de: str, zh: str) -> None:
    assert [Writing(language, "UTC", NOW).percent(ratio) for language in ("en", "de", "zh")] == [en, de, zh]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-20, "just now"),
        (-60, "1 minute ago"),
        (-7_100, "1 hour ago"),
        (-86_400 * 3, "3 days ago"),
        (200, "in 3 minutes"),
        (86_400, "in 1 day"),
    ],
)
def test_distances_are_told_in_their_largest_unit(seconds: int, text: str) -> None:
    assert Writing("en", "UTC", NOW).ago(NOW + timedelta(seconds=seconds)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute"),
        (59, "less than a minute"),
        (61, "1 min"),
        (3_600, "1 h"),
        (8_100, "2 h 15 min"),
        (86_400 * 2, "2 days"),
        (86_400 * 2 + 3_700, "2 days 1 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds: float, text: str) -> None:
    assert Writing("en", "UTC", NOW).duration(seconds) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "A, B, C and 2 more"), ("de", "A, B, C und 2 weitere"), ("zh", "A、B、C以及另外 2 项")],
)
def test_of_many_names_some_are_named(language: str, text: str) -> None:
    writing = Writing(language, "UTC", NOW)
    assert writing.names(list("ABCDE")) == text
    assert writing.names(["A"]) == "A"


def test_two_names_are_joined_by_a_word() -> None:
    assert [Writing(one, "UTC", NOW).names(["A", "B"]) for one in ("en", "de", "zh")] == ["A and B", "A und B", "A和B"]


def test_a_zone_that_is_not_known_is_utc() -> None:
    for name in ("Nowhere/At_all", "../etc/passwd", "", "\x00"):
        assert Writing("en", name, NOW).time(NOW) == "16:45"
    assert Writing("en", "Europe/Berlin", NOW).zone == ZoneInfo("Europe/Berlin")
