"""Status pages read from inside, for an export: whoever may see them, with the address that they will have there."""

from typing import TYPE_CHECKING, Any, NamedTuple

from starlette.requests import Request

from asura.domain.page import Page
from asura.engine.page_address import address_of
from asura.web.route import Call
from asura.web.routing import Table
from asura.web.status import hosts

if TYPE_CHECKING:
    from asura.web.site import Site

# Where the JSON of a page is in an export; here it is not below the page.
STATE = "api/v1/status.json"


class Place(NamedTuple):
    """Where a page is here: the path that its links begin with, that of its JSON, and its whole address."""

    root: str
    state: str
    url: str


class File(NamedTuple):
    """Something that a page answers."""

    media_type: str
    body: bytes


class Reader:
    """Asks the routes of status pages as visitors do, past the door and what is kept for visitors."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        below = [one for one in site.routes if one.path.startswith(("/status", hosts.JSON))]
        self._table = Table([one for one in below if not one.path.startswith("/api/v1/status-pages")])

    def place(self, page: Page) -> Place:
        """Return where a page is here."""
        base, which = self._site.options.base_path, "" if page.is_main else f"/{page.slug}"
        url = address_of(page, self._site.engine.options.url)
        return Place(f"{base}/status{which}", f"{base}{hosts.JSON}{which}", url)

    async def read(self, page: Page, path: str, *, url: str) -> File | None:
        """Return what is at a path below a page whose address is said to be `url`; None where nothing is."""
        which = "" if page.is_main else f"/{page.slug}"
        name, _, query = path.partition("?")
        whole = f"{hosts.JSON}{which}" if name == STATE else f"/status{which}/{name}".rstrip("/")
        scope: dict[str, Any] = {
            "type": "http",
            "method": "GET",
            "path": whole,
            "query_string": query.encode(),
            "headers": [],
            "scheme": "http",
            "server": None,
            "client": None,
            hosts.EXPORT: url,
        }
        request = Request(scope)
        route = self._table.find(request, whole)
        if route is None:
            return None
        answer = await route.handler(Call(self._site, request, route, address="export", request_id="export"))
        if answer.status_code != 200:
            return None
        return File(answer.headers.get("content-type", "").partition(";")[0], bytes(answer.body))
