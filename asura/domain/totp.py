"""Codes of an authenticator app (RFC 6238): SHA-1, six digits, thirty seconds, as every app has them."""

import base64
import binascii
import hmac
import struct
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
# One step of a clock that is off, each way.
DRIFT = 1
SECRET_BYTES = 20


def encoded(secret: bytes) -> str:
    """Return a secret as people and apps write it: base32 without padding."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def decoded(text: str) -> bytes:
    """Return the secret that `encoded` wrote; ValueError when it is none."""
    plain = text.replace(" ", "").upper()
    try:
        return base64.b32decode(plain + "=" * (-len(plain) % 8))
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def code_at(secret: bytes, step: int, *, digits: int = DIGITS, digest: str = "sha1") -> str:
    """Return the code of one step (seconds since the epoch, divided by 30)."""
    found = hmac.digest(secret, struct.pack(">Q", step), digest)
    offset = found[-1] & 0x0F
    (number,) = struct.unpack(">I", found[offset : offset + 4])
    return str((number & 0x7FFFFFFF) % 10**digits).zfill(digits)


def step_of(seconds: float) -> int:
    """Return the step of an instant, given as seconds since the epoch."""
    return int(seconds // STEP_S)


def matching_step(secret: bytes, code: str, seconds: float, *, used: int) -> int | None:
    """Return the step that a code belongs to, or None; steps up to `used` have had their turn.

    Every step that may be is compared in full, so that the time taken tells nothing.
    """
    given = code.replace(" ", "")
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    now, found = step_of(seconds), None
    for step in range(max(0, now - DRIFT), now + DRIFT + 1):
        same = hmac.compare_digest(code_at(secret, step), given)
        if same and step > used and found is None:
            found = step
    return found


def uri(secret: bytes, *, account: str, issuer: str = "asura") -> str:
    """Return the address that an authenticator app reads from a QR code."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    return f"otpauth://totp/{label}?secret={encoded(secret)}&issuer={quote(issuer, safe='')}"
