"""Addresses of the web, split into what a connection and a request line need."""

from urllib.parse import quote, urljoin, urlsplit

import msgspec

from asura.errors import Fault, Invalid

MAX_URL = 8192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?[]{}|^`\\"


class Url(msgspec.Struct, frozen=True):
    """One http or https address; `target` is path and query as they stand in the request line."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """Return host and port as the Host header has them: no port where it is the usual one."""
        return self.host_text if self.port == _DEFAULT_PORTS[self.scheme] else f"{self.host_text}:{self.port}"

    @property
    def host_text(self) -> str:
        """Return the host, an IPv6 address in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return what has to be the same for credentials to be sent along."""
        return self.scheme, self.host, self.port

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def parse_url(text: str, path: str = "target") -> Url:
    """Return an address split; raises Invalid with `path` and what to write instead."""
    text = text.strip()
    if "://" not in text.partition("?")[0]:
        raise Invalid(Fault(path, f"must be a whole address, like https://{text[:80] or 'example.com'}"))
    if len(text) > MAX_URL:
        raise Invalid(Fault(path, f"is longer than {MAX_URL} characters"))
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        raise Invalid(Fault(path, "must not contain control characters"))
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise Invalid(Fault(path, "has a host or port that cannot be: a port is a number from 1 to 65535")) from None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise Invalid(Fault(path, f"must begin with http:// or https://, not {scheme[:20]}://"))
    if parts.username is not None or parts.password is not None:
        raise Invalid(Fault(path, "must not hold a user name or password: put them into the authentication settings"))
    if port == 0:
        raise Invalid(Fault(path, "has the port 0; a port is a number from 1 to 65535"))
    host = _host(parts.hostname or "", path)
    query = f"?{quote(parts.query, safe=_QUERY_SAFE)}" if parts.query else ""
    target = (quote(parts.path, safe=_PATH_SAFE) or "/") + query
    return Url(scheme, host, port or _DEFAULT_PORTS[scheme], target)


def join(base: Url, location: str) -> Url:
    """Return where a Location header leads; raises Invalid where that is no http address."""
    return parse_url(urljoin(str(base), location.strip()), "location")


def _host(host: str, path: str) -> str:
    if not host:
        raise Invalid(Fault(path, "must name a host, like https://example.com"))
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            raise Invalid(Fault(path, f"{host[:60]!r} cannot be a host name")) from None
    if any(sign in " <>\"'\\^`{|}%/?#@" for sign in host) or len(host) > 253:
        raise Invalid(Fault(path, f"{host[:60]!r} cannot be a host name"))
    return host
