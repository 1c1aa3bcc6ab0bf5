"""Which state is shown when several hold."""

from itertools import pairwise

import pytest

from asura.domain.status import LETTERS, PRECEDENCE, Finding, Status, shown


@pytest.mark.parametrize(("first", "second"), list(pairwise(PRECEDENCE)))
def test_the_earlier_state_is_shown(first: Status, second: Status) -> None:
    assert shown([second, first]) is first


def test_nothing_known_is_pending() -> None:
    assert shown([]) is Status.PENDING


def test_every_state_has_its_place_and_its_letter() -> None:
    assert set(PRECEDENCE) == set(Status) == set(LETTERS)
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_every_finding_speaks_for_a_state() -> None:
    assert [finding.status.value for finding in Finding] == ["up", "degraded", "down", "unknown"]
