"""Whether it is us who cannot see."""

import pytest

from asura.domain.blindness import Canary, Place, Sighting, blindness, is_near, place
from asura.domain.reason import Reason

GATEWAY_OK = Canary("gateway", "host", True, True)
GATEWAY_DEAD = Canary("gateway", "host", False, True)
RESOLVER_OK = Canary("resolver", "resolver", True, True)
RESOLVER_DEAD = Canary("resolver", "resolver", False, True)


def sightings(
    failing: int, fine: int, reason: Reason = Reason.CONNECT_TIMEOUT, *, named: bool = True
) -> list[Sighting]:
    bad = [Sighting(f"bad{number}.example", named, True, reason) for number in range(failing)]
    return bad + [Sighting(f"fine{number}.example", named, False, Reason.OK) for number in range(fine)]


@pytest.mark.parametrize(
    ("canaries", "seen", "reason"),
    [
        pytest.param([GATEWAY_OK, RESOLVER_OK], [], None, id="all canaries answer"),
        pytest.param([], [], None, id="nothing to go by"),
        pytest.param([GATEWAY_DEAD, RESOLVER_DEAD], [], Reason.OWN_NETWORK, id="all are silent"),
        pytest.param([GATEWAY_OK, RESOLVER_DEAD], [], Reason.OWN_RESOLVER, id="only the resolver is silent"),
        pytest.param([RESOLVER_DEAD], [], Reason.OWN_RESOLVER, id="the resolver is all we have"),
        pytest.param([GATEWAY_DEAD, RESOLVER_OK], [], None, id="a gateway that ignores us, while names resolve"),
        pytest.param(
            [Canary("gateway", "host", False, False)], [], None, id="a canary that never answered has no vote"
        ),
        pytest.param([], sightings(5, 1), Reason.OWN_NETWORK, id="five of six places fail at once"),
        pytest.param([], sightings(4, 0), None, id="four places may be a coincidence"),
        pytest.param([], sightings(5, 2), None, id="five of seven are too few"),
        pytest.param([], sightings(5, 0, Reason.HTTP_STATUS), None, id="targets that answer are not our fault"),
        pytest.param([], sightings(3, 0, Reason.DNS_TIMEOUT), Reason.OWN_RESOLVER, id="no zone resolves"),
        pytest.param([], sightings(3, 1, Reason.DNS_TIMEOUT), None, id="one zone resolves"),
    ],
)
def test_cases(canaries: list[Canary], seen: list[Sighting], reason: Reason | None) -> None:
    found = blindness(canaries, seen)
    assert (found.reason if found else None) == reason


def test_one_provider_with_many_hosts_is_one_place() -> None:
    seen = [Sighting("example.com", True, True, Reason.CONNECT_TIMEOUT) for _ in range(50)]
    assert blindness([], seen) is None


def test_a_dead_resolver_excuses_names_and_nothing_else() -> None:
    found = blindness([GATEWAY_OK, RESOLVER_DEAD], [])
    assert found is not None
    assert found.covers(Reason.DNS_TIMEOUT)
    assert not found.covers(Reason.CONNECT_TIMEOUT)


def test_a_dead_uplink_excuses_silence_and_not_an_answer() -> None:
    found = blindness([GATEWAY_DEAD], [])
    assert found is not None
    assert found.covers(Reason.CONNECT_TIMEOUT)
    assert not found.covers(Reason.CONNECT_REFUSED)
    assert not found.covers(Reason.HTTP_STATUS)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://shop.example.com/health", Place("example.com", True)),
        ("shop.example.com:443", Place("example.com", True)),
        ("203.0.113.9", None),
        ("https://8.8.8.8/", Place("8.8.8.0/24", False)),
        ("[2001:4860:4860::8888]:53", Place("2001:4860:4860::/48", False)),
        ("2001:4860:4860::8888", Place("2001:4860:4860::/48", False)),
        ("192.168.1.5:22", None),
        ("localhost", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_what_targets_share_their_fate_with(target: str, expected: Place | None) -> None:
    assert place(target) == expected


@pytest.mark.parametrize(
    ("address", "near"),
    [("127.0.0.1:80", True), ("[::1]:80", True), ("::1", True), ("192.0.2.1:80", False), ("", False)],
)
def test_what_is_on_this_machine_needs_no_uplink(address: str, near: bool) -> None:
    assert is_near(address) is near
