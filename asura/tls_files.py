"""The certificate that asura itself shows: read from two files, checked, and taken anew when the files change."""

import asyncio
import contextlib
import hashlib
import logging
import os
import re
import ssl
import threading
from pathlib import Path
from typing import Any, NamedTuple

from asura.clock import Clock, SystemClock
from asura.errors import AsuraError
from asura.net.certificates import Parsed, parsed

LOG = logging.getLogger("asura")

LOOK_EVERY_S = 3.0
# What renews certificates has long done so by then.
SOON_DAYS = 7.0
_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.S)
_KEY = re.compile(rb"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----.+?-----END \1-----", re.S)
_BEGUN_KEY = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----")


class Unusable(AsuraError):
    """A certificate or key that cannot be used; `setting` is the key of the configuration that names its file."""

    def __init__(self, setting: str, message: str) -> None:
        super().__init__(message)
        self.setting = setting
        self.message = message


class Pair(NamedTuple):
    """A certificate and its key that belong together, ready to be shown. `digest` tells them from others."""

    context: ssl.SSLContext
    leaf: Parsed
    digest: bytes


class TlsFiles:
    """The certificate in use. `context` is what servers are given, once; each new handshake gets the newest pair."""

    def __init__(self, certificate: str, key: str, *, clock: Clock | None = None) -> None:
        self._files = (certificate, key)
        self._clock = clock or SystemClock()
        self._seen = _stamps(*self._files)
        self._pair = load(*self._files)
        self._fault = ""
        # What is wrong and was not told yet, because the other file may be on its way.
        self._doubt: bytes | None = None
        self._told: bytes | None = None
        self._lock = threading.Lock()
        self.context = modern()
        self.context.sni_callback = self._hand_over
        self._warn_of_age()

    async def watch(self) -> None:
        """Look at the files for ever, off the event loop: a disk may hang."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await asyncio.to_thread(self.look)
            except Exception:
                LOG.exception("looking at the files of the TLS certificate failed")

    def follow(self, certificate: str, key: str) -> None:
        """Look at other files, at once, where the configuration names others."""
        if (certificate, key) != self._files:
            self._files = (certificate, key)
            self.look(now=True)

    def look(self, *, now: bool = False) -> None:
        """Take the pair anew when a file has changed; an unusable one is told at the second look, the old one stays.

        Files are often replaced one after the other, and may be half written when they are looked at.
        """
        with self._lock:
            self._look(now)

    def _look(self, now: bool) -> None:
        stamps = _stamps(*self._files)
        if stamps == self._seen and self._doubt is None and not now:
            return
        self._seen = stamps
        try:
            pair = load(*self._files)
        except Unusable as error:
            self._refuse(error, now=now)
            return
        had_fault, self._doubt, self._told, self._fault = bool(self._fault), None, None, ""
        if pair.digest != self._pair.digest:
            self._pair = pair
            LOG.info("the TLS certificate was reloaded: %s", self._words(pair))
            self._warn_of_age()
        elif had_fault:
            LOG.info("the files of the TLS certificate are as they were: %s", self._words(pair))

    def health(self) -> dict[str, Any]:
        """Return how the certificate is, with a sentence; it says nothing of whether asura does its work."""
        words = self._words(self._pair)
        ok = self._left(self._pair) > 0 and not self._fault
        if self._fault:
            # Where the files lie is nobody's business.
            fault = self._fault
            for file in self._files:
                fault = fault.replace(file, Path(file).name)
            words = f"{words}; the files have changed and are not used: {fault}"
        return {"ok": ok, "detail": words, "aside": True}

    def _hand_over(self, connection: Any, name: str | None, context: ssl.SSLContext) -> None:
        # A context of its own for each pair: loaded into one, a pair of another kind of key would stand beside the old.
        connection.context = self._pair.context

    def _refuse(self, error: Unusable, *, now: bool) -> None:
        doubt = hashlib.sha256(f"{self._seen}{error.message}".encode()).digest()
        if not now and doubt != self._doubt:
            self._doubt = doubt
            return
        if doubt != self._told or now:
            LOG.error("the TLS certificate was not reloaded, the old one stays. %s: %s", error.setting, error.message)
        self._doubt = self._told = doubt
        self._fault = error.message

    def _left(self, pair: Pair) -> float:
        return pair.leaf.at(self._clock.now()).days_left

    def _words(self, pair: Pair) -> str:
        names = pair.leaf.names or (pair.leaf.subject,)
        named = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
        days = self._left(pair)
        if days <= 0:
            return f"{named}, expired {_days(-days)} ago"
        return f"{named}, valid for {_days(days)}"

    def _warn_of_age(self) -> None:
        if self._left(self._pair) < SOON_DAYS:
            LOG.warning("the TLS certificate has to be renewed: %s", self._words(self._pair))


def load(certificate: str, key: str) -> Pair:
    """Return the pair of two PEM files; Unusable says what is wrong, with which of them, and what to do."""
    chain = _read("server.tls_cert", certificate)
    secret = chain if certificate == key else _read("server.tls_key", key)
    blocks = _CERTIFICATE.findall(chain)
    if not blocks:
        what = "is cut off" if b"-----BEGIN CERTIFICATE-----" in chain else "holds no certificate in PEM form"
        raise Unusable("server.tls_cert", f"{certificate} {what}")
    if not _KEY.search(secret):
        what = "is cut off" if _BEGUN_KEY.search(secret) else "holds no private key in PEM form"
        raise Unusable("server.tls_key", f"{key} {what}")
    try:
        leaf = parsed(ssl.PEM_cert_to_DER_cert(blocks[0].decode("ascii")))
    except ValueError:
        raise Unusable("server.tls_cert", f"{certificate} holds a certificate that cannot be read") from None
    context = modern()
    _fill(context, chain, secret, certificate=certificate, key=key)
    return Pair(context, leaf, hashlib.sha256(chain + b"\0" + secret).digest())


def modern() -> ssl.SSLContext:
    """Return a context of a server that speaks TLS 1.2 and 1.3 with safe ciphers, and HTTP/1.1 above it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context


