"""What goes wrong while one looks: soon, one thing after the other, the same in each demo."""

from datetime import UTC, datetime, timedelta

from asura.demo import cast
from asura.demo.script import PASSING, STANDING, Mood, Script

BEGAN = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


def ill(script: Script, seconds: float) -> set[str]:
    at = BEGAN + timedelta(seconds=seconds)
    return {seed.slug for seed in cast.SEEDS if script.mood(seed.slug, at) is not Mood.WELL}


def test_at_the_start_only_what_the_past_leads_up_to_is_wrong() -> None:
    assert ill(Script(BEGAN), 0) == {"checkout-api", "search"}


def test_something_new_goes_wrong_within_a_minute_and_is_well_again_within_three() -> None:
    script = Script(BEGAN)
    first = [seconds for seconds in range(200) if ill(script, seconds) - set(STANDING)]
    assert first[0] < 60
    assert first[-1] < 180
    assert first == list(range(first[0], first[-1] + 1))


def test_one_thing_after_the_other_and_each_in_its_turn() -> None:
    script = Script(BEGAN)
    seen: list[str] = []
    for seconds in range(0, 1500, 5):
        now = ill(script, seconds) - set(STANDING)
        assert len(now) <= 1
        seen += [slug for slug in now if slug not in seen]
    assert seen == list(PASSING)


def test_what_is_wrong_at_the_start_stays_long_enough_to_be_looked_at_and_ends() -> None:
    script = Script(BEGAN)
    assert "checkout-api" in ill(script, 20 * 60)
    assert "checkout-api" not in ill(script, 30 * 60)
    assert "search" not in ill(script, 50 * 60)


def test_a_still_one_never_changes() -> None:
    script = Script(BEGAN, still=True)
    assert all(ill(script, seconds) == {"checkout-api", "search"} for seconds in range(0, 8000, 50))


def test_everything_that_happens_happens_to_somebody() -> None:
    slugs = {seed.slug for seed in cast.SEEDS}
    assert set(PASSING) | set(STANDING) <= slugs
