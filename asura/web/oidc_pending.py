"""Sign-ins that have begun and are at the provider now: few, for ten minutes, each for one browser."""

import hmac
import secrets
from base64 import urlsafe_b64encode
from collections import OrderedDict
from hashlib import sha256

import msgspec

LASTS_S = 600
MOST, MOST_PER_NETWORK = 5_000, 50


class ProviderFailed(Exception):
    """The provider did not do its part; the message is for the log, and holds no secret."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in: what the provider is told, what must come back, and the browser and page that it is for."""

    state: str
    nonce: str
    verifier: str
    browser: str
    network: str
    back: str
    until: float

    @property
    def challenge(self) -> str:
        """Return the challenge of PKCE (S256) that the verifier answers."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()

    def __repr__(self) -> str:
        return f"Begun(network={self.network!r}, back={self.back!r})"


class Pending:
    """What has begun, by its state; in memory, since a restart only makes people click again."""

    def __init__(self) -> None:
        self._begun: OrderedDict[str, Begun] = OrderedDict()

    def __len__(self) -> int:
        return len(self._begun)

    def begin(self, *, network: str, back: str, browser: str | None, now: float) -> Begun:
        """Begin one; a browser that has one open keeps its mark, so that two of its tabs do not end each other."""
        self._sweep(now)
        known = browser is not None and any(one.browser == browser for one in self._begun.values())
        fresh = Begun(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            browser=browser if browser is not None and known else secrets.token_urlsafe(32),
            network=network,
            back=back,
            until=now + LASTS_S,
        )
        self._make_room(network)
        self._begun[fresh.state] = fresh
        return fresh

    def take(self, state: str, browser: str | None, now: float) -> Begun | None:
        """Return what began with this state in this browser, once; None when nothing did, or too long ago."""
        found = self._begun.pop(state, None)
        if found is None or browser is None or found.until <= now:
            return None
        return found if hmac.compare_digest(found.browser.encode(), browser.encode()) else None

    def _sweep(self, now: float) -> None:
        while self._begun and (oldest := next(iter(self._begun.values()))).until <= now:
            del self._begun[oldest.state]

    def _make_room(self, network: str) -> None:
        # Whoever begins without end pushes out their own, and not what others have begun.
        own = [one.state for one in self._begun.values() if one.network == network]
        if len(own) >= MOST_PER_NETWORK:
            del self._begun[own[0]]
        elif len(self._begun) >= MOST:
            self._begun.popitem(last=False)
