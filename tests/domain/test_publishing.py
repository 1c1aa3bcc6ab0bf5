"""What of a post is public when: nothing before its time, and each change at the instant that is told."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain import publishing
from asura.domain.post import Post, PostKind, PostStatus
from tests.domain.saying import (
    DEGRADED,
    IDENTIFIED,
    INVESTIGATING,
    MAJOR,
    MONITORING,
    PARTIAL,
    RESOLVED,
    minute,
    post,
    update,
)

MOMENT = timedelta(milliseconds=1)


def test_a_scheduled_post_is_nobodys_business_before_its_time() -> None:
    one = post(update(10), publish_at=10)
    assert not publishing.visible(one, minute(10) - MOMENT)
    assert publishing.visible_updates(one, minute(10) - MOMENT) == ()
    assert publishing.seen(one, minute(10) - MOMENT) is None
    assert publishing.seen(one, minute(10)) == one


def test_a_scheduled_update_shows_when_its_time_comes() -> None:
    one = post(update(0), update(20, RESOLVED), resolved_at=minute(20))
    before = publishing.seen(one, minute(19))
    assert before is not None
    assert [said.at for said in before.updates] == [minute(0)]
    assert before.resolved_at is None
    assert publishing.is_open(one, minute(19))
    after = publishing.seen(one, minute(20))
    assert after is not None
    assert (len(after.updates), after.resolved_at) == (2, minute(20))


@pytest.mark.parametrize(
    ("updates", "status", "resolved"),
    [
        ((update(0),), INVESTIGATING, None),
        ((update(0), update(1, IDENTIFIED)), IDENTIFIED, None),
        ((update(0), update(1, RESOLVED)), RESOLVED, 1),
        ((update(0), update(1, RESOLVED), update(2, RESOLVED)), RESOLVED, 1),
        ((update(0), update(1, RESOLVED), update(2, MONITORING)), MONITORING, None),
        ((update(0), update(1, RESOLVED), update(2, MONITORING), update(3, RESOLVED)), RESOLVED, 3),
    ],
    ids=["begun", "identified", "resolved", "resolved twice", "opened again", "resolved again"],
)
def test_the_last_update_says_how_far_it_is(
    updates: tuple[publishing.PostUpdate, ...], status: PostStatus, resolved: int | None
) -> None:
    one = post(*updates)
    assert publishing.status(one, minute(5)) is status
    assert publishing.resolved_at(one, minute(5)) == (None if resolved is None else minute(resolved))


def test_a_notice_is_open_until_it_ends_or_somebody_ends_it() -> None:
    notice = post(update(0, MONITORING), kind=PostKind.NOTICE, ends_at=minute(30))
    assert publishing.status(notice, minute(30) - MOMENT) is MONITORING
    assert publishing.status(notice, minute(30)) is RESOLVED
    assert publishing.resolved_at(notice, minute(40)) == minute(30)
    ended = post(update(0, MONITORING), update(5, RESOLVED), kind=PostKind.NOTICE, ends_at=minute(30))
    assert publishing.resolved_at(ended, minute(40)) == minute(5)
    assert publishing.is_open(post(update(0, MONITORING), kind=PostKind.NOTICE), minute(9999))


def test_the_worst_of_what_open_incidents_say_holds() -> None:
    posts = [
        post(update(0, INVESTIGATING, (1, DEGRADED), (2, PARTIAL))),
        post(update(0, INVESTIGATING, (1, MAJOR)), update(1, IDENTIFIED, (1, PARTIAL))),
        post(update(0, RESOLVED, (3, MAJOR))),
        post(update(9, INVESTIGATING, (4, MAJOR)), publish_at=9),
        post(update(0, MONITORING, (5, MAJOR)), kind=PostKind.NOTICE),
    ]
    assert publishing.claims(posts, minute(0)) == {1: MAJOR, 2: PARTIAL}
    assert publishing.claims(posts, minute(2)) == {1: PARTIAL, 2: PARTIAL}
    assert publishing.claims(posts, minute(9)) == {1: PARTIAL, 2: PARTIAL, 4: MAJOR}


def test_what_was_not_told_is_told_in_the_order_of_its_times() -> None:
    told = update(0, told_at=minute(0))
    first, second = post(told, update(5, IDENTIFIED), id=1), post(update(3), publish_at=3, id=2)
    assert publishing.untold([first, second], minute(2)) == []
    assert [(one.id, said.at) for one, said in publishing.untold([first, second], minute(9))] == [
        (2, minute(3)),
        (1, minute(5)),
    ]


MINUTES = st.integers(0, 6)


@st.composite
def some_posts(draw: st.DrawFn) -> list[Post]:
    """Posts and notices with updates before and after their publication."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        said = [
            update(at, draw(st.sampled_from(list(PostStatus))))
            for at in draw(st.lists(MINUTES, min_size=1, max_size=3))
        ]
        kind = draw(st.sampled_from(list(PostKind)))
        ends = draw(st.none() | MINUTES.map(minute)) if kind is PostKind.NOTICE else None
        found.append(post(*publishing.ordered(said), publish_at=draw(MINUTES), kind=kind, ends_at=ends))
    return found


@given(some_posts(), MINUTES)
def test_nothing_changes_before_the_instant_that_is_told(posts: list[Post], start: int) -> None:
    now = minute(start)
    at = publishing.changes_at(posts, now)
    for moment in (at - MOMENT,) if at is not None else (minute(7), minute(9999)):
        assert view(posts, moment) == view(posts, now)


@given(some_posts(), MINUTES)
def test_whatever_changes_does_so_at_an_instant_that_is_told(posts: list[Post], start: int) -> None:
    changes, now = set(), minute(-1)
    while (at := publishing.changes_at(posts, now)) is not None:
        changes.add(at)
        now = at
    if view(posts, minute(start)) != view(posts, minute(start) - MOMENT):
        assert minute(start) in changes


def view(posts: list[Post], now: publishing.datetime) -> object:
    """Return everything that depends on the time."""
    return [publishing.seen(one, now) for one in posts], publishing.claims(posts, now), publishing.untold(posts, now)
