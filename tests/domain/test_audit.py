"""Whether this process ran smoothly between two looks at the clocks."""

import pytest

from asura.domain.audit import Reading, audit
from asura.domain.reason import Reason

BEFORE = Reading(1000.0, 50.0, 70.0)


@pytest.mark.parametrize(
    ("wall", "ran", "boot", "reason"),
    [
        pytest.param(0.5, 0.5, 0.5, None, id="on time"),
        pytest.param(1.4, 1.4, 1.4, None, id="a little late"),
        pytest.param(3.5, 3.5, 3.5, Reason.OWN_STALL, id="held up"),
        pytest.param(3600.5, 0.5, 3600.5, Reason.OWN_SUSPENDED, id="asleep"),
        pytest.param(60.5, 0.5, 0.5, Reason.OWN_CLOCK, id="the clock was set forward"),
        pytest.param(-59.5, 0.5, 0.5, Reason.OWN_CLOCK, id="the clock was set back"),
        pytest.param(1.5, 0.5, 0.5, None, id="a small step of NTP"),
    ],
)
def test_what_happened(wall: float, ran: float, boot: float, reason: Reason | None) -> None:
    after = Reading(BEFORE.wall + wall, BEFORE.monotonic + ran, BEFORE.boottime + boot)
    found = audit(BEFORE, after, expected_s=0.5)
    assert (found.reason if found else None) == reason


def test_it_says_for_how_long() -> None:
    found = audit(BEFORE, Reading(1003.5, 53.5, 73.5), expected_s=0.5)
    assert found is not None
    assert found.seconds == pytest.approx(3.0)
    assert found.message == "This process was held up for 3.0 s."
