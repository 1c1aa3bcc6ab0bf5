"""Which addresses may be dialled: a table of our own, because the standard library calls too much of this global."""

import unicodedata
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]


def _networks(*texts: str) -> Networks:
    return tuple(ip_network(text) for text in texts)


# Nobody may dial these, whatever the settings say. The first that holds an address names it.
_NEVER: tuple[tuple[str, Networks], ...] = (
    (
        "a cloud metadata address",
        _networks(
            "169.254.169.254/32",
            "169.254.170.2/32",
            "169.254.170.23/32",
            "100.100.100.200/32",
            "168.63.129.16/32",
            "192.0.0.192/32",
            "fd00:ec2::254/128",
            "fd00:ec2::23/128",
            "fd20:ce::254/128",
            "fd00:42::42/128",
            "fd00:c1::a9fe:a9fe/128",
        ),
    ),
    ("an unspecified address", _networks("0.0.0.0/8", "::/128")),
    ("a link-local address", _networks("169.254.0.0/16", "fe80::/10")),
    ("a multicast address", _networks("224.0.0.0/4", "ff00::/8")),
    ("a reserved or broadcast address", _networks("240.0.0.0/4")),
)
# Checks may dial these, channels only where the settings name them.
_PRIVATE: tuple[tuple[str, Networks], ...] = (
    ("a loopback address", _networks("127.0.0.0/8", "::1/128")),
    (
        "a private address",
        _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10"),
    ),
    (
        "an address for special use",
        _networks(
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "::/96",
            "::ffff:0:0:0/96",
            "64:ff9b:1::/48",
            "100::/64",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
        ),
    ),
)


@lru_cache(maxsize=65536)
def refusal(address: str, *, private_ok: bool) -> str | None:
    """Return what kind of address this is when it may not be dialled ("a loopback address"), else None."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    tables = _NEVER if private_ok else _NEVER + _PRIVATE
    forms = unwrapped(parsed)
    return next((kind for kind, networks in tables for form in forms if _within(form, networks)), None)


def unwrapped(address: Address) -> tuple[Address, ...]:
    """Return an address and each IPv4 address that it carries inside (mapped, NAT64, 6to4, Teredo, ISATAP)."""
    if isinstance(address, IPv4Address):
        return (address,)
    bits = int(address)
    return (address, *(IPv4Address(number) for number in _carried(bits)))


def _carried(bits: int) -> set[int]:
    last, top = bits & 0xFFFFFFFF, bits >> 96
    if bits >> 32 in (0, 0xFFFF, 0xFFFF0000, 0x0064FF9B << 64):
        return {last} if bits > 1 else set()
    if top >> 16 == 0x2002:
        return {bits >> 80 & 0xFFFFFFFF}
    if top == 0x20010000:
        return {bits >> 64 & 0xFFFFFFFF, last ^ 0xFFFFFFFF}
    if bits >> 80 == 0x0064FF9B0001:
        return {last, _split(bits, 64), _split(bits, 56), _split(bits, 48)}
    if bits >> 32 & 0xFDFFFFFF == 0x00005EFE:
        return {last}
    return set()


def _split(bits: int, prefix: int) -> int:
    """Return the IPv4 address after a NAT64 prefix (RFC 6052), which skips the bits 64 to 71."""
    without = (bits >> 64) << 56 | bits & ((1 << 56) - 1)
    return without >> (120 - prefix - 32) & 0xFFFFFFFF


def _within(address: Address, networks: Networks) -> bool:
    return any(address in network for network in networks if network.version == address.version)


@lru_cache(maxsize=65536)
def literal(host: str) -> str | None:
    """Return the address that a host is a way of writing (`127.1`, `0x7f000001`, `[::1]`), else None for a name."""
    text = unicodedata.normalize("NFKC", host).replace("\u3002", ".").strip()
    text = text.removeprefix("[").removesuffix("]").partition("%")[0]
    if ":" in text:
        return _parsed(text)
    return _parsed(_ipv4(text.removesuffix(".")))


def _parsed(text: str | int | None) -> str | None:
    try:
        return None if text is None else str(ip_address(text))
    except ValueError:
        return None


def _ipv4(text: str) -> str | None:
    """Return the dotted form of what inet_aton reads: one to four parts in decimal, octal or hexadecimal."""
    numbers = [_number(part) for part in text.split(".")]
    if len(numbers) > 4 or None in numbers:
        return None
    *heads, tail = [number for number in numbers if number is not None]
    if any(head > 255 for head in heads) or tail >= 256 ** (4 - len(heads)):
        return None
    value = tail
    for index, head in enumerate(heads):
        value |= head << 8 * (3 - index)
    return str(IPv4Address(value))


def _number(part: str) -> int | None:
    if not part.isascii() or not part[:1].isdigit() or "_" in part:
        return None
    try:
        if part[:2] in ("0x", "0X"):
            return int(part[2:] or "0", 16)
        return int(part, 8) if part[0] == "0" and len(part) > 1 else int(part)
    except ValueError:
        return None


class AllowList:
    """Host names and networks that a setting exempts from the ban on private addresses."""

    def __init__(self, entries: tuple[str, ...] = ()) -> None:
        networks = [_network(entry) for entry in entries]
        self._networks: Networks = tuple(network for network in networks if network is not None)
        self._hosts = frozenset(
            entry.lower().rstrip(".") for entry, network in zip(entries, networks, strict=True) if network is None
        )

    def names(self, host: str) -> bool:
        """Return whether the host itself, or the domain above it written as `.example.com`, is on the list."""
        name = host.lower().rstrip(".")
        return name in self._hosts or any(entry[0] == "." and name.endswith(entry) for entry in self._hosts)

    def covers(self, address: str) -> bool:
        """Return whether every form of an address lies in one of the networks."""
        forms = unwrapped(ip_address(address.partition("%")[0]))
        inner = forms[1:] or forms
        return bool(self._networks) and all(_within(form, self._networks) for form in inner)


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
