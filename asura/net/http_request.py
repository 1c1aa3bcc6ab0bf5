"""What an HTTP check sends and what comes back; the bytes of a request are made once and sent many times."""

from collections.abc import Iterable
from typing import Any

import msgspec

from asura import __version__
from asura.domain.fields import STARS, Secret, is_credential
from asura.net.encodings import ACCEPTED
from asura.net.resolver import Family
from asura.net.tls import TlsSettings
from asura.net.url import Url

USER_AGENT = f"asura/{__version__}"
DEFAULT_MAX_BODY = 1024 * 1024
HTTP_TLS = TlsSettings(alpn=("http/1.1",))
_ABOUT_BODY = frozenset({"content-type", "content-length", "content-encoding", "content-language"})
_BODYLESS = frozenset({"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"})

Headers = tuple[tuple[str, str], ...]


class Proxy(msgspec.Struct, frozen=True, kw_only=True):
    """An HTTP proxy between us and the target."""

    host: str
    port: int
    authorization: Secret | None = None


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request. `private` names (lower-case) the headers that are starred and never leave the origin.

    Those that look like credentials by their name are treated alike, whether or not they were given as secrets.
    """

    url: Url
    method: str = "GET"
    headers: Headers = ()
    private: frozenset[str] = frozenset()
    body: bytes = b""
    family: Family = "any"
    tls: TlsSettings = HTTP_TLS
    server_name: str = ""
    # None: a redirect is an answer like any other.
    max_redirects: int | None = None
    proxy: Proxy | None = None
    max_body: int = DEFAULT_MAX_BODY
    wire: bytes = b""

    def __post_init__(self) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in _sent(self))
        text = f"{self.method} {_request_target(self)} HTTP/1.1\r\n{head}\r\n"
        msgspec.structs.force_setattr(self, "wire", text.encode("utf-8", "surrogateescape") + self.body)

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.url})"

    def redirected(self, url: Url, status: int) -> "HttpRequest":
        """Return the request that a redirect asks for: credentials stay at home, and a form is not sent twice."""
        to_get = (status == 303 and self.method != "HEAD") or (status in (301, 302) and self.method == "POST")
        changes: dict[str, Any] = {"url": url, "wire": b""}
        drop = _ABOUT_BODY if to_get else frozenset[str]()
        if to_get:
            changes |= {"method": "GET", "body": b""}
        if url.origin != self.url.origin:
            drop = drop | self._credentials() | {"host"}
            plain = msgspec.structs.replace(self.tls, client_cert_pem="", client_key_pem=None)
            changes |= {"tls": plain, "server_name": ""}
        changes["headers"] = tuple(pair for pair in self.headers if pair[0].lower() not in drop)
        return msgspec.structs.replace(self, **changes)

    def _credentials(self) -> frozenset[str]:
        return self.private | {name.lower() for name, _ in self.headers if is_credential(name)}

    def shown(self) -> str:
        """Return request line and headers with the secrets starred, for evidence."""
        lines = [f"{self.method} {_request_target(self)} HTTP/1.1", *starred(_sent(self), self.private)]
        return "\r\n".join(lines) + "\r\n"


class HttpResponse:
    """An answer whose head is read on demand. `body` is unpacked; `truncated` says that there was more of it."""

    __slots__ = ("_headers", "body", "http_version", "leaves", "phrase", "raw_headers", "status", "truncated", "url")

    def __init__(
        self,
        status: int,
        phrase: str,
        raw_headers: list[tuple[bytes, bytes]],
        *,
        body: bytes,
        truncated: bool,
        url: Url,
        http_version: str,
        leaves: tuple[bytes, ...] = (),
    ) -> None:
        self.status = status
        self.phrase = phrase
        self.raw_headers = raw_headers
        self.body = body
        self.truncated = truncated
        self.url = url
        self.http_version = http_version
        # The own certificates of all hosts on the way (redirects), as DER; empty without TLS.
        self.leaves = leaves
        self._headers: Headers | None = None

    @property
    def reason(self) -> str:
        """Return the words after the status code."""
        return self.phrase

    @property
    def headers(self) -> Headers:
        """Return the headers in their order, names in lower case."""
        if self._headers is None:
            self._headers = tuple(
                (name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in self.raw_headers
            )
        return self._headers


def starred(headers: Iterable[tuple[str, str]], private: frozenset[str] = frozenset()) -> list[str]:
    """Return header lines in which the values of credentials and private ones are stars."""
    return [f"{name}: {STARS if name.lower() in private or is_credential(name) else value}" for name, value in headers]


def _request_target(request: HttpRequest) -> str:
    through_proxy = request.proxy is not None and request.url.scheme == "http"
    return f"http://{request.url.authority}{request.url.target}" if through_proxy else request.url.target


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """Return all headers in the order in which they are sent: ours first, each replaced by the user's own."""
    given = {name.lower() for name, _ in request.headers}
    ours = [
        ("Host", request.url.authority),
        ("User-Agent", USER_AGENT),
        ("Accept", "*/*"),
        ("Accept-Encoding", ACCEPTED),
    ]
    sent = [pair for pair in ours if pair[0].lower() not in given]
    sent += request.headers
    if request.body or request.method not in _BODYLESS:
        sent.append(("Content-Length", str(len(request.body))))
    proxy = request.proxy
    if proxy is not None and proxy.authorization and request.url.scheme == "http":
        sent.append(("Proxy-Authorization", proxy.authorization.reveal()))
    sent.append(("Connection", "close"))
    return sent
