"""What the tests of accounts share: a world where hashing is cheap, and people in it."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

from asura.domain import totp
from asura.domain.user import User
from asura.engine.options import AccountOptions, EngineOptions
from asura.engine.passwords import Cost
from asura.engine.session_desk import SessionRule, Visit
from tests.world import World, world

PASSWORD = "a quiet afternoon"
OTHER = "a loud afternoon"
# The real cost has a test of its own.
CHEAP = Cost(memory_kib=64, passes=1)
HERE = Visit("192.0.2.1", "Firefox")
NETWORK = "192.0.2.1"


def town(folder: Path, **accounts: Any) -> AbstractAsyncContextManager[World]:
    """Return a world whose accounts are set as told."""
    wanted = AccountOptions(**({"password_cost": CHEAP} | accounts))
    return world(folder, EngineOptions(url="https://asura.example", accounts=wanted))


def lasting(**rule: float) -> SessionRule:
    """Return how long sessions last, in hours."""
    return SessionRule(**{name: timedelta(hours=hours) for name, hours in rule.items()})


async def person(w: World, name: str = "ann", role: str = "admin", **fields: Any) -> User:
    """Make a user with the usual password."""
    return await w.engine.users.create(name, **({"role": role, "password": PASSWORD} | fields))


async def come_in(
    w: World, name: str = "ann", code: str | None = None, *, password: str = PASSWORD, **more: Any
) -> str:
    """Sign in and return the cookie."""
    found = {"network": NETWORK, "visit": HERE} | more
    _, token = await w.engine.signing_in.log_in(name, password, code, found.pop("visit"), **found)
    return token


def code(w: World, secret: bytes, *, steps: int = 0) -> str:
    """Return what an app shows now, or some steps away."""
    return totp.code_at(secret, totp.step_of(w.clock.now().timestamp()) + steps)


async def enrol(w: World, user_id: int) -> tuple[bytes, tuple[str, ...]]:
    """Give a user a second factor; return its secret and the recovery codes."""
    factor = w.engine.signing_in.second_factor
    secret = factor.offer(user_id)
    codes = await factor.confirm(user_id, code(w, secret))
    w.clock.turn(totp.STEP_S)
    return secret, codes
