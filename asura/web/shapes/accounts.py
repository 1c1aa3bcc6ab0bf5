"""Answers about people: who is asking, users, sessions, invitations, and what signing in offers."""

from typing import Literal

import msgspec

from asura.web.shapes.common import Instant, RoleWord

OriginWord = Literal["local", "oidc", "proxy"]
ThemeWord = Literal["auto", "light", "dark"]


class Profile(msgspec.Struct):
    """What a person set for themselves; empty is what the browser has."""

    email: str
    zone: str
    theme: str
    language: str


class Me(msgspec.Struct):
    """Who is asking; what belongs to users is null, false or empty for an API key. `must` comes before all else.

    `held_since` and `demo` are about all of asura: nothing is sent since a restore, or ever.
    """

    name: str
    role: str
    scopes: tuple[str, ...]
    key_id: int | None
    user_id: int | None
    tags: tuple[str, ...]
    profile: Profile | None
    totp: bool
    recovery_codes_left: int
    must: tuple[str, ...]
    password: bool
    held_since: Instant | None
    demo: bool


class SetupState(msgspec.Struct):
    """Whether the first admin has still to be made."""

    needed: bool


class OidcWay(msgspec.Struct):
    """An OpenID provider to sign in by."""

    name: str
    url: str


class WaysIn(msgspec.Struct):
    """What the sign-in page offers."""

    setup_needed: bool
    oidc: OidcWay | None
    # Where to go after signing out, for those for whom a proxy vouches; empty: nowhere.
    logout_url: str


class User(msgspec.Struct):
    """A user, for an admin."""

    id: int
    name: str
    email: str
    role: RoleWord
    tags: tuple[str, ...]
    enabled: bool
    totp: bool
    origin: OriginWord
    created_at: Instant
    last_login_at: Instant | None


class Session(msgspec.Struct):
    """A signed-in browser; `current` is the one that asks."""

    id: int
    user_id: int
    user: str
    created_at: Instant
    last_used_at: Instant
    expires_at: Instant
    address: str
    user_agent: str
    current: bool


class QrCode(msgspec.Struct):
    """A QR code as the path of its dark modules, one unit a module, without a margin."""

    size: int
    path: str


class TotpOffer(msgspec.Struct):
    """What an authenticator app needs; it counts once a code of it was given."""

    secret: str
    uri: str
    qr: QrCode


class RecoveryCodes(msgspec.Struct):
    """Codes that stand in for the second factor, once each; shown this once."""

    recovery_codes: tuple[str, ...]


class Invitation(msgspec.Struct):
    """An open invitation, without its link."""

    id: int
    role: RoleWord
    tags: tuple[str, ...]
    email: str
    created_by: str
    created_at: Instant
    expires_at: Instant


class NewInvitation(Invitation):
    """An invitation that was just made: the only time that its link is shown."""

    link: str = ""
    mailed: bool = False
    # Why it was not mailed though it has an address and there is a mail server; else empty.
    mail_problem: str = ""


class ResetLink(msgspec.Struct):
    """A link for a new password, shown this once."""

    link: str
    expires_at: Instant
    mailed: bool
    # As of an invitation.
    mail_problem: str


class InvitationLook(msgspec.Struct):
    """What a link is good for; `name` is that of the user who gets a new password by it, else null."""

    role: RoleWord
    email: str
    name: str | None
    expires_at: Instant
