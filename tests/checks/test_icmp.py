"""The ping check: loopback for real, black holes and missing rights in a network of their own."""

import asyncio

import msgspec
import pytest

from asura.checks.base import Job
from asura.checks.icmp import CHECK, IcmpParams
from asura.domain.fields import convert
from asura.domain.monitor import Assertion
from asura.domain.reason import Reason
from asura.domain.status import Finding
from asura.errors import Invalid
from asura.net.network import open_network
from asura.running.execute import execute
from tests.checks.bench import attempt
from tests.net.namespace import BLACK_HOLE, DEAD_END, NO_RAW, UNPRIVILEGED_PINGS, in_namespace

SCRIPT = """
import asyncio, json, time
import msgspec
from asura.checks.icmp import CHECK
from tests.checks.bench import attempt

async def main():
    began = time.monotonic()
    outcomes = [await attempt(CHECK, target, settings, timeout=timeout) for target, settings, timeout in TRIES]
    print(json.dumps({"outcomes": msgspec.to_builtins(outcomes), "took": time.monotonic() - began}))

asyncio.run(main())
"""


def in_a_hole(*tries, setup=(BLACK_HOLE, DEAD_END, UNPRIVILEGED_PINGS), wrapper=""):
    """Return what checks found whose targets are black holes, dead ends or good."""
    return in_namespace(f"TRIES = {tries!r}\n{SCRIPT}", *setup, wrapper=wrapper)


@pytest.mark.parametrize(("target", "address"), [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("icmp://::1", "::1")])
async def test_a_host_that_answers_is_up(target, address):
    outcome = await attempt(CHECK, target, {"interval": 0.01})
    assert (outcome.finding, outcome.reason) == (Finding.UP, Reason.OK), outcome.message
    facts = outcome.evidence.facts
    assert outcome.evidence.address == address
    assert len(facts["rtts_ms"]) == facts["sent"] == facts["received"] == 3
    assert facts["loss"] == 0
    assert outcome.latency_ms == pytest.approx(sum(facts["rtts_ms"]) / 3, abs=0.01)


async def test_the_family_chooses_the_address():
    four = await attempt(CHECK, "localhost", {"family": "ipv4", "count": 1})
    assert four.evidence.address == "127.0.0.1"
    wrong = await attempt(CHECK, "127.0.0.1", {"family": "ipv6", "count": 1})
    assert wrong.finding is Finding.DOWN
    assert wrong.reason is not Reason.ICMP_NO_REPLY


async def test_a_forbidden_address_is_not_pinged():
    with pytest.raises(Invalid):
        CHECK.validate("169.254.169.254", IcmpParams())
    net = open_network()
    outcome = await execute(CHECK, Job("169.254.169.254", IcmpParams(), 5), net)
    await net.close()
    assert (outcome.finding, outcome.reason) == (Finding.DOWN, Reason.BLOCKED_ADDRESS)


async def test_assertions_on_loss_jitter_and_time():
    outcome = await attempt(
        CHECK,
        "127.0.0.1",
        {"interval": 0.01},
        Assertion("loss", "eq", 0),
        Assertion("jitter", "lt", 5000),
        Assertion("response_time", "gt", 5000, severity="degraded"),
    )
    assert (outcome.finding, outcome.reason) == (Finding.DEGRADED, Reason.ASSERTION)
    assert [one.passed for one in outcome.evidence.assertions] == [True, True, False]


def test_a_black_hole_is_no_reply_within_the_time_out():
    seen = in_a_hole(("192.0.2.9", {"interval": 0.01}, 0.5), ("2001:db8::9", {"count": 1, "wait": 0.2}, 5))
    for outcome in seen["outcomes"]:
        assert (outcome["finding"], outcome["reason"]) == (Finding.DOWN, Reason.ICMP_NO_REPLY)
        assert outcome["evidence"]["facts"]["loss"] == 1
    assert "None of 3 pings to 192.0.2.9 was answered" in seen["outcomes"][0]["message"]
    assert "The ping to 2001:db8::9 got no reply" in seen["outcomes"][1]["message"]
    assert seen["took"] < 3


