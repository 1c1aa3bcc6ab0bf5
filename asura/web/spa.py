"""The dashboard's files: one page for all its addresses, and assets whose names change with their content."""

import mimetypes
from pathlib import Path

from starlette.responses import Response

from asura.web.errors import Refused
from asura.web.options import WebOptions

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
NOT_BUILT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>asura</title><meta name="viewport" content="width=device-width"></head>
<body>
<h1>asura is running</h1>
<p>Its dashboard was not built. Run <code>./dev ui</code> in a clone of the project and start it again.</p>
<p>The API works without it: <a href="{base}/api/docs">what it offers</a>,
<a href="{base}/api/v1/health/ready">whether all is well</a>.</p>
</body>
</html>
"""
mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


class Dashboard:
    """Serves the built files from memory: they are few, and small."""

    def __init__(self, options: WebOptions) -> None:
        self._base = options.base_path
        self._enabled = options.web_ui_enabled
        self._folder = options.static_dir or FOLDER
        self._files = self._load() if self._enabled else {}

    def answer(self, method: str, path: str) -> Response:
        """Return a file, or the page for an address of the dashboard; raises Refused 404 or 405."""
        if path == "/api" or path.startswith("/api/") or not self._enabled:
            raise Refused(404, "There is no such thing.")
        if method not in {"GET", "HEAD"}:
            raise Refused(405, "Offered here: GET, HEAD.", headers={"Allow": "GET, HEAD"})
        found = self._files.get(path)
        if found is not None and path != "/index.html":
            return self._file(path, *found)
        # A name with a dot is a file that is not there: answering the page instead would hide the mistake.
        if path.startswith("/assets/") or "." in path.rsplit("/", 1)[-1]:
            raise Refused(404, "There is no such file.")
        return self._page()

    def _file(self, path: str, body: bytes, kind: str) -> Response:
        kept = FOREVER if path.startswith("/assets/") else "public, max-age=3600"
        return Response(body, headers={"Cache-Control": kept}, media_type=kind)

    def _page(self) -> Response:
        page = self._files.get("/index.html")
        body = page[0] if page is not None else NOT_BUILT.format(base=self._base).encode()
        return Response(body, headers={"Cache-Control": "no-cache"}, media_type="text/html")

    def _load(self) -> dict[str, tuple[bytes, str]]:
        if not (self._folder / "index.html").is_file():
            return {}
        root = self._folder.resolve()
        files: dict[str, tuple[bytes, str]] = {}
        for file in sorted(root.rglob("*")):
            # A link that leads out of the folder is not followed.
            if file.is_file() and file.resolve().is_relative_to(root) and not file.name.startswith("."):
                path = "/" + file.relative_to(root).as_posix()
                kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
                files[path] = (self._moved(file.read_bytes(), kind), kind)
        return files

    def _moved(self, body: bytes, kind: str) -> bytes:
        """Return a file with the addresses that it holds moved below the base path."""
        base = self._base.encode()
        if not base or not kind.startswith("text/"):
            return body
        body = body.replace(b'name="asura-base" content="/"', b'name="asura-base" content="' + base + b'/"')
        for quote in (b'"', b"'", b"`", b"("):
            body = body.replace(quote + b"/assets/", quote + base + b"/assets/")
        return body
