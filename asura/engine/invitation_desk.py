"""Links that work once: they invite somebody, or give a user a new password."""

import secrets
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from asura.clock import Clock
from asura.domain.instant import kept
from asura.domain.user import User, email_fault, role_fault, tags_fault, tidy_tags
from asura.engine import account_trail
from asura.engine.key_desk import hash_token
from asura.engine.user_desk import UserDesk
from asura.errors import Conflict, Fault, Invalid, NotFound
from asura.store import invitations
from asura.store.db import Store
from asura.store.invitations import Invitation

TOKEN_BYTES = 24
INVITED_FOR = timedelta(days=7)
RESET_WITHIN = timedelta(hours=24)
MOST_OPEN = 1_000
# Mails a link, with the name of the user whose new password it is for; returns why it did not go out, or nothing.
Mail: TypeAlias = Callable[[Invitation, str, str | None], Awaitable[str]]


class Handed(NamedTuple):
    """A new link, which is shown this once; whether it was mailed, and why not where that was tried."""

    invitation: Invitation
    link: str
    mailed: bool
    mail_problem: str


class InvitationDesk:
    """Makes, shows and uses up links."""

    def __init__(self, store: Store, clock: Clock, users: UserDesk, *, url: str) -> None:
        self._store = store
        self._clock = clock
        self._users = users
        self._url = url
        # How links are mailed; None: they are handed over by whoever made them.
        self.mail: Mail | None = None

    async def invite(self, role: str, *, tags: Iterable[str] = (), email: str = "", by: str) -> Handed:
        """Return a new invitation with its link; that it cannot be mailed makes it no worse."""
        wanted = tidy_tags(tags)
        found = (("role", role_fault(role)), ("email", email_fault(email.strip())), ("tags", tags_fault(wanted)))
        faults = [Fault(path, message) for path, message in found if message is not None]
        if faults:
            raise Invalid(*faults)
        token, now = secrets.token_urlsafe(TOKEN_BYTES), kept(self._clock.now())
        fresh = Invitation(
            hash=hash_token(token),
            email=email.strip(),
            role=role,
            tags=wanted,
            created_by=by,
            created_at=now,
            expires_at=now + INVITED_FOR,
        )
        return await self._hand_over(await self._keep(fresh), self._link(token), None)

    async def reset(self, user_id: int, *, ends_totp: bool = False, by: str) -> Handed:
        """Return a link for a new password of a user, which ends those before it; what they have stays until then."""
        user = self._users.get(user_id)
        if user.password is None:
            raise Conflict("this account has no password here: it comes by another way")
        token, now = secrets.token_urlsafe(TOKEN_BYTES), kept(self._clock.now())
        fresh = Invitation(
            hash=hash_token(token),
            user_id=user_id,
            email=user.email,
            role=user.role,
            tags=user.tags,
            ends_totp=ends_totp,
            created_by=by,
            created_at=now,
            expires_at=now + RESET_WITHIN,
        )
        return await self._hand_over(await self._keep(fresh), self._link(token), user.name)

    async def _hand_over(self, stored: Invitation, link: str, name: str | None) -> Handed:
        if not stored.email or self.mail is None:
            return Handed(stored, link, False, "")
        why_not = await self.mail(stored, link, name)
        return Handed(stored, link, not why_not, why_not)

    async def _keep(self, fresh: Invitation) -> Invitation:
        def change(db: sqlite3.Connection) -> Invitation:
            invitations.sweep(db, fresh.created_at)
            if fresh.user_id is not None:
                invitations.delete_of_user(db, fresh.user_id)
            if invitations.count(db) >= MOST_OPEN:
                raise Conflict(f"there are {MOST_OPEN} open links already; withdraw some")
            made = invitations.insert(db, fresh)
            account_trail.link(db, made)
            return made

        return await self._store.write(change)

    def _link(self, token: str) -> str:
        # Behind the `#` it reaches no log, neither ours nor that of a proxy.
        return f"{self._url}/invitation#{token}"

    async def list(self, *, after: int = 0, limit: int = 500) -> list[Invitation]:
        """Return open invitations by id; links for passwords are nobody's business."""
        async with self._store.read() as reader:
            return await invitations.load_open(reader, self._clock.now(), after=after, limit=limit)

    async def withdraw(self, invitation_id: int) -> None:
        """End an invitation."""
        now = self._clock.now()

        def change(db: sqlite3.Connection) -> None:
            if not invitations.withdraw(db, invitation_id):
                raise NotFound(f"there is no invitation {invitation_id}")
            account_trail.link_over(db, "delete", invitation_id, now)

        await self._store.write(change)

    async def look(self, token: str) -> Invitation:
        """Return what a link is good for; NotFound when it is unknown, used or over."""
        async with self._store.read() as reader:
            found = await invitations.find(reader, hash_token(token), self._clock.now())
        if found is None:
            raise NotFound("no such link")
        return found

    async def accept(self, token: str, password: str, name: str | None) -> User:
        """Use a link up, and return the user who was made by it or has the new password now.

        Of several at once one wins; the others find no link. What is wrong with name or password leaves it open.
        """
        found = await self.look(token)

        def take(db: sqlite3.Connection) -> None:
            if invitations.take(db, found.hash, self._clock.now()) is None:
                raise NotFound("no such link")
            if found.user_id is None:
                account_trail.link_over(db, "accept", found.id, self._clock.now(), email=found.email)

        if found.user_id is not None:
            if name is not None:
                raise Invalid(Fault("name", "stays as it is: leave it out"))
            return await self._users.set_password(found.user_id, password, ends_totp=found.ends_totp, also=take)
        if name is None:
            raise Invalid(Fault("name", "is required"))
        return await self._users.create(
            name, role=found.role, password=password, email=found.email, tags=found.tags, also=take
        )
