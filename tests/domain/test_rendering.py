"""Messages become lines and facts that are safe to put anywhere, and never longer than asked."""

from hypothesis import given
from hypothesis import strategies as st

from asura.domain.rendering import (
    Tone,
    clean,
    facts,
    one_line,
    plain,
    shorten,
    tone,
    utf8_size,
    utf16_size,
)
from tests.channels.services import message, resolved


def test_facts_of_an_open_incident() -> None:
    assert [tuple(fact) for fact in facts(message())] == [
        ("Started", "20 Nov 2026, 17:30:01 UTC"),
        ("Cause", "connect refused"),
        ("Target", "https://checkout.example/health"),
        ("Seen from", "local, eu-west"),
    ]


def test_facts_of_a_resolved_incident_have_end_and_duration() -> None:
    rows = dict(facts(resolved()))
    assert rows["Ended"] == "20 Nov 2026, 17:34:13 UTC"
    assert rows["Lasted"] == "4 min 12 s"


def test_message_without_incident_has_no_facts() -> None:
    assert facts(message(incident=None, monitor=None)) == ()
    assert plain(message(incident=None, monitor=None)).splitlines()[-1] == "https://asura.example/incidents/3"


def test_tone_follows_event_first_and_severity_second() -> None:
    assert tone(message()) is Tone.BAD
    assert tone(message(severity="warning")) is Tone.WARNING
    assert tone(message(event="incident.reminder")) is Tone.BAD
    assert tone(resolved()) is Tone.GOOD
    assert tone(message(event="incident.acknowledged")) is Tone.NOTE
    assert tone(message(event="self.blind")) is Tone.BLIND
    assert tone(message(event="test")) is Tone.NOTE


def test_plain_text_has_text_facts_and_link() -> None:
    lines = plain(message()).splitlines()
    assert lines[0].startswith("The connection to 10.1.2.3")
    assert "Cause: connect refused" in lines
    assert lines[-1] == "https://asura.example/incidents/3"


def test_one_line_has_no_controls_and_no_breaks() -> None:
    assert one_line("a\r\nBcc: x\x00\x1b[2J\u2028b\u202e") == "a Bcc: x[2J b"


def test_lone_surrogate_can_be_carried() -> None:
    assert one_line("a\udc80b").encode() == b"a?b"
    assert clean("x\ny\udfff") == "x\ny?"


@given(st.text(max_size=200), st.integers(1, 60), st.sampled_from([len, utf8_size, utf16_size]))
def test_shortened_text_fits_and_keeps_what_fits(text: str, limit: int, size) -> None:
    text = clean(text)
    short = shorten(text, max(limit, 3), size=size)
    assert size(short) <= max(limit, 3)
    if size(text) <= max(limit, 3):
        assert short == text
    else:
        assert short.endswith("…")
        assert text.startswith(short[:-1])


@given(st.text(max_size=100))
def test_cleaned_text_is_printable_but_for_breaks_and_tabs(text: str) -> None:
    assert all(ord(c) >= 32 or c in "\n\t" for c in clean(text))
    assert "\n" not in one_line(text)
