"""From a request to its route."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.routing import Route as Pattern

from asura.web.errors import Refused
from asura.web.route import Route


@cache
def _pattern(path: str) -> Pattern:
    """Return what finds a path; it knows nothing but the path, and one is enough."""
    return Pattern(path, Response(), methods=None)


class Table:
    """One pattern a path with its routes by method; paths without parameters come first."""

    def __init__(self, routes: Sequence[Route]) -> None:
        by_path: dict[str, dict[str, Route]] = defaultdict(dict)
        for route in routes:
            if route.method in by_path[route.path]:
                raise ValueError(f"{route.method} {route.path} is listed twice")
            by_path[route.path][route.method] = route
        ordered = sorted(by_path.items(), key=lambda item: item[0].count("{"))
        self._table = [(path.partition("{")[0], _pattern(path), methods) for path, methods in ordered]

    def find(self, request: Request, path: str) -> Route | None:
        """Return the route of a request; raises Refused 405 where the path is known and the method is not."""
        here = {**request.scope, "path": path, "root_path": ""}
        method = "GET" if request.method == "HEAD" else request.method
        offered: set[str] = set()
        for begins, pattern, methods in self._table:
            # Nearly all lie elsewhere, and this is the cheaper look.
            if not path.startswith(begins):
                continue
            match, more = pattern.matches(here)
            if match is Match.NONE:
                continue
            # `GET /channels/test` is no business of `POST /channels/test`: it may be a channel of that name.
            if method in methods:
                request.scope["path_params"] = more["path_params"]
                return methods[method]
            offered = offered or set(methods)
        if not offered:
            return None
        told = ", ".join(sorted(offered | {"HEAD"} if "GET" in offered else offered))
        raise Refused(405, f"Offered here: {told}.", headers={"Allow": told})
