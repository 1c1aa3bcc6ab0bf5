"""What the web part is told at start: limits, trust, and where it is mounted."""

from pathlib import Path

import msgspec

from asura.domain.federation import Rules
from asura.domain.fields import Secret


class OidcOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The OpenID provider by which people may sign in."""

    issuer: str
    client_id: str
    client_secret: Secret | None = None
    name: str = "single sign-on"
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    groups_claim: str = "groups"
    rules: Rules = Rules()


class ProxyOptions(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of trusted proxies that say who asks; without a groups header the groups say nothing."""

    header: str
    groups_header: str = ""
    logout_url: str = ""
    rules: Rules = Rules()


class WebOptions(msgspec.Struct, frozen=True, kw_only=True):
    """How HTTP is served. `base_path` is empty or begins with a slash and ends without one.

    A `rate_limit_per_sec` of 0 switches the limit off; `static_dir` None means the folder beside this package.
    """

    base_path: str = ""
    trusted_proxies: tuple[str, ...] = ()
    rate_limit_per_sec: float = 30
    rate_limit_burst: int = 60
    max_body_size: int = 1_048_576
    metrics_open: bool = False
    external_url: str = ""
    cors_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    static_dir: Path | None = None
    web_ui_enabled: bool = True
    # The other ways in: None is not offered.
    oidc: OidcOptions | None = None
    proxy: ProxyOptions | None = None
    # Whether the session's cookie goes by TLS alone: auto, true, false.
    cookie_secure: str = "auto"
    # Healthchecks' ping API at the root too, as its hosted service has it.
    ping_root_paths: bool = True
