"""Goes round everything that `asura doctor` looks at: first the facts, then what they mean."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec

from asura.cli import (
    doctor_backups,
    doctor_channels,
    doctor_clock,
    doctor_commands,
    doctor_configuration,
    doctor_database,
    doctor_folder,
    doctor_machine,
    doctor_mail,
    doctor_network,
    doctor_probe,
    doctor_site,
    doctor_tls,
)
from asura.cli.doctor_finding import Finding, problem, warn
from asura.cli.local import NAME as SOCKET
from asura.cli.local import NotRunning, ask
from asura.clock import SystemClock
from asura.errors import AsuraError
from asura.net.network import Network, NetworkConfig, open_network
from asura.settings import Loaded, Settings

WITHIN_S = 30.0
THREADS = 8

Channels = tuple[tuple[str, dict[str, Any]], ...]


async def examine(loaded: Loaded[Settings], *, send_mail: str = "") -> list[Finding]:
    """Return every finding, in the order in which people read them. What cannot be looked at is a finding too."""
    settings = loaded.settings
    config = NetworkConfig(
        dns_threads=THREADS,
        ca_file=settings.network.ca_file,
        allow_private_channels=settings.network.allow_private_channels,
    )
    net = open_network(config)
    try:
        rounds = _Rounds(settings, net, send_mail)
        found = list(doctor_configuration.judge(doctor_configuration.look(loaded)))
        found += await (rounds.probe() if settings.mode == "probe" else rounds.primary())
        return found
    finally:
        await net.close()


class _Rounds:
    """What all looks have in common: the settings, the way out, and the process that runs."""

    def __init__(self, settings: Settings, net: Network, send_mail: str) -> None:
        self._settings = settings
        self._net = net
        self._send_mail = send_mail
        self._clock = SystemClock()

    async def probe(self) -> list[Finding]:
        """Return what is found on the machine of a probe."""
        settings = self._settings
        primary = await doctor_probe.look(settings.probe, self._net)
        told = (("the primary", primary.skew_s),)
        return [
            *await _by_thread("machine", partial(self._machine, None)),
            *_clock(told),
            *await _within("network", partial(self._network, None)),
            *doctor_probe.judge(primary),
        ]

    async def primary(self) -> list[Finding]:
        """Return what is found on the machine of a primary."""
        settings, data = self._settings, self._settings.server.data
        folder = await asyncio.to_thread(doctor_folder.look, data)
        # By its own thread: it may look at pages for some seconds.
        database = asyncio.create_task(asyncio.to_thread(doctor_database.look, data))
        pid = folder.holder
        running, told = await self._running()
        listens = told.listens if told else ()
        runs = (pid is not None or told is not None) if folder.open_to_us else None
        site = await doctor_site.look(settings, self._net, runs=runs, listens=listens)
        kept = await database
        channels = self._channels(kept)
        clocks = ((settings.server.external_url, site.external.skew_s if site.external else None),)
        return [
            *await _by_thread("machine", partial(self._machine, pid)),
            *_clock(clocks),
            *doctor_folder.judge(folder),
            *doctor_database.judge(kept),
            *await _by_thread("backups", partial(self._backups, told)),
            *running,
            *await _within("network", partial(self._network, pid)),
            *doctor_site.judge(site),
            *await _within("certificate", partial(self._certificates, site)),
            *await _within("channels", partial(self._of_channels, channels)),
            *await _within("mail server", partial(self._mail, channels)),
        ]

    def _machine(self, pid: int | None) -> list[Finding]:
        return list(doctor_machine.judge(doctor_machine.look(pid, self._settings.monitor.max_concurrent)))

    async def _network(self, pid: int | None) -> list[Finding]:
        return list(doctor_network.judge(await doctor_network.look(self._settings, self._net, pid)))

    def _backups(self, told: doctor_commands.Health | None) -> list[Finding]:
        said = told.backups if told else None
        return list(doctor_backups.judge(doctor_backups.look(self._settings, self._clock.now(), said)))

    async def _running(self) -> tuple[list[Finding], doctor_commands.Health | None]:
        """Return what is found of the asura that runs, and what it says of itself; nothing where none does."""
        told: list[doctor_commands.Health] = []

        async def hear() -> list[Finding]:
            try:
                answer = await ask(self._settings.server.data / SOCKET, doctor_commands.NAME)
            except NotRunning:
                return []
            except AsuraError as error:
                if "knows no command" not in str(error):
                    raise
                return [warn("running", "another version of asura runs than this one is", "systemctl restart asura")]
            told.append(msgspec.convert(answer, doctor_commands.Health))
            return doctor_commands.judge(told[0])

        found = await _within("running", hear)
        return found, told[0] if told else None

    async def _of_channels(self, channels: Channels) -> list[Finding]:
        seen = await doctor_channels.look(channels, self._net)
        return list(doctor_channels.judge(seen, len(channels)))

    async def _mail(self, channels: Channels) -> list[Finding]:
        now = self._clock.now()
        seen = await doctor_mail.look(self._settings, channels, self._net, send_to=self._send_mail, now=now)
        return list(doctor_mail.judge(seen))

    async def _certificates(self, site: doctor_site.Site) -> list[Finding]:
        server, now, found = self._settings.server, self._clock.now(), list[Finding]()
        if server.tls_cert:
            wanted = urlsplit(server.external_url).hostname or ""
            pair = doctor_tls.look(server.tls_cert, server.tls_key, wanted, now)
            here = await doctor_tls.shown(site.local.url, self._net, now) if site.local.version else None
            found += doctor_tls.judge(pair)
            found += doctor_tls.judge_shown(here, pair) if here else ()
        elif site.external is not None and (there := await doctor_tls.shown(server.external_url, self._net, now)):
            found += doctor_tls.judge_shown(there, None)
        return found

    def _channels(self, kept: doctor_database.Database) -> Channels:
        """Return the settings of every channel by slug: those that are stored, and those that the file declares."""
        stored = dict(kept.found.channels) if kept.found else {}
        declared = {one.slug: dict(one.body) for one in self._settings.channels}
        return tuple((stored | declared).items())


def _clock(told: tuple[tuple[str, float | None], ...]) -> Iterable[Finding]:
    skews = tuple((who, ahead) for who, ahead in told if ahead is not None)
    return doctor_clock.judge(doctor_clock.Clocks(synchronised=doctor_clock.synchronised(), skews=skews))


async def _by_thread(subject: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    return await _within(subject, partial(asyncio.to_thread, look))


async def _within(subject: str, look: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    """Return what a look finds; one that takes too long or fails is told, and stops none of the others."""
    try:
        async with asyncio.timeout(WITHIN_S):
            return await look()
    except TimeoutError:
        return [warn(subject, f"could not be looked at within {WITHIN_S:g} s", "asura doctor, again later")]
    except (AsuraError, OSError) as error:
        return [problem(subject, f"could not be looked at: {error}", "run this as root, or as asura's own user")]
