"""`asura config`: everything that is wrong with the configuration, and what it comes to, without starting anything."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click
import msgspec

from asura.errors import Invalid
from asura.settings import Declared, Problem, Settings, SettingsError, load, view
from asura.settings_load import in_order
from asura.settings_problem import nearest_key

if TYPE_CHECKING:
    from asura.cli.root import Invocation


@click.group("config")
def config() -> None:
    """Look at the configuration."""


@config.command("check")
@click.pass_obj
def check(invocation: "Invocation") -> int:
    """Print every problem of the configuration with its file, line, key and the nearest right one.

    Monitors and channels are checked too. Exit status 0 when asura would start with it, else 2.
    """
    try:
        loaded = load(invocation.path, flags=invocation.flags)
    except SettingsError as error:
        raise whole(error) from None
    settings = loaded.settings
    for warning in loaded.warnings:
        click.echo(f"{warning} (warning)", err=True)
    problems = declared_problems((*settings.monitors, *settings.channels))
    if problems:
        raise SettingsError(in_order(problems))
    where = str(loaded.path) if loaded.path else "no file, all defaults"
    click.echo(f"{where}: fine; {_what(settings)}")
    return 0


@config.command("get")
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.pass_obj
def get(invocation: "Invocation", keys: tuple[str, ...]) -> int:
    """Print what a KEY such as server.listen comes to, of file, environment, options and defaults together.

    One line for each KEY: text as it is, anything else as JSON, a secret as stars. Monitors and channels have no KEY.
    """
    values = _flat(view(load(invocation.path, flags=invocation.flags).settings))
    for key in keys:
        if key not in values:
            near = nearest_key(key, list(values))
            raise click.UsageError(f"there is no key {key}" + (f"; did you mean {near}?" if near else ""))
    for key in keys:
        value = values[key]
        click.echo(value if isinstance(value, str) else msgspec.json.encode(value).decode())
    return 0


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return values by dotted key, sections included."""
    found = {}
    for name, value in values.items():
        found[f"{prefix}{name}"] = value
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{name}.")
    return found


def _what(settings: Settings) -> str:
    """Return what would be started."""
    if settings.mode != "probe":
        return f"{len(settings.monitors)} monitors, {len(settings.channels)} channels"
    wanted = settings.probe
    place = f"region {wanted.region}" if wanted.region else "the region of its key"
    return f"a probe of {wanted.primary}, {place}"


def whole(error: SettingsError) -> SettingsError:
    """Return an error with the problems of declared monitors and channels added to its own."""
    return SettingsError(in_order([*error.problems, *declared_problems(error.declared)]))


def declared_problems(declared: Iterable[Declared]) -> list[Problem]:
    """Return everything that is wrong with declared monitors and channels; references may name what the API made."""
    judges = {"monitors": _monitor_problems, "channels": _channel_problems}
    return [problem for one in declared for problem in judges[one.kind](one)]


def _monitor_problems(declared: Declared) -> list[Problem]:
    from asura.engine.prepare import Found, MonitorDefaults, prepare_monitor

    # What a slug or an id refers to is known to the running asura only.
    anything = Found(lambda reference: 1, lambda reference: 1)
    try:
        prepare_monitor(declared.body, defaults=MonitorDefaults(), found=anything)
    except Invalid as invalid:
        return [declared.problem(fault.path, fault.message) for fault in invalid.faults]
    return []


def _channel_problems(declared: Declared) -> list[Problem]:
    from asura.engine.prepare_channel import prepare_channel

    try:
        prepare_channel(declared.body)
    except Invalid as invalid:
        return [declared.problem(fault.path, fault.message) for fault in invalid.faults]
    return []
