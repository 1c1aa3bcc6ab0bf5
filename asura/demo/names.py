"""The names of the demo, their made-up addresses, and which monitor asks which name and port."""

from collections.abc import Mapping
from types import MappingProxyType

from asura.demo.cast import NAME_SERVER, SEEDS, Seed
from asura.domain.heartbeat import HEARTBEAT

# An address block that is kept for documentation: it is nobody's.
_NETWORK, _FIRST = "203.0.113.", 10
_PORTS = {"http": 443, "statuspage": 443, "tls": 443, "dns": 53}


def endpoint(seed: Seed) -> tuple[str, int]:
    """Return the name and port that a monitor of the demo asks."""
    if seed.type == "dns":
        return NAME_SERVER, 53
    host, _, port = seed.target.removeprefix("https://").partition("/")[0].partition(":")
    return host, int(port) if port else _PORTS.get(seed.type, 0)


def _services() -> dict[tuple[str, int], Seed]:
    found: dict[tuple[str, int], Seed] = {}
    for seed in SEEDS:
        if seed.type == HEARTBEAT:
            continue
        host, port = endpoint(seed)
        found.setdefault((host, port), seed)
        if seed.type in ("http", "statuspage"):
            found.setdefault((host, 80), seed)
    return found


SERVICES: Mapping[tuple[str, int], Seed] = MappingProxyType(_services())
ADDRESSES: Mapping[str, str] = MappingProxyType(
    {
        name: f"{_NETWORK}{_FIRST + number}"
        for number, name in enumerate(dict.fromkeys([NAME_SERVER, *(host for host, _ in SERVICES)]))
    }
)
NAMES: Mapping[str, str] = MappingProxyType({address: name for name, address in ADDRESSES.items()})


def place(seed: Seed) -> str:
    """Return how sentences name what a monitor asks: `shop.example.com (203.0.113.13 port 443)`."""
    host, port = endpoint(seed)
    return f"{host} ({ADDRESSES.get(host, _NETWORK + '200')} port {port})"
