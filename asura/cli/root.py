"""The command line: the options of `asura` itself, and its commands, each loaded only when it is called."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from asura import __version__
from asura.errors import AsuraError
from asura.settings_load import SettingsError

# Each command with the module and the name where it is.
COMMANDS = {
    "backup": ("asura.cli.backup", "backup"),
    "check": ("asura.cli.check", "check"),
    "config": ("asura.cli.config", "config"),
    "demo": ("asura.cli.demo", "demo"),
    "doctor": ("asura.cli.doctor", "doctor"),
    "export-status": ("asura.cli.export_status", "export_status"),
    "hash-key": ("asura.cli.hash_key", "hash_key"),
    "health": ("asura.cli.health", "health"),
    "key": ("asura.cli.key", "key"),
    "ping": ("asura.cli.ping", "ping"),
    "release": ("asura.cli.release", "release"),
    "restore": ("asura.cli.restore", "restore"),
    "selftest": ("asura.cli.selftest", "selftest"),
    "upgrade": ("asura.cli.upgrade", "upgrade"),
    "user": ("asura.cli.user", "user"),
}
# Options that also work with one dash, as in `-mode probe`.
_OWN = ("config", "data", "listen", "mode", "primary", "key", "region", "name", "once", "prune", "version", "help")
_PING = ("start", "fail", "log", "exit-status", "message", "no-start", "no-output", "create", "retries", "ca-file")
_USER = ("email", "tags", "password-stdin", "yes")
_KEY = ("role", "scope", "expires", "rate")
_RELEASE = ("send",)
_DOCTOR = ("send-mail",)
_DEMO = ("days", "still")
_EXPORT = ("page", "all", "url", "every", "include-protected")
_HEALTH = ("ready",)
_BACKUP = ("recipient", "key-file", "identity", "owner", "check", "yes")
_UPGRADE = ("rehearse",)
_CHECK = ("type", "timeout", "json", "set", "assert", "match")
_ALL = (_OWN, _PING, _USER, _KEY, _EXPORT, _RELEASE, _DOCTOR, _DEMO, _HEALTH, _BACKUP, _UPGRADE, _CHECK)
LONG = frozenset(name for names in _ALL for name in names)


class Invocation(NamedTuple):
    """What was said before the command: the file, and the settings given as options, by key."""

    path: Path | None
    flags: dict[str, str]
    prune: bool = False
    once: bool = False


class Commands(click.Group):
    """A group that imports a command when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, importing its module."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Configuration file; else ./config.yaml or /etc/asura/config.yaml, else none.",
)
@click.option("--data", metavar="DIR", help="Folder of the database; ./asura-data when nothing says otherwise.")
@click.option("--listen", metavar="HOST:PORT", help="Address to listen on; 127.0.0.1:8090 when nothing says otherwise.")
@click.option("--mode", type=click.Choice(["primary", "probe"]), help="What this process is.")
@click.option("--primary", metavar="URL", help="For a probe: the address of its primary.")
@click.option("--key", metavar="KEY", help="For a probe: its key. ASURA_KEY keeps it out of the list of processes.")
@click.option("--region", metavar="NAME", help="For a probe: the place it checks from; else that of its key.")
@click.option("--name", metavar="NAME", help="For a probe: its name within its region; else that of the host.")
@click.option("--once", is_flag=True, help="For a probe: check everything once, deliver, show a table, and end.")
@click.option("--prune", is_flag=True, help="Put away what the file declared, though its list has become empty.")
@click.version_option(__version__, message="asura %(version)s")
@click.pass_context
def cli(ctx: click.Context, /, config: Path | None, prune: bool, once: bool, **options: str | None) -> int:
    """Watch servers, believe failures carefully, and tell people.

    Without a command asura runs until it is stopped. Every option has an environment variable (ASURA_CONFIG,
    ASURA_DATA, ASURA_LISTEN, ...); options win over the environment, and that over the file.

    With --mode probe it checks from another place, for the asura at --primary: it keeps no data and listens nowhere.
    """
    keys = {"data": "server.data", "listen": "server.listen", "mode": "mode"}
    flags = {keys.get(name, f"probe.{name}"): value for name, value in options.items() if value is not None}
    ctx.obj = Invocation(config, flags, prune, once)
    if ctx.invoked_subcommand is not None:
        return 0
    from asura.cli.run import run_server

    return run_server(ctx.obj)


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit status, with every foreseen error as one plain line."""
    try:
        status: Any = cli.main(args=two_dashes(arguments), prog_name="asura", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SettingsError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        return 2
    except AsuraError as error:
        click.echo(f"asura: {error}", err=True)
        return 1
    except BrokenPipeError:
        # The reader has gone (as `head` does); the interpreter must not complain when it closes stdout.
        sys.stdout = None
        return 1
    return status if isinstance(status, int) else 0


def two_dashes(arguments: list[str]) -> list[str]:
    """Return the arguments with known long options that have one dash given a second one."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return [_two(one) if index < end else one for index, one in enumerate(arguments)]


def _two(argument: str) -> str:
    name = argument[1:].partition("=")[0]
    return f"-{argument}" if argument.startswith("-") and name in LONG else argument
