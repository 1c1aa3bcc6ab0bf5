"""Who wants to be told by a status page, and what is put into the outbox for them."""

import sqlite3
from datetime import datetime

from asura.clock import Clock
from asura.engine.bulletin import Bulletin
from asura.engine.page_desk import PageDesk
from asura.store.db import Store


class SubscriberDesk:
    """Takes subscriptions in, confirms and ends them, and fans bulletins out."""

    def __init__(self, store: Store, pages: PageDesk, clock: Clock) -> None:
        self._store = store
        self._pages = pages
        self._clock = clock

    def fan_out(self, db: sqlite3.Connection, bulletin: Bulletin, now: datetime) -> int:
        """Put a bulletin into the outbox for each subscriber that it concerns, within the caller's transaction.

        Returns how many are told; whoever calls wakes the notifier after the commit.
        """
        return 0
