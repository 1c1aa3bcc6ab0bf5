"""What asura writes to people by itself; apart from how it becomes a mail, so that no start needs what makes mails."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from asura.domain.rendering import Fact, Tone


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail of asura itself to one person, with one thing to do; `url` may be a secret."""

    key: str
    at: datetime
    badge: str
    title: str
    paragraphs: Sequence[str]
    action: str
    url: str

    def __repr__(self) -> str:
        return f"Letter(key={self.key!r}, title={self.title!r})"


class Circular(msgspec.Struct, frozen=True, kw_only=True):
    """A mail to one of many, who can end that with one click. `html` is safe to show, `plain` says the same.

    `foot` are links with their words; `stamp` is `at` as it is shown; to `unsubscribe` mailboxes post by themselves.
    """

    key: str
    thread: str
    at: datetime
    stamp: str
    language: str
    sign: str
    list_id: str
    tone: Tone
    badge: str
    subject: str
    title: str
    html: str
    plain: str
    facts: Sequence[Fact] = ()
    action: str
    url: str
    why: str = ""
    foot: Sequence[tuple[str, str]] = ()
    unsubscribe: str = ""

    def __repr__(self) -> str:
        return f"Circular(key={self.key!r}, title={self.title!r})"
