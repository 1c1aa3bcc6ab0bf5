"""The dashboard's files: one page for all its addresses, and assets whose names change with their content."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response

from asura.web.errors import Refused
from asura.web.options import WebOptions

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
# The build lays these beside its files, as small as they get; of two that fit, the first one is sent.
PACKED = {"br": ".br", "gzip": ".gz"}
PACKED_FROM = 600
TEXT = ("text/", "image/svg", "application/json", "application/manifest")
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


class File:
    """One file in memory, in the codings that browsers take."""

    __slots__ = ("body", "etag", "kept", "kind", "packed")

    def __init__(self, body: bytes, kind: str, *, kept: str, packed: dict[str, bytes] | None = None) -> None:
        self.body = body
        self.kind = kind
        self.kept = kept
        # Weak, because the codings of one content share it.
        self.etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        self.packed = packed or {}

    def answer(self, headers: Headers) -> Response:
        """Return the file as the client takes it, or 304 when the client has it."""
        sent = {"Cache-Control": self.kept, "ETag": self.etag}
        if self._is_packable:
            sent["Vary"] = "Accept-Encoding"
        if _has(headers, self.etag):
            return Response(status_code=304, headers=sent)
        body, coding = self._coded(headers.get("accept-encoding", ""))
        if coding:
            sent["Content-Encoding"] = coding
        return Response(body, headers=sent, media_type=self.kind)

    @property
    def _is_packable(self) -> bool:
        return bool(self.packed) or (len(self.body) >= PACKED_FROM and self.kind.startswith(TEXT))

    def _coded(self, accepted: str) -> tuple[bytes, str]:
        if not self._is_packable:
            return self.body, ""
        if not self.packed:
            # A folder that our build did not make: packed once, when it is first asked for.
            self.packed["gzip"] = gzip.compress(self.body, 9, mtime=0)
        taken = _codings(accepted)
        coding = next((one for one in PACKED if one in taken and one in self.packed), "")
        return (self.packed[coding], coding) if coding else (self.body, "")


class Dashboard:
    """Serves the built files from memory: they are few, and small."""

    def __init__(self, options: WebOptions) -> None:
        self._base = options.base_path
        self._enabled = options.web_ui_enabled
        self._folder = options.static_dir or FOLDER
        self._files = dict(self._load()) if self._enabled else {}
        built = "/index.html" in self._files
        self._page = self._files.pop("/index.html") if built else self._plain_page()

    def answer(self, method: str, path: str, headers: Headers) -> Response:
        """Return a file, or the page for an address of the dashboard; raises Refused 404 or 405."""
        if path == "/api" or path.startswith("/api/") or not self._enabled:
            raise Refused(404, "There is no such thing.")
        if method not in {"GET", "HEAD"}:
            raise Refused(405, "Offered here: GET, HEAD.", headers={"Allow": "GET, HEAD"})
        if path in self._files:
            return self._files[path].answer(headers)
        # A name with a dot is a file that is not there: answering the page instead would hide the mistake.
        if path.startswith("/assets/") or "." in path.rsplit("/", 1)[-1]:
            raise Refused(404, "There is no such file.")
        return self._page.answer(headers)

    def _plain_page(self) -> File:
        return File(NOT_BUILT.format(base=self._base).encode(), "text/html", kept="no-cache")

    def _load(self) -> Iterator[tuple[str, File]]:
        """Yield each file with its path; packed ones belong to the file that they were made of."""
        if not (self._folder / "index.html").is_file():
            return
        root = self._folder.resolve()
        for file in sorted(root.rglob("*")):
            # A link that leads out of the folder is not followed.
            if not file.is_file() or not file.resolve().is_relative_to(root) or file.name.startswith("."):
                continue
            if file.suffix in PACKED.values() and file.with_suffix("").is_file():
                continue
            path = "/" + file.relative_to(root).as_posix()
            yield path, self._file(path, file)

    def _file(self, path: str, file: Path) -> File:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        body = file.read_bytes()
        if path == "/index.html":
            return File(self._moved(body), kind, kept="no-cache")
        kept = FOREVER if path.startswith("/assets/") else "public, max-age=3600"
        return File(body, kind, kept=kept, packed=_packed(file))

    def _moved(self, page: bytes) -> bytes:
        """Return the page with its addresses moved below the base path; the other files name each other relatively."""
        base = self._base.encode()
        if not base:
            return page
        page = page.replace(b'name="asura-base" content="/"', b'name="asura-base" content="' + base + b'/"')
        return page.replace(b'"/assets/', b'"' + base + b"/assets/")


def _packed(file: Path) -> dict[str, bytes]:
    beside = {coding: file.with_name(file.name + suffix) for coding, suffix in PACKED.items()}
    return {coding: one.read_bytes() for coding, one in beside.items() if one.is_file() and not one.is_symlink()}


def _has(headers: Headers, etag: str) -> bool:
    known = {one.strip().removeprefix("W/") for one in headers.get("if-none-match", "").split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def _codings(accepted: str) -> set[str]:
    """Return the codings that an Accept-Encoding takes."""
    taken: set[str] = set()
    refused: set[str] = set()
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        has_no_weight = weight.replace(" ", "") in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        (refused if has_no_weight else taken).add(name.strip())
    return (set(PACKED) if "*" in taken else taken) - refused
