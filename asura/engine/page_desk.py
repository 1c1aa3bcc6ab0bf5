"""What people do with status pages: each change is stored first, then known."""

from asura.clock import Clock
from asura.domain.page import MAIN_SLUG, Page
from asura.store.db import Store


class PageDesk:
    """Keeps every page in memory; `version` grows with each change."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._pages: dict[int, Page] = {}
        self.version = 0

    async def load(self) -> None:
        """Read the stored pages."""

    def list(self) -> list[Page]:
        """Return every page that is there, by title."""
        return sorted(self._pages.values(), key=lambda page: (page.config.title.lower(), page.id))

    def find(self, ref: int | str) -> Page | None:
        """Return a page by id or slug; the one of the configuration has the slug `status`."""
        return next((one for one in self._pages.values() if ref in (one.id, one.slug, str(one.id))), None)

    def by_host(self, host: str) -> Page | None:
        """Return the page that is bound to a host name (without port, in small letters)."""
        return next((one for one in self._pages.values() if host in one.config.hosts), None)

    @property
    def main(self) -> Page | None:
        """Return the page at `/status`; None when it is switched off."""
        return self.find(MAIN_SLUG)
