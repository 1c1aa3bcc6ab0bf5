"""Probes as people enrol them: each has a key, which is shown once and revoked at once."""

from collections.abc import Callable
from datetime import datetime

from asura.clock import Clock
from asura.domain.probe import Probe
from asura.engine.key_desk import Actor
from asura.store.db import Store

PROBE = "probe"


class ProbeDesk:
    """Keeps every probe in memory. `changed` is called after each change, when it is stored."""

    def __init__(self, store: Store, clock: Clock, *, enabled: bool = True, shared_hash: str = "") -> None:
        self._store = store
        self._clock = clock
        self._shared_hash = shared_hash
        self._probes: dict[int, Probe] = {}
        self.enabled = enabled
        # Which regions there are, or who is in them, has changed: set by whoever divides the monitors.
        self.changed: Callable[[], None] = lambda: None

    async def load(self) -> None:
        """Read the stored probes."""
        return

    def list(self) -> list[Probe]:
        """Return every probe, by id."""
        return sorted(self._probes.values(), key=lambda probe: probe.id)

    def get(self, probe_id: int) -> Probe:
        """Return a probe; raises NotFound."""
        raise NotImplementedError

    def regions(self) -> tuple[str, ...]:
        """Return every region that has a probe, by name."""
        return tuple(sorted({probe.region for probe in self._probes.values()}))

    async def create(self, region: str, name: str, *, by: str) -> tuple[Probe, str]:
        """Enrol a probe and return it with its key, which is shown this once; raises Invalid and Conflict."""
        raise NotImplementedError

    async def rename(self, probe_id: int, name: str) -> Probe:
        """Give a probe another name."""
        raise NotImplementedError

    async def rotate(self, probe_id: int) -> tuple[Probe, str]:
        """Give a probe another key; the old one ends at once."""
        raise NotImplementedError

    async def delete(self, probe_id: int) -> None:
        """Revoke a probe at once; what it found stays."""
        raise NotImplementedError

    def actor(self, token: str) -> Actor | None:
        """Return who a key belongs to: a probe (role `probe`, `key_id` its id), or any by the shared key (None)."""
        return None

    async def identify(self, actor: Actor, region: str, name: str) -> Probe:
        """Return the probe that calls: the one of its key, or by the shared key the one of that region and name, which
        is enrolled when it is new. Raises Conflict when its key is for another region.
        """
        raise NotImplementedError

    async def seen(self, probe_id: int, version: str, at: datetime) -> None:
        """Note that a probe was heard, at most once a minute."""
        raise NotImplementedError
