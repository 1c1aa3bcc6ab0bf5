"""Who may sign in: a person's account, what they set for themselves, and how names are compared."""

import unicodedata
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

import msgspec

from asura.domain.fault import Fault
from asura.domain.fields import Secret

ROLES = ("admin", "editor", "viewer")
LONGEST_NAME = 64
LONGEST_EMAIL = 254
MOST_TAGS, LONGEST_TAG = 50, 64


class Origin(StrEnum):
    """Who vouches for a user: asura by a password, an OpenID provider, or a proxy in front."""

    LOCAL = "local"
    OIDC = "oidc"
    PROXY = "proxy"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a person sets for the dashboard alone; empty is what the browser has."""

    zone: str = ""
    theme: str = "auto"
    language: str = ""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """One account. `password` is a PHC string; `recovery` holds SHA-256 hashes; `totp_step` is the last step used."""

    id: int = 0
    name: str
    email: str = ""
    role: str
    tags: tuple[str, ...] = ()
    origin: Origin = Origin.LOCAL
    subject: str | None = None
    password: str | None = None
    totp: Secret | None = None
    totp_step: int = 0
    recovery: tuple[str, ...] = ()
    profile: Profile = Profile()
    created_at: datetime
    updated_at: datetime
    last_login_at: datetime | None = None
    disabled_at: datetime | None = None

    @property
    def enabled(self) -> bool:
        """Return whether they may come in at all."""
        return self.disabled_at is None

    @property
    def rules(self) -> bool:
        """Return whether this is an admin who can come in."""
        return self.enabled and self.role == "admin"

    def __repr__(self) -> str:
        return f"User(id={self.id}, name={self.name!r}, role={self.role!r})"


# Under these names the audit log knows who is no user: nobody shall pass for one of them.
_OTHERS = frozenset({"anonymous", "asura", "command line", "configuration file"})
KEY_PREFIX = "key:"


def tidy(name: str) -> str:
    """Return a name as it is kept: composed, without blanks around it."""
    return unicodedata.normalize("NFC", name).strip()


def folded(name: str) -> str:
    """Return what two names have in common that count as the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def name_fault(name: str) -> str | None:
    """Return what is wrong with a name, or None."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return f"must have 1 to {LONGEST_NAME} characters"
    if not name.isprintable() or not folded(name):
        return "must hold printable characters alone"
    if folded(name) in _OTHERS or folded(name).startswith(KEY_PREFIX):
        return "is what the audit log calls somebody else"
    return None


def email_fault(email: str) -> str | None:
    """Return what is wrong with an address, or None; empty is none at all."""
    if not email:
        return None
    local, at, domain = email.rpartition("@")
    if len(email) > LONGEST_EMAIL or not at or not local or not domain:
        return "must be an e-mail address"
    if any(c.isspace() or not c.isprintable() or c in '<>,;"' for c in email):
        return "must be an e-mail address"
    return None


def role_fault(role: str) -> str | None:
    """Return what is wrong with a role, or None."""
    return None if role in ROLES else f"must be one of {', '.join(ROLES)}"


def tags_fault(tags: Collection[str]) -> str | None:
    """Return what is wrong with the tags that limit what somebody sees, or None."""
    if len(tags) > MOST_TAGS:
        return f"must be at most {MOST_TAGS}"
    if not all(1 <= len(tag) <= LONGEST_TAG and tag.isprintable() for tag in tags):
        return f"must have 1 to {LONGEST_TAG} printable characters each"
    return None


def tidy_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags without blanks around them, each once."""
    return tuple(dict.fromkeys(tag.strip() for tag in tags))


def faults_of(user: User) -> list[Fault]:
    """Return what is wrong with a user, field by field."""
    found = (
        ("name", name_fault(user.name)),
        ("email", email_fault(user.email)),
        ("role", role_fault(user.role)),
        ("tags", tags_fault(user.tags)),
    )
    return [Fault(path, message) for path, message in found if message is not None]
