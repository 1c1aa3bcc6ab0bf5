"""Users: made, changed and deleted, all of them also in memory, so that recognising one asks no database."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from asura.clock import Clock
from asura.domain.instant import kept
from asura.domain.password import judge
from asura.domain.user import Origin, User, faults_of, folded, tidy, tidy_tags
from asura.engine import account_trail
from asura.engine.passwords import Passwords
from asura.engine.session_desk import Kept, SessionDesk
from asura.errors import Conflict, Fault, Invalid, NotFound
from asura.store import invitations, sessions, users
from asura.store.db import Store

NOTE_FAILURES_EVERY_S = 60.0
# A change of one of these ends what the user has open.
ENDING = ("password", "role", "tags", "totp", "disabled_at")
LAST_ADMIN = "this is the last admin who can come in; make somebody else an admin first"


class UserDesk:
    """Makes, changes, deletes and finds users."""

    def __init__(self, store: Store, clock: Clock, passwords: Passwords, sessions: SessionDesk) -> None:
        self._store = store
        self._clock = clock
        self._passwords = passwords
        self._sessions = sessions
        self._by_id: dict[int, User] = {}
        self._by_name: dict[str, int] = {}
        self._by_subject: dict[str, int] = {}
        self._failed_at: dict[int, float] = {}
        # Held while users change, and by who relies on one not changing.
        self.lock = asyncio.Lock()
        # Called when there is a user for the first time.
        self.when_first: Callable[[], None] = _nothing

    async def load(self) -> None:
        """Read the stored users."""
        found = await self._store.write(lambda db: users.load_all(db, self._store.vault))
        self._by_id, self._by_name, self._by_subject = {}, {}, {}
        for user in found:
            self._put(user)

    @property
    def any(self) -> bool:
        """Return whether there is any user at all."""
        return bool(self._by_id)

    def all(self) -> list[User]:
        """Return every user, by id."""
        return sorted(self._by_id.values(), key=lambda user: user.id)

    def find(self, user_id: int) -> User | None:
        """Return a user by id."""
        return self._by_id.get(user_id)

    def get(self, user_id: int) -> User:
        """Return a user by id; raises NotFound."""
        found = self._by_id.get(user_id)
        if found is None:
            raise NotFound(f"there is no user {user_id}")
        return found

    def named(self, name: str) -> User | None:
        """Return a user by name, whatever its case."""
        return self._by_id.get(self._by_name.get(folded(name), 0))

    def vouched_for(self, subject: str) -> User | None:
        """Return the user whom a provider or a proxy knows under this subject."""
        return self._by_id.get(self._by_subject.get(subject, 0))

    async def create(
        self,
        name: str,
        *,
        role: str,
        password: str | None = None,
        email: str = "",
        tags: Iterable[str] = (),
        origin: Origin = Origin.LOCAL,
        subject: str | None = None,
        first: bool = False,
        also: Callable[[sqlite3.Connection], None] | None = None,
    ) -> User:
        """Make a user; Invalid names every field that is wrong. With `first`, Conflict when there is one already.

        `also` is done in the same transaction; what it raises undoes all.
        """
        now = kept(self._clock.now())
        wanted = User(
            name=tidy(name),
            email=email.strip(),
            role=role,
            tags=tidy_tags(tags),
            origin=origin,
            subject=subject,
            created_at=now,
            updated_at=now,
        )
        faults = self._faults(wanted)
        if password is not None:
            faults += password_faults(password, wanted)
        if faults:
            raise Invalid(*faults)
        if password is not None:
            wanted = msgspec.structs.replace(wanted, password=await self._passwords.hash(password))
        async with self.lock:
            return await self._store_new(wanted, first=first, also=also)

    async def _store_new(self, wanted: User, *, first: bool, also: Callable[[sqlite3.Connection], None] | None) -> User:
        if not first and self.named(wanted.name) is not None:
            raise Invalid(Fault("name", "is taken by somebody else"))

        def change(db: sqlite3.Connection) -> User:
            if first and users.any_user(db):
                raise Conflict("asura is set up already; sign in")
            if also is not None:
                also(db)
            made = users.insert(db, self._store.vault, wanted)
            account_trail.user(db, None, made, made.created_at)
            return made

        user = await self._store.write(change)
        began = not self._by_id
        self._put(user)
        if began:
            self.when_first()
        return user

    async def change(self, user_id: int, *, keep: Kept | None = None, **changes: Any) -> User:
        """Change fields of a user; Invalid names those that are wrong, Conflict: no admin would be left.

        What they have open ends when it must (see ENDING), but the session `keep`, which gets another cookie.
        """
        return await self.edit(user_id, lambda user: msgspec.structs.replace(user, **changes), keep=keep)

    async def edit(
        self,
        user_id: int,
        make: Callable[[User], User],
        *,
        keep: Kept | None = None,
        quiet: bool = False,
        also: Callable[[sqlite3.Connection], None] | None = None,
    ) -> User:
        """Change a user to what `make` returns of how they are at that moment; what it raises changes nothing.

        `quiet` is what an account notes by itself (a sign-in, a code that was used): nothing ends.
        """
        async with self.lock:
            old, now = self.get(user_id), self._clock.now()
            made = make(old)
            user = msgspec.structs.replace(
                made,
                name=tidy(made.name),
                email=made.email.strip(),
                tags=tidy_tags(made.tags),
                updated_at=old.updated_at if quiet else now,
            )
            faults = self._faults(user)
            if faults:
                raise Invalid(*faults)
            ends = not quiet and any(getattr(user, name) != getattr(old, name) for name in ENDING)
            but = keep.session_id if keep is not None else 0

            def change(db: sqlite3.Connection) -> None:
                if also is not None:
                    also(db)
                users.update(db, self._store.vault, user)
                account_trail.user(db, old, user, now, quiet=quiet)
                if old.rules and not user.rules and not users.other_admins(db, user_id):
                    raise Conflict(LAST_ADMIN)
                if ends:
                    sessions.delete_of_user(db, user_id, but=but)
                    invitations.delete_of_user(db, user_id)
                if ends and keep is not None:
                    keep.change(db)

            await self._store.write(change)
            self._take_out(old)
            self._put(user)
            if ends:
                self._sessions.forget(user_id, but=but)
            if ends and keep is not None:
                self._sessions.turned(keep)
            return user

    async def set_password(
        self,
        user_id: int,
        password: str,
        *,
        keep: Kept | None = None,
        was: str | None = None,
        ends_totp: bool = False,
        also: Callable[[sqlite3.Connection], None] | None = None,
    ) -> User:
        """Give a user another password; everything they have open ends, but the session `keep`.

        `was` is the hash of the old one where that was asked for: Conflict when it is another by now.
        """
        faults = password_faults(password, self.get(user_id))
        if faults:
            raise Invalid(*faults)
        hashed = await self._passwords.hash(password)
        without: dict[str, Any] = {"totp": None, "totp_step": 0, "recovery": ()} if ends_totp else {}

        def renewed(user: User) -> User:
            if was is not None and user.password != was:
                raise Conflict("the password was changed by somebody else meanwhile")
            return msgspec.structs.replace(user, password=hashed, **without)

        return await self.edit(user_id, renewed, keep=keep, also=also)

    async def delete(self, user_id: int) -> None:
        """Delete a user with sessions and links; Conflict when no admin would be left."""
        async with self.lock:
            old, now = self.get(user_id), self._clock.now()

            def change(db: sqlite3.Connection) -> None:
                if old.rules and not users.other_admins(db, user_id):
                    raise Conflict(LAST_ADMIN)
                users.delete(db, user_id)
                account_trail.user(db, old, None, now)

            await self._store.write(change)
            self._take_out(old)
            self._sessions.forget(user_id)

    async def note_failure(self, user: User | None) -> None:
        """Write down that somebody could not sign in: as this user, or as nobody who is known.

        Once a minute for each, because these rows stay for ever and strangers write them; the request log has them all.
        """
        now, moment, who = self._clock.now(), self._clock.monotonic(), user.id if user is not None else 0
        if moment - self._failed_at.get(who, -NOTE_FAILURES_EVERY_S) < NOTE_FAILURES_EVERY_S:
            return
        self._failed_at[who] = moment
        await self._store.write(lambda db: account_trail.failed(db, user, now))

    def _faults(self, user: User) -> list[Fault]:
        other = self.named(user.name)
        taken = user.id and other is not None and other.id != user.id
        return [*faults_of(user), *([Fault("name", "is taken by somebody else")] if taken else [])]

    def _put(self, user: User) -> None:
        self._by_id[user.id] = user
        self._by_name[folded(user.name)] = user.id
        if user.subject is not None:
            self._by_subject[user.subject] = user.id

    def _take_out(self, user: User) -> None:
        self._by_id.pop(user.id, None)
        self._by_name.pop(folded(user.name), None)
        if user.subject is not None:
            self._by_subject.pop(user.subject, None)


def password_faults(password: str, user: User) -> list[Fault]:
    """Return what is wrong with a password for a user."""
    verdict = judge(password, (user.name, user.email))
    return [Fault("password", verdict.message)] if verdict.why is not None else []


def _nothing() -> None:
    """Do nothing."""
