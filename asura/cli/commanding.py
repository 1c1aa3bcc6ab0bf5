"""Carries a local command out: by the asura that runs, else over the store, opened for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import click

from asura.cli.hold_commands import hold_commands
from asura.cli.local import NAME, Commands, NotRunning, ask, key_commands
from asura.cli.needed import settings_for
from asura.cli.owner import become_owner
from asura.cli.user_commands import user_commands
from asura.clock import SystemClock
from asura.engine.acting import COMMAND_LINE, acting
from asura.errors import NotFound
from asura.settings import Settings
from asura.store import folder

if TYPE_CHECKING:
    from asura.cli.root import Invocation

# What a link to asura is made of.
LINKED = ("server.external_url", "server.base_path", "server.listen", "server.tls_cert")


def carry_out(invocation: "Invocation", command: str, **arguments: Any) -> Any:
    """Return the answer to a command; raises the error that it ends with. Root becomes the owner of the data."""
    group, _, what = command.partition(".")
    settings = settings_for(invocation, "server.data", *(LINKED if group == "user" else ()))
    # The first account and the first key may be made before the first start; nothing else makes a database.
    makes = what == "create"
    become_owner(settings.server.data, "release" if group == "notifications" else f"{group} {what}", makes=makes)
    if not (settings.server.data / folder.DATABASE).exists():
        if not makes:
            raise NotFound(f"{settings.server.data}: there is no database of asura. Name its folder with --data.")
        made = f"A new database is made in {settings.server.data.absolute()}."
        click.echo(f"{made} If asura has one already, name its folder with --data.", err=True)
    return asyncio.run(_ask_or_do(settings, command, arguments))


async def _ask_or_do(settings: Settings, command: str, arguments: dict[str, Any]) -> Any:
    """Ask the running asura; without one, open the store, whose lock keeps a server from starting meanwhile."""
    try:
        return await ask(settings.server.data / NAME, command, **arguments)
    except NotRunning:
        async with _opened(settings) as commands:
            with acting(COMMAND_LINE):
                return await commands[command](**arguments)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Commands]:
    from asura.engine.hold import Hold
    from asura.engine.invitation_desk import InvitationDesk
    from asura.engine.key_desk import KeyDesk
    from asura.engine.passwords import Passwords
    from asura.engine.session_desk import SessionDesk
    from asura.engine.user_desk import UserDesk
    from asura.store.db import Store

    clock = SystemClock()
    store = Store.open(settings.server.data, clock=clock)
    try:
        keys, sessions = KeyDesk(store, clock), SessionDesk(store, clock)
        users, hold = UserDesk(store, clock, Passwords(), sessions), Hold(store, clock)
        for desk in (keys, users, sessions, hold):
            await desk.load()
        invitations = InvitationDesk(store, clock, users, url=settings.url)
        yield key_commands(keys) | user_commands(users, invitations, clock) | hold_commands(hold)
    finally:
        await store.close()
