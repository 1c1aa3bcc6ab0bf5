"""When a process counts as alive: real progress, whatever the disk does; a time in which it was held up is no fault."""

import pytest

from asura.domain.vitality import CUT_OFF, MISSED_S, STILL_S, UNTAKEN_S, Part, Vitals, Why, vitality

LONG = 100_000.0
QUIET = Part("judge", STILL_S + 1)
BUSY = Part("janitor", STILL_S - 1)


@pytest.mark.parametrize(
    ("vitals", "turning_s", "alive", "why"),
    [
        (Vitals(), LONG, True, Why.WORKS),
        (Vitals(parts=[BUSY], missed_s=MISSED_S, untaken_s=UNTAKEN_S), LONG, True, Why.WORKS),
        (Vitals(parts=[BUSY, QUIET]), LONG, False, Why.STILL),
        (Vitals(parts=[Part("judge", 1.0, CUT_OFF - 1)]), LONG, True, Why.WORKS),
        (Vitals(parts=[Part("judge", 1.0, CUT_OFF)]), LONG, False, Why.CUT_OFF),
        (Vitals(missed_s=MISSED_S + 1), LONG, False, Why.MISSED),
        (Vitals(untaken_s=UNTAKEN_S + 1), LONG, False, Why.UNTAKEN),
        (Vitals(parts=[QUIET], missed_s=LONG, untaken_s=LONG), 5.0, True, Why.WORKS),
        (Vitals(parts=[QUIET], missed_s=LONG, untaken_s=LONG), MISSED_S, True, Why.WORKS),
        (Vitals(parts=[QUIET], store_works=False), LONG, True, Why.STORE),
        (Vitals(untaken_s=LONG, store_works=False), LONG, True, Why.STORE),
        (Vitals(missed_s=LONG, store_works=False), LONG, True, Why.STORE),
        (Vitals(store_works=False), LONG, True, Why.WORKS),
    ],
    ids=[
        "nothing to do",
        "all at their limits",
        "a loop that stands still",
        "cut off twice",
        "cut off for good",
        "checks that nobody begins",
        "results that nobody takes in",
        "just gone on after a stop",
        "has not gone on for long enough",
        "a loop behind a disk that hangs",
        "results behind a disk that hangs",
        "checks behind a disk that hangs",
        "a disk that is full and nothing else",
    ],
)
def test_alive_means_progress(vitals: Vitals, turning_s: float, alive: bool, why: Why) -> None:
    found = vitality(vitals, turning_s=turning_s)
    assert (found.alive, found.why) == (alive, why), found


def test_the_sentence_names_what_hangs_and_for_how_long() -> None:
    assert vitality(Vitals(parts=[BUSY, QUIET]), turning_s=LONG).sentence == "the loop judge has not moved for 131 s"
    assert "because the database does not commit" in vitality(Vitals(missed_s=99, store_works=False), turning_s=LONG)[2]
