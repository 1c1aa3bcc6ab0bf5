"""What badges say, and in which colour."""

from datetime import UTC, datetime, timedelta

import pytest

from asura.domain.badge import Tone, of_certificate, of_many, of_response, of_run, of_status, of_uptime
from asura.domain.status import Status
from asura.web.badges.measure import clean, is_rtl, width

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        (Status.UP, Tone.UP),
        (Status.DEGRADED, Tone.WARN),
        (Status.LATE, Tone.WARN),
        (Status.DOWN, Tone.DOWN),
        (Status.UNREACHABLE, Tone.DOWN),
        (Status.PAUSED, Tone.UNKNOWN),
        (Status.MAINTENANCE, Tone.UNKNOWN),
        (Status.UNKNOWN, Tone.UNKNOWN),
        (Status.PENDING, Tone.UNKNOWN),
    ],
)
def test_each_state_has_its_colour(status: Status, tone: Tone) -> None:
    badge = of_status("Shop", status)
    assert (badge.label, badge.message, badge.tone) == ("Shop", status.value, tone)


@pytest.mark.parametrize(
    ("ratio", "text", "tone"),
    [
        (1.0, "100%", Tone.UP),
        (0.99999, "99.99%", Tone.UP),
        (0.9999, "99.99%", Tone.UP),
        (0.999, "99.90%", Tone.UP),
        (0.99899, "99.89%", Tone.WARN),
        (0.99, "99.00%", Tone.WARN),
        (0.98999, "98.99%", Tone.DOWN),
        (0.0, "0.00%", Tone.DOWN),
        (None, "no data", Tone.UNKNOWN),
    ],
)
def test_an_uptime_is_cut_and_never_rounded_up(ratio: float | None, text: str, tone: Tone) -> None:
    badge = of_uptime(ratio, 30)
    assert (badge.label, badge.message, badge.tone) == ("uptime 30d", text, tone)


@pytest.mark.parametrize(
    ("ms", "text", "tone"),
    [
        (0.2, "< 1 ms", Tone.UP),
        (499.4, "499 ms", Tone.UP),
        (500, "500 ms", Tone.WARN),
        (1999, "2.0 s", Tone.WARN),
        (2000, "2.0 s", Tone.DOWN),
        (None, "no data", Tone.UNKNOWN),
    ],
)
def test_latencies(ms: float | None, text: str, tone: Tone) -> None:
    assert (of_response(ms).message, of_response(ms).tone) == (text, tone)


@pytest.mark.parametrize(
    ("days", "text", "tone"),
    [
        (90.9, "90 days", Tone.UP),
        (14, "14 days", Tone.UP),
        (13.9, "13 days", Tone.WARN),
        (1.5, "1 day", Tone.DOWN),
        (-0.1, "expired", Tone.DOWN),
        (None, "no data", Tone.UNKNOWN),
    ],
)
def test_certificates(days: float | None, text: str, tone: Tone) -> None:
    assert (of_certificate(days).message, of_certificate(days).tone) == (text, tone)


@pytest.mark.parametrize(
    ("states", "text", "tone"),
    [
        ([Status.UP, Status.UP], "up", Tone.UP),
        ([Status.UP, Status.LATE], "late", Tone.WARN),
        ([Status.UP, Status.DOWN, Status.UNREACHABLE], "2 of 3 down", Tone.DOWN),
        ([Status.DOWN], "down", Tone.DOWN),
        ([Status.UP, Status.PAUSED], "up", Tone.UP),
        ([Status.PAUSED, Status.PENDING], "paused", Tone.UNKNOWN),
    ],
)
def test_many_are_as_well_as_the_worst_of_them(states: list[Status], text: str, tone: Tone) -> None:
    assert (of_many("eu", states).message, of_many("eu", states).tone) == (text, tone)


@pytest.mark.parametrize(
    ("ago", "text"),
    [(5, "just now"), (60, "1 min ago"), (7199, "1 h ago"), (86_400, "1 d ago"), (None, "never")],
)
def test_a_last_run_is_told_by_its_age(ago: float | None, text: str) -> None:
    at = None if ago is None else NOW - timedelta(seconds=ago)
    assert of_run(at, Status.UP, NOW).message == text


def test_a_failed_run_says_so() -> None:
    assert of_run(NOW - timedelta(hours=2), Status.DOWN, NOW).message == "failed, 2 h ago"


# Measured with the font itself, at 11 px.
@pytest.mark.parametrize(
    ("text", "pixels"),
    [("Shop", 28.0), ("degraded", 51.4), ("iiii", 12.4), ("WWWW", 43.6), ("Größe", 33.6), ("Привет", 42.1), ("", 0)],
)
def test_widths_are_those_of_the_font(text: str, pixels: float) -> None:
    assert width(text) == pytest.approx(pixels, abs=1.5)


def test_widths_of_other_scripts() -> None:
    assert width("备份") == 22
    assert width("e\u0301") == width("e")
    assert width("🚀") == 11


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert clean("a\x00b\x1b\ud800c\n d\t") == "abc d"
    assert len(clean("x" * 500)) == 100


@pytest.mark.parametrize(("text", "rtl"), [("Shop", False), ("גיבוי", True), ("123 النسخ", True), ("123", False)])
def test_direction_is_that_of_the_first_letter_that_has_one(text: str, rtl: bool) -> None:
    assert is_rtl(text) is rtl
