"""What regions agree on, as people read it."""

from typing import Any

import pytest

from asura.domain import agreement
from asura.domain.consensus import Agreement, Silence, Verdict
from asura.domain.status import Status
from tests.domain.consensus_cases import CASES, FRESH, NOW, REGIONS, consensus, report


def verdict(says: str, quorum: int = 2) -> Verdict:
    """Return what follows from what regions say, in the order of their names in the cases."""
    reports = [report(region, word) for region, word in zip(REGIONS, says.split(", "), strict=False)]
    return consensus(reports, quorum, FRESH, NOW)


REFUSED = "Connection refused by 192.0.2.7:443."


@pytest.mark.parametrize(
    ("says", "quorum", "region", "text"),
    [
        pytest.param("up, up, up", 2, "local", REFUSED, id="nobody fails: what was found last"),
        pytest.param(
            "up, down, up",
            2,
            "eu-west",
            f"eu-west: {REFUSED} It fails from eu-west alone, 1 of 3; 2 have to agree.",
            id="one of three",
        ),
        pytest.param(
            "up, up, up, down, down",
            3,
            "sa-east",
            f"sa-east: {REFUSED} It fails from ap-south and sa-east alone, 2 of 5; 3 have to agree.",
            id="two of five",
        ),
        pytest.param(
            "down, down, up",
            2,
            "local",
            f"local: {REFUSED} It fails from local and eu-west, 2 of 3; 2 had to agree.",
            id="two of three",
        ),
        pytest.param(
            "down, down, down",
            2,
            "local",
            f"local: {REFUSED} It fails from local, eu-west and us-east, 3 of 3; 2 had to agree.",
            id="all of three",
        ),
        pytest.param(
            "down, down, offline, offline, blind",
            3,
            "local",
            f"local: {REFUSED} It fails from local and eu-west, all that have a vote: us-east and ap-south have no "
            "probe online; sa-east cannot see because its own connection is at fault.",
            id="all that have a vote",
        ),
        pytest.param(
            "down, pending, abstained",
            2,
            "local",
            f"local: {REFUSED} It fails from local, the only region that has a vote: eu-west has not said anything "
            "yet; us-east could not check it.",
            id="the only one that has a vote",
        ),
        pytest.param(
            "down, up (stale)",
            2,
            "eu-west",
            f"{REFUSED} It fails from local, the only region that has a vote: eu-west has said nothing for too long.",
            id="said by a region that does not fail",
        ),
        pytest.param("down", 1, "local", REFUSED, id="one region: nothing to agree on"),
    ],
)
def test_a_failure_is_told_with_who_sees_it(says: str, quorum: int, region: str, text: str) -> None:
    assert agreement.sentence(verdict(says, quorum), REFUSED, region) == text


@pytest.mark.parametrize(
    ("says", "text"),
    [
        pytest.param(
            "offline, offline, offline",
            "No region has a vote: local, eu-west and us-east have no probe online.",
            id="all",
        ),
        pytest.param(
            "pending, up (stale), down (blind), up (abstained), offline",
            "No region has a vote: local has not said anything yet; eu-west has said nothing for too long; us-east "
            "cannot see because its own connection is at fault; ap-south could not check it; sa-east has no probe "
            "online.",
            id="each for another reason",
        ),
        pytest.param(
            "blind, blind",
            "No region has a vote: local and eu-west cannot see because their own connections are at fault.",
            id="two blind ones",
        ),
        pytest.param("down (stale)", "Nothing is known of it: local has said nothing for too long.", id="one region"),
    ],
)
def test_it_is_told_why_nothing_is_known(says: str, text: str) -> None:
    assert agreement.no_vote(verdict(says)) == text
    assert agreement.summary(verdict(says)) == text


@pytest.mark.parametrize(
    ("says", "region", "text", "summary"),
    [
        pytest.param("asked, asked", "local", "Waiting for local and eu-west.", None, id="nobody has spoken yet"),
        pytest.param(
            "down, asked, asked",
            "local",
            f"local: {REFUSED} Waiting for eu-west and us-east.",
            "It fails from local. Waiting for eu-west and us-east.",
            id="one has, and sees it fail",
        ),
        pytest.param(
            "down, asked, offline",
            "us-east",
            "Waiting for eu-west.",
            "It fails from local. Waiting for eu-west.",
            id="nobody waits for a region that is gone",
        ),
    ],
)
def test_it_is_told_for_whom_it_is_waited(says: str, region: str, text: str, summary: str | None) -> None:
    assert agreement.waiting(verdict(says), REFUSED, region) == text
    assert agreement.summary(verdict(says)) == (summary or text)


