"""The list of routes as a page for a person: no script, one style whose hash the policy names."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape

from starlette.responses import Response

from asura import __version__
from asura.web.openapi import statuses
from asura.web.options import WebOptions
from asura.web.route import PUBLIC, Route

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0; border-top: 1px solid #8884; }
code { font-family: ui-monospace, monospace; }
.method { font-weight: 600; }
.quiet { opacity: .75; font-size: .875rem; }
"""
HASH = b64encode(sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def page(routes: Sequence[Route], options: WebOptions) -> Response:
    """Return the page."""
    groups: dict[str, list[Route]] = {}
    for route in routes:
        groups.setdefault(route.handler.__module__.rpartition(".")[2], []).append(route)
    sections = "".join(_section(name, group) for name, group in groups.items())
    link = f"{escape(options.base_path)}/api/v1/openapi.json"
    body = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>The API of asura</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"<h1>The API of asura {escape(__version__)}</h1>"
        f"<p>Send a key as <code>Authorization: Bearer KEY</code> or <code>X-API-Key: KEY</code>. "
        f'For programs: <a href="{link}">openapi.json</a>.</p>{sections}</body></html>\n'
    )
    headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
    return Response(body, headers=headers, media_type="text/html")


def _section(name: str, routes: Sequence[Route]) -> str:
    rows = "".join(_row(route) for route in routes)
    return f"<h2>{escape(name.capitalize())}</h2><table><tbody>{rows}</tbody></table>"


def _row(route: Route) -> str:
    rights = "open to all" if route.role == PUBLIC else f"{route.role}, scope {route.scope or 'any'}"
    query = ", ".join(param.name for param in route.params)
    asked = f'<br><span class="quiet">Query: <code>{escape(query)}</code></span>' if query else ""
    told = ", ".join(map(str, statuses(route)))
    return (
        f'<tr><td class="method"><code>{route.method}</code></td><td><code>{escape(route.path)}</code></td>'
        f'<td>{escape(route.summary)}<br><span class="quiet">For: {escape(rights)}. Answers: {told}</span>{asked}</td>'
        "</tr>"
    )
