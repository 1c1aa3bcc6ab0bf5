"""When an outage shows by itself: every decision with its reason, and the same at each instant until the one told."""

from datetime import timedelta
from typing import Any

import pytest

from asura.domain.automatic import Decision, Member, Nothing, Publish, Resolve, Wait, Watched, Why, automatic, filled
from asura.domain.component import IMPLICIT_FROM
from asura.domain.incident import Incident
from asura.domain.page import AutoIncidents, ComponentConfig, Page, PageConfig
from asura.domain.post import ComponentStatus, Post, PostKind
from asura.domain.status import Status
from tests.domain.saying import DEGRADED, INVESTIGATING, MAJOR, MONITORING, PARTIAL, RESOLVED, minute, post, update
from tests.store.kit import START

UP, DOWN, SLOW, HELD = Status.UP, Status.DOWN, Status.DEGRADED, Status.MAINTENANCE
MOMENT = timedelta(milliseconds=1)


def page(**rule: Any) -> Page:
    config = PageConfig(title="Shop", auto_incidents=AutoIncidents(**rule))
    return Page(id=1, slug="shop", config=config, created_at=START, updated_at=START)


def watched(*members: Member, **component: Any) -> Watched:
    return Watched(component=ComponentConfig(id=7, **component), name="Europe", members=members or (Member(1, DOWN),))


def incident(monitor_id: int = 1, at: float = 0, **more: Any) -> Incident:
    values: dict[str, Any] = {"severity": "critical", "title": "t", "cause": "refused"} | more
    return Incident(id=monitor_id, monitor_ids=(monitor_id,), started_at=minute(at), detected_at=minute(at), **values)


def decide(
    now: float,
    *incidents: Incident,
    of: Watched | None = None,
    posts: tuple[Post, ...] = (),
    rule: dict[str, Any] | None = None,
    **more: Any,
) -> Decision:
    (found,) = automatic(page(**(rule or {})), [of or watched()], incidents, posts, minute(now), **more)
    return found


OURS = post(update(5, INVESTIGATING, (7, MAJOR)), publish_at=5, source=7)
THEIRS = post(update(2, INVESTIGATING, (7, MAJOR)), publish_at=2)
OVER = (update(2, INVESTIGATING, (7, MAJOR)), update(3, RESOLVED, (7, MAJOR)))


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (decide(9, incident(), rule={"when": "never"}), Why.NEVER),
        (decide(9), Why.NO_OUTAGE),
        (decide(9, incident(2)), Why.NO_OUTAGE),
        (decide(9, incident(severity="warning")), Why.NO_OUTAGE),
        (decide(9, incident(), of=watched(Member(1, HELD, maintenance=True))), Why.MAINTENANCE),
        (decide(9, incident(), posts=(THEIRS,)), Why.ALREADY_SAID),
        (decide(9, incident(), posts=(post(update(2), publish_at=2),)), Why.ALREADY_SAID),
        (decide(9, incident(), posts=(post(*OVER, publish_at=2),)), Why.ALREADY_SAID),
        (decide(9, incident(), silenced={7: minute(0)}), Why.TAKEN_DOWN),
        (decide(9, incident(), posts=(OURS,)), Why.STILL_OPEN),
        (decide(9, incident(severity="warning"), posts=(OURS,)), Why.STILL_OPEN),
        (decide(9, posts=(OURS,)), Why.STILL_FAILING),
    ],
    ids=[
        *("never", "all is well", "of another", "only slow", "maintenance", "a person was first", "of the whole page"),
        *("resolved by hand", "taken down", "still open", "still slow", "closed by hand"),
    ],
)
def test_why_nothing_is_done(found: Decision, why: Why) -> None:
    assert found == Nothing(component_id=7, why=why)


def test_it_waits_for_so_many_minutes_and_then_publishes() -> None:
    waiting = Wait(component_id=7, why=Why.NOT_LONG_ENOUGH, until=minute(5))
    assert decide(0, incident()) == waiting
    (found,) = automatic(page(), [watched()], [incident()], (), minute(5) - MOMENT)
    assert found == waiting
    published = decide(5, incident())
    assert isinstance(published, Publish)
    assert (published.why, published.since, published.title) == (
        Why.LONG_ENOUGH,
        minute(0),
        "Europe is not available",
    )
    assert (published.impact, published.status) == ("critical", MAJOR)
    assert isinstance(decide(0, incident(), rule={"when": "at_once"}), Publish)


