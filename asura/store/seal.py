"""Secrets at rest: sealed with AES-GCM under a key that lies in its own file, readable by its owner alone."""

import base64
import hmac
import os
import secrets
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from asura.domain import fields
from asura.domain.fields import Secret
from asura.errors import StoreUnavailable
from asura.store import columns, folder

T = TypeVar("T")
SEALED = "$sealed"
# A user's own object with one of the two names is wrapped, so that it is never taken for a sealed secret.
PLAIN = "$plain"
_MARK = b'"$'
_NONCE = 12
KEY_BYTES = 32


class Vault:
    """Seals and unseals; the key file is made with the first secret."""

    def __init__(self, data: Path) -> None:
        self._path = data / folder.KEY
        self._cipher: Any = None
        self._print_key: bytes | None = None

    def __repr__(self) -> str:
        return f"Vault({str(self._path)!r})"

    def seal(self, secret: Secret) -> dict[str, str]:
        """Return a secret as it is stored."""
        nonce = secrets.token_bytes(_NONCE)
        plain = secret.reveal().encode("utf-8", "surrogatepass")
        sealed = nonce + self._opened(make=True).encrypt(nonce, plain, None)
        return {SEALED: base64.b64encode(sealed).decode()}

    def fingerprint(self, text: str) -> bytes:
        """Return what a text is looked up by: the same for the same text, and made by nobody without the key file."""
        if self._print_key is None:
            self._print_key = hmac.digest(self._read_key(make=True), b"asura fingerprint", "sha256")
        return hmac.digest(self._print_key, text.encode("utf-8", "surrogatepass"), "sha256")

    def unseal(self, plain: Any) -> Any:
        """Return plain data in which everything sealed is a `Secret` again."""
        if isinstance(plain, dict):
            if plain.keys() == {SEALED}:
                return self._secret(plain[SEALED])
            if plain.keys() == {PLAIN}:
                plain = plain[PLAIN]
            return {key: self.unseal(value) for key, value in plain.items()}
        if isinstance(plain, list):
            return [self.unseal(value) for value in plain]
        return plain

    def dump(self, config: Any) -> bytes:
        """Return a configuration as JSON with its secrets sealed; Invalid when a value cannot be stored."""
        return msgspec.json.encode(self._plain(config, ""))

    def load(self, raw: bytes, kind: type[T]) -> T:
        """Return the configuration that `dump` made JSON of."""
        if _MARK not in raw:
            return msgspec.json.decode(raw, type=kind, dec_hook=fields.dec_hook)
        return fields.convert(self.unseal(msgspec.json.decode(raw)), kind)

    def _plain(self, value: Any, path: str) -> Any:
        if isinstance(value, Secret):
            return self.seal(value)
        if isinstance(value, msgspec.Struct):
            value = msgspec.structs.asdict(value)
            return {key: self._plain(item, f"{path}.{key}" if path else key) for key, item in value.items()}
        if isinstance(value, dict):
            columns.refuse_unstorable(list(value), path)
            inner = {key: self._plain(item, f"{path}.{key}" if path else key) for key, item in value.items()}
            return {PLAIN: inner} if value.keys() in ({SEALED}, {PLAIN}) else inner
        if isinstance(value, list | tuple):
            return [self._plain(item, f"{path}[{index}]") for index, item in enumerate(value)]
        columns.refuse_unstorable(value, path)
        return value

    def _secret(self, sealed: str) -> Secret:
        from cryptography.exceptions import InvalidTag

        raw = base64.b64decode(sealed)
        try:
            plain: bytes = self._opened(make=False).decrypt(raw[:_NONCE], raw[_NONCE:], None)
        except InvalidTag:
            raise StoreUnavailable(
                f"{self._path}: a stored secret was sealed with another key. Put the right key file back."
            ) from None
        return Secret(plain.decode("utf-8", "surrogatepass"))

    def _opened(self, *, make: bool) -> Any:
        """Return the cipher; the import is late because most starts need no cryptography."""
        if self._cipher is None:
            from cryptography.hazmat.primitives.ciphers.aead import AESGCM

            self._cipher = AESGCM(self._read_key(make=make))
        return self._cipher

    def _read_key(self, *, make: bool) -> bytes:
        if make and not self._path.exists():
            self._make_key()
        try:
            key = self._path.read_bytes()
        except FileNotFoundError:
            raise StoreUnavailable(
                f"{self._path}: missing, so stored secrets cannot be read. Put the key file back from a backup."
            ) from None
        if len(key) != KEY_BYTES:
            raise StoreUnavailable(f"{self._path}: not a key of {KEY_BYTES} bytes. Put the right key file back.")
        return key

    def _make_key(self) -> None:
        """Make the key file so that it is whole whenever it has its name."""
        partial = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(descriptor, secrets.token_bytes(KEY_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        try:
            # Unlike a rename, a link never replaces a key that is already there.
            os.link(partial, self._path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
        folder.sync_folder(self._path.parent)
