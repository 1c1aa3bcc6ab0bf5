"""Who wants to be told by a status page, and what is put into the outbox for them."""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import datetime
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from asura.clock import Clock
from asura.domain import subscription
from asura.domain.address import bucket_of
from asura.domain.channel import Notification
from asura.domain.fields import Secret
from asura.domain.instant import at_ms, kept
from asura.domain.page import Page
from asura.domain.subscription import CONFIRM, KINDS, KNOWN, LETTER_LANE, Asked, Kind, Subscriber
from asura.domain.throttle import Rule
from asura.engine import trail
from asura.engine.bulletin import Bulletin
from asura.engine.page_desk import PageDesk
from asura.engine.signing_in import Failures
from asura.errors import Conflict, Fault, Invalid, NotFound, TooMany
from asura.store import bulletins, meta, outbox, subscribers
from asura.store.bulletins import Said
from asura.store.db import Store
from asura.store.subscribers import Count

TOKEN_BYTES = 24
# Wishes of one network, and about one address.
NETWORK, ADDRESS = Rule(1 / 30, 10), Rule(1 / 600, 5)
ASKED_AT = "subscriptions.asked_at"
# Posts a first message to a webhook; DeliveryError when it did not take it.
Greet: TypeAlias = Callable[[Subscriber, Page], Awaitable[None]]


class SubscriptionRule(msgspec.Struct, frozen=True, kw_only=True):
    """What is set about subscriptions. `mails`: there is a server for them."""

    enabled: bool = True
    mails: bool = False
    most: int = 10_000


