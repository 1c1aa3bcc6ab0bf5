"""What messages about probes say: how many of them, to whom they belong, and what follows."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from asura.domain.attendance import Tell
from asura.domain.probe import Probe
from asura.engine.notice import Notice
from asura.engine.probe_words import Left, News, compose, listed

NOW = datetime.fromisoformat("2026-03-02T12:00:25+00:00")
HEARD = NOW - timedelta(seconds=20)


def news(region: str, name: str, tell: Tell = Tell.GONE, **other: Any) -> News:
    probe = Probe(id=1, region=region, name=name, hash=None, created_by="ada", created_at=HEARD)
    return News(probe, tell, **({"there": tell is Tell.BACK, "left_at": HEARD} | other))


def left(there: int = 1, probes: int = 3, *, local: bool = True, **seeing: list[str]) -> Left:
    return Left(seeing, probes, there, local)


def said(notices: list[Notice]) -> list[tuple[str, str, str]]:
    return [(one.event.value, one.title, one.text) for one in notices]


@pytest.mark.parametrize(
    ("who", "rest", "follows"),
    [
        pytest.param(("a",), left(eu=["b"]), "Its monitors were taken over by eu/b.", id="a sibling"),
        pytest.param(
            ("a", "b"), left(eu=["c", "d"]), "Their monitors were taken over by eu/c, eu/d.", id="two, two siblings"
        ),
        pytest.param(("a",), left(us=["c"]), "Its region has no vote now.", id="another region"),
        pytest.param(("a", "b"), left(us=["c"]), "Their region has no vote now.", id="two of another region"),
        pytest.param(("a",), left(there=1), "Its region has no vote now.", id="who is left sees nothing"),
        pytest.param(("a",), left(there=0), "All probes are gone: checks from here go on.", id="nobody"),
        pytest.param(
            ("a",),
            left(there=0, local=False),
            "All probes are gone: nothing is checked now, as asura itself is set not to.",
            id="nobody at all",
        ),
    ],
)
def test_what_follows_is_said(who: tuple[str, ...], rest: Left, follows: str) -> None:
    (notice,) = compose([news("eu", name) for name in who], [], rest, NOW)
    assert notice.text == f"Not heard since 2026-03-02 12:00:05 UTC. {follows}"
    one, many = "Probe eu/a is gone", f"{len(who)} probes of eu are gone: {', '.join(who)}"
    assert notice.title == (one if len(who) == 1 else many)
    assert (notice.event.value, notice.reason, notice.severity) == ("probe.offline", "probe_gone", "warning")


def test_one_message_for_each_region_and_one_for_all_when_all_are_gone() -> None:
    told = [news("eu", "a"), news("us", "b"), news("eu", "c", left_at=HEARD + timedelta(seconds=2))]
    assert [title for _, title, _ in said(compose(told, [], left(there=1, ap=["d"]), NOW))] == [
        "2 probes of eu are gone: a, c",
        "Probe us/b is gone",
    ]
    assert said(compose(told, [], left(there=0), NOW)) == [
        (
            "probe.offline",
            "All probes are gone",
            (
                "Not heard since 2026-03-02 12:00:07 UTC. They are eu/a, us/b, eu/c. "
                "Where they are fine, the way from them to here is not. Checks from here go on."
            ),
        )
    ]


def test_those_that_are_back_are_told_with_how_long_they_were_gone() -> None:
    back = [news("eu", "a", Tell.BACK, away_s=252), news("us", "b", Tell.BACK, away_s=60)]
    assert said(compose(back, [], left(there=2, eu=["a"]), NOW)) == [
        ("probe.online", "Probe eu/a is back", "It was not heard for 4 min 12 s. Its region has its vote."),
        ("probe.online", "Probe us/b is back", "It was not heard for 1 min."),
    ]
    assert said(compose(back, [], left(there=3, eu=["a"], us=["b"]), NOW)) == [
        ("probe.online", "All probes are back", "They were not heard for up to 4 min 12 s.")
    ]


@pytest.mark.parametrize(("there", "event", "now"), [(True, "probe.online", "there"), (False, "probe.offline", "gone")])
def test_one_that_comes_and_goes_is_told_with_what_it_is_now(there: bool, event: str, now: str) -> None:
    restless = news("eu", "a", Tell.RESTLESS, there=there)
    assert said(compose([restless], [], left(), NOW)) == [
        (
            event,
            "Probe eu/a comes and goes",
            (
                f"More than 3 times within ten minutes; now it is {now}. "
                "No more is said of it until it has been steady for ten minutes."
            ),
        )
    ]


def test_one_that_cannot_see_is_told_with_its_own_words() -> None:
    blind = news("eu", "a", blind="The gateway does not answer.")
    sees = news("us", "b", Tell.BACK, away_s=700)
    shaky = news("ap", "c", Tell.RESTLESS)
    assert said(compose([], [blind, sees, shaky], left(us=["b"]), NOW)) == [
        (
            "probe.offline",
            "Probe eu/a cannot see: its own connection is at fault",
            (
                "The gateway does not answer. Since 2026-03-02 12:00:05 UTC what it finds does not count. "
                "Its region has no vote now."
            ),
        ),
        ("probe.online", "Probe us/b sees again", "It could not for 11 min 40 s. What it finds counts."),
        (
            "probe.offline",
            "Probe ap/c cannot see now and then",
            "Its own connection fails time and again. No more is said of it until it has been steady for ten minutes.",
        ),
    ]


def test_no_two_messages_of_one_moment_are_taken_for_the_same() -> None:
    told = [news("eu", "a"), news("eu", "b", Tell.BACK), news("us", "c"), news("eu", "d", Tell.RESTLESS)]
    notices = compose(told, [news("eu", "e"), news("eu", "f")], left(), NOW)
    assert len({(one.event, one.number, one.subject) for one in notices}) == len(notices) == 6
    # What is told of one region, that it is gone and that it is back, comes in its order.
    assert [one.subject for one in notices[:3]] == ["probe eu", "probe us", "probe eu"]


def test_a_long_list_is_cut() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed([str(number) for number in range(8)]) == "0, 1, 2, 3, 4 and 3 more"
