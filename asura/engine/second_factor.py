"""Second factors: an authenticator app is enrolled, asked and removed; recovery codes stand in for it, once each."""

import base64
import secrets
from datetime import datetime, timedelta

import msgspec

from asura.clock import Clock
from asura.domain import totp
from asura.domain.fields import Secret
from asura.domain.user import User
from asura.engine.key_desk import hash_token
from asura.engine.session_desk import Kept
from asura.engine.user_desk import UserDesk
from asura.errors import Conflict, Fault, Invalid

CODES, CODE_BYTES = 10, 10
ENROL_WITHIN = timedelta(minutes=15)
MOST_ENROLLING = 1_000


class NotThatCode(Exception):
    """A code that is none, or was used already."""


class SecondFactor:
    """What people do with the second factors of their accounts."""

    def __init__(self, users: UserDesk, clock: Clock) -> None:
        self._users = users
        self._clock = clock
        # Offered and not yet confirmed: nobody loses anything when a restart forgets it.
        self._offered: dict[int, tuple[bytes, datetime]] = {}

    def offer(self, user_id: int) -> bytes:
        """Return a secret to enrol with; it counts once a code of it was given."""
        if self._users.get(user_id).totp is not None:
            raise Conflict("there is a second factor already; remove it first")
        secret = secrets.token_bytes(totp.SECRET_BYTES)
        self._offered.pop(user_id, None)
        if len(self._offered) >= MOST_ENROLLING:
            self._offered.pop(next(iter(self._offered)))
        self._offered[user_id] = (secret, self._clock.now() + ENROL_WITHIN)
        return secret

    async def confirm(self, user_id: int, code: str, *, keep: Kept | None = None) -> tuple[str, ...]:
        """Enrol what was offered, and return the recovery codes, which are shown this once."""
        secret, until = self._offered.get(user_id, (b"", self._clock.now()))
        if until <= self._clock.now():
            raise Conflict("nothing is waiting to be confirmed; begin again")
        step = totp.matching_step(secret, code, self._clock.now().timestamp(), used=0)
        if step is None:
            raise Invalid(Fault("code", "is not the code of this moment; look at the clock of the phone"))
        codes = _new_codes()

        def enrolled(user: User) -> User:
            if user.totp is not None:
                raise Conflict("there is a second factor already; remove it first")
            sealed = Secret(totp.encoded(secret))
            return msgspec.structs.replace(user, totp=sealed, totp_step=step, recovery=_hashes(codes))

        await self._users.edit(user_id, enrolled, keep=keep)
        self._offered.pop(user_id, None)
        return codes

    async def remove(self, user_id: int, *, keep: Kept | None = None) -> None:
        """Ask for no second factor any more."""

        def without(user: User) -> User:
            if user.totp is None:
                raise Conflict("there is no second factor")
            return msgspec.structs.replace(user, totp=None, totp_step=0, recovery=())

        await self._users.edit(user_id, without, keep=keep)

    async def renew(self, user_id: int) -> tuple[str, ...]:
        """Make new recovery codes and return them, this once; the old ones end."""
        codes = _new_codes()

        def renewed(user: User) -> User:
            if user.totp is None:
                raise Conflict("there is no second factor that codes could stand in for")
            return msgspec.structs.replace(user, recovery=_hashes(codes))

        await self._users.edit(user_id, renewed)
        return codes

    async def use(self, user_id: int, code: str) -> bool:
        """Return whether a code is right, and use it up: of the app, or for recovery."""
        now = self._clock.now().timestamp()

        def used(user: User) -> User:
            if user.totp is None:
                raise NotThatCode
            step = totp.matching_step(totp.decoded(user.totp.reveal()), code, now, used=user.totp_step)
            if step is not None:
                return msgspec.structs.replace(user, totp_step=step)
            digest = _hashes((code,))[0]
            if digest not in user.recovery:
                raise NotThatCode
            return msgspec.structs.replace(user, recovery=tuple(one for one in user.recovery if one != digest))

        try:
            await self._users.edit(user_id, used, quiet=True)
        except NotThatCode:
            return False
        return True


def _new_codes() -> tuple[str, ...]:
    return tuple(_spaced(base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower()) for _ in range(CODES))


def _spaced(text: str) -> str:
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def _hashes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(hash_token("".join(c for c in code.lower() if c.isalnum())) for code in codes)
