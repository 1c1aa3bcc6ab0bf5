"""Writes docs/cli.md out of the commands themselves."""

from collections.abc import Iterator

import click

from asura.cli.root import cli

INTRODUCTION = """\
# Command line

`asura` without a command runs until it is stopped. Exit status: 0 fine, 1 failed, 2 wrong use or bad configuration.
Long options may also be written with one dash (`-mode probe`). Times are written `30s`, `5m`, `1h30m`, `2d`. Colours
are used on a terminal only, and not when `NO_COLOR` is set.

Each option of `asura` itself has an environment variable: `ASURA_CONFIG`, `ASURA_DATA`, `ASURA_LISTEN`, `ASURA_MODE`,
`ASURA_PRIMARY`, `ASURA_KEY`, `ASURA_REGION` (see [config.md](config.md)).

Signals: SIGTERM and SIGINT stop asura within ten seconds; SIGHUP reads the configuration again.
"""
WIDTH = 100


def page() -> str:
    """Return docs/cli.md."""
    parts = [INTRODUCTION]
    for words, command in _walk(cli, ("asura",)):
        context = click.Context(command, info_name=" ".join(words), max_content_width=WIDTH, terminal_width=WIDTH)
        parts.append(f"## {' '.join(words)}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def long_options() -> set[str]:
    """Return the names of every long option of every command."""
    return {
        option.removeprefix("--")
        for _, command in _walk(cli, ())
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }


def _walk(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _walk(inner, (*words, name))
