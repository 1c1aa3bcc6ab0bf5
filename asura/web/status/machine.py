"""What programs read of a status page: each file by its path, with the headers that programs of others need."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from starlette.responses import Response

from asura.web.route import Call, Handler
from asura.web.status import statuspage
from asura.web.status.gate import OPEN, Hidden, admitted, not_found
from asura.web.status.showing import SHARED, Render, answer

Line = tuple[str, Handler, str, str]
JSON = "application/json"


async def published(
    call: Call, name: str, media_type: str, render: Render, headers: dict[str, str] | None = None
) -> Response:
    """Return what programs read; pages of others may read it too, where anybody may see the page."""
    try:
        page = admitted(call)
    except Hidden:
        return not_found()
    shared = SHARED if page.config.visibility in OPEN else {}
    return await answer(call, name, media_type, render, headers={**shared, **(headers or {})})


def _file(name: str) -> Callable[[Call], Awaitable[Response]]:
    async def serve(call: Call) -> Response:
        render = partial(statuspage.render, file=name)
        return await published(call, f"v2/{name}", JSON, render)

    return serve


def v2_lines() -> Iterator[Line]:
    """Yield the files of Statuspage's API with their paths below a page."""
    for name in statuspage.FILES:
        yield f"api/v2/{name}.json", _file(name), f"{name}.json, as Statuspage has it", JSON
