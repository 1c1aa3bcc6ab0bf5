"""Writes docs/cli.md out of the commands themselves."""

from collections.abc import Iterator
from typing import Any

import click

from asura.cli.root import cli

INTRODUCTION = """\
# Command line

`asura` without a command runs until it is stopped. Exit status: 0 fine, 1 failed, 2 wrong use or bad configuration.
Long options may also be written with one dash (`-mode probe`). Times are written `30s`, `5m`, `1h30m`, `2d`. Colours
are used on a terminal only, and not when `NO_COLOR` is set.

Each option of `asura` itself that is a setting has an environment variable: `ASURA_CONFIG`, `ASURA_DATA`,
`ASURA_LISTEN`, `ASURA_MODE`, `ASURA_PRIMARY`, `ASURA_KEY`, `ASURA_REGION`, `ASURA_NAME` (see [config.md](config.md)).

Signals: SIGTERM and SIGINT stop asura within ten seconds, and a probe within five; SIGHUP makes a primary read its
configuration again.
"""
WIDTH = 100


def page() -> str:
    """Return docs/cli.md."""
    parts = [f"## {context.command_path}\n\n```text\n{context.get_help()}\n```\n" for context in _walk(cli, "asura")]
    return "\n".join([INTRODUCTION, *parts])


def long_options() -> set[str]:
    """Return the names of every long option of every command."""
    return {
        option.removeprefix("--")
        for context in _walk(cli, "asura")
        for parameter in context.command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }


def _walk(command: click.Command, name: str, parent: click.Context | None = None) -> Iterator[click.Context]:
    """Yield the context of a command and of those below it; only with its parent does it know all its options."""
    # What a command inherits of its settings comes from the command above it, as when it is called.
    settings: dict[str, Any] = {**command.context_settings, "max_content_width": WIDTH, "terminal_width": WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context
    if isinstance(command, click.Group):
        for below in command.list_commands(context):
            inner = command.get_command(context, below)
            if inner is not None:
                yield from _walk(inner, below, context)
