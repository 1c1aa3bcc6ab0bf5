"""age's encryption under a passphrase, in a stream: the library that does the rest wants a whole file in memory for it.

It also holds up every other thread while it makes the key, for seconds. The format: age-encryption.org/v1.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from asura.domain.fields import Secret
from asura.errors import AsuraError

VERSION = b"age-encryption.org/v1\n"
_LABEL = b"age-encryption.org/v1/scrypt"
# 64 MiB and a quarter of a second to make the key: asura runs on small machines, and passphrases are long.
_WORK = 16
# A file may ask for this much at most, 256 MiB: what age itself writes.
_MOST_WORK = 18
_BLOCK = 64 * 1024
_TAG, _NONCE, _SALT, _FILE_KEY = 16, 16, 16, 16
_LONGEST_HEAD = 4096

Write = Callable[[bytes], Any]


def encrypt(chunks: Iterable[bytes], write: Write, passphrase: Secret) -> None:
    """Write chunks encrypted, as they come."""
    file_key, salt, nonce = os.urandom(_FILE_KEY), os.urandom(_SALT), os.urandom(_NONCE)
    wrapped = _cipher(_stretched(passphrase, salt, _WORK)).encrypt(bytes(12), file_key, None)
    head = VERSION + b"-> scrypt %s %d\n%s\n---" % (_plain64(salt), _WORK, _plain64(wrapped))
    write(head + b" " + _plain64(_mac(file_key, head)) + b"\n" + nonce)
    cipher = _cipher(_derived(file_key, nonce, b"payload"))
    for number, last, block in _blocks(chunks, _BLOCK):
        write(cipher.encrypt(_counter(number, last=last), block, None))


def decrypt(chunks: Iterator[bytes], write: Write, passphrase: Secret) -> None:
    """Write what was encrypted; AsuraError when the passphrase is another one, or something is damaged."""
    from cryptography.exceptions import InvalidTag

    head, rest = _head(chunks)
    file_key = _file_key(head, passphrase)
    if not hmac.compare_digest(_unplain64(head[-1].removeprefix(b"--- ")), _mac(file_key, b"\n".join(head)[:-44])):
        raise AsuraError("it is damaged: its head was changed")
    rest, chunks = _at_least(rest, chunks, _NONCE)
    cipher = _cipher(_derived(file_key, rest[:_NONCE], b"payload"))
    ciphertext = _joined(rest[_NONCE:], chunks)
    for number, last, block in _blocks(ciphertext, _BLOCK + _TAG):
        try:
            plain = cipher.decrypt(_counter(number, last=last), block, None)
        except InvalidTag:
            raise AsuraError("it is damaged or cut short") from None
        write(plain)


def _file_key(head: list[bytes], passphrase: Secret) -> bytes:
    from cryptography.exceptions import InvalidTag

    words = head[1].split(b" ")
    if len(head) != 4 or len(words) != 4 or words[:2] != [b"->", b"scrypt"]:
        raise AsuraError("it is not encrypted under a passphrase: name the file of an identity with --identity")
    salt, wrapped = _unplain64(words[2]), _unplain64(head[2])
    if not words[3].isdigit() or len(words[3]) > 2 or not 1 <= int(words[3]) <= _MOST_WORK or len(salt) != _SALT:
        raise AsuraError("its passphrase would take too much memory to try, or its head is damaged")
    try:
        return bytes(_cipher(_stretched(passphrase, salt, int(words[3]))).decrypt(bytes(12), wrapped, None))
    except InvalidTag:
        raise AsuraError("the passphrase does not open it") from None


def _head(chunks: Iterator[bytes]) -> tuple[list[bytes], bytes]:
    """Return the lines of the head, and what came behind it."""
    seen = b""
    for chunk in chunks:
        seen += chunk
        mark = seen.find(b"\n--- ")
        end = seen.find(b"\n", mark + 1) if mark >= 0 else -1
        if end >= 0 and end < _LONGEST_HEAD:
            lines = seen[:end].split(b"\n")
            if len(lines) < 3 or lines[0] + b"\n" != VERSION or len(lines[-1]) != 47:
                break
            return lines, seen[end + 1 :]
        if len(seen) > _LONGEST_HEAD:
            break
    raise AsuraError("it is damaged: its head is not whole")


def _blocks(chunks: Iterable[bytes], size: int) -> Iterator[tuple[int, bool, bytes]]:
    """Yield (number, whether it is the last, block): all of one size but the last, which may be shorter."""
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        # One is held back: which is the last shows itself only at the end.
        while len(held) > size:
            yield number, False, bytes(held[:size])
            del held[:size]
            number += 1
    yield number, True, bytes(held)


def _at_least(rest: bytes, chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    while len(rest) < size:
        chunk = next(chunks, b"")
        if not chunk:
            raise AsuraError("it is cut short")
        rest += chunk
    return rest, chunks


def _joined(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _counter(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _stretched(passphrase: Secret, salt: bytes, work: int) -> bytes:
    n = 1 << work
    secret = passphrase.reveal().encode()
    return hashlib.scrypt(secret, salt=_LABEL + salt, n=n, r=8, p=1, maxmem=n * 1024 + (1 << 20), dklen=32)


def _derived(key: bytes, salt: bytes, info: bytes) -> bytes:
    """Return 32 bytes by HKDF-SHA256."""
    inner = hmac.digest(salt or bytes(32), key, "sha256")
    return hmac.digest(inner, info + b"\x01", "sha256")


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")


def _cipher(key: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key)


def _plain64(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _unplain64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error:
        raise AsuraError("it is damaged: its head cannot be read") from None
