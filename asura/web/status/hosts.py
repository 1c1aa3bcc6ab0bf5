"""Status pages at host names of their own: the page is at the root there, and nothing else of asura is."""

from typing import TYPE_CHECKING

from starlette.types import Scope

from asura.domain.page import Page
from asura.web.cookies import without_default
from asura.web.middleware import Surroundings
from asura.web.route import Call

if TYPE_CHECKING:
    from asura.engine.page_desk import PageDesk

PLACE = "asura.page"
# Holds the address that a page will have where it is exported to; no request from outside can have it.
EXPORT = "asura.export"
# A name, a dot at its end and a port; what is longer is no name, and not kept.
MOST_KNOWN, LONGEST_HOST = 1_000, 300
# The address of the page's JSON; everything else is below the page.
JSON = "/api/v1/status"


class Hosts:
    """Finds out whether a request came by the name of a page, and leads it there."""

    def __init__(self, pages: "PageDesk", surroundings: Surroundings, base_path: str) -> None:
        self._pages = pages
        self._surroundings = surroundings
        self._base_path = base_path
        # By the header as it comes, because every request is looked up, and nearly all have one of a few.
        self._known: dict[bytes, Page | None] = {}
        self._version = -1

    def lead(self, scope: Scope) -> None:
        """Turn the path of a request by the name of a page into that of the page; called where pages have names."""
        host = self._surroundings.host(scope)
        if len(host) > LONGEST_HOST:
            return
        if self._version != self._pages.version or len(self._known) >= MOST_KNOWN:
            self._version, self._known = self._pages.version, {}
        try:
            page = self._known[host]
        except KeyError:
            page = self._known[host] = self._pages.by_host(_bare(host))
        if page is not None:
            scope[PLACE] = page.id
            scope["path"] = self._base_path + inside(scope["path"], page)


def _bare(host: bytes) -> str:
    """Return the name in a Host header: without port, in small letters."""
    return host.decode("latin-1").partition(":")[0].strip().lower().rstrip(".")


def inside(path: str, page: Page) -> str:
    """Return the path that something at the root of a page's own name has here."""
    if path == JSON:
        return f"{JSON}/{page.slug}"
    return f"/status/{page.slug}{'' if path == '/' else path}"


def bound(scope: Scope) -> int | None:
    """Return the id of the page whose name a request came by; None when it came by another name."""
    found: int | None = scope.get(PLACE)
    return found


def rooted(call: Call) -> bool:
    """Return whether a request came by the name of a page, so that the page is at the root."""
    return PLACE in call.request.scope


def root_of(call: Call, page: Page) -> str:
    """Return the path that links of a page begin with, for this visitor; empty at its own name."""
    if rooted(call):
        return ""
    base = call.site.options.base_path
    return f"{base}/status" if page.is_main else f"{base}/status/{page.slug}"


def url_of(call: Call, page: Page) -> str:
    """Return the whole address of a page, for this visitor, without a slash at its end."""
    if EXPORT in call.request.scope:
        return str(call.request.scope[EXPORT])
    if rooted(call):
        scheme = "https" if call.site.is_secure(call.request) else "http"
        host = call.site.host(call.request)
        port = host.partition(":")[2]
        # The name is one of ours; of what stands behind it only what can be a port is repeated.
        named = _bare(host.encode("latin-1")) + (f":{port}" if port.isascii() and port.isdigit() else "")
        return f"{scheme}://{without_default(named, scheme)}"
    base = call.site.options.base_path
    return call.engine.options.url.removesuffix(base) + root_of(call, page)
