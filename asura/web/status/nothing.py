"""What is said where nothing is to be seen: two words to programs, and a small page to people."""

from base64 import b64encode
from functools import cache
from hashlib import sha256

from starlette.datastructures import Headers
from starlette.responses import Response

from asura.web.status.kept import LONGEST, language_of, weights_of
from asura.web.status.writing import LANGUAGES

HTML, TEXT = "text/html", "text/plain"
VARIES = "Accept, Accept-Language"
STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:18vh auto 0;max-width:34rem;padding:0 20px;font:17px/1.5 system-ui,sans-serif;"
    "background:light-dark(#f6f7f9,#0f1115);color:light-dark(#171a21,#e9ebf0)}"
    "h1{font-size:26px;line-height:1.25;margin:0 0 8px}"
    "p{margin:0;opacity:.8}"
)
# The style stands in the page, which loads nothing: where its files are depends on which pages there are.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Nothing(Response):
    """What is said of everything that is hidden or missing, the same of all of it."""

    def __init__(self) -> None:
        super().__init__("not found", 404, {"Vary": VARIES}, TEXT)

    def to(self, asked: Headers) -> Response:
        """Return it as whoever asks reads it best; it depends on nothing but what they accept."""
        if not _prefers_html(asked.get("accept", "")[:LONGEST]):
            return self
        page = _page(language_of(asked.get("accept-language", ""), tuple(LANGUAGES)))
        headers = {"Vary": VARIES, "Content-Security-Policy": POLICY, "X-Robots-Tag": "noindex"}
        return Response(page, 404, headers, HTML)


def _prefers_html(accepted: str) -> bool:
    """Return whether somebody asks for HTML by its name, and likes nothing else as well: browsers that show a page."""
    weights = weights_of(accepted)
    usual = max(weights.get("*/*", 0.0), weights.get("text/*", 0.0))
    return weights.get(HTML, 0.0) > max(weights.get(TEXT, usual), weights.get("application/json", 0.0))


@cache
def _page(language: str) -> bytes:
    words = LANGUAGES[language]
    return (
        f'<!doctype html>\n<html lang="{words["language"]}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{words['nothing']}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{words['nothing']}</h1>\n<p>{words['nothing_text']}</p>\n</body>\n</html>\n"
    ).encode()
