"""`asura doctor`: looks at everything that asura depends on, and says what to do."""

import asyncio
from typing import TYPE_CHECKING

import click
import msgspec

from asura import __version__
from asura.cli.config import declared_problems, whole
from asura.cli.doctor_finding import Finding, State, worst
from asura.cli.terminal import Terminal, terminal
from asura.errors import Invalid
from asura.settings import Loaded, Settings, SettingsError, load
from asura.settings_load import in_order

if TYPE_CHECKING:
    from asura.cli.root import Invocation

COLOURS = {State.OK: "green", State.WARN: "yellow", State.PROBLEM: "red"}
WIDTH = 14


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--send-mail", metavar="ADDRESS", default="", help="Send a mail there, by the server of the settings.")
@click.pass_obj
def doctor(invocation: "Invocation", as_json: bool, send_mail: str) -> int:
    """Look at everything that asura depends on, and say what to do.

    Works while asura runs and while it does not; run it as root, or as the user that asura runs as. It changes nothing.
    Exit status 0 when nothing is broken (there may be warnings), 1 when something is, 2 for a bad configuration.
    """
    if send_mail:
        _check_address(send_mail)
    loaded = _loaded(invocation)
    from asura.cli.doctor_rounds import examine

    findings = asyncio.run(examine(loaded, send_mail=send_mail))
    state = worst(findings)
    if as_json:
        click.echo(msgspec.json.encode({"version": __version__, "state": state, "findings": findings}))
    else:
        click.echo(drawn(findings, terminal()), color=True)
    return 1 if state is State.PROBLEM else 0


def drawn(findings: list[Finding], screen: Terminal) -> str:
    """Return findings as lines for a person, each with what to do below it."""
    lines = []
    for one in findings:
        word = screen.paint(f"{one.state.value:<8}", COLOURS[one.state])
        lines.append(f"{word} {one.subject:<{WIDTH}} {screen.plain(one.seen)}")
        if one.todo:
            lines.append(f"{'':<8} {'':<{WIDTH}} {screen.sign('arrow')} {screen.plain(one.todo)}")
    counts = {state: sum(one.state is state for one in findings) for state in State}
    problems, warnings = counts[State.PROBLEM], counts[State.WARN]
    lines.append(f"\n{counts[State.OK]} fine, {warnings} to look at, {problems} broken")
    return "\n".join(lines)


def _loaded(invocation: "Invocation") -> Loaded[Settings]:
    """Return the settings; raises SettingsError with every problem, those of monitors and channels too."""
    try:
        loaded = load(invocation.path, flags=invocation.flags)
    except SettingsError as error:
        raise whole(error) from None
    problems = declared_problems((*loaded.settings.monitors, *loaded.settings.channels))
    if problems:
        raise SettingsError(in_order(problems))
    return loaded


def _check_address(address: str) -> None:
    from asura.channels.email import CHANNEL, Params

    try:
        CHANNEL.validate(Params(host="localhost", sender="asura@asura.invalid", to=[address]))
    except Invalid as invalid:
        raise click.UsageError(f"--send-mail: {invalid.faults[0].message}") from None
