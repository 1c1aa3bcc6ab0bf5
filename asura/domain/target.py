"""What a person most likely means by a pasted text: a type of check, its target, and a name for the monitor."""

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

# Words in front of a target, as people type them.
WORDS = {
    "ping": "icmp",
    "icmp": "icmp",
    "dns": "dns",
    "dig": "dns",
    "nslookup": "dns",
    "tls": "tls",
    "ssl": "tls",
    "cert": "tls",
    "tcp": "tcp",
    "telnet": "tcp",
    "nc": "tcp",
    "http": "http",
    "https": "http",
    "curl": "http",
    "get": "http",
}
# Schemes of an address, other than those of the web.
SCHEMES = {"tcp": "tcp", "tls": "tls", "ssl": "tls", "icmp": "icmp", "ping": "icmp", "dns": "dns"}
WEB_PORTS = {80: "http", 8000: "http", 8080: "http", 3000: "http", 443: "https", 8443: "https"}
WELL_KNOWN = {
    21: "FTP",
    22: "SSH",
    25: "SMTP",
    53: "DNS",
    587: "SMTP",
    3306: "MySQL",
    5432: "PostgreSQL",
    6379: "Redis",
}

_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\s:/@?#]+):(?P<port>[0-9]{1,5})")
_HOST = re.compile(r"[^\s:/@?#\[\]]+")


class Proposal(NamedTuple):
    """A proposed monitor: type, target in the form that the type takes, and name."""

    type: str
    target: str
    name: str


def propose(text: str) -> Proposal | None:
    """Return the monitor that a text proposes, or None when nothing can be made of it.

    `https://example.com/x` is http, `example.com` too, `example.com:22` tcp, `ping 1.1.1.1` icmp, `dns example.com`
    dns, `tls example.com` tls. An address without a name or port is pinged.
    """
    words = text.split()
    if len(words) == 2 and words[0].lower().rstrip(":") in WORDS:
        return _typed(WORDS[words[0].lower().rstrip(":")], words[1])
    if len(words) != 1:
        return None
    scheme, separator, rest = words[0].partition("://")
    if separator:
        if scheme.lower() in ("http", "https"):
            return _web(f"{scheme.lower()}://{rest}")
        return _typed(SCHEMES[scheme.lower()], rest.rstrip("/")) if scheme.lower() in SCHEMES else None
    return _bare(words[0])


def propose_for(type: str, text: str) -> Proposal | None:
    """Return the proposal of a text for a type that is already chosen."""
    guess = propose(text)
    if guess is not None and guess.type == type:
        return guess
    words = text.split()
    return _typed(type, words[-1].partition("://")[2] or words[-1]) if words else None


def _typed(type: str, target: str) -> Proposal | None:
    if type == "http":
        return _web(target if "://" in target else f"https://{target}")
    if type == "tcp":
        return _tcp(target) if _HOST_PORT.fullmatch(target) else None
    host = _without_path(target)
    if type == "tls":
        return Proposal("tls", host, f"{_host_of(host)} certificate") if _host_of(host) else None
    name = _host_of(host)
    if not name:
        return None
    bare = name.strip("[]")
    label = {"icmp": f"ping {bare}", "dns": f"{bare} DNS"}.get(type, bare)
    return Proposal(type, bare, label)


def _bare(text: str) -> Proposal | None:
    if _address(text):
        return _typed("icmp", text)
    found = _HOST_PORT.fullmatch(text)
    if found:
        scheme = WEB_PORTS.get(int(found["port"]))
        return _web(f"{scheme}://{text}") if scheme else _tcp(text)
    if "/" in text:
        return _web(f"https://{text}")
    if not _HOST.fullmatch(text) or not any(c.isalnum() for c in text):
        return None
    return _web(f"https://{text}")


def _web(url: str) -> Proposal | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname
    if not host or not (_HOST.fullmatch(host) or _address(host)) or not any(c.isalnum() for c in host):
        return None
    path = "" if parts.path in ("", "/") else parts.path
    shown = f"[{host}]" if ":" in host else host.removeprefix("www.")
    plain = port is None or (parts.scheme, port) in (("http", 80), ("https", 443))
    return Proposal("http", url, (shown if plain else f"{shown}:{port}")[:160] + path[:40])


def _tcp(text: str) -> Proposal | None:
    host, _, port = text.rpartition(":")
    number = int(port)
    if not 1 <= number <= 65535:
        return None
    service = WELL_KNOWN.get(number)
    return Proposal("tcp", text, f"{host} {service}" if service else text)


def _without_path(text: str) -> str:
    return text.partition("/")[0]


def _host_of(text: str) -> str:
    """Return the host of `host` or `host:port`, empty when it is neither."""
    found = _HOST_PORT.fullmatch(text)
    host = found["host"] if found else text
    return host if _address(host) or _HOST.fullmatch(host) else ""


def _address(text: str) -> bool:
    try:
        ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True
