"""The lookout: who has a vote, one look for all who ask, and what is excused while this process cannot see."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from asura.domain.blindness import Sighting
from asura.domain.monitor import MonitorConfig
from asura.domain.reason import Reason
from asura.domain.result import Evidence, Outcome, Result
from asura.domain.status import Finding
from asura.running.lookout import CanaryTarget, Lookout, sightings
from tests.running.kit import made
from tests.world import DEGRADED, DOWN, TIMEOUT, UP, FakeClock

UNRESOLVED = Outcome(Finding.DOWN, Reason.DNS_TIMEOUT, "The name servers did not answer.")
SERVFAIL = Outcome(Finding.DOWN, Reason.DNS_RCODE, "The name server failed.", code=2)
NOT_ASKED = Outcome(Finding.UNKNOWN, Reason.INTERNAL_ERROR, "A bug of ours.")


def canary(name: str, kind: str = "host") -> CanaryTarget:
    return CanaryTarget(name, kind, MonitorConfig(name=name, type="icmp", target=name))


class Post:
    """A lookout whose canaries answer as the test says."""

    def __init__(self, *canaries: CanaryTarget) -> None:
        self.clock = FakeClock()
        self.canaries = list(canaries) or [canary("gateway")]
        self.says: dict[str, Outcome | Exception] = {}
        self.asked: list[str] = []
        self.seen: list[Sighting] = []
        self.lookout = Lookout(
            self.clock, canaries=lambda: self.canaries, ask=self._ask, sightings=lambda now: self.seen
        )

    async def _ask(self, config: MonitorConfig) -> Result:
        self.asked.append(config.target)
        await asyncio.sleep(0)
        said = self.says.get(config.target, UP)
        if isinstance(said, Exception):
            raise said
        return made(said, at=self.clock.now())

    async def around(self, seconds: float = 5) -> None:
        self.clock.turn(seconds)
        await self.lookout.look_around()

    async def blind(self, outcome: Outcome = TIMEOUT) -> None:
        """Let every canary answer once, and then no more."""
        await self.around()
        self.says = {one.name: outcome for one in self.canaries}
        await self.around()
        assert self.lookout.blind is not None

    def excused(self, outcome: Outcome, *, ago: float = 0, **other: Any) -> Result:
        at = self.clock.now() - timedelta(seconds=ago)
        return self.lookout.excuse(made(outcome, at=at, **other))


async def test_whoever_never_answered_has_no_vote() -> None:
    post = Post()
    post.says["gateway"] = TIMEOUT
    await post.around()
    assert (post.lookout.blind, post.lookout.answered) == (None, set())
    post.says["gateway"] = UP
    await post.around()
    post.says["gateway"] = TIMEOUT
    await post.around()
    assert post.lookout.answered == {"gateway"}
    assert post.lookout.blind is not None
    assert post.lookout.blind.reason is Reason.OWN_NETWORK


async def test_who_answered_in_an_earlier_life_has_a_vote_from_the_first_look_on() -> None:
    post = Post()
    post.lookout.answered.add("gateway")
    post.says["gateway"] = TIMEOUT
    await post.around()
    assert post.lookout.blind is not None


async def test_a_gateway_that_is_gone_is_silent_without_being_asked() -> None:
    post = Post()
    await post.around()
    post.canaries = [CanaryTarget("gateway", "host", None)]
    post.asked.clear()
    await post.around()
    assert post.lookout.blind is not None
    assert post.asked == []


async def test_it_wakes_whoever_waits_when_it_begins_and_ends_to_be_blind_and_looks_oftener_meanwhile() -> None:
    post = Post()
    await post.around()
    assert (post.lookout.wake.is_set(), post.lookout.pause) == (False, timedelta(seconds=10))
    post.says["gateway"] = TIMEOUT
    await post.around()
    assert (post.lookout.wake.is_set(), post.lookout.pause) == (True, timedelta(seconds=3))
    post.lookout.wake.clear()
    await post.around()
    assert not post.lookout.wake.is_set(), "it was known"
    post.says["gateway"] = UP
    await post.around()
    assert (post.lookout.wake.is_set(), post.lookout.pause) == (True, timedelta(seconds=10))


async def test_all_who_ask_at_once_share_one_look_and_for_a_second_after_it() -> None:
    post = Post()
    await post.around()
    post.clock.turn(1)
    post.asked.clear()
    await asyncio.gather(*(post.lookout.look() for _ in range(50)))
    assert post.asked == ["gateway"]
    await post.lookout.look()
    assert post.asked == ["gateway"]
    post.clock.turn(1)
    await post.lookout.look()
    assert post.asked == ["gateway"] * 2


async def test_a_look_that_began_before_the_check_says_nothing_about_it() -> None:
    post = Post()
    await post.around()
    post.asked.clear()
    await post.lookout.look(post.clock.now())
    assert post.asked == []
    post.clock.turn(0.2)
    await post.lookout.look(post.clock.now())
    assert post.asked == ["gateway"]


async def test_one_who_gives_up_does_not_take_the_look_from_the_others() -> None:
    post = Post()
    await post.around()
    post.clock.turn(1)
    asked = [asyncio.ensure_future(post.lookout.look()) for _ in range(2)]
    await asyncio.sleep(0)
    asked[0].cancel()
    post.says["gateway"] = TIMEOUT
    await asked[1]
    assert post.lookout.blind is not None


async def test_a_look_that_fails_fails_for_who_asked_and_the_next_one_looks_again() -> None:
    post = Post()
    await post.around()
    post.clock.turn(1)
    post.says["gateway"] = LookupError("no such canary")
    with pytest.raises(LookupError):
        await post.lookout.look()
    post.says["gateway"] = TIMEOUT
    await post.lookout.look()
    assert post.lookout.blind is not None


async def test_no_result_waits_for_a_canary_that_has_no_vote() -> None:
    post = Post(canary("gateway"), canary("192.0.2.1:443"))
    post.says["192.0.2.1:443"] = TIMEOUT
    await post.around()
    post.clock.turn(1)
    post.asked.clear()
    await post.lookout.look()
    assert post.asked == ["gateway"]


@pytest.mark.parametrize(
    ("outcome", "excused"),
    [(TIMEOUT, True), (UNRESOLVED, True), (DOWN, False), (UP, False), (DEGRADED, False), (NOT_ASKED, False)],
    ids=["no answer", "no name", "refused", "fine", "slow", "unknown already"],
)
async def test_while_blind_a_failure_that_may_be_ours_is_unknown(outcome: Outcome, excused: bool) -> None:
    post = Post()
    await post.blind()
    result = made(outcome, at=post.clock.now())
    judged = post.lookout.excuse(result)
    assert (judged is not result) is excused
    if excused:
        assert (judged.finding, judged.reason) == (Finding.UNKNOWN, Reason.OWN_NETWORK)
        assert "no answer from gateway" in judged.message
        assert outcome.message in judged.message


async def test_a_dead_resolver_excuses_what_did_not_resolve_and_nothing_else() -> None:
    post = Post(canary("gateway"), canary("the resolver", "resolver"))
    await post.around()
    post.says["the resolver"] = UNRESOLVED
    await post.around()
    assert post.excused(UNRESOLVED).reason is Reason.OWN_RESOLVER
    assert post.excused(TIMEOUT).finding is Finding.DOWN


@pytest.mark.parametrize(
    ("said", "blind"),
    [(DOWN, True), (SERVFAIL, True), (UNRESOLVED, True), (UP, False), (NOT_ASKED, False)],
    ids=["refuses", "fails on the root", "silent", "answers", "not asked"],
)
async def test_a_resolver_has_to_resolve_a_host_only_to_be_there(said: Outcome, blind: bool) -> None:
    for kind, expected in (("resolver", blind), ("host", said is UNRESOLVED)):
        post = Post(canary("near", kind))
        await post.around()
        post.says["near"] = said
        await post.around()
        assert (post.lookout.blind is not None) is expected, kind


async def test_what_is_on_this_machine_needs_no_uplink() -> None:
    post = Post()
    await post.blind()
    near = Evidence(address="127.0.0.1:5432")
    assert post.excused(TIMEOUT, evidence=near).finding is Finding.DOWN
    assert post.excused(TIMEOUT, evidence=Evidence(address="192.0.2.9:443")).finding is Finding.UNKNOWN


async def test_what_was_asked_shortly_after_we_could_see_again_is_excused_what_was_asked_later_is_not() -> None:
    post = Post()
    await post.blind()
    post.says["gateway"] = UP
    await post.around()
    post.clock.turn(10)
    assert post.excused(TIMEOUT, ago=9).reason is Reason.OWN_NETWORK
    assert post.excused(TIMEOUT, ago=7).finding is Finding.DOWN


async def test_nearly_everything_failing_at_once_shows_our_fault_without_any_canary() -> None:
    post = Post()
    post.canaries.clear()
    post.seen = [Sighting(f"zone{number}.example", True, True, Reason.CONNECT_TIMEOUT) for number in range(6)]
    await post.lookout.look()
    assert post.lookout.blind is not None
    assert post.excused(TIMEOUT).finding is Finding.UNKNOWN


def test_sightings_are_the_newest_results_of_what_lies_outside() -> None:
    now = FakeClock().now()
    seen = [
        ("https://shop.example.com/cart", made(TIMEOUT, at=now)),
        ("https://blog.example.org", made(UP, at=now - timedelta(seconds=119))),
        ("https://old.example.net", made(TIMEOUT, at=now - timedelta(seconds=120))),
        ("https://bug.example.net", made(NOT_ASKED, at=now)),
        ("https://never.example.net", None),
        ("192.168.1.7:22", made(TIMEOUT, at=now)),
        ("1.1.1.1:22", made(DEGRADED, at=now)),
    ]
    assert sightings(seen, now) == [
        Sighting("example.com", True, True, Reason.CONNECT_TIMEOUT),
        Sighting("example.org", True, False, Reason.OK),
        Sighting("1.1.1.0/24", False, False, Reason.SLOW),
    ]
