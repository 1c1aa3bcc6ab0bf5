"""The settings that a command needs: a fault of the file elsewhere is told, and does not stop it."""

from typing import TYPE_CHECKING

import click

from asura.settings import Settings, load

if TYPE_CHECKING:
    from asura.cli.root import Invocation

GOES_ON = "asura would not start with this configuration; this command goes on, which needs nothing of what is wrong"


def settings_for(invocation: "Invocation", *needs: str) -> Settings:
    """Return settings of which these keys and sections are right; SettingsError when even they may not be."""
    loaded = load(invocation.path, flags=invocation.flags, needs=needs)
    for problem in loaded.problems:
        click.echo(f"{problem} (warning)", err=True)
    if loaded.problems:
        click.echo(GOES_ON, err=True)
    return loaded.settings
