"""The bodies of requests about accounts."""

from typing import Annotated, Literal

import msgspec

from asura.web.shapes.common import RoleWord

# Longer ones than may be set are let through, so that they are refused in the words of their own rules.
Password = Annotated[str, msgspec.Meta(max_length=1_000)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Token = Annotated[str, msgspec.Meta(max_length=200)]
Code = Annotated[str, msgspec.Meta(max_length=64)]
Email = Annotated[str, msgspec.Meta(max_length=254)]
Tags = Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=64)]], msgspec.Meta(max_length=50)]
UNSET = msgspec.UNSET


class SetUp(msgspec.Struct):
    """The first admin, with the token of the set-up link."""

    token: Token
    username: Name
    password: Password


class LogIn(msgspec.Struct):
    """A name and a password, and a code where there is a second factor (of the app, or for recovery)."""

    username: Name
    password: Password
    totp: Code | None = None


class ProfilePatch(msgspec.Struct):
    """What a person sets for themselves; empty is what the browser has."""

    email: Email | msgspec.UnsetType = UNSET
    zone: Annotated[str, msgspec.Meta(max_length=64)] | msgspec.UnsetType = UNSET
    theme: Literal["auto", "light", "dark"] | msgspec.UnsetType = UNSET
    language: Annotated[str, msgspec.Meta(max_length=35)] | msgspec.UnsetType = UNSET


class NewPassword(msgspec.Struct):
    """Another password, and the one of today."""

    current: Password
    password: Password


class OwnPassword(msgspec.Struct):
    """The password once more, before something that matters."""

    password: Password


class TotpCode(msgspec.Struct):
    """The code that the authenticator app shows."""

    code: Code


class NewUser(msgspec.Struct):
    """A user to make. Without tags they see every monitor."""

    name: Name
    password: Password
    role: RoleWord
    tags: Tags = []
    email: Email = ""


class UserPatch(msgspec.Struct):
    """Fields of a user to change."""

    name: Name | msgspec.UnsetType = UNSET
    email: Email | msgspec.UnsetType = UNSET
    role: RoleWord | msgspec.UnsetType = UNSET
    tags: Tags | msgspec.UnsetType = UNSET
    enabled: bool | msgspec.UnsetType = UNSET


class Reset(msgspec.Struct):
    """Whether the second factor ends with the password."""

    totp: bool = False


class NewInvitation(msgspec.Struct):
    """Whom to invite: what they will be, and where to write to (when mail is set up)."""

    role: RoleWord
    tags: Tags = []
    email: Email = ""


class LinkToken(msgspec.Struct):
    """What a link holds behind its `#`."""

    token: Token


class AcceptedInvitation(msgspec.Struct):
    """The account to make, or (without a name) the new password of the one the link is for."""

    token: Token
    password: Password
    username: Name | None = None
