"""The one place for settings: every key with its default and one line of help; file < environment < flags."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from asura import settings_load
from asura.domain.fields import Secret
from asura.settings_auth import Auth, key_faults
from asura.settings_backup import Backup, backup_faults
from asura.settings_declared import Declared
from asura.settings_heartbeat import Heartbeats
from asura.settings_load import Loaded, SettingsError
from asura.settings_oidc import federation_faults
from asura.settings_probes import Probe, Probes, probe_faults
from asura.settings_problem import Problem
from asura.settings_smtp import Smtp, smtp_faults
from asura.settings_status import StatusPage, status_faults
from asura.settings_subscriptions import Subscriptions
from asura.settings_tls import tls_faults
from asura.settings_values import (
    BASE_PATH,
    FLAG,
    FOLDER,
    LISTEN,
    TEXT,
    URL,
    Section,
    duration,
    network,
    network_or_host,
    number,
    one_of,
    setting,
    split_address,
    texts,
    whole,
)

__all__ = ["Declared", "Loaded", "Origin", "Problem", "Settings", "SettingsError", "load", "reload", "view"]

DEFAULT_FILES = (Path("config.yaml"), Path("/etc/asura/config.yaml"))
_FRAME = texts(name="list of origins")
_LEVELS = one_of("debug", "info", "warning", "error", also={"warn": "warning"})


class Server(Section, frozen=True, kw_only=True):
    """Where asura listens, what it lets in, and where its data is."""

    listen: Annotated[str, setting("Address of the dashboard and the API; `:8090` is every interface.", LISTEN)] = (
        "127.0.0.1:8090"
    )
    external_url: Annotated[
        str, setting("Address that links in messages begin with; empty: made of `listen`.", URL)
    ] = ""
    base_path: Annotated[str, setting("Path in front of every address, behind a proxy that keeps it.", BASE_PATH)] = ""
    data: Annotated[Path, setting("Folder of the database and its keys; only one asura may use it.", FOLDER)] = Path(
        "asura-data"
    )
    tls_cert: Annotated[
        str, setting("PEM file with the certificate and its chain, reloaded on change; empty: HTTP.", TEXT)
    ] = ""
    tls_key: Annotated[str, setting("PEM file with the private key of `tls_cert`.", TEXT)] = ""
    idle_timeout: Annotated[float, setting("Idle connections are closed after this time.", duration(1, 3600))] = 120
    max_body_size: Annotated[int, setting("Largest request body, in bytes.", whole(1024, 104857600))] = 1048576
    cors_origins: Annotated[tuple[str, ...], setting("Origins whose pages may call the API.", _FRAME)] = ()
    frame_ancestors: Annotated[tuple[str, ...], setting("Origins that may frame the pages; empty: none.", _FRAME)] = ()
    rate_limit_per_sec: Annotated[
        float, setting("Requests a second per key and per address; 0: any.", number(0, 1e6))
    ] = 30
    rate_limit_burst: Annotated[int, setting("Requests that may come at once.", whole(1, 1000000))] = 60
    trusted_proxies: Annotated[
        tuple[str, ...],
        setting("Networks whose X-Forwarded-* headers are believed.", texts(network, name="list of networks")),
    ] = ()
    web_ui_enabled: Annotated[bool, setting("Serve the dashboard; the API is served anyway.", FLAG)] = True
    metrics_open: Annotated[bool, setting("Let anybody read /metrics; else a key with scope `metrics`.", FLAG)] = False

    @property
    def address(self) -> tuple[str, int]:
        """Return (host, port) to bind; an empty host is every interface, port 0 any free one."""
        return split_address(self.listen)


class Database(Section, frozen=True, kw_only=True):
    """How long what was found is kept. The figures of each day are kept for ever."""

    retention_days: Annotated[int, setting("Days that single results are kept.", whole(1, 3650))] = 30
    retention_hourly_days: Annotated[int, setting("Days that hourly figures are kept.", whole(1, 36500))] = 400
    retention_evidence_days: Annotated[
        int, setting("Days that the evidence of incidents is kept.", whole(1, 36500))
    ] = 90
    retention_incident_days: Annotated[int, setting("Days that resolved incidents are kept.", whole(1, 36500))] = 1095
    retention_notification_days: Annotated[int, setting("Days that the log of messages is kept.", whole(1, 36500))] = (
        400
    )
    retention_ping_days: Annotated[
        int, setting("Days that pings are kept, a thousand a heartbeat at most.", whole(1, 3650))
    ] = 90


class MonitorDefaults(Section, frozen=True, kw_only=True):
    """What a monitor has that does not say otherwise, and how many checks run side by side."""

    default_interval: Annotated[float, setting("Time between two checks.", duration(5, 86400))] = 60
    default_timeout: Annotated[
        float, setting("Time that one check may take; at most its interval.", duration(0.1, 300))
    ] = 10
    default_retries: Annotated[int, setting("Tries after a failed one, before it counts.", whole(0, 10))] = 1
    default_retry_interval: Annotated[
        float, setting("Pause before the first retry; at most half the interval.", duration(0.1, 86400))
    ] = 20
    failure_threshold: Annotated[int, setting("Failures in a row until a monitor is down.", whole(1, 100))] = 2
    success_threshold: Annotated[int, setting("Successes in a row until it is up again.", whole(1, 100))] = 1
    local: Annotated[bool, setting("Check from here too; `false` leaves all checks to probes.", FLAG)] = True
    heartbeat_check_interval: Annotated[
        float, setting("Heartbeats are looked at when one may change, and this often at least.", duration(1, 3600))
    ] = 30
    max_concurrent: Annotated[
        int, setting("Checks side by side, within the limit of open files.", whole(1, 1000000))
    ] = 5000

    def body(self, interval: float | None = None) -> dict[str, Any]:
        """Return the fields that a new monitor gets where it names none, fitted to its interval."""
        every = self.default_interval if interval is None else interval
        return {
            "interval": every,
            "timeout": min(self.default_timeout, every),
            "retries": self.default_retries,
            "retry_interval": min(self.default_retry_interval, every / 2),
            "failure_threshold": self.failure_threshold,
            "success_threshold": self.success_threshold,
        }


class Network(Section, frozen=True, kw_only=True):
    """What asura may reach, and how it notices that it cannot reach anything."""

    canaries: Annotated[
        tuple[str, ...], setting("Asked to tell our own outage: gateway, resolver, a host to ping, host:port.", texts())
    ] = ("gateway", "resolver")
    allow_private_channels: Annotated[
        tuple[str, ...],
        setting(
            "Private networks and hosts that channels may reach.",
            texts(network_or_host, name="list of networks and hosts"),
        ),
    ] = ()
    ca_file: Annotated[str, setting("PEM file with further certificate authorities to trust.", TEXT)] = ""
    dns_threads: Annotated[int, setting("Names that are looked up side by side.", whole(1, 256))] = 32


class Logging(Section, frozen=True, kw_only=True):
    """What is written to stderr, and how."""

    level: Annotated[str, setting("Least important lines that are written.", _LEVELS)] = "info"
    format: Annotated[str, setting("One line for people, or JSON for programs.", one_of("text", "json"))] = "text"


class Origin(msgspec.Struct, frozen=True):
    """Where settings came from, so that they can be read again on SIGHUP."""

    path: Path | None = None
    flags: tuple[tuple[str, str], ...] = ()


class Settings(Section, frozen=True, kw_only=True):
    """Everything that is set from outside. Durations are seconds."""

    mode: Annotated[
        str, setting("`primary` watches and keeps; `probe` checks for a primary.", one_of("primary", "probe"))
    ] = "primary"
    server: Server = Server()
    database: Database = Database()
    backup: Backup = Backup()
    auth: Auth = Auth()
    smtp: Smtp = Smtp()
    subscriptions: Subscriptions = Subscriptions()
    monitor: MonitorDefaults = MonitorDefaults()
    heartbeat: Heartbeats = Heartbeats()
    status_page: StatusPage = StatusPage()
    network: Network = Network()
    probe: Probe = Probe()
    probes: Probes = Probes()
    logging: Logging = Logging()
    monitors: tuple[Declared, ...] = ()
    channels: tuple[Declared, ...] = ()
    origin: Origin = Origin()

    @property
    def url(self) -> str:
        """Return the address that people open."""
        if self.server.external_url:
            return self.server.external_url
        host, port = self.server.address
        shown = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
        return f"{'https' if self.server.tls_cert else 'http'}://{shown}:{port}{self.server.base_path}"


def load(
    path: Path | None = None,
    env: Mapping[str, str] | None = None,
    flags: Mapping[str, str] | None = None,
    needs: tuple[str, ...] | None = None,
) -> Loaded[Settings]:
    """Return the settings of a file, the environment and flags (by key), or raise SettingsError with all problems.

    Without a path: ASURA_CONFIG, else the first of DEFAULT_FILES that is there for us, else no file at all.
    With `needs` those keys and sections alone have to be right.
    """
    variables = os.environ if env is None else env
    given = path or (Path(variables["ASURA_CONFIG"]) if variables.get("ASURA_CONFIG") else None)
    found = given or next((file for file in DEFAULT_FILES if _is_there(file)), None)
    given_flags = dict(flags or {})
    loaded = settings_load.assemble(Settings, found, variables=variables, flags=given_flags, judge=_faults, needs=needs)
    origin = Origin(found, tuple((flags or {}).items()))
    monitors = tuple(one.filled(loaded.settings.monitor.body) for one in loaded.settings.monitors)
    return loaded._replace(settings=msgspec.structs.replace(loaded.settings, origin=origin, monitors=monitors))


def _is_there(file: Path) -> bool:
    """Return whether a file is there for us: a folder that we may not look into holds somebody else's."""
    try:
        return file.is_file()
    except PermissionError:
        return False


