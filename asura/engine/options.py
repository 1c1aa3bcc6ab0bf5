"""What the engine wants to know of the configuration."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from asura.domain.fields import Secret
from asura.domain.page import PageConfig
from asura.domain.region import RegionRule
from asura.domain.throttle import Rule
from asura.engine.key_desk import Configured
from asura.engine.passwords import Cost
from asura.engine.postman import MailServer
from asura.engine.prepare import MonitorDefaults
from asura.engine.session_desk import SessionRule
from asura.net.network import Network
from asura.running.lookout import CanaryTarget
from asura.store.age import Lock
from asura.store.retention import Retention


class AccountOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is set for those who sign in."""

    session: SessionRule = SessionRule()
    login: Rule = Rule()
    totp_required: bool = False
    password_cost: Cost = Cost()
    # By which links are mailed; None: whoever made them hands them over.
    mail_server: MailServer | None = None


class MainPage(msgspec.Struct, frozen=True, kw_only=True):
    """The status page of the configuration, and whether it is shown."""

    config: PageConfig = PageConfig(title="Status", everything_public=True)
    shown: bool = True


class SubscriptionOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is set for those who subscribe to status pages."""

    enabled: bool = True
    most: int = 10_000
    mails_per_minute: int = 300
    # Networks and hosts on private addresses that webhooks of subscribers may reach.
    private: tuple[str, ...] = ()
    # None: nobody can subscribe by mail.
    mail_server: MailServer | None = None


class BackupOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is set for backups."""

    # Nothing: none are made by themselves.
    every: timedelta = timedelta()
    keep: int = 7
    # None: in the data folder.
    folder: Path | None = None
    # None: they are not encrypted.
    lock: Lock | None = None
    # Opens the place far away that they are copied to; None: there is none.
    bucket: Callable[[Network], Any] | None = None


class ProbeOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is set for probes, and for how regions agree."""

    enabled: bool = True
    # SHA-256 of a key for all probes, in hex; empty: each has its own.
    shared_hash: str = ""
    rule: RegionRule = RegionRule()


class EngineOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine wants to know of the configuration."""

    url: str = "http://127.0.0.1:8090"
    region: str = "local"
    max_concurrent: int = 5000
    # Asked at each look, because networks change while we run.
    canaries: Callable[[], Sequence[CanaryTarget]] = tuple
    defaults: MonitorDefaults = MonitorDefaults()
    retention: Retention = Retention()
    api_keys: tuple[Configured, ...] = ()
    settings_view: dict[str, Any] = {}
    # Of the form with a slug; None: made at the first start.
    ping_key: Secret | None = None
    heartbeat_check_interval: timedelta = timedelta(seconds=30)
    accounts: AccountOptions = AccountOptions()
    subscriptions: SubscriptionOptions = SubscriptionOptions()
    main_page: MainPage = MainPage()
    probes: ProbeOptions = ProbeOptions()
    backups: BackupOptions = BackupOptions()
    # A world that is made up: people are told so, and nothing leaves the process.
    demo: bool = False
