"""The settings of who may come in: keys that the configuration declares, sessions, sign-in, second factors."""

from typing import Annotated, Any

from asura import settings_load
from asura.settings_oidc import OidcSettings, ProxySettings
from asura.settings_values import FLAG, HASH, TEXT, Kind, Section, duration, number, one_of, setting, texts, whole

_ROLE = one_of("admin", "editor", "viewer", also={"readonly": "viewer", "read-only": "viewer", "super_admin": "admin"})
_SCOPES = texts(one_of("read", "write", "ping", "maintenance", "metrics", "probe").read, name="list of scopes")


def _secure(raw: Any) -> str:
    word = str(raw).strip().lower() if isinstance(raw, bool | str) else ""
    if word not in ("auto", "true", "false"):
        raise ValueError("must be one of auto, true, false")
    return word


_SECURE = Kind("auto, true or false", _secure)


class ApiKeyConfig(Section, frozen=True, kw_only=True):
    """One API key that the configuration declares; only its hash is written here."""

    name: Annotated[str, setting("Who uses the key, as the log and the incidents show it.", TEXT)]
    hash: Annotated[str, setting("SHA-256 of the key in hex, as `asura hash-key` prints it.", HASH)]
    role: Annotated[str, setting("What the key may do: admin, editor or viewer.", _ROLE)] = "viewer"
    scopes: Annotated[tuple[str, ...], setting("Narrows the role; empty: all that the role allows.", _SCOPES)] = ()


class SessionSettings(Section, frozen=True, kw_only=True):
    """How long somebody stays signed in."""

    lifetime: Annotated[float, setting("Who signed in has to do so again after this time.", duration(60, 31536000))] = (
        2592000
    )
    idle: Annotated[float, setting("Who was not here for this time has to sign in again.", duration(60, 31536000))] = (
        604800
    )
    cookie_secure: Annotated[
        str, setting("Whether browsers send the cookie by TLS alone; auto: when they came by TLS.", _SECURE)
    ] = "auto"


class LoginSettings(Section, frozen=True, kw_only=True):
    """How often somebody may fail to sign in, per account and per network."""

    rate_limit_per_sec: Annotated[float, setting("Failed attempts a second; 0: any.", number(0, 1000))] = 0.2
    burst: Annotated[int, setting("Failed attempts that may come at once.", whole(1, 1000))] = 5


class TotpSettings(Section, frozen=True, kw_only=True):
    """Codes of an authenticator app as second factor."""

    required: Annotated[
        bool, setting("Who signs in with a password must set up a second factor before anything else.", FLAG)
    ] = False


class Auth(Section, frozen=True, kw_only=True):
    """Who may come in. `asura key create` makes keys that are not written in a file."""

    api_keys: Annotated[
        tuple[ApiKeyConfig, ...], setting("Keys of the API: a list of name, hash, role, scopes.", settings_load.ITEMS)
    ] = ()
    session: SessionSettings = SessionSettings()
    login: LoginSettings = LoginSettings()
    totp: TotpSettings = TotpSettings()
    oidc: OidcSettings = OidcSettings()
    proxy: ProxySettings = ProxySettings()


def key_faults(keys: tuple[ApiKeyConfig, ...]) -> list[tuple[str, str]]:
    """Return (key, message) for each declared API key whose name cannot be one."""
    faults, names = [], set[str]()
    for index, key in enumerate(keys):
        if not 1 <= len(key.name) <= 200 or key.name in names:
            faults.append((f"auth.api_keys[{index}].name", "must have 1 to 200 characters and be used once"))
        names.add(key.name)
    return faults
