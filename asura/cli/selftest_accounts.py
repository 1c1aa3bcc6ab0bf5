"""The part of the self-test that touches accounts: hashes of passwords, lists of common ones, QR codes."""


async def passwords() -> str:
    """Hash a password and compare it, and refuse a common one; raises RuntimeError where that does not work."""
    from asura.domain.password import Weak, judge
    from asura.engine.passwords import Passwords

    hasher = Passwords()
    stored = await hasher.hash("a quiet afternoon")
    right, wrong = await hasher.matches("a quiet afternoon", stored), await hasher.matches("a loud one", stored)
    if not right or wrong or judge("Password123!").why is not Weak.COMMON:
        raise RuntimeError(f"right {right}, wrong {wrong}")
    return stored.rpartition("$")[0].rpartition("$")[0].lstrip("$")


def qr_codes() -> str:
    """Draw a QR code; raises RuntimeError where that does not work."""
    from asura.web.qr import qr_code

    drawn = qr_code("otpauth://totp/asura:ann?secret=GEZDGNBVGY3TQOJQ")
    if not drawn.path.startswith("M0 0h7v1h-7z"):
        raise RuntimeError(drawn.path[:100])
    return f"{drawn.size} modules wide"
