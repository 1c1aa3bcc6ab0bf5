"""Probes as answers."""

from typing import TYPE_CHECKING, Any

from asura.domain.probe import Probe
from asura.web.present import instant, maybe_instant
from asura.web.shapes import probing

if TYPE_CHECKING:
    from asura.engine.engine import Engine


def probe(engine: "Engine", stored: Probe) -> probing.Probe:
    """Return a probe and how it does; neither its key nor the hash of it leaves."""
    return probing.Probe(**_fields(engine, stored))


def with_key(engine: "Engine", stored: Probe, key: str) -> probing.ProbeWithKey:
    """Return a probe that was just made or has another key, this once with the key itself."""
    return probing.ProbeWithKey(**_fields(engine, stored), key=key, primary=engine.options.url)


def _fields(engine: "Engine", stored: Probe) -> dict[str, Any]:
    standing = engine.roster.standing(stored.id)
    return {
        "id": stored.id,
        "region": stored.region,
        "name": stored.name,
        "shared": stored.hash is None,
        "version": standing.version or stored.version,
        "last_seen_at": maybe_instant(standing.last_seen_at or stored.last_seen_at),
        "online": standing.online,
        "blind": standing.blind or None,
        "clock_skew_s": round(standing.clock_skew_s, 3),
        "lag_s": round(standing.lag_s, 3),
        "late_s": round(standing.late_s, 3),
        "checks_per_s": round(standing.checks_per_s, 3),
        "in_flight": standing.in_flight,
        "spooled": standing.spooled,
        "lost": standing.lost,
        "refused": standing.refused,
        "monitors": engine.dispatch.count(stored.id),
        "created_by": stored.created_by,
        "created_at": instant(stored.created_at),
    }
