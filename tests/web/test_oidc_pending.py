"""Sign-ins that have begun: each counts once, in one browser, for ten minutes, and there are never too many."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from asura.web.oidc_pending import LASTS_S, MOST, MOST_PER_NETWORK, Begun, Pending


def begin(pending: Pending, *, network: str = "192.0.2.1", browser: str | None = None, now: float = 0.0) -> Begun:
    return pending.begin(network=network, back="/", browser=browser, now=now)


def test_one_is_taken_once_in_its_browser() -> None:
    pending = Pending()
    one, two = begin(pending), begin(pending)
    assert one.browser != two.browser
    assert pending.take(one.state, one.browser, 1.0) is one
    assert pending.take(one.state, one.browser, 1.0) is None
    assert pending.take(two.state, one.browser, 1.0) is None
    assert pending.take(two.state, two.browser, 1.0) is None


def test_without_the_mark_of_the_browser_nothing_is_given() -> None:
    pending = Pending()
    for browser in (None, "", "ü"):
        assert pending.take(begin(pending).state, browser, 1.0) is None


def test_it_is_over_after_ten_minutes() -> None:
    pending = Pending()
    one, two = begin(pending), begin(pending)
    assert pending.take(one.state, one.browser, LASTS_S - 0.1) is one
    assert pending.take(two.state, two.browser, LASTS_S) is None
    begin(pending)
    begin(pending, now=LASTS_S + 1)
    assert len(pending) == 1


def test_a_browser_keeps_its_mark_while_it_has_one_open_and_cannot_choose_one() -> None:
    pending = Pending()
    one = begin(pending)
    assert begin(pending, browser=one.browser).browser == one.browser
    assert begin(pending, browser="chosen").browser != "chosen"


def test_whoever_begins_without_end_pushes_out_their_own() -> None:
    pending = Pending()
    other = begin(pending, network="192.0.2.2")
    first = begin(pending)
    for _ in range(MOST_PER_NETWORK):
        begin(pending)
    assert len(pending) == MOST_PER_NETWORK + 1
    assert pending.take(first.state, first.browser, 1.0) is None
    assert pending.take(other.state, other.browser, 1.0) is other


def test_there_are_never_more_than_fit() -> None:
    pending = Pending()
    for number in range(MOST + 10):
        begin(pending, network=str(number))
    assert len(pending) == MOST


def test_the_challenge_is_of_the_verifier_and_neither_is_shown() -> None:
    one = begin(Pending())
    assert one.challenge == urlsafe_b64encode(sha256(one.verifier.encode()).digest()).decode().rstrip("=")
    assert 43 <= len(one.verifier) <= 128
    for secret in (one.state, one.nonce, one.verifier, one.browser):
        assert secret not in repr(one)