class SubscriberDesk:
    """Takes subscriptions in, confirms and ends them, and fans bulletins out.

    What subscribers do themselves is not in the audit log: it would keep for ever who came from where.
    """

    def __init__(self, store: Store, pages: PageDesk, clock: Clock, rule: SubscriptionRule) -> None:
        self._store = store
        self._pages = pages
        self._clock = clock
        self._rule = rule
        self.greet: Greet = _unknown
        self._networks = Failures(NETWORK, clock)
        self._addresses = Failures(ADDRESS, clock)
        self.told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def fan_out(self, db: sqlite3.Connection, bulletin: Bulletin, now: datetime) -> int:
        """Put a bulletin into the outbox for each subscriber that it concerns, within the caller's transaction.

        Returns how many are told; they are from the commit on.
        """
        # Two pages may tell of one window.
        said = Said(
            page_id=bulletin.page_id,
            event=f"status_page.{bulletin.event}",
            key=f"{bulletin.page_id}:{bulletin.key}",
            thread=f"{bulletin.page_id}:{bulletin.thread}",
            payload=msgspec.to_builtins(bulletin),
            components=bulletin.components or None,
        )
        count = bulletins.tell(db, said, now)
        if count:
            self._store.after_commit(self._wake)
        return count

    def ways(self, page: Page) -> tuple[Kind, ...]:
        """Return by which ways one may subscribe to a page."""
        if not self._rule.enabled:
            return ()
        return tuple(kind for kind in KINDS if kind in page.config.subscribe and (kind != "email" or self._rule.mails))

    def admit(self, *, network: str, kind: Kind, address: str) -> None:
        """Count a wish of somebody at a network address; TooMany when there were many, whatever became of them."""
        named = subscription.digest(f"{kind}:{subscription.identity(kind, subscription.tidied(kind, address))}")
        try:
            self._networks.take(bucket_of(network))
            self._addresses.take(named)
        except TooMany as error:
            raise TooMany("too many wishes to subscribe", retry_after=error.retry_after) from None

    async def ask(self, page: Page, kind: Kind, address: str, components: Iterable[int], language: str) -> None:
        """Take a wish to subscribe in; whoever wished does not learn what became of it.

        Invalid for what is no address, or a webhook that did not take a first message.
        """
        wished = self._wished(page, kind, address, components, language)
        if kind != "email":
            await self._greeted(page, wished)
            await self._store.write(lambda db: self._keep_hook(db, wished))
            return
        await self._store.write(lambda db: self._keep_mail(db, wished))

    async def add(
        self, page: Page, kind: Kind, address: str, components: Iterable[int], language: str, *, confirmed: bool = False
    ) -> Subscriber:
        """Add one for somebody else: mail wants to be confirmed all the same, but when it is said that it was."""
        wished = self._wished(page, kind, address, components, language)
        if kind != "email":
            wished = await self._greeted(page, wished)

        def change(db: sqlite3.Connection) -> Subscriber:
            if subscribers.count(db, page.id) >= self._rule.most:
                raise Conflict(f"the page has {self._rule.most} subscribers already")
            at_once = confirmed or kind != "email"
            fresh = replace(
                wished,
                confirmed_at=wished.created_at if at_once else None,
                letter_at=None if at_once else wished.created_at,
            )
            made = subscribers.insert(db, self._store.vault, fresh)
            if not at_once:
                self._write_letter(db, made, CONFIRM)
            trail.record(db, "create", "subscriber", at=made.created_at, id=made.id, new=_shown(made))
            return made

        return await self._store.write(change)

    async def find(self, token: str) -> Subscriber | None:
        """Return whose links hold a token; None when nobody's do."""
        async with self._store.read() as reader:
            return await subscribers.find(reader, self._store.vault, Secret(token))

    async def confirm(self, token: str) -> Subscriber | None:
        """Let somebody be told from now on, again without effect; None when the link is nobody's."""
        return await self._by_token(token, lambda db, found: subscribers.confirm(db, found.id, self._clock.now()))

    async def choose(self, token: str, components: Iterable[int]) -> Subscriber | None:
        """Keep of which components somebody wants to hear; None when the link is nobody's."""
        wanted = tuple(components)
        return await self._by_token(token, lambda db, found: subscribers.choose(db, found.id, wanted))

    async def leave(self, token: str) -> Subscriber | None:
        """End a subscription with everything that waits for it; None when the link is nobody's."""
        return await self._by_token(token, lambda db, found: subscribers.delete(db, found.id))

    async def of_page(self, page_id: int, *, after: int = 0, limit: int = 100) -> list[Subscriber]:
        """Return subscribers of a page by id, those after one."""
        async with self._store.read() as reader:
            return await subscribers.page(reader, self._store.vault, page_id, after=after, limit=limit)

    async def counts(self, page_id: int) -> list[Count]:
        """Return how many a page has, by kind, confirmed or not."""
        async with self._store.read() as reader:
            return await subscribers.counts(reader, page_id)

    async def delete(self, page_id: int, subscriber_id: int) -> None:
        """Delete one with everything that waits for it; NotFound when the page has none of this id."""

        def change(db: sqlite3.Connection) -> None:
            found = subscribers.get(db, self._store.vault, subscriber_id)
            if found is None or found.page_id != page_id:
                raise NotFound(f"there is no subscriber {subscriber_id}")
            subscribers.delete(db, subscriber_id)
            trail.record(db, "delete", "subscriber", at=self._clock.now(), id=subscriber_id, old=_shown(found))

        await self._store.write(change)

    async def export(self, page: Page) -> AsyncIterator[Subscriber]:
        """Yield every subscriber of a page, and write down that somebody took them along."""
        now = self._clock.now()
        await self._store.write(lambda db: trail.record(db, "export", "subscriber", at=now, name=page.config.title))
        after = 0
        while found := await self.of_page(page.id, after=after, limit=500):
            for one in found:
                yield one
            after = found[-1].id

    def _wished(self, page: Page, kind: Kind, address: str, components: Iterable[int], language: str) -> Subscriber:
        tidy = subscription.tidied(kind, address)
        fault = subscription.address_fault(kind, tidy) if kind in self.ways(page) else None
        if kind not in self.ways(page):
            raise Invalid(Fault("kind", "is not offered by this page"))
        if fault is not None:
            raise Invalid(Fault("address", fault))
        return Subscriber(
            page_id=page.id,
            kind=kind,
            address=Secret(tidy),
            token=Secret(secrets.token_urlsafe(TOKEN_BYTES)),
            components=tuple(components),
            language=language,
            created_at=kept(self._clock.now()),
        )

    async def _greeted(self, page: Page, wished: Subscriber) -> Subscriber:
        """Return who wished, with the token of the links that the webhook took."""

        def look(db: sqlite3.Connection) -> Subscriber | None:
            return self._same(db, wished)

        known = await self._store.write(look)
        greeted = wished if known is None else replace(wished, token=known.token)
        await self.greet(greeted, page)
        return greeted

    def _same(self, db: sqlite3.Connection, wished: Subscriber) -> Subscriber | None:
        return subscribers.by_address(
            db, self._store.vault, page_id=wished.page_id, kind=wished.kind, address=wished.address
        )

    def _keep_hook(self, db: sqlite3.Connection, wished: Subscriber) -> None:
        _touch(db, wished.created_at)
        if self._same(db, wished) is None and subscribers.count(db, wished.page_id) < self._rule.most:
            subscribers.insert(db, self._store.vault, replace(wished, confirmed_at=wished.created_at))

    def _keep_mail(self, db: sqlite3.Connection, wished: Subscriber) -> None:
        """Write what a wish asks for. Each wish commits something, so that none takes another time than the others."""
        now = wished.created_at
        _touch(db, now)
        found = self._same(db, wished)
        count = subscribers.count(db, wished.page_id)
        match subscription.asked(found, now, count=count, most=self._rule.most):
            case Asked.NEW:
                made = subscribers.insert(db, self._store.vault, replace(wished, letter_at=now))
                self._write_letter(db, made, CONFIRM)
            case Asked.REMINDED if found is not None:
                again = replace(found, letter_at=now, components=wished.components, language=wished.language)
                subscribers.lettered(db, again)
                self._write_letter(db, again, CONFIRM)
            case Asked.KNOWN if found is not None:
                again = replace(found, letter_at=now)
                subscribers.lettered(db, again)
                self._write_letter(db, again, KNOWN)

    def _write_letter(self, db: sqlite3.Connection, to: Subscriber, event: str) -> None:
        at = to.letter_at or to.created_at
        whose = subscribers.hashed(to.token).hex()[:16]
        letter = Notification(
            channel_id=LETTER_LANE,
            incident_id=None,
            monitor_id=None,
            event=event,
            key=f"{whose}-{subscription.digest(f'{event}:{at_ms(at)}')}",
            thread=f"{whose}-letters",
            payload={},
            reason="asked",
            created_at=at,
            next_attempt_at=at,
            subscriber_id=to.id,
        )
        outbox.add(db, letter)
        self._store.after_commit(self._wake)

    async def _by_token(
        self, token: str, change: Callable[[sqlite3.Connection, Subscriber], object]
    ) -> Subscriber | None:
        def run(db: sqlite3.Connection) -> Subscriber | None:
            found = subscribers.by_token(db, self._store.vault, Secret(token))
            if found is not None:
                change(db, found)
            return found

        return await self._store.write(run)

    def listen(self) -> None:
        """Wake, from now on, who tells subscribers: the loop that runs here."""
        self._loop = asyncio.get_running_loop()

    def _wake(self) -> None:
        # On the writer's thread.
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.told.set)


async def _unknown(_: Subscriber, __: Page) -> None:
    """Nobody posts to webhooks yet."""


def _touch(db: sqlite3.Connection, now: datetime) -> None:
    meta.put(db, ASKED_AT, now.isoformat())


def _shown(subscriber: Subscriber) -> dict[str, object]:
    """Return what the audit log has of a subscriber: no address, no token."""
    return {
        "page_id": subscriber.page_id,
        "kind": subscriber.kind,
        "components": list(subscriber.components),
        "confirmed": subscriber.confirmed_at is not None,
    }
