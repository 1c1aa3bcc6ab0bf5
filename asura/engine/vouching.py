"""Lets in those for whom an OpenID provider or a proxy vouches: finds their user, makes one, follows their groups."""

import logging

import msgspec

from asura.domain.federation import Admission, Person, Rules, Why, admission, free_name
from asura.domain.user import Origin, User
from asura.engine.session_desk import SessionDesk
from asura.engine.user_desk import UserDesk
from asura.errors import AsuraError, Conflict, Invalid

LOG = logging.getLogger(__name__)


class NotAdmitted(AsuraError):
    """Somebody who may not come in, though it is certain who they are."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(why.value)


class Vouching:
    """Turns a person that somebody vouches for into a user."""

    def __init__(self, users: UserDesk, sessions: SessionDesk) -> None:
        self._users = users
        self._sessions = sessions

    async def admit(self, person: Person, rules: Rules, origin: Origin) -> User:
        """Return the user of a person, made or changed as the rules say; NotAdmitted when they may not come in.

        They are found by subject alone: whoever could choose their own name or address would else choose an account.
        Who may not come in any more loses what they have open.
        """
        user, found = self._users.vouched_for(person.subject), admission(person, rules)
        if user is not None and not user.enabled:
            raise NotAdmitted(Why.DISABLED)
        if not found.allowed:
            if user is not None:
                await self._sessions.end_of(user.id)
            raise NotAdmitted(found.why)
        if user is None:
            return await self._add(person, found, rules, origin)
        return await self._follow(user, person, found)

    async def _add(self, person: Person, found: Admission, rules: Rules, origin: Origin) -> User:
        if not rules.auto_create:
            raise NotAdmitted(Why.NOT_KNOWN)
        # The first of all has to be an admin, else nobody could ever be made one: that is what the set-up link is for.
        if not self._users.any and found.first_role != "admin":
            raise NotAdmitted(Why.NOT_SET_UP)
        try:
            return await self._users.create(
                free_name(person.name, lambda name: self._users.named(name) is not None),
                role=found.first_role,
                email=person.email,
                origin=origin,
                subject=person.subject,
            )
        except (Conflict, Invalid):
            # Two of their requests came at once, and the other one has made the user.
            user = self._users.vouched_for(person.subject)
            if user is None:
                raise
            return user

    async def _follow(self, user: User, person: Person, found: Admission) -> User:
        """Return the user with the role and the address that hold now; another role ends what they have open."""
        if found.role is not None and found.role != user.role:
            try:
                user = await self._users.change(user.id, role=found.role)
            except Conflict:
                LOG.warning("%s stays admin though no group says so any more: nobody else is one", user.name)
        if person.email and person.email != user.email:
            user = await self._users.edit(
                user.id, lambda now: msgspec.structs.replace(now, email=person.email), quiet=True
            )
        return user
