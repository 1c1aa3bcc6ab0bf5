"""What people write on status pages: incidents, notices, updates; each change is stored first, then known."""

from asura.clock import Clock
from asura.domain.post import Post
from asura.engine.page_desk import PageDesk
from asura.store.db import Store


class PostDesk:
    """Keeps the posts of every page in memory; `version` grows with each change."""

    def __init__(self, store: Store, pages: PageDesk, clock: Clock) -> None:
        self._store = store
        self._pages = pages
        self._clock = clock
        self._posts: dict[int, Post] = {}
        self.version = 0

    async def load(self) -> None:
        """Read the stored posts."""

    def of_page(self, page_id: int) -> list[Post]:
        """Return the posts of a page, newest first, those to come among them."""
        found = [post for post in self._posts.values() if post.page_id == page_id]
        return sorted(found, key=lambda post: (post.publish_at, post.id), reverse=True)
