"""Hashes passwords with Argon2id, off the event loop and at most two at a time, in the same time for everybody."""

import asyncio
import base64
import secrets
from collections.abc import Callable
from typing import TypeVar

import msgspec

from asura.domain.password import normalised
from asura.errors import TooMany

SIDE_BY_SIDE = 2
# More would wait longer than anybody looks at a page.
MOST_WAITING = 64
SALT_BYTES, HASH_BYTES = 16, 32
T = TypeVar("T")


class Cost(msgspec.Struct, frozen=True):
    """What one hash costs: 46 MiB and two passes, some 0.13 s of one core."""

    memory_kib: int = 46 * 1024
    passes: int = 2
    lanes: int = 1


class Passwords:
    """Makes hashes (PHC strings) and compares with them."""

    def __init__(self, cost: Cost | None = None) -> None:
        self._cost = cost or Cost()
        self._turns = asyncio.Semaphore(SIDE_BY_SIDE)
        self._waiting = 0
        self._nobody = _made_up(self._cost)

    async def hash(self, password: str) -> str:
        """Return the PHC string of a password; TooMany when too many wait already."""
        return await self._in_turn(lambda: self._hash(password))

    async def matches(self, password: str, stored: str | None) -> bool:
        """Return whether a password is the one that was stored; nobody's takes as long as somebody's."""
        return await self._in_turn(lambda: self._compare(password, stored))

    def outdated(self, stored: str) -> bool:
        """Return whether a hash was made at another cost than that of today."""
        cost = self._cost
        return f"$m={cost.memory_kib},t={cost.passes},p={cost.lanes}$" not in stored

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._waiting >= MOST_WAITING:
            raise TooMany("too many sign in at this moment", retry_after=5)
        self._waiting += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._waiting -= 1

    def _hash(self, password: str) -> str:
        # Late, because most starts need no password.
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        cost = self._cost
        hasher = Argon2id(
            salt=secrets.token_bytes(SALT_BYTES),
            length=HASH_BYTES,
            iterations=cost.passes,
            lanes=cost.lanes,
            memory_cost=cost.memory_kib,
        )
        return hasher.derive_phc_encoded(_plain(password))

    def _compare(self, password: str, stored: str | None) -> bool:
        from cryptography.exceptions import InvalidKey
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        try:
            Argon2id.verify_phc_encoded(_plain(password), stored or self._nobody)
        except InvalidKey:
            return False
        return stored is not None


def _made_up(cost: Cost) -> str:
    """Return a PHC string that is no password's, for those who have none."""
    salt, digest = (base64.b64encode(secrets.token_bytes(n)).decode().rstrip("=") for n in (SALT_BYTES, HASH_BYTES))
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${salt}${digest}"


def _plain(password: str) -> bytes:
    return normalised(password).encode("utf-8", "surrogatepass")
