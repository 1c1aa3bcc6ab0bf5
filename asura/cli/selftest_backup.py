"""The part of the self-test that encrypts a backup and opens it again, for a key and under a passphrase."""

import io


def encryption() -> str:
    """Encrypt and decrypt in both ways; raises RuntimeError where what came out is not what went in."""
    import pyrage

    from asura.domain.fields import Secret
    from asura.store.age import Key, Lock, decrypt, encrypt, recipient_fault

    identity = pyrage.x25519.Identity.generate()
    recipient, phrase = str(identity.to_public()), Secret("correct horse battery")
    if recipient_fault(recipient) is not None:
        raise RuntimeError("a recipient is not taken for one")
    plain, sizes = b"asura " * 20_000, []
    for lock, key in (
        (Lock(recipients=(recipient,)), Key(identities=Secret(str(identity)))),
        (Lock(passphrase=phrase), Key(passphrase=phrase)),
    ):
        closed, opened = io.BytesIO(), io.BytesIO()
        encrypt([plain], closed.write, lock)
        closed.seek(0)
        decrypt(closed, opened.write, key)
        if opened.getvalue() != plain:
            raise RuntimeError("what went in did not come out")
        sizes.append(len(closed.getvalue()))
    return f"{len(plain)} bytes in {' and '.join(map(str, sizes))}"
