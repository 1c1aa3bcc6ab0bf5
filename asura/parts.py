"""What each part of the primary is told of the settings."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

import uvicorn

from asura import settings as configuration
from asura.clock import SystemClock
from asura.domain.federation import Rules
from asura.domain.fields import Secret
from asura.domain.region import RegionRule
from asura.domain.throttle import Rule
from asura.engine.key_desk import Configured
from asura.engine.options import (
    AccountOptions,
    BackupOptions,
    EngineOptions,
    MainPage,
    ProbeOptions,
    SubscriptionOptions,
)
from asura.engine.postman import MailServer
from asura.engine.prepare import MonitorDefaults
from asura.engine.session_desk import SessionRule
from asura.net.network import Network, NetworkConfig
from asura.running.canaries import canaries
from asura.running.open_files import within_open_files
from asura.settings import Settings
from asura.settings_backup import S3
from asura.settings_oidc import OidcSettings, ProxySettings
from asura.settings_smtp import Smtp
from asura.settings_status import page_config
from asura.settings_subscriptions import mail_servers
from asura.store.retention import Retention
from asura.web.options import OidcOptions, ProxyOptions, WebOptions
from asura.web.protocol import BoundedProtocol
from asura.web.site import Site

if TYPE_CHECKING:
    from asura.net.s3 import Bucket

# The settings call it as people do, the channel of e-mail as it always has.
TLS_MODES: dict[str, Literal["starttls", "tls", "plain"]] = {"starttls": "starttls", "tls": "tls", "none": "plain"}


def network(settings: Settings, port: int) -> NetworkConfig:
    """Return what the way out is told; `port` is the one that we listen on."""
    return NetworkConfig(
        own_listeners=((settings.server.address[0], port),),
        allow_private_channels=settings.network.allow_private_channels,
        dns_threads=settings.network.dns_threads,
        ca_file=settings.network.ca_file,
    )


def options(settings: Settings) -> EngineOptions:
    """Return what the engine is told."""
    monitor, database = settings.monitor, settings.database
    return EngineOptions(
        url=settings.url,
        max_concurrent=within_open_files(monitor.max_concurrent),
        canaries=partial(canaries, settings.network.canaries),
        defaults=MonitorDefaults(
            interval=monitor.default_interval,
            timeout=monitor.default_timeout,
            retries=monitor.default_retries,
            retry_interval=monitor.default_retry_interval,
            failure_threshold=monitor.failure_threshold,
            success_threshold=monitor.success_threshold,
        ),
        retention=Retention(
            raw_days=database.retention_days,
            hourly_days=database.retention_hourly_days,
            evidence_days=database.retention_evidence_days,
            incident_days=database.retention_incident_days,
            notification_days=database.retention_notification_days,
            ping_days=database.retention_ping_days,
        ),
        ping_key=settings.heartbeat.ping_key,
        heartbeat_check_interval=timedelta(seconds=monitor.heartbeat_check_interval),
        api_keys=configured_keys(settings),
        accounts=accounts(settings),
        subscriptions=subscriptions(settings),
        settings_view=configuration.view(settings),
        main_page=main_page(settings),
        probes=probes(settings),
        backups=backups(settings),
    )


def backups(settings: Settings) -> BackupOptions:
    """Return what the engine is told of backups."""
    wanted = settings.backup
    return BackupOptions(
        every=timedelta(seconds=wanted.every),
        keep=wanted.keep,
        folder=wanted.folder(settings.server.data) if wanted.dir else None,
        lock=wanted.lock(),
        bucket=partial(_bucket, wanted.s3) if wanted.s3.bucket else None,
    )


def _bucket(s3: S3, net: Network) -> "Bucket":
    """Return the bucket of the settings; what it needs is loaded only where there is one."""
    from asura.net.s3 import Bucket, BucketConfig

    config = BucketConfig(
        endpoint=s3.endpoint,
        bucket=s3.bucket,
        region=s3.region,
        prefix=s3.prefix,
        access_key=s3.access_key,
        secret_key=s3.secret_key or Secret(""),
        path_style=s3.path_style,
    )
    return Bucket(net, config, SystemClock())


def probes(settings: Settings) -> ProbeOptions:
    """Return what the engine is told of probes."""
    wanted = settings.probes
    rule = RegionRule(settings.monitor.local, wanted.consensus, wanted.consensus_window)
    return ProbeOptions(enabled=wanted.enabled, shared_hash=wanted.probe_key_hash, rule=rule)


def main_page(settings: Settings) -> MainPage:
    """Return the status page of the configuration."""
    return MainPage(config=page_config(settings.status_page), shown=settings.status_page.enabled)


def accounts(settings: Settings) -> AccountOptions:
    """Return what the engine is told of those who sign in."""
    auth = settings.auth
    return AccountOptions(
        session=SessionRule(timedelta(seconds=auth.session.lifetime), timedelta(seconds=auth.session.idle)),
        login=Rule(auth.login.rate_limit_per_sec, auth.login.burst),
        totp_required=auth.totp.required,
        mail_server=_mail_server(mail_servers(settings.smtp, settings.subscriptions)[0]),
    )


def subscriptions(settings: Settings) -> SubscriptionOptions:
    """Return what the engine is told of those who subscribe to status pages."""
    wanted = settings.subscriptions
    return SubscriptionOptions(
        enabled=wanted.enabled,
        most=wanted.max_subscribers,
        mails_per_minute=wanted.mails_per_minute,
        private=wanted.allow_private,
        mail_server=_mail_server(mail_servers(settings.smtp, wanted)[1]),
    )


def _mail_server(smtp: Smtp) -> MailServer | None:
    if not smtp.host:
        return None
    return MailServer(
        host=smtp.host,
        sender=smtp.sender,
        port=smtp.port or None,
        tls_mode=TLS_MODES[smtp.tls_mode],
        username=smtp.username,
        password=smtp.password,
    )


def configured_keys(settings: Settings) -> tuple[Configured, ...]:
    """Return the API keys that the configuration declares."""
    return tuple((key.name, key.hash, key.role, key.scopes) for key in settings.auth.api_keys)


def web_options(settings: Settings) -> WebOptions:
    """Return what the web part is told."""
    server = settings.server
    return WebOptions(
        base_path=server.base_path,
        trusted_proxies=server.trusted_proxies,
        rate_limit_per_sec=server.rate_limit_per_sec,
        rate_limit_burst=server.rate_limit_burst,
        max_body_size=server.max_body_size,
        metrics_open=server.metrics_open,
        external_url=settings.url,
        cors_origins=server.cors_origins,
        frame_ancestors=server.frame_ancestors,
        web_ui_enabled=server.web_ui_enabled,
        ping_root_paths=settings.heartbeat.root_paths,
        oidc=_oidc(settings.auth.oidc),
        proxy=_proxy(settings.auth.proxy),
        cookie_secure=settings.auth.session.cookie_secure,
    )


def _oidc(oidc: OidcSettings) -> OidcOptions | None:
    if not oidc.issuer:
        return None
    return OidcOptions(
        issuer=oidc.issuer,
        client_id=oidc.client_id,
        client_secret=oidc.client_secret,
        name=oidc.name,
        scopes=oidc.scopes,
        groups_claim=oidc.groups_claim,
        rules=Rules(
            role=oidc.role,
            roles=oidc.roles,
            allowed_domains=oidc.allowed_domains,
            allowed_groups=oidc.allowed_groups,
            auto_create=oidc.auto_create,
        ),
    )


def _proxy(proxy: ProxySettings) -> ProxyOptions | None:
    if not proxy.header:
        return None
    rules = Rules(role=proxy.role, roles=proxy.roles, auto_create=proxy.auto_create)
    return ProxyOptions(
        header=proxy.header, groups_header=proxy.groups_header, logout_url=proxy.logout_url, rules=rules
    )


def server(site: Site, settings: Settings) -> uvicorn.Config:
    """Return what the web server is told."""
    return uvicorn.Config(
        site,
        http=BoundedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=int(settings.server.idle_timeout),
        timeout_graceful_shutdown=3,
    )
