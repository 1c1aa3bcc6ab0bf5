"""A probe as it is enrolled, and how it does."""

from datetime import datetime

import msgspec


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """A stored probe. `hash` is the SHA-256 of its key in hex; None when it came by the shared key."""

    id: int = 0
    region: str
    name: str
    hash: str | None
    created_by: str
    created_at: datetime
    version: str = ""
    last_seen_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Probe(id={self.id}, region={self.region!r}, name={self.name!r})"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How a probe does. `lag_s`: how old the oldest result is that it has not delivered; `late_s`: how late its checks
    start. `clock_skew_s`: by how much its wall clock is ahead. `blind` is why it cannot see, as a sentence; else empty.
    """

    online: bool = False
    blind: str = ""
    version: str = ""
    last_seen_at: datetime | None = None
    clock_skew_s: float = 0.0
    lag_s: float = 0.0
    late_s: float = 0.0
    checks_per_s: float = 0.0
    in_flight: int = 0
    spooled: int = 0
    # Results that it had to give up because its spool was full, and those that were not its to report.
    lost: int = 0
    refused: int = 0

    @property
    def sees(self) -> bool:
        """Return whether what it says counts."""
        return self.online and not self.blind
