"""`asura upgrade`: whether this executable may take over the data, a rehearsal of it, and the migration itself."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from asura import __version__
from asura.cli.config import declared_problems, whole
from asura.cli.doctor_finding import State, worst
from asura.cli.owner import become_owner
from asura.settings import Loaded, Settings, SettingsError, load
from asura.settings_load import in_order

if TYPE_CHECKING:
    from asura.cli.root import Invocation

NO_DATA = "a probe keeps no data: replace its executable and restart it"


@click.command("upgrade")
@click.option("--check", is_flag=True, help="Change nothing: only say whether it would go well, and what it needs.")
@click.option("--rehearse", is_flag=True, help="Migrate a copy in a temporary folder beside the data, and remove it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def upgrade(invocation: "Invocation", check: bool, rehearse: bool, as_json: bool) -> int:
    """Bring the data to what this executable needs, before it is started.

    Nobody has to: the next start does the same. With --check it is asked whether this executable may take over the
    data and the configuration, while the older one goes on running. A copy of the database is kept in both cases.
    The internet is not asked for newer versions; asura never calls home.

    Exit status 0 when it may (or has), 1 when it may not, with the reasons, 2 for a bad configuration.
    """
    loaded = _loaded(invocation)
    if loaded.settings.mode == "probe":
        click.echo(msgspec.json.encode({"version": __version__, "ok": True}) if as_json else NO_DATA)
        return 0
    if os.geteuid() == 0 or not (check or rehearse):
        become_owner(loaded.settings.server.data, "upgrade")
    if check or rehearse:
        return _check(loaded, rehearse=rehearse, as_json=as_json)
    return _carry_out(loaded.settings.server.data, as_json=as_json)


def _loaded(invocation: "Invocation") -> Loaded[Settings]:
    """Return the configuration; SettingsError with everything that is wrong with it."""
    try:
        loaded = load(invocation.path, flags=invocation.flags)
    except SettingsError as error:
        raise whole(error) from None
    if problems := declared_problems((*loaded.settings.monitors, *loaded.settings.channels)):
        raise SettingsError(in_order(problems))
    return loaded


def _check(loaded: Loaded[Settings], *, rehearse: bool, as_json: bool) -> int:
    from asura.cli import upgrade_check
    from asura.cli.doctor import drawn
    from asura.cli.rehearsal import rehearsed
    from asura.cli.terminal import terminal

    outlook = upgrade_check.look(loaded.settings)
    findings = list(upgrade_check.judge(outlook))
    if rehearse and worst(findings) is not State.PROBLEM and outlook.before:
        findings.append(rehearsed(loaded.settings.server.data))
    fine = worst(findings) is not State.PROBLEM
    if as_json:
        shown: dict[str, Any] = {"version": __version__, "ok": fine, **msgspec.to_builtins(outlook)}
        click.echo(msgspec.json.encode({**shown, "findings": findings}))
        return 0 if fine else 1
    click.echo(drawn(findings, terminal()), color=True)
    data = loaded.settings.server.data
    may = f"asura {__version__} may take over {data}" if fine else f"asura {__version__} may not take over {data} yet"
    click.echo(f"{may}; nothing was changed")
    return 0 if fine else 1


def _carry_out(data: Path, *, as_json: bool) -> int:
    from asura.clock import SystemClock
    from asura.store import copies, folder, migrate

    path = data / folder.DATABASE
    before = migrate.refuse_newer(path, migrate.newest()) if data.exists() else 0
    if before in (0, migrate.newest()) and not copies.partials(path):
        words = f"{path}: schema {before} already" if before else f"{data}: no data yet; the first start makes it"
        _tell({"schema": before, "migrated": False}, f"{words}. There is nothing to do.", as_json)
        return 0
    held = folder.lock(data)
    try:
        migrate.opened(path, now=SystemClock().now()).close()
    finally:
        folder.unlock(held)
    made = (data / folder.BACKUPS).glob(copies.name(path, "*", "*"))
    kept = str(max(made, key=lambda file: file.stat().st_mtime, default=""))
    after = migrate.newest()
    words = f"{path}: migrated from schema {before} to {after}. As it was before it is kept in {kept}."
    if before == after:
        words = f"{path}: schema {after} already. A copy that was not whole is put right. The newest: {kept}"
    _tell({"schema": after, "before": before, "migrated": before < after, "kept": kept}, words, as_json)
    return 0


def _tell(shown: dict[str, Any], words: str, as_json: bool) -> None:
    click.echo(msgspec.json.encode({"version": __version__, "ok": True, **shown}) if as_json else words)
