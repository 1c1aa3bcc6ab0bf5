"""`asura ping`: tells a heartbeat how a job went, and runs the job if it is given one."""

import asyncio
import sys
import uuid
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import click

WAITS = (408, 429, 500, 502, 503, 504)
LONGEST_WAIT_S = 30.0


class Address(NamedTuple):
    """The address of a heartbeat, from which those of its signals are made."""

    url: str
    run_id: str = ""
    create: bool = False

    def signal(self, word: str = "") -> str:
        """Return the address of a signal (`start`, `fail`, `log`, an exit status; empty: success)."""
        parts = urlsplit(self.url)
        path = parts.path.rstrip("/") + (f"/{word}" if word else "")
        query = parse_qsl(parts.query, keep_blank_values=True)
        if self.run_id:
            query.append(("rid", self.run_id))
        if self.create:
            query.append(("create", "1"))
        return urlunsplit((parts.scheme, parts.netloc, path, urlencode(query), ""))

    @property
    def shown(self) -> str:
        """Return the address without what lets somebody in: neither token nor credentials."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}/…"


class Caller:
    """Sends pings, and tries again where that may help."""

    def __init__(self, address: Address, *, retries: int, timeout: float, ca_file: str) -> None:
        self._address = address
        self._retries = retries
        self._timeout = timeout
        self._ca_file = ca_file

    async def call(self, word: str, body: bytes = b"") -> bool:
        """Send one signal; returns whether it was taken, and says on stderr why it was not."""
        # Loaded here: the job starts meanwhile.
        from asura.net.network import NetworkConfig, open_network

        everywhere = ("0.0.0.0/0", "::/0")
        net = open_network(NetworkConfig(allow_private_channels=everywhere, ca_file=self._ca_file))
        try:
            return await self._call(net.http, self._address.signal(word), body)
        finally:
            await net.close()

    async def _call(self, client: object, url: str, body: bytes) -> bool:
        why = ""
        for attempt in range(self._retries + 1):
            wait, why = await self._try(client, url, body)
            if wait is None:
                break
            if attempt < self._retries:
                await asyncio.sleep(min(wait or attempt + 1.0, LONGEST_WAIT_S))
        if why:
            print(f"asura ping: {self._address.shown}: {why}", file=sys.stderr, flush=True)
        return not why

    async def _try(self, client: object, url: str, body: bytes) -> tuple[float | None, str]:
        """Return how long to wait before another try (None: there is none; 0: as usual), and what went wrong."""
        import httpx2

        from asura.errors import AsuraError
        from asura.net.errors import NetError

        assert isinstance(client, httpx2.AsyncClient)
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        try:
            answer = await client.post(url, content=body, headers=headers, timeout=self._timeout)
        except (httpx2.HTTPError, httpx2.InvalidURL, NetError, AsuraError, OSError, ValueError) as error:
            return 0.0, str(error) or type(error).__name__
        if answer.is_success:
            return None, ""
        why = f"it answers {answer.status_code}"
        if answer.status_code not in WAITS:
            return None, why
        told = answer.headers.get("retry-after", "")
        return (float(told) if told.isascii() and told.isdecimal() and len(told) < 6 else 0.0), why


@click.command(context_settings={"ignore_unknown_options": False})
@click.argument("url", required=False, envvar="ASURA_PING_URL")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--start", "word", flag_value="start", help="Send a start, without a command.")
@click.option("--fail", "word", flag_value="fail", help="Send a failure.")
@click.option("--log", "word", flag_value="log", help="Send a line for the log, which changes nothing.")
@click.option("--exit-status", type=click.IntRange(0, 255), help="Send an exit status: 0 is success.")
@click.option("--message", default="", help="Text to send along, without a command.")
@click.option("--no-start", is_flag=True, help="Send no start before the command.")
@click.option("--no-output", is_flag=True, help="Keep what the command prints to ourselves.")
@click.option("--create", is_flag=True, help="Create the heartbeat of an address with ping key and slug.")
@click.option("--retries", default=3, type=click.IntRange(0, 20), show_default=True, help="Further tries of a ping.")
@click.option("--timeout", default=5.0, type=click.FloatRange(0.1, 300), show_default=True, help="Seconds for one try.")
@click.option("--ca-file", default="", type=click.Path(path_type=str), help="PEM file with an authority to trust.")
def ping(
    url: str | None,
    command: tuple[str, ...],
    word: str | None,
    exit_status: int | None,
    message: str,
    no_start: bool,
    no_output: bool,
    create: bool,
    retries: int,
    timeout: float,
    ca_file: str,
) -> None:
    """Tell a heartbeat how a job went; with a COMMAND, run it and tell its start, exit status and output.

    \b
    asura ping https://asura.example/api/v1/heartbeat/TOKEN -- /usr/local/bin/backup --all
    asura ping https://asura.example/ping/KEY/nightly --create -- ./nightly.sh
    asura ping https://asura.example/api/v1/heartbeat/TOKEN --fail --message "disk is full"

    The exit status is the command's own, whether the pings arrive or not. Proxies of the environment are not used.
    """
    if not url or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise click.UsageError("give the address of a heartbeat: http:// or https://")
    if ca_file and not Path(ca_file).is_file():
        raise click.UsageError(f"{ca_file}: there is no such file")
    address = Address(url, str(uuid.uuid4()) if command else "", create)
    caller = Caller(address, retries=retries, timeout=timeout, ca_file=ca_file)
    if command:
        if word or exit_status is not None or message:
            raise click.UsageError("--start, --fail, --log, --exit-status and --message go without a command")
        from asura.cli.ping_run import run

        sys.exit(asyncio.run(run(command, caller.call, start=not no_start, output=not no_output)))
    signal = word or ("" if exit_status is None else str(exit_status))
    sys.exit(0 if asyncio.run(caller.call(signal, message.encode("utf-8", "surrogateescape"))) else 1)
