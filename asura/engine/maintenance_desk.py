"""What people do with maintenance windows: each change is stored first, then known."""

from asura.clock import Clock
from asura.domain.maintenance import Window
from asura.store.db import Store


class MaintenanceDesk:
    """Keeps every window in memory; `version` grows with each change."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._windows: dict[int, Window] = {}
        self.version = 0

    async def load(self) -> None:
        """Read the stored windows."""

    def list(self) -> list[Window]:
        """Return every window, by id."""
        return sorted(self._windows.values(), key=lambda window: window.id)