def _fill(context: ssl.SSLContext, chain: bytes, secret: bytes, *, certificate: str, key: str) -> None:
    """Load what was read, and not the files again, which may be others by now."""
    locked: list[bool] = []

    def ask() -> str:
        locked.append(True)
        return ""

    with contextlib.ExitStack() as stack:
        files = certificate, key
        if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):
            files = _in_memory(stack, chain), _in_memory(stack, secret)
        try:
            context.load_cert_chain(files[0], files[1], password=ask)
        except (ssl.SSLError, ValueError) as error:
            if locked:
                raise Unusable("server.tls_key", _locked(key)) from None
            raise Unusable(*_explained(error, certificate, key)) from None


def _locked(key: str) -> str:
    words = "has a passphrase, which nobody could type after a restart"
    return f"{key} {words}; make one without it: openssl pkey -in {key} -out {Path(key).stem}.open.pem"


def _explained(error: Exception, certificate: str, key: str) -> tuple[str, str]:
    reason = str(getattr(error, "reason", None) or error)
    # The last one: a key of another kind, RSA beside a certificate for an elliptic curve.
    if reason in ("KEY_VALUES_MISMATCH", "KEY_TYPE_MISMATCH", "NO_CERTIFICATE_ASSIGNED"):
        return "server.tls_key", f"{key} is not the key of the first certificate in {certificate}"
    if reason in ("EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"):
        return "server.tls_cert", f"{certificate} is too weak for today ({reason.lower().replace('_', ' ')}): renew it"
    return "server.tls_cert", f"{certificate} and {key} cannot be used: {reason.lower().replace('_', ' ')}"


def _in_memory(stack: contextlib.ExitStack, content: bytes) -> str:
    """Return the path of a file that is nowhere but in memory, for as long as the stack is open."""
    file = stack.enter_context(os.fdopen(os.memfd_create("tls"), "wb"))
    file.write(content)
    file.flush()
    return f"/proc/self/fd/{file.fileno()}"


def _read(setting: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except PermissionError:
        raise Unusable(setting, _not_ours(path)) from None
    except OSError as error:
        raise Unusable(setting, f"{path} cannot be read: {error.strerror}") from None


def _not_ours(path: str) -> str:
    words = f"{path} may not be read by the user that asura runs as (uid {os.geteuid()})"
    try:
        found = os.stat(path)
    except OSError:
        return f"{words}: a folder above it is closed to that user"
    mode = f"{found.st_mode & 0o777:04o}"
    return f"{words}: it belongs to uid {found.st_uid}, gid {found.st_gid}, mode {mode}; let its group read it"


def _stamps(*paths: str) -> tuple[tuple[int, ...] | None, ...]:
    """Return what changes when a file, or what a link leads to, is replaced or written to."""
    found: list[tuple[int, ...] | None] = []
    for path in paths:
        try:
            one = os.stat(path)
        except OSError:
            found.append(None)
        else:
            found.append((one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns))
    return tuple(found)


def _days(days: float) -> str:
    whole = int(days)
    if whole >= 1:
        return f"{whole} day{'' if whole == 1 else 's'}"
    return f"{max(1, int(days * 24))} h"
