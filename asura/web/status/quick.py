"""The lean way out for status pages: what is kept and still good is sent without a request object or a log line.

When everything burns, everybody looks. An answer that was made of a board is good as long as that board is; the next
request of the same form has the same headers and bytes, at a small part of the cost. Such requests are counted, not
logged.
"""

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope, Send

from asura.domain.page import Page
from asura.web.answers import names_tag
from asura.web.middleware import Surroundings
from asura.web.status.gate import OPEN
from asura.web.status.kept import Kept, coding_of, language_of
from asura.web.status.showing import LANGUAGES, Shown

if TYPE_CHECKING:
    from asura.engine.engine import Engine

READING = frozenset({"GET", "HEAD"})
MOST_PATHS, MOST_FORMS, LONGEST_QUERY, LONGEST_HEADER = 256, 32, 100, 1_000
SWEEP_S = 10.0
PLACE = "asura.quick"
# What of the head of a request decides about its answer.
_DECISIVE = frozenset(
    {
        *(b"host", b"x-forwarded-host", b"accept-encoding", b"accept-language", b"if-none-match"),
        *(b"if-modified-since", b"origin"),
    }
)
# What every request has of its own, and what an answer without a body does not have.
_OWN = frozenset({b"x-request-id", b"strict-transport-security"})
_OF_A_BODY = frozenset({b"content-type", b"content-length", b"content-encoding"})

Headers = list[tuple[bytes, bytes]]
Form = tuple[bytes, ...]


class Ready(NamedTuple):
    """An answer that can be sent again: to requests of one form, while its board is good.

    Without a body it is only known what to say to who has the page already.
    """

    page: Page
    kept: Kept
    body: bytes | None
    headers: Headers
    not_modified: Headers


class Asked(NamedTuple):
    """What of a request decides about its answer."""

    form: Form
    tags: str


class Quick:
    """Knows the answers that are asked for again and again, by path and by form of the request."""

    def __init__(self, engine: "Engine", surroundings: Surroundings) -> None:
        self._engine = engine
        self._surroundings = surroundings
        self._ready: OrderedDict[str, dict[Form, Ready]] = OrderedDict()
        self._swept_at = engine.clock.monotonic()
        self.served = 0

    @property
    def known(self) -> int:
        """Return how many answers can be sent again."""
        return sum(map(len, self._ready.values()))

    def forget(self) -> None:
        """Forget everything."""
        self._ready.clear()

    def find(self, scope: Scope) -> tuple[Ready, bool] | None:
        """Return what can be sent at once, and whether the client has it already; None when it has to be made."""
        path = scope["path"]
        if scope["method"] not in READING or len(scope["query_string"]) > LONGEST_QUERY:
            return None
        # What is made for this request is to be found by the next one, whatever becomes of the path on the way.
        scope[PLACE] = path
        forms = self._ready.get(path)
        asked = self._asked(scope) if forms is not None else None
        ready = forms.get(asked.form) if forms is not None and asked is not None else None
        if asked is None or ready is None or not self._is_good(ready):
            return None
        known = bool(asked.tags) and names_tag(asked.tags, ready.kept.etag)
        return (ready, known) if known or ready.body is not None else None

    async def serve(self, ready: Ready, known: bool, scope: Scope, send: Send) -> None:
        """Send an answer again, or that nothing is new."""
        self.served += 1
        request = Request(scope)
        around = self._surroundings
        own = [(b"x-request-id", around.request_id(request).encode())]
        if around.is_secure(request):
            own.append((b"strict-transport-security", b"max-age=31536000"))
        status, headers = (304, ready.not_modified) if known else (200, ready.headers)
        body = b"" if known or scope["method"] == "HEAD" else ready.body
        await send({"type": "http.response.start", "status": status, "headers": [*headers, *own]})
        await send({"type": "http.response.body", "body": body})

    def keep(self, scope: Scope, response: Response) -> None:
        """Keep an answer as it goes out, when the next request of its form may have the same."""
        path = scope.get(PLACE)
        if not isinstance(response, Shown) or path is None or response.showing.page.config.visibility not in OPEN:
            return
        asked = self._asked(scope)
        if asked is None:
            return
        self._sweep()
        headers = [(name, value) for name, value in response.raw_headers if name not in _OWN]
        bare = [(name, value) for name, value in headers if name not in _OF_A_BODY]
        forms = self._ready.setdefault(path, {})
        before = forms.get(asked.form)
        body = bytes(response.body) if response.status_code == 200 else None
        if body is None and before is not None and before.kept is response.kept:
            return
        if len(forms) >= MOST_FORMS:
            forms.clear()
        forms[asked.form] = Ready(response.showing.page, response.kept, body, headers, bare)
        self._ready.move_to_end(path)
        while len(self._ready) > MOST_PATHS:
            self._ready.popitem(last=False)

    def _sweep(self) -> None:
        """From time to time, forget what cannot be sent again, so that it holds no old board."""
        now = self._engine.clock.monotonic()
        if now < self._swept_at + SWEEP_S:
            return
        self._swept_at = now
        for path, forms in list(self._ready.items()):
            good = {form: ready for form, ready in forms.items() if self._is_good(ready)}
            if good:
                self._ready[path] = good
            else:
                del self._ready[path]

    def _is_good(self, ready: Ready) -> bool:
        pages, page = self._engine.pages, ready.page
        there = pages.main if page.is_main else pages.find(page.id)
        return there is page and self._engine.boards.current(page) is ready.kept.board

    def _asked(self, scope: Scope) -> Asked | None:
        """Return what of a request decides about its answer; None where that cannot be said."""
        found: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in _DECISIVE:
                # Of two that say different things another one may count on the long way; what is long is not kept.
                if name in found or len(value) > LONGEST_HEADER:
                    return None
                found[name] = value
        tags = found.get(b"if-none-match", b"")
        since, origin = b"if-modified-since" in found, b"origin" in found
        if (since and not tags) or (origin and self._surroundings.answers_origins):
            return None
        form = (
            scope["query_string"],
            *(self._address(scope, found) if self._engine.pages.has_hosts else ()),
            coding_of(found.get(b"accept-encoding", b"").decode("latin-1")).encode(),
            language_of(found.get(b"accept-language", b"").decode("latin-1"), LANGUAGES).encode(),
        )
        return Asked(form, tags.decode("latin-1"))

    def _address(self, scope: Scope, found: dict[bytes, bytes]) -> Form:
        """Return by which name and how a request came, where pages have names of their own."""
        around, client = self._surroundings, scope.get("client")
        trusted = around.trusting and client is not None and around.trusts(client[0])
        secure = around.is_secure(Request(scope))
        forwarded = found.get(b"x-forwarded-host", b"") if trusted else b""
        return found.get(b"host", b""), forwarded, b"https" if secure else b"http"
