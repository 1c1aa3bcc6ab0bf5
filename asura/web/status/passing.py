"""The password of a status page: by a cookie that its form gives, or with each request as HTTP Basic."""

import base64
import binascii
import hmac
import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.types import Scope

from asura.domain.address import bucket_of
from asura.domain.page import Page
from asura.domain.throttle import Rule
from asura.engine.signing_in import Failures
from asura.web import cookies
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.engine import Engine

REALM = "status page"
# Five at once and one in five seconds from then on, of each page and each network: nobody locks out anybody else.
RULE = Rule(rate=0.2, burst=5)
LIFETIME_S = 7 * 86_400
LONGEST = 200
PASSED = "asura.passed"


class Passing:
    """Knows who gave the password of a page. Another password ends all of them."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._failures = Failures(RULE, engine.clock)
        self._key = secrets.token_bytes(32)
        # Of each page the password that was right last, as a mark: programs send it with every request.
        self._known: dict[int, bytes] = {}

    def passed(self, call: Call, page: Page) -> bool:
        """Return whether a request proves that its visitor knows the password: by cookie, or by what came with it."""
        if page.password is None:
            return False
        if call.request.scope.get(PASSED) == page.id:
            return True
        value = cookies.named(call.request.headers, cookie_name(page))
        return value is not None and self._is_ours(value, page)

    async def try_basic(self, call: Call, page: Page) -> None:
        """Note on a request that it brings the right password as HTTP Basic; TooMany where too many were wrong."""
        given = _basic(call.request.headers.get("authorization", ""))
        if given is not None and not self.passed(call, page) and await self.check(call, page, given):
            _note(call.request.scope, page)

    async def check(self, call: Call, page: Page, given: str) -> bool:
        """Return whether this is the password of a page; TooMany where too many were wrong from this network."""
        if page.password is None or not given or len(given) > LONGEST:
            return False
        mark = self._mark(page.password, given)
        if hmac.compare_digest(self._known.get(page.id, b""), mark):
            return True
        counted = f"page {page.id} {bucket_of(call.address)}"
        self._failures.take(counted)
        if not await self._engine.passwords.matches(given, page.password):
            return False
        self._failures.give_back(counted)
        self._known[page.id] = mark
        return True

    def let_in(self, call: Call, response: Response, page: Page, *, path: str) -> None:
        """Give the browser the cookie of somebody who gave the password."""
        until = int(self._engine.clock.now().timestamp()) + LIFETIME_S
        value = f"{until}.{self._signature(page, until)}"
        cookies.put(call, response, cookie_name(page), value, seconds=LIFETIME_S, path=path)

    def put_out(self, call: Call, response: Response, page: Page, *, path: str) -> None:
        """Take the cookie back."""
        cookies.put(call, response, cookie_name(page), "", seconds=0, path=path)

    def _is_ours(self, value: str, page: Page) -> bool:
        until, _, signature = value.partition(".")
        if not (until.isascii() and until.isdigit() and len(until) < 12):
            return False
        right = hmac.compare_digest(signature.encode("utf-8", "replace"), self._signature(page, int(until)).encode())
        return right and int(until) > self._engine.clock.now().timestamp()

    def _signature(self, page: Page, until: int) -> str:
        # The hash of the password is a secret of its own, with a salt: a cookie lasts as long as that does.
        text = f"asura page {page.id} {until}".encode()
        return blake2b(text, key=blake2b((page.password or "").encode()).digest()[:64], digest_size=24).hexdigest()

    def _mark(self, stored: str, given: str) -> bytes:
        return blake2b(f"{stored}\n{given}".encode("utf-8", "replace"), key=self._key, digest_size=32).digest()


def cookie_name(page: Page) -> str:
    """Return the name of the cookie of a page."""
    return f"asura_page_{page.id}"


def _note(scope: Scope, page: Page) -> None:
    scope[PASSED] = page.id


def _basic(header: str) -> str | None:
    """Return the password of HTTP Basic, whatever the name is; None when there is none."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        plain = base64.b64decode(coded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return plain.partition(":")[2] or None
