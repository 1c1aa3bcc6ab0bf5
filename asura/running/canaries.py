"""The canaries that the settings name: things near us that always answer while our own connection works."""

from collections.abc import Iterator, Sequence

from asura.domain.monitor import MonitorConfig
from asura.net import local
from asura.running.lookout import CanaryTarget

MOST_RESOLVERS = 2


def canaries(wanted: Sequence[str]) -> tuple[CanaryTarget, ...]:
    """Return whom to ask: the gateway and the resolvers that this machine has now, a host to ping, a host:port."""
    return tuple(target for name in wanted for target in _targets(name))


def _targets(name: str) -> Iterator[CanaryTarget]:
    if name == "gateway":
        gateway = local.default_gateway()
        yield CanaryTarget("the gateway", "host", _ping(gateway) if gateway else None)
    elif name == "resolver":
        yield from (_resolver(server) for server in local.resolvers()[:MOST_RESOLVERS])
    else:
        yield CanaryTarget(name, "host", _quick("tcp", name, {}) if ":" in name else _ping(name))


def _resolver(server: str) -> CanaryTarget:
    config = _quick("dns", ".", {"resolver": server, "record_type": "NS"})
    return CanaryTarget(f"the resolver {server}", "resolver", config)


def _ping(host: str) -> MonitorConfig:
    return _quick("icmp", host, {"count": 1})


def _quick(kind: str, target: str, settings: dict[str, object]) -> MonitorConfig:
    return MonitorConfig(name=f"canary {target}", type=kind, target=target, timeout=1.0, retries=0, settings=settings)