@pytest.mark.parametrize(
    "posts",
    [
        (post(*OVER[:1], publish_at=20),),
        (post(*OVER, publish_at=2),),
        (post(update(2, INVESTIGATING, (8, MAJOR)), publish_at=2),),
        (post(update(2, MONITORING, (7, MAJOR)), publish_at=2, kind=PostKind.NOTICE),),
    ],
    ids=["still to come", "of an outage before", "of something else", "only a notice"],
)
def test_what_others_said_of_something_else_does_not_count(posts: tuple[Post, ...]) -> None:
    assert isinstance(decide(15, incident(at=6), posts=posts), Publish)


def test_what_was_taken_down_before_does_not_silence_the_next_outage() -> None:
    assert isinstance(decide(15, incident(at=6), silenced={7: minute(5)}), Publish)


@pytest.mark.parametrize(
    ("members", "rule", "status", "impact"),
    [
        ((Member(1, DOWN),), {}, MAJOR, "critical"),
        ((Member(1, DOWN), Member(2, UP)), {}, MAJOR, "critical"),
        ((Member(1, DOWN), Member(2, UP), Member(3, UP)), {"combine": "weighted"}, PARTIAL, "major"),
        ((Member(1, SLOW), Member(2, UP)), {}, DEGRADED, "minor"),
        ((Member(1, Status.UNKNOWN),), {}, MAJOR, "critical"),
    ],
    ids=["down", "one of two", "a third by weight", "slow", "hidden by a fault of ours"],
)
def test_what_is_claimed_is_what_the_page_shows(
    members: tuple[Member, ...], rule: dict[str, Any], status: ComponentStatus, impact: str
) -> None:
    found = decide(9, incident(), of=watched(*members, **rule))
    assert isinstance(found, Publish)
    assert (found.status, found.impact) == (status, impact)


def test_a_warning_counts_where_the_rule_says_so() -> None:
    slow = {"severity": "warning"}
    found = decide(9, incident(**slow), of=watched(Member(1, Status.UNKNOWN)), rule={"degraded": True})
    assert isinstance(found, Publish)
    assert found.impact == "minor"
    kept = decide(9, posts=(OURS,), of=watched(Member(1, SLOW)), rule={"degraded": True})
    assert kept == Nothing(component_id=7, why=Why.STILL_FAILING)
    assert isinstance(decide(9, posts=(OURS,), of=watched(Member(1, SLOW))), Resolve)


def test_the_first_of_several_monitors_counts_and_those_under_maintenance_do_not() -> None:
    of = watched(Member(1, HELD, maintenance=True), Member(2, DOWN), Member(3, DOWN))
    found = decide(6, incident(1, 0), incident(3, 4), incident(2, 2), of=of)
    assert found == Wait(component_id=7, why=Why.NOT_LONG_ENOUGH, until=minute(7))


def test_it_is_over_when_no_monitor_has_an_incident_whatever_the_rule_is_by_now() -> None:
    for rule in ({}, {"when": "never"}):
        found = decide(9, incident(2), posts=(OURS,), of=watched(Member(1, UP)), rule=rule)
        assert found == Resolve(post=OURS, why=Why.OVER, text="Europe works again.", monitor_ids=(1,))


def test_an_incident_whose_component_is_gone_ends_without_a_word() -> None:
    (found,) = automatic(page(), [], [incident()], [OURS], minute(9))
    assert found == Resolve(post=OURS, why=Why.COMPONENT_GONE, text="", monitor_ids=())


def test_each_component_has_a_decision_of_its_own() -> None:
    implicit = Watched(
        component=ComponentConfig(id=IMPLICIT_FROM + 2, monitor_id=2), name="Till", members=(Member(2, DOWN),)
    )
    found = automatic(page(), [watched(), implicit], [incident(1), incident(2)], [OURS], minute(9))
    assert [type(one) for one in found] == [Nothing, Publish]


def test_only_two_names_stand_for_something_and_none_of_them_is_read_as_markdown() -> None:
    text = "${component} on ${page}: ${cause} $component ${component.x} {page} %s ${${page}}"
    assert filled(text, component="A ${page}", page="B") == (
        "A ${page} on B: ${cause} $component ${component.x} {page} %s ${B}"
    )
    odd = Watched(component=ComponentConfig(id=7), name="*[x](https://evil.example)*", members=(Member(1, DOWN),))
    found = decide(9, incident(), of=odd, rule={"text": "**${component}** fails", "title": "${component}"})
    assert isinstance(found, Publish)
    assert found.text == r"**\*\[x\](https://evil.example)\*** fails"
    assert found.title == "*[x](https://evil.example)*"
    long = decide(9, incident(), rule={"title": "${component}" * 100})
    assert isinstance(long, Publish)
    assert len(long.title) == 200
