"""Troubles: each answer that is not the wanted one has its kind, and a sentence that says what to do."""

import pytest

from asura import __version__
from asura.probe.trouble import LONGEST_WAIT_S, Kind, Trouble, nonsense, too_new, trouble
from tests.probe.kit import problem

URL = "https://asura.example"


def told(status: int, detail: str = "", **headers: str) -> Trouble:
    reply = problem(status, detail)
    return trouble(URL, status, {name.replace("_", "-"): value for name, value in headers.items()}, reply.body)


@pytest.mark.parametrize(
    ("status", "detail", "kind", "words"),
    [
        (401, "Sign in.", Kind.KEY, "does not know the key of this probe"),
        (403, "This is for probes.", Kind.KEY, "does not let this key in: This is for probes."),
        (404, "There is no such thing.", Kind.ADDRESS, "correct probe.primary, or set probes.enabled there"),
        (409, "this key is for a probe of the region 'eu', not of 'us'", Kind.REGION, "not of 'us'. Correct"),
        (409, "another process of this probe is at it", Kind.SUPERSEDED, "another process of this probe is at it."),
        (426, "Upgrade the probe: it speaks 1.", Kind.VERSION, "Upgrade the probe: it speaks 1."),
        (413, "", Kind.SENSELESS, "cannot take it (413)"),
        (422, "seq: is required", Kind.SENSELESS, "(422): seq: is required."),
        (429, "", Kind.AWAY, "answers 429"),
        (500, "A fault.", Kind.AWAY, "answers 500: A fault."),
        (503, "asura is stopping.", Kind.AWAY, "answers 503: asura is stopping."),
        (204, "", Kind.AWAY, "answers 204"),
    ],
)
def test_each_answer_is_told_with_the_address_and_what_to_do(status: int, detail: str, kind: Kind, words: str) -> None:
    found = told(status, detail)
    assert found.kind is kind
    assert words in found.sentence
    assert URL in found.sentence


def test_a_version_that_nobody_explains_is_explained() -> None:
    assert told(426).sentence.endswith(
        f"(asura {__version__}) do not understand each other: upgrade the older of the two."
    )
    assert too_new(URL, "It needs 9.").sentence.endswith("upgrade the probe. It needs 9.")


@pytest.mark.parametrize(
    ("location", "words"),
    [
        (
            "https://other.example/base/api/v1/internal/monitors?wait=0",
            "to https://other.example/base: set probe.primary",
        ),
        ("https://other.example/api/v1/internal/results", "leads elsewhere to https://other.example: set"),
        ("https://other.example/", "to https://other.example: set"),
        ("/login", "leads elsewhere: set probe.primary anew"),
        ("", "leads elsewhere: set probe.primary anew"),
        ("http://[", "leads elsewhere: set probe.primary anew"),
    ],
)
def test_a_redirect_is_told_with_the_address_to_use(location: str, words: str) -> None:
    found = told(302, location=location)
    assert (found.kind, words in found.sentence) == (Kind.ADDRESS, True), found.sentence


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7.0), ("99999", LONGEST_WAIT_S), ("", None), ("Wed, 21 Oct 2026", None), ("-1", None)]
)
def test_a_primary_says_when_to_come_again(text: str, seconds: float | None) -> None:
    assert told(503, retry_after=text).retry_after == seconds


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"detail": 5}', b"\xff", b'{"detail":"x"}' * 2])
def test_a_body_that_is_no_problem_says_nothing(body: bytes) -> None:
    assert trouble(URL, 500, {}, body).sentence == f"The primary at {URL} answers 500"


def test_long_and_many_lined_words_are_one_short_line() -> None:
    found = told(500, "a\nb " * 500).sentence
    assert "\n" not in found
    assert len(found) < 400


HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x1b[0m \u202eevil\u2028 \x9bm"


@pytest.mark.parametrize("status", [401, 403, 409, 422, 426, 500])
def test_what_others_say_moves_no_cursor_and_colours_no_terminal(status: int) -> None:
    for text in (HOSTILE, f"{HOSTILE} of the region"):
        found = told(status, text)
        assert found.sentence.isprintable()
        assert str(found) == found.sentence
    assert nonsense(URL, HOSTILE * 100).sentence.isprintable()
    assert len(too_new(URL, HOSTILE * 100).sentence) < 500
    found = trouble(URL, 302, {"location": f"http://{HOSTILE}.example/{HOSTILE}"}, b"")
    assert "red" in found.sentence
    assert found.sentence.isprintable()


def test_what_is_no_asura_is_called_so() -> None:
    assert nonsense(URL, "It makes no sense.").kind is Kind.ADDRESS
