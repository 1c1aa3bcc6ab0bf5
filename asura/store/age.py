"""Encryption of backups, in the format of age (age-encryption.org/v1): for recipients, or under a passphrase."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

from asura.domain.fields import Secret
from asura.errors import AsuraError
from asura.store import age_passphrase

MAGIC = b"age-encryption.org/v1"
SHORTEST_PASSPHRASE = 16
_LARGEST_KEY = 64 * 1024
_READ = 256 * 1024

Write = Callable[[bytes], Any]


class Readable(Protocol):
    """Whatever bytes are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return what is next."""
        ...


class Lock(msgspec.Struct, frozen=True):
    """What a backup is closed with: recipients, one of whose keys opens it, or a passphrase."""

    recipients: tuple[str, ...] = ()
    passphrase: Secret | None = None


class Key(msgspec.Struct, frozen=True):
    """What a backup is opened with: the text of a file of identities, or a passphrase."""

    identities: Secret | None = None
    passphrase: Secret | None = None


def recipient_fault(text: str) -> str | None:
    """Return what is wrong with a recipient; None when it is one."""
    import pyrage

    try:
        _recipient(text)
    except (pyrage.RecipientError, ValueError):
        return (
            f"{text[:40]!r} is no recipient: write age1… as age-keygen prints it, or a line ssh-ed25519 … or ssh-rsa …"
        )
    return None


def read_passphrase(path: Path) -> Secret:
    """Return the passphrase in a key file: its first line; AsuraError when it cannot be read or is too short."""
    text = _read(path)
    line = text.strip().splitlines()[0].strip() if text.strip() else ""
    if len(line) < SHORTEST_PASSPHRASE:
        raise AsuraError(
            f"{path}: a passphrase has at least {SHORTEST_PASSPHRASE} characters; "
            f"make one with: head -c 24 /dev/urandom | base64 > {path}"
        )
    return Secret(line)


def read_identities(path: Path) -> Secret:
    """Return the content of a file of identities; AsuraError when there is none in it."""
    text = Secret(_read(path))
    _identities(text, path)
    return text


def encrypt(chunks: Iterable[bytes], write: Write, lock: Lock) -> None:
    """Write chunks encrypted, as they come."""
    if lock.passphrase is not None:
        age_passphrase.encrypt(chunks, write, lock.passphrase)
        return
    import pyrage

    source, sink = _Source(iter(chunks)), _Sink(write)
    recipients = [_recipient(text) for text in lock.recipients]
    try:
        pyrage.encrypt_io(source, sink, recipients)
    except pyrage.EncryptError as error:
        # The library has only a text of what went wrong in what it read from or wrote to.
        raise source.failed or sink.failed or AsuraError(f"the backup cannot be encrypted: {error}") from error


def decrypt(file: Readable, write: Write, key: Key) -> None:
    """Write what is in an encrypted file; AsuraError when the key does not fit, or the file is damaged."""
    if key.passphrase is not None:
        age_passphrase.decrypt(iter(lambda: file.read(_READ), b""), write, key.passphrase)
        return
    if key.identities is None:
        raise AsuraError(
            "it is encrypted: name the file of its identity with --identity, or its passphrase's --key-file"
        )
    import pyrage

    sink = _Sink(write)
    try:
        pyrage.decrypt_io(file, sink, _identities(key.identities))
    except pyrage.DecryptError as error:
        if "matching" in str(error):
            raise AsuraError("it is encrypted for somebody else: none of these identities opens it") from error
        raise AsuraError(f"it is damaged: {error}") from error
    except OSError as error:
        if sink.failed is not None:
            raise sink.failed from error
        raise AsuraError(f"it is damaged or cut short: {error}") from error


class _Source:
    """Chunks as a file that is read from; it keeps the error that the chunks end with."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.failed: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """Return at most `size` bytes; none at the end."""
        try:
            while not self._rest:
                self._rest = memoryview(next(self._chunks))
        except StopIteration:
            return b""
        except BaseException as error:
            self.failed = error
            raise
        piece, self._rest = self._rest[:size], self._rest[size:]
        return bytes(piece)


class _Sink:
    """A function as a file that is written to."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self.failed: OSError | None = None

    def write(self, data: bytes) -> int:
        """Hand the bytes over."""
        try:
            self._write(data)
        except OSError as error:
            self.failed = error
            raise
        return len(data)

    def flush(self) -> None:
        """Do nothing: whoever wrote makes it durable."""


def _recipient(text: str) -> Any:
    from pyrage import ssh, x25519

    kind: Any = ssh if text.startswith("ssh-") else x25519
    return kind.Recipient.from_str(text.strip())


def _identities(text: Secret, path: Path | None = None) -> list[Any]:
    import pyrage
    from pyrage import ssh, x25519

    shown = text.reveal()
    try:
        if "PRIVATE KEY-----" in shown:
            return [ssh.Identity.from_buffer(shown.encode())]
        lines = [line.strip() for line in shown.splitlines()]
        found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (pyrage.IdentityError, ValueError):
        found = []
    if not found:
        raise AsuraError(f"{path}: holds no identity: a line AGE-SECRET-KEY-1…, or an SSH key without a passphrase")
    return found


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_KEY).decode("utf-8")
    except UnicodeDecodeError:
        raise AsuraError(f"{path}: is no text") from None
    except OSError as error:
        raise AsuraError(f"{path}: cannot be read: {error.strerror}") from None
