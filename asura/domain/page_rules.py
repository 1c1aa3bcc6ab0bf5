"""What may stand in a status page: host names, origins, networks, colours, links; and slugs that routes need."""

import ipaddress
import re
from urllib.parse import urlsplit

# Words that stand for something below a page, or below `/status`.
RESERVED_PAGE_SLUGS = frozenset(
    {
        *("status", "assets", "history", "incidents", "embed", "login", "logout", "subscribe", "confirm"),
        *("unsubscribe", "manage", "api", "feed", "logo", "favicon", "theme", "ask"),
    }
)
COLOUR = re.compile(r"#[0-9a-f]{6}")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_SOURCE = re.compile(
    r"\*|'self'|https?:|(?:https?://)?(?:\*\.)?[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*"
    r"(:(\d{1,5}|\*))?"
)
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
PLACEHOLDERS = frozenset({"component", "page"})


def host_name(text: str) -> str:
    """Return the name of a host as requests have it: small letters, those of other scripts as `xn--`; or ValueError."""
    name = text.strip().lower().rstrip(".")
    if "://" in name or "/" in name:
        raise ValueError("must be the name of a host alone, such as status.example.com")
    if ":" in name:
        raise ValueError("must be without a port")
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            raise ValueError("is not the name of a host") from None
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("is not the name of a host")
    if name == "localhost" or labels[-1].isdigit():
        raise ValueError("must be a name of its own, not an address or localhost")
    return name


def frame_source(text: str) -> str:
    """Return an origin that may frame a page, as `frame-ancestors` takes it; ValueError when it is none."""
    source = text.strip().lower().removesuffix("/")
    if not _SOURCE.fullmatch(source):
        raise ValueError("must be an origin such as https://www.example.com, 'self' or *")
    return source


def network(text: str) -> str:
    """Return an address or a network in CIDR form, normalised; ValueError when it is neither."""
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise ValueError("must be an address or a network such as 10.0.0.0/8") from None


def within(address: str, networks: tuple[str, ...]) -> bool:
    """Return whether an address lies in one of these networks; what is no address lies in none."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return any((mapped or parsed) in ipaddress.ip_network(one) for one in networks)


def link(text: str) -> str:
    """Return an address that a page may link to; ValueError unless it is http, https or mailto."""
    wanted = text.strip()
    try:
        parts = urlsplit(wanted)
        named = bool(parts.hostname) if parts.scheme in ("http", "https") else "@" in parts.path
    except ValueError:
        named = False
        parts = urlsplit("")
    if parts.scheme not in ("http", "https", "mailto") or not named or not wanted.isprintable() or " " in wanted:
        raise ValueError("must begin with http://, https:// or mailto:")
    return wanted


def colour(text: str) -> str:
    """Return a colour as #rrggbb in small letters, empty for none; ValueError when it is another word."""
    wanted = text.strip().lower()
    if wanted and not COLOUR.fullmatch(wanted):
        raise ValueError("must be a colour such as #0055cc")
    return wanted


def strange_placeholders(text: str) -> list[str]:
    """Return the `${words}` of a text that stand for nothing."""
    return [word for word in _PLACEHOLDER.findall(text) if word not in PLACEHOLDERS]
