"""The certificate of asura itself: checked before use, renewed while connections go on, kept when the new is broken."""

import asyncio
import contextlib
import os
import ssl
import time
import warnings
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID

from asura import tls_files
from asura.clock import SystemClock
from asura.settings_tls import tls_faults
from asura.tls_files import TlsFiles, Unusable, load
from tests.opening import open_to_others

DAYS = 40


class Shop:
    """Issues pairs of certificate and key, and puts them where asura looks."""

    def __init__(self, folder: Path) -> None:
        # The chain has a certificate in between.
        self.root = trustme.CA(key_type=trustme.KeyType.ECDSA)
        self.authority = self.root.create_child_ca(key_type=trustme.KeyType.ECDSA)
        self.folder = folder
        self.certificate, self.key = folder / "cert.pem", folder / "key.pem"

    def issue(
        self, name: str = "one.example", kind: trustme.KeyType = trustme.KeyType.ECDSA, days: float = DAYS
    ) -> tuple[bytes, bytes]:
        """Return a certificate with its chain, and its key."""
        end = SystemClock().now() + timedelta(days=days)
        made = self.authority.issue_cert(name, "localhost", key_type=kind, not_after=end)
        chain = b"".join(one.bytes() for one in made.cert_chain_pems)
        return chain, made.private_key_pem.bytes()

    def put(self, pair: tuple[bytes, bytes]) -> None:
        """Write both files in place."""
        self.certificate.write_bytes(pair[0])
        self.key.write_bytes(pair[1])

    def files(self) -> TlsFiles:
        """Return the certificate in use."""
        return TlsFiles(str(self.certificate), str(self.key))

    def client(self, newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> ssl.SSLContext:
        """Return a context that trusts nobody but this shop."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.set_alpn_protocols(["h2", "http/1.1"])
        context.maximum_version = newest
        self.root.configure_trust(context)
        return context


@pytest.fixture(scope="module")
def one_shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def shop(one_shop: Shop, tmp_path: Path) -> Shop:
    one_shop.certificate, one_shop.key, one_shop.folder = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path
    one_shop.put(one_shop.issue())
    return one_shop


@contextlib.asynccontextmanager
async def echoing(files: TlsFiles) -> AsyncIterator[int]:
    """Yield the port of a server that says everything twice."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ssl.SSLError):
            while line := await reader.readline():
                writer.write(line)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=files.context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def shown(port: int, client: ssl.SSLContext, name: str | None = "localhost") -> str:
    """Return the first name of the certificate that a new connection is shown."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname=name or "")
    connection = writer.get_extra_info("ssl_object")
    assert connection.selected_alpn_protocol() == "http/1.1"
    writer.close()
    return str(connection.getpeercert()["subjectAltName"][0][1])


async def test_a_renewed_pair_of_any_kind_is_shown_to_new_connections_and_old_ones_go_on(shop: Shop) -> None:
    files = shop.files()
    clients = [shop.client(), shop.client(ssl.TLSVersion.TLSv1_2)]
    async with echoing(files) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=clients[0], server_hostname="localhost")
        for number, kind in enumerate([trustme.KeyType.RSA, trustme.KeyType.ECDSA, trustme.KeyType.RSA]):
            shop.put(shop.issue(f"new{number}.example", kind))
            files.look()
            for client in clients:
                assert await shown(port, client) == f"new{number}.example"
                assert await shown(port, client, None) == f"new{number}.example", "without a name too"
            writer.write(b"still here\n")
            assert await reader.readline() == b"still here\n"
        writer.close()


async def test_old_protocols_are_refused(shop: Shop) -> None:
    old = shop.client(ssl.TLSVersion.TLSv1_2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("ALL:@SECLEVEL=0")
    async with echoing(shop.files()) as port:
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await shown(port, old)


async def test_the_watch_finds_a_change_by_itself(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tls_files.LOOK_EVERY_S * 2 < 10, "a change that is made in two steps is taken within ten seconds"
    monkeypatch.setattr(tls_files, "LOOK_EVERY_S", 0.02)
    files = shop.files()
    watching = asyncio.ensure_future(files.watch())
    shop.put(shop.issue("watched.example"))
    async with asyncio.timeout(10):
        while "watched.example" not in files.health()["detail"]:
            await asyncio.sleep(0.01)
    watching.cancel()


def by_rename(shop: Shop, pair: tuple[bytes, bytes]) -> None:
    """Replace both files as careful programs do."""
    for path, content in zip((shop.certificate, shop.key), pair, strict=True):
        draft = path.with_suffix(".new")
        draft.write_bytes(content)
        draft.replace(path)


def by_link(shop: Shop, pair: tuple[bytes, bytes]) -> None:
    """Swap the link to a folder, as Kubernetes does with secrets."""
    fresh = shop.folder / f"..{time.monotonic_ns()}"
    fresh.mkdir()
    for name, content in zip(("cert.pem", "key.pem"), pair, strict=True):
        (fresh / name).write_bytes(content)
    draft = shop.folder / "..draft"
    draft.symlink_to(fresh.name)
    draft.replace(shop.folder / "..data")
    for path in (shop.certificate, shop.key):
        if not path.is_symlink():
            path.unlink()
            path.symlink_to(f"..data/{path.name}")


@pytest.mark.parametrize("replace", [Shop.put, by_rename, by_link])
def test_every_way_to_replace_files_is_noticed(
    shop: Shop, replace: Callable[[Shop, tuple[bytes, bytes]], None]
) -> None:
    replace(shop, shop.issue())
    files = shop.files()
    for name in ("second.example", "third.example"):
        replace(shop, shop.issue(name))
        files.look()
        assert files.health() == {"ok": True, "detail": f"{name} and 1 more, valid for 39 days", "aside": True}


def test_a_pair_that_comes_in_two_steps_is_no_error(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    files, (chain, key) = shop.files(), shop.issue("steps.example")
    for content in (chain[:500], chain):
        shop.certificate.write_bytes(content)
        files.look()
    shop.key.write_bytes(key)
    files.look()
    assert "steps.example" in files.health()["detail"]
    assert [one.levelname for one in caplog.records if one.levelname != "INFO"] == []


def test_a_broken_change_is_told_once_and_the_old_pair_stays(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    files, good = shop.files(), (shop.certificate.read_bytes(), shop.key.read_bytes())
    shop.key.write_bytes(shop.issue()[1])
    for _ in range(5):
        files.look()
    health = files.health()
    assert health["ok"] is False and str(shop.folder) not in health["detail"]
    assert "one.example and 1 more, valid for 39 days; the files have changed and are not used" in health["detail"]
    shop.certificate.unlink()
    for _ in range(5):
        files.look()
    errors = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert len(errors) == 2, errors
    assert "server.tls_key" in errors[0] and "is not the key of the first certificate" in errors[0]
    assert "server.tls_cert" in errors[1] and "cannot be read: No such file or directory" in errors[1]
    files.look(now=True)
    assert len([one for one in caplog.records if one.levelname == "ERROR"]) == 3, "who asks is told again"
    shop.put(good)
    files.look()
    assert files.health()["ok"] is True


def test_a_key_of_another_kind_is_the_key_of_another_certificate(shop: Shop) -> None:
    shop.put((shop.issue(kind=trustme.KeyType.RSA)[0], shop.issue()[1]))
    with pytest.raises(Unusable, match="is not the key of the first certificate"):
        shop.files()


def test_other_files_are_followed_when_the_configuration_names_them(shop: Shop) -> None:
    files = shop.files()
    shop.certificate, shop.key = shop.folder / "other.pem", shop.folder / "other.key"
    shop.put(shop.issue("other.example"))
    files.follow(str(shop.certificate), str(shop.key))
    assert "other.example" in files.health()["detail"]


@pytest.mark.parametrize(("days", "words"), [(-2.5, "expired 2 days ago"), (0.2, "valid for 4 h"), (3.5, "3 days")])
def test_a_certificate_that_ends_is_said_so(
    shop: Shop, days: float, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop.put(shop.issue(days=days))
    health = shop.files().health()
    assert words in health["detail"] and health["ok"] is (days > 0)
    assert "has to be renewed" in caplog.text


def weak() -> tuple[bytes, bytes]:
    """Return a pair with a key that is too short for today."""
    key = rsa.generate_private_key(65537, 1024)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "weak.example")])
    now = SystemClock().now()
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=DAYS))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), key.private_bytes(*form)


def locked(key: bytes) -> bytes:
    """Return a key behind a passphrase."""
    encryption = serialization.BestAvailableEncryption(b"a secret")
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    return load_pem_private_key(key, None).private_bytes(*form, encryption)


BROKEN: dict[str, tuple[Callable[[bytes, bytes], tuple[bytes, bytes]], str, str]] = {
    "empty": (lambda chain, key: (b"", key), "server.tls_cert", "holds no certificate in PEM form"),
    "no key": (lambda chain, key: (chain, chain), "server.tls_key", "holds no private key in PEM form"),
    "cut certificate": (lambda chain, key: (chain[:300], key), "server.tls_cert", "is cut off"),
    "cut key": (lambda chain, key: (chain, key[:60]), "server.tls_key", "is cut off"),
    "passphrase": (lambda chain, key: (chain, locked(key)), "server.tls_key", "openssl pkey -in"),
    "weak": (lambda chain, key: weak(), "server.tls_cert", "is too weak for today (ee key too small)"),
    "garbage": (
        lambda chain, key: (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", key),
        "server.tls_cert",
        "holds a certificate that cannot be read",
    ),
}


@pytest.mark.parametrize("how", BROKEN)
def test_what_cannot_be_used_says_why_and_in_which_file(shop: Shop, how: str) -> None:
    spoil, setting, words = BROKEN[how]
    shop.put(spoil(shop.certificate.read_bytes(), shop.key.read_bytes()))
    ((key, message),) = tls_faults(str(shop.certificate), str(shop.key))
    assert key == setting and words in message, message


def test_the_settings_belong_together(shop: Shop) -> None:
    assert tls_faults("", "") == [] and tls_faults(str(shop.certificate), str(shop.key)) == []
    assert tls_faults("a.pem", "") == [("server.tls_cert", "needs server.tls_key too")]
    assert tls_faults("", "a.pem") == [("server.tls_key", "needs server.tls_cert too")]


def test_one_file_may_hold_both(shop: Shop) -> None:
    shop.certificate.write_bytes(shop.key.read_bytes() + shop.certificate.read_bytes())
    assert "one.example" in load(str(shop.certificate), str(shop.certificate)).leaf.names


def test_a_key_that_belongs_to_root_alone_is_named_with_what_to_do(shop: Shop, tmp_path: Path) -> None:
    assert os.geteuid() == 0, "this test changes its user: run it as root"
    shop.key.chmod(0o600)
    open_to_others(tmp_path)
    os.seteuid(65534)
    try:
        with pytest.raises(
            Unusable, match=r"uid 65534\): it belongs to uid 0, gid 0, mode 0600; let its group read it"
        ):
            load(str(shop.certificate), str(shop.key))
    finally:
        os.seteuid(0)
