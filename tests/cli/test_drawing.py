"""The drawing of one check."""

from datetime import UTC, datetime

import pytest

from asura.cli.drawing import draw, milliseconds
from asura.cli.terminal import Terminal, terminal
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import AssertionOutcome, Certificate, Evidence, Outcome, Phases
from asura.domain.status import Finding

CONFIG = MonitorConfig(name="x", type="http", target="https://example.com/")
PLAIN = Terminal(colour=False, signs=False, width=60)
LEAF = Certificate(
    subject="CN=example.com",
    issuer="CN=Some CA",
    names=("example.com", "www.example.com"),
    not_before=datetime(2026, 1, 1, tzinfo=UTC),
    not_after=datetime(2026, 12, 24, tzinfo=UTC),
    days_left=33.6,
    fingerprint_sha256="00",
)
OUTCOME = Outcome(
    Finding.DOWN,
    Reason.ASSERTION,
    "status was 500",
    100.0,
    500,
    Phases(dns=10, connect=20, tls=30, ttfb=39.5, transfer=0.5),
    Evidence(
        address="192.0.2.1",
        resolved=("192.0.2.1", "192.0.2.2"),
        redirects=("https://example.com/",),
        tls_version="TLSv1.3",
        certificates=(LEAF,),
        assertions=(
            AssertionOutcome("status in 200-299", False, Finding.DOWN, "was 500"),
            AssertionOutcome("response_time lt 500", True, Finding.DEGRADED, ""),
        ),
    ),
)


WHOLE = """\
!! DOWN  https://example.com/  http - 500 - 100 ms
  status was 500  (assertion)

  dns          ###                                10.0 ms
  connect         ######                          20.0 ms
  tls                   #########                 30.0 ms
  ttfb                            ############    39.5 ms
  transfer                                   #    0.50 ms

  address      192.0.2.1 (and 1 more)
  redirect     -> https://example.com/
  tls          TLSv1.3
  certificate  CN=example.com
               for example.com, www.example.com
               by CN=Some CA
               34 days left, until 2026-12-24

  !! status in 200-299: was 500
  ok response_time lt 500"""


def test_the_whole_drawing_in_ascii() -> None:
    assert draw(CONFIG, OUTCOME, PLAIN) == WHOLE


def test_bars_fit_the_terminal_and_follow_each_other() -> None:
    for width in (50, 80, 120):
        lines = draw(CONFIG, OUTCOME, Terminal(colour=False, signs=True, width=width)).splitlines()
        assert all(len(line) <= width for line in lines)
        starts = [line.index("█") for line in lines if "█" in line]
        assert starts == sorted(starts)
        assert len(starts) == 5


def test_colours_are_there_only_when_asked_for() -> None:
    assert "\x1b[" in draw(CONFIG, OUTCOME, Terminal(colour=True, signs=True, width=80))
    assert "\x1b[" not in draw(CONFIG, OUTCOME, Terminal(colour=False, signs=True, width=80))


def test_what_a_target_says_cannot_command_the_terminal() -> None:
    outcome = Outcome(Finding.DOWN, Reason.HTTP_STATUS, "evil \x1b]0;title\x07\r\nFAKE", 1.0)
    drawn = draw(CONFIG, outcome, Terminal(colour=False, signs=True, width=80))
    assert not {"\x1b", "\x07", "\r"} & set(drawn)
    assert len(drawn.splitlines()) == 2


@pytest.mark.parametrize(
    ("value", "text"), [(0.417, "0.42 ms"), (18.34, "18.3 ms"), (182.4, "182 ms"), (2412, "2.41 s")]
)
def test_latencies_have_the_digits_that_matter(value: float, text: str) -> None:
    assert milliseconds(value) == text


class Screen:
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def __init__(self, *, is_tty: bool, encoding: str = "utf-8") -> None:
        self._is_tty = is_tty
        self.encoding = encoding

    def isatty(self) -> bool:
        return self._is_tty


@pytest.mark.parametrize(
    ("screen", "env", "colour", "signs"),
    [
        (Screen(is_tty=True), {}, True, True),
        (Screen(is_tty=True), {"NO_COLOR": "1"}, False, True),
        (Screen(is_tty=True), {"TERM": "dumb"}, False, True),
        (Screen(is_tty=False), {}, False, True),
        (Screen(is_tty=True, encoding="ascii"), {}, True, False),
    ],
    ids=["terminal", "NO_COLOR", "dumb", "pipe", "ascii"],
)
def test_what_a_stream_can_show(screen: Screen, env: dict[str, str], colour: bool, signs: bool) -> None:
    found = terminal(screen, env)  # type: ignore[arg-type]
    assert (found.colour, found.signs) == (colour, signs)
