"""A draft: what one more result would change of a monitor, nothing of it true before it is applied."""

from datetime import datetime, timedelta

import pytest

from asura.domain.monitor import Monitor, MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Outcome
from asura.domain.span import Gap, Span
from asura.domain.status import Finding, Status
from asura.engine.believing import Known, judge_alone
from asura.engine.draft import Draft
from asura.engine.monitor_state import MonitorState
from tests.engine.kit import found
from tests.world import DEGRADED, DOWN, START, UP

OURS = Outcome(Finding.UNKNOWN, Reason.INTERNAL_ERROR, "asura itself failed.")
STALL = Outcome(Finding.UNKNOWN, Reason.OWN_STALL, "asura was held up.")


def monitor(**fields: object) -> Monitor:
    values = {"name": "Shop", "type": "fake", "failure_threshold": 2, "success_threshold": 1} | fields
    config = MonitorConfig(**values)  # type: ignore[arg-type]
    return Monitor(id=1, slug="shop", config=config, generation=1, managed_by=None, created_at=START, updated_at=START)


def state(status: Status = Status.UP, **fields: object) -> MonitorState:
    one = MonitorState(monitor(**fields), status=status, since=START, reason=Reason.OK.value)
    one.spans = [Span(1, "", status, Reason.OK.value, START)]
    return one


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def judged(one: MonitorState, *outcomes: Outcome, gaps: list[Gap] | None = None, counted: bool = True) -> Draft:
    """Return the draft after results that came a minute apart."""
    draft = Draft(one, None)
    for index, outcome in enumerate(outcomes, start=1):
        result = found(one.monitor, outcome, at=at(60 * index), counted=counted)
        judge_alone(draft, result, Known(at(60 * index + 1), gaps or []))
    return draft


def test_a_draft_changes_nothing_before_it_is_applied() -> None:
    one = state()
    draft = judged(one, DOWN, DOWN)
    assert (one.status, one.last, len(one.spans)) == (Status.UP, None, 1)
    draft.apply(at(121))
    assert (one.status, one.reason, one.since) == (Status.DOWN, "connect_refused", at(60))
    assert one.last is not None
    assert [(span.status, span.from_at, span.to_at) for span in one.spans] == [
        (Status.UP, START, at(60)),
        (Status.DOWN, at(60), None),
    ]


def test_one_failure_below_the_threshold_is_remarked_upon_only() -> None:
    draft = judged(state(), DOWN)
    assert (draft.status, draft.switches, draft.moves) == (Status.UP, [], [])
    assert draft.message == f"{DOWN.message} 1 of 2 in a row."


def test_a_try_that_is_repeated_says_so() -> None:
    draft = judged(state(), DOWN, counted=False)
    assert draft.message == f"{DOWN.message} Trying again."
    assert draft.moves == []


def test_a_recovery_in_doubt_says_how_far_it_is() -> None:
    draft = judged(state(Status.DOWN, success_threshold=3), UP)
    assert (draft.status, draft.message) == (Status.DOWN, "Answers again, 1 of 3 in a row.")


def test_a_believed_failure_opens_an_incident_from_its_first_result() -> None:
    draft = judged(state(), DOWN, DOWN)
    (move,) = draft.moves
    assert (move.incident.started_at, move.incident.detected_at) == (at(60), at(121))
    assert (move.incident.severity, move.status, move.was_active) == ("critical", "down", False)
    assert draft.incident is move.incident


def test_a_recovery_ends_the_incident_of_the_same_pass() -> None:
    draft = judged(state(), DOWN, DOWN, UP)
    opened, ended = draft.moves
    assert (opened.was_active, ended.was_active, draft.incident) == (False, True, None)
    assert ended.incident.resolved_at == at(180)


def test_back_dating_stops_at_our_own_gap() -> None:
    gap = Gap(at(70), at(100), "own_stall")
    draft = judged(state(), DOWN, DOWN, gaps=[gap])
    assert draft.switches[0].at == at(100)
    assert draft.moves[0].incident.started_at == at(100)


def test_a_fault_of_one_check_is_a_span_and_says_nothing_of_the_target() -> None:
    draft = judged(state(), OURS)
    assert (draft.status, draft.reason) == (Status.UNKNOWN, "internal_error")
    assert [(switch.status, switch.at) for switch in draft.switches] == [(Status.UNKNOWN, at(60))]
    assert draft.moves == []


def test_a_fault_of_the_whole_process_leaves_the_spans_alone() -> None:
    draft = judged(state(), STALL, STALL)
    assert (draft.status, draft.reason, draft.switches) == (Status.UNKNOWN, "own_stall", [])


@pytest.mark.parametrize(("hidden", "switches"), [(OURS, [Status.UNKNOWN, Status.UP]), (STALL, [])])
def test_after_our_fault_the_same_belief_shows_again(hidden: Outcome, switches: list[Status]) -> None:
    draft = judged(state(), hidden, UP)
    assert (draft.status, [switch.status for switch in draft.switches]) == (Status.UP, switches)
    assert draft.moves == []


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ((OURS, STALL), [Status.UNKNOWN, Status.UP]),
        ((STALL, OURS), [Status.UNKNOWN, Status.UP]),
        ((STALL, OURS, STALL), [Status.UNKNOWN, Status.UP]),
    ],
    ids=["ours then stall", "stall then ours", "both in turn"],
)
def test_faults_of_both_kinds_one_after_the_other_leave_no_span_open(
    faults: tuple[Outcome, ...], expected: list[Status]
) -> None:
    draft = judged(state(), *faults, UP)
    assert [switch.status for switch in draft.switches] == expected
    assert (draft.status, draft.recorded) == (Status.UP, Status.UP)


def test_a_fault_that_goes_on_over_several_passes_is_one_span() -> None:
    one = state()
    for outcome in (OURS, OURS, STALL, UP):
        draft = judged(one, outcome)
        draft.apply(at(61))
    assert [span.status for span in one.spans] == [Status.UP]
    assert one.status is Status.UP


def test_doubt_survives_our_own_fault() -> None:
    draft = judged(state(), DOWN, OURS, DOWN)
    assert (draft.status, draft.moves[0].incident.started_at) == (Status.DOWN, at(60))


def test_a_failure_hidden_by_our_fault_is_shown_again_with_its_reason() -> None:
    draft = judged(state(Status.DOWN), OURS, DOWN)
    assert (draft.status, draft.reason, draft.moves) == (Status.DOWN, "connect_refused", [])


def test_degraded_is_a_warning_of_its_own() -> None:
    draft = judged(state(), DEGRADED, DEGRADED)
    assert (draft.status, draft.moves[0].incident.severity) == (Status.DEGRADED, "warning")
