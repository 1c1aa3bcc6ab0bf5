"""`asura check`: one check without a server, drawn for people or printed as JSON."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from asura.cli.check_args import body_of
from asura.cli.drawing import draw
from asura.cli.terminal import terminal
from asura.domain import fields
from asura.domain.monitor import MonitorConfig
from asura.domain.result import Outcome
from asura.domain.status import Finding
from asura.errors import Invalid
from asura.settings import Settings, load
from asura.settings_values import seconds_of

if TYPE_CHECKING:
    from asura.cli.root import Invocation


@click.command("check")
@click.argument("target", nargs=-1, required=True)
@click.option("--type", "type_", metavar="TYPE", help="Type of check; guessed from the target when absent.")
@click.option("--timeout", metavar="DURATION", default="10s", show_default=True, help="Time for the whole check.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A setting of the type; may be repeated.")
@click.option(
    "--assert",
    "assertions",
    metavar="WORDS",
    multiple=True,
    help="What must hold, such as 'status in 200-299' or 'json $.ok eq true'; may be repeated.",
)
@click.option("--match", type=click.Choice(["all", "any"]), default="all", help="How many of the assertions must hold.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_obj
def check(invocation: "Invocation", /, target: tuple[str, ...], type_: str | None, **options: Any) -> int:
    """Check TARGET once and show what was found.

    Exit status 0 when it is up, else 1. TARGET is an address such as https://example.com, example.com:22,
    `ping 1.1.1.1`, `dns example.com` or `tls example.com`.
    """
    body = body_of(" ".join(target), type_, options["settings"], options["assertions"])
    body |= {"timeout": _seconds(options["timeout"]), "interval": 300, "assertions_match": options["match"]}
    config = _prepared(body)
    outcome = asyncio.run(_once(config, _settings(invocation)))
    if options["as_json"]:
        click.echo(as_json(config, outcome))
    else:
        click.echo(draw(config, outcome, terminal()), color=True)
    return 0 if outcome.finding is Finding.UP else 1


def as_json(config: MonitorConfig, outcome: Outcome) -> str:
    """Return an outcome as one JSON object, with the names of the API."""
    found = {
        "type": config.type,
        "target": config.target,
        "status": outcome.finding.status.value,
        "reason": outcome.reason.value,
        "message": outcome.message,
        "latency_ms": outcome.latency_ms,
        "code": outcome.code,
        "phases_ms": outcome.phases,
        "evidence": outcome.evidence,
    }
    return msgspec.json.encode(found, enc_hook=fields.enc_hook).decode()


def _seconds(text: str) -> float:
    try:
        return seconds_of(text)
    except ValueError as error:
        raise click.UsageError(f"--timeout: {error}") from None


def _prepared(body: dict[str, Any]) -> MonitorConfig:
    from asura.engine.prepare import Found, MonitorDefaults, prepare_monitor

    nothing = Found(lambda reference: None, lambda reference: None)
    try:
        return prepare_monitor(body, defaults=MonitorDefaults(), found=nothing)
    except Invalid as invalid:
        raise click.UsageError("\n       ".join(f"{fault.path}: {fault.message}" for fault in invalid.faults)) from None


def _settings(invocation: "Invocation") -> Settings:
    """Return the settings when a file is named; a file that happens to be here has no say in one check."""
    return load(invocation.path).settings if isinstance(invocation.path, Path) else Settings()


async def _once(config: MonitorConfig, settings: Settings) -> Outcome:
    from asura.checks import check_types
    from asura.net.network import NetworkConfig, open_network
    from asura.running.execute import execute
    from asura.running.plan import plan

    net = open_network(NetworkConfig(ca_file=settings.network.ca_file, dns_threads=2))
    try:
        ready = plan(0, 0, config)
        return await execute(check_types()[config.type], ready.job, net, keep_evidence=True)
    finally:
        await net.close()