def test_a_monitor_that_nobody_checks_is_told_of() -> None:
    assert agreement.no_vote(consensus([], 1, FRESH, NOW)) == "No region checks it."


@pytest.mark.parametrize(
    ("says", "quorum", "text"),
    [
        pytest.param("up", 1, "local reaches it.", id="one region"),
        pytest.param("down", 1, "It fails from local.", id="one region that fails"),
        pytest.param("up, up, up", 2, "local, eu-west and us-east reach it.", id="all is well"),
        pytest.param(
            "up, up, offline", 2, "local and eu-west reach it; us-east has no probe online.", id="one is away"
        ),
        pytest.param("up, down, up", 2, "It fails from eu-west alone, 1 of 3; 2 have to agree.", id="one fails"),
        pytest.param("down, down, up", 2, "It fails from local and eu-west, 2 of 3; 2 had to agree.", id="enough fail"),
    ],
)
def test_an_agreement_is_told_without_what_was_found(says: str, quorum: int, text: str) -> None:
    assert agreement.summary(verdict(says, quorum)) == text


def kept(failing: str = "", healthy: str = "", quorum: int = 2, needed: int = 2, **silent: str) -> dict[str, Any]:
    """Return an agreement as it is kept with an event."""
    names = {"failing": failing.split(), "healthy": healthy.split(), "silent": silent}
    return {"message": "Down.", "agreement": {**names, "quorum": quorum, "needed": needed}}


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        pytest.param({"message": "Down."}, "", id="nothing was to be agreed on"),
        pytest.param({"agreement": None}, "", id="nothing was kept"),
        pytest.param(
            kept("eu us", "local"), "2 of 3 regions had to agree; eu and us saw it fail, local did not.", id="two"
        ),
        pytest.param(
            kept("eu us", "local", 1, 1), "1 of 3 regions had to agree; eu and us saw it fail, local did not.", id="1"
        ),
        pytest.param(
            kept("eu", "local us"), "2 of 3 regions had to agree; eu saw it fail, local and us did not.", id="over"
        ),
        pytest.param(
            kept("", "local eu us"), "2 of 3 regions had to agree; local, eu and us saw it work.", id="all well"
        ),
        pytest.param(kept("local eu"), "All 2 regions had to agree; local and eu saw it fail.", id="all of them"),
        pytest.param(
            kept("local", needed=1, eu="offline", us="offline"),
            "2 of 3 regions had to agree, and 1 had a vote; local saw it fail; eu and us had no probe online.",
            id="one vote left",
        ),
        pytest.param(
            kept("local ap", "", 3, 2, eu="offline", us="blind", sa="abstained"),
            "3 of 5 regions had to agree, and 2 had a vote; local and ap saw it fail; eu had no probe online; us could "
            "not see because its own connection was at fault; sa could not check it.",
            id="two votes left",
        ),
        pytest.param(
            kept(eu="stale", us="pending"),
            "All 2 regions had to agree; eu had said nothing for too long; us had not said anything yet.",
            id="no vote",
        ),
        pytest.param(kept("eu", "", 1, 1), "eu saw it fail.", id="one region"),
    ],
)
def test_what_was_agreed_on_is_told_afterwards(detail: dict[str, Any], text: str) -> None:
    assert agreement.told(detail) == text


def test_every_reason_why_a_region_has_no_vote_has_its_words() -> None:
    assert set(agreement.WHY) == set(Silence)
    for why in Silence:
        silent = Verdict(Status.UNKNOWN, Agreement.NO_VOTE, 2, 2, silent=(("eu", why), ("us", why)))
        assert agreement.no_vote(silent).startswith("No region has a vote: eu and us ")
        assert agreement.told(kept("", "", 1, 1, eu=why.value)).startswith("eu ")


def test_every_case_makes_a_sentence() -> None:
    for case in CASES:
        for text in (agreement.summary(case.verdict), agreement.sentence(case.verdict, REFUSED, "local")):
            assert text.endswith(".") and ".." not in text and "  " not in text
