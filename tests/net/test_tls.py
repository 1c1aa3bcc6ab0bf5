"""TLS contexts, certificates, and handshake failures in words."""

import ssl
from datetime import timedelta

import pytest

from asura.domain.fields import Secret
from asura.domain.reason import Reason
from asura.net.certificates import days_left, described, parsed
from asura.net.errors import NetError
from asura.net.network import open_network
from asura.net.tls import TlsContexts, TlsSettings, certificates, chain_of, classify, leaf_of, unusable
from tests import targets, tls_targets


def test_equal_settings_share_one_context() -> None:
    contexts = TlsContexts()
    first = contexts.get(TlsSettings())
    assert contexts.get(TlsSettings()) is first
    assert contexts.get(TlsSettings(verify=False)) is not first
    assert contexts.get(TlsSettings(alpn=("http/1.1",))) is not first


def test_a_context_verifies_and_takes_no_old_protocol_unless_told() -> None:
    contexts = TlsContexts()
    usual = contexts.get(TlsSettings())
    assert usual.verify_mode is ssl.CERT_REQUIRED
    assert usual.check_hostname
    assert usual.minimum_version is ssl.TLSVersion.TLSv1_2
    assert len(usual.get_ca_certs()) > 50
    assert contexts.get(TlsSettings(verify=False)).verify_mode is ssl.CERT_NONE
    assert contexts.get(TlsSettings(min_version="1.3")).minimum_version is ssl.TLSVersion.TLSv1_3


def test_an_authority_of_the_settings_file_is_trusted_besides_the_usual_ones() -> None:
    with tls_targets.authority().ca.cert_pem.tempfile() as path:
        context = TlsContexts(path).get(TlsSettings())
    subjects = str(context.get_ca_certs())
    assert "Asura Tests" in subjects
    assert len(context.get_ca_certs()) > 50


def test_unusable_certificates_and_keys_are_named() -> None:
    certificate, key = tls_targets.authority().client()
    _, other_key = tls_targets.authority().client()
    assert unusable(TlsSettings(client_cert_pem=certificate, client_key_pem=Secret(key))) is None
    for settings, part in [
        (TlsSettings(ca_pem="x"), "ca_pem"),
        (TlsSettings(client_cert_pem=certificate), "client_cert_pem"),
        (TlsSettings(client_cert_pem=certificate, client_key_pem=Secret(other_key)), "client_cert_pem"),
    ]:
        fault = unusable(settings)
        assert fault is not None
        assert fault[0] == part
        assert "BEGIN PRIVATE" not in fault[1]


async def test_the_whole_chain_is_in_hand_leaf_first() -> None:
    net = open_network()
    settings = TlsSettings(ca_pem=tls_targets.authority().pem)
    async with targets.serving(targets.answering(), tls=tls_targets.authority().good("localhost", days=30)) as target:
        stream = await net.dialer.open("127.0.0.1", target.port, tls=settings, server_name="localhost")
        found = certificates(stream.ssl_object)
        chain = chain_of(stream.ssl_object)
        assert leaf_of(stream.ssl_object) == chain[:1]
        stream.abort()
    assert found[0].names == ("localhost",)
    assert 29 < found[0].days_left < 30.1
    assert "Asura Tests" in found[0].issuer
    assert len(found[0].fingerprint_sha256) == 64
    await net.close()


async def test_a_certificate_is_parsed_once_and_its_days_are_counted_anew() -> None:
    der = ssl.PEM_cert_to_DER_cert(tls_targets.authority().pem)
    assert parsed(der) is parsed(bytes(der))
    end = parsed(der).not_after
    assert days_left(der, now=end - timedelta(days=3)) == 3
    assert days_left(der, now=end + timedelta(days=2)) == -2
    assert described(der, now=end - timedelta(hours=12)).days_left == 0.5
    with pytest.raises(ValueError):
        parsed(b"nonsense")


def test_failures_without_a_certificate_have_a_class_too() -> None:
    assert classify(TimeoutError(), "x.test").reason is Reason.TLS_TIMEOUT
    assert classify(ConnectionResetError(), "x.test").reason is Reason.TLS_FAILED
    assert "x.test" in classify(ssl.SSLEOFError(8, "eof"), "x.test").message
    alert = ssl.SSLError(1, "[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE] text (_ssl.c:1)")
    alert.reason = "SSLV3_ALERT_HANDSHAKE_FAILURE"
    assert "handshake failure" in classify(alert, "x.test").message
    assert "_ssl.c" not in classify(alert, "x.test").message


@pytest.mark.parametrize("name", ["a" * 5_000, "é" * 300, ".a"])
async def test_a_name_that_cannot_be_one_is_a_fault_of_the_target(name: str) -> None:
    net = open_network()
    async with targets.serving(targets.answering(), tls=tls_targets.authority().good("localhost")) as target:
        with pytest.raises(NetError) as fault:
            await net.dialer.open("127.0.0.1", target.port, tls=TlsSettings(), server_name=name)
    assert fault.value.reason is Reason.TLS_FAILED
    await net.close()
