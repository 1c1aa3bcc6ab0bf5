"""How long things take in the demo: the same in its past and in what its servers do."""

import random
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from asura.domain.result import Phases

# Which share of an answer each phase has, and how much that varies (the sigma of a logarithm).
_SHARES: Mapping[str, Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "http": {
            "dns": (0.05, 0.3), "connect": (0.13, 0.15), "tls": (0.24, 0.12), "ttfb": (0.55, 0.2),
            "transfer": (0.03, 0.3),
        },
        "tcp": {"dns": (0.08, 0.3), "connect": (0.88, 0.12), "ttfb": (0.04, 0.3)},
        "tls": {"dns": (0.08, 0.3), "connect": (0.32, 0.15), "tls": (0.6, 0.12)},
        "dns": {"dns": (1.0, 0.15)},
    }
)  # fmt: skip
_WITHOUT_PHASES: Mapping[str, tuple[float, float]] = MappingProxyType({})


def phases(kind: str, base_ms: float, chance: random.Random) -> Phases:
    """Return how long each phase of a check of a type took."""
    shares = _SHARES.get("http" if kind == "statuspage" else kind, _WITHOUT_PHASES)
    return Phases(
        **{name: base_ms * share * chance.lognormvariate(0, sigma) for name, (share, sigma) in shares.items()}
    )


def latency(found: Phases, base_ms: float, chance: random.Random) -> float:
    """Return what a check took as a whole: the sum of its phases, where it has any."""
    parts = [ms for ms in (found.dns, found.connect, found.tls, found.ttfb, found.transfer) if ms is not None]
    return sum(parts) if parts else base_ms * chance.lognormvariate(0, 0.08)


def busy(at: datetime) -> float:
    """Return by how much everything is slower at this time of day: by day more people are about."""
    return 1 + 0.35 * max(0.0, 1 - abs(at.hour + at.minute / 60 - 14) / 8)