def reload(settings: Settings, env: Mapping[str, str] | None = None) -> Loaded[Settings]:
    """Return the settings read again from where they came from, or raise SettingsError."""
    return load(settings.origin.path, env, dict(settings.origin.flags))


def view(settings: Settings) -> dict[str, Any]:
    """Return the settings as plain data for readers: no secrets, no hashes, no declared objects."""
    hidden = {"monitors", "channels", "origin"}
    plain = {
        name: msgspec.to_builtins(getattr(settings, name), enc_hook=_shown)
        for name in settings.__struct_fields__
        if name not in hidden
    }
    for key in plain["auth"]["api_keys"]:
        del key["hash"]
    return plain


def _shown(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    return "********" if isinstance(value, Secret) and value else ""


def _faults(settings: Settings) -> list[tuple[str, str]]:
    """Return (key, message) of every combination that cannot work."""
    server = settings.server
    faults = tls_faults(server.tls_cert, server.tls_key)
    if settings.network.ca_file and not os.access(settings.network.ca_file, os.R_OK):
        faults.append(("network.ca_file", f"{settings.network.ca_file} cannot be read"))
    if settings.monitor.default_timeout > max(settings.monitor.default_interval, 10):
        faults.append(("monitor.default_timeout", "must not be longer than monitor.default_interval"))
    faults += probe_faults(settings.mode, settings.probe) + backup_faults(settings.backup)
    faults += federation_faults(settings.auth.oidc, settings.auth.proxy, server.trusted_proxies)
    faults += status_faults(settings.status_page)
    faults += smtp_faults(settings.smtp) + smtp_faults(settings.subscriptions.smtp, "subscriptions.smtp")
    return faults + key_faults(settings.auth.api_keys)
