"""What is told about an event: one value that every channel renders in its own way."""

from datetime import datetime
from typing import Any

import msgspec


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One notification as the channels get it. Holds no settings and no secrets."""

    id: int
    event: str
    at: datetime
    title: str
    text: str
    severity: str
    url: str
    # Stable over retries of the same notification: header, Message-ID, chat metadata.
    key: str
    # The same for all messages of one incident, so that mail threads and chats update.
    thread: str
    incident: dict[str, Any] | None = None
    monitor: dict[str, Any] | None = None