def test_where_no_way_leads_the_message_says_so():
    (outcome,) = in_a_hole(("198.51.100.7", {"count": 1}, 5))["outcomes"]
    assert (outcome["finding"], outcome["reason"]) == (Finding.DOWN, Reason.ICMP_NO_REPLY)
    assert "This machine knows no way to 198.51.100.7" in outcome["message"]


@pytest.mark.parametrize("target", ["127.0.0.1", "::1"])
def test_without_rights_it_is_unknown_with_what_to_do(target):
    (outcome,) = in_a_hole((target, {}, 5), setup=(), wrapper=NO_RAW)["outcomes"]
    assert (outcome["finding"], outcome["reason"]) == (Finding.UNKNOWN, Reason.NOT_PERMITTED)
    assert "sysctl -w net.ipv4.ping_group_range" in outcome["message"]
    assert "CAP_NET_RAW" in outcome["message"]


class Line:
    """A way to a host that loses and delays as told; the sockets have tests of their own."""

    def __init__(self, *rtts):
        self.rtts = list(rtts)

    async def ping(self, address, *, size, timeout):
        rtt = self.rtts.pop(0)
        await asyncio.sleep(0 if rtt is not None else min(timeout, 0.01))
        return rtt

    def close(self):
        pass


async def over(line: Line, **settings):
    net = open_network()
    net.__dict__["pinger"] = line
    try:
        params = convert({"count": len(line.rtts), "interval": 0.01, **settings}, IcmpParams)
        return await execute(CHECK, Job("127.0.0.1", params, 5), net, keep_evidence=True)
    finally:
        await net.close()


@pytest.mark.parametrize(
    ("rtts", "settings", "finding", "reason", "words"),
    [
        ((1, None, 1), {}, Finding.UP, Reason.OK, "2 of 3 pings answered"),
        ((1, None, None), {}, Finding.DEGRADED, Reason.ICMP_LOSS, "2 of 3 pings to 127.0.0.1 were lost (67%)"),
        ((1, None, 1), {"max_loss": 0.1}, Finding.DEGRADED, Reason.ICMP_LOSS, "at most 10% may be"),
        ((1, None, None), {"down_loss": 0.6}, Finding.DOWN, Reason.ICMP_LOSS, "from 60% on"),
        ((None, None), {}, Finding.DOWN, Reason.ICMP_NO_REPLY, "None of 2 pings"),
        ((10, 30, 10), {"max_jitter_ms": 15}, Finding.DEGRADED, Reason.ICMP_JITTER, "differ by 20.0 ms"),
        ((10, 30, 10), {"max_jitter_ms": 25}, Finding.UP, Reason.OK, ""),
        ((10,), {"max_jitter_ms": 1}, Finding.UP, Reason.OK, ""),
    ],
)
async def test_loss_and_jitter_are_judged(rtts, settings, finding, reason, words):
    outcome = await over(Line(*rtts), **settings)
    assert (outcome.finding, outcome.reason) == (finding, reason), outcome.message
    assert words in outcome.message


async def test_a_long_series_is_pressed_into_the_time_out():
    outcome = await attempt(CHECK, "127.0.0.1", {"count": 20, "interval": 60}, timeout=0.5)
    assert outcome.finding is Finding.UP, outcome.message
    assert outcome.evidence.facts["received"] == 20


@pytest.mark.parametrize(
    ("target", "settings", "path"),
    [
        ("", {}, "target"),
        ("a b", {}, "target"),
        ("https://example.com", {}, "target"),
        ("example.com:80", {}, "target"),
        ("example.com", {"max_loss": 0.9, "down_loss": 0.5}, "settings.max_loss"),
    ],
)
def test_what_cannot_work_is_refused_with_its_path(target, settings, path):
    with pytest.raises(Invalid) as refused:
        CHECK.validate(target, convert(settings, CHECK.params))
    assert [fault.path for fault in refused.value.faults] == [path]


@pytest.mark.parametrize("settings", [{"count": 0}, {"count": 101}, {"size": 15}, {"interval": 0}, {"max_loss": 1.1}])
def test_settings_have_limits(settings):
    with pytest.raises(msgspec.ValidationError):
        convert(settings, IcmpParams)
