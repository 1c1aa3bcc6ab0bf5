"""Codes of authenticator apps: the vectors of RFC 6238, clocks that are off, and each step once."""

import pytest

from asura.domain import totp

SHA1 = b"12345678901234567890"
SHA256 = b"12345678901234567890123456789012"
SHA512 = b"1234567890123456789012345678901234567890123456789012345678901234"
NOW = 1_111_111_111


@pytest.mark.parametrize(
    ("seconds", "sha1", "sha256", "sha512"),
    [
        (59, "94287082", "46119246", "90693936"),
        (1111111109, "07081804", "68084774", "25091201"),
        (1111111111, "14050471", "67062674", "99943326"),
        (1234567890, "89005924", "91819424", "93441116"),
        (2000000000, "69279037", "90698825", "38618901"),
        (20000000000, "65353130", "77737706", "47863826"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, sha1: str, sha256: str, sha512: str) -> None:
    step = totp.step_of(seconds)
    assert totp.code_at(SHA1, step, digits=8) == sha1
    assert totp.code_at(SHA256, step, digits=8, digest="sha256") == sha256
    assert totp.code_at(SHA512, step, digits=8, digest="sha512") == sha512


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off_and_no_more(off: int, taken: bool) -> None:
    step = totp.step_of(NOW) + off
    found = totp.matching_step(SHA1, totp.code_at(SHA1, step), NOW, used=0)
    assert found == (step if taken else None)


def test_a_step_is_used_once_and_none_before_it_either() -> None:
    now = totp.step_of(NOW)
    assert totp.matching_step(SHA1, totp.code_at(SHA1, now), NOW, used=now) is None
    assert totp.matching_step(SHA1, totp.code_at(SHA1, now - 1), NOW, used=now) is None
    assert totp.matching_step(SHA1, totp.code_at(SHA1, now + 1), NOW, used=now) == now + 1


@pytest.mark.parametrize(
    "code", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦", "\ud800" * 6, "000000\0", "-12345", "1e5000"]
)
def test_what_is_no_code_is_none(code: str) -> None:
    assert totp.matching_step(SHA1, code, NOW, used=0) is None


def test_blanks_in_a_code_are_forgiven() -> None:
    code = totp.code_at(SHA1, totp.step_of(NOW))
    assert totp.matching_step(SHA1, f" {code[:3]} {code[3:]} ", NOW, used=0) is not None


def test_a_code_keeps_its_leading_zeros() -> None:
    assert totp.code_at(SHA1, totp.step_of(1111111109)) == "081804"
    assert all(len(totp.code_at(SHA1, step)) == 6 for step in range(500))


@pytest.mark.parametrize("length", [1, 5, 10, 16, 20, 32])
def test_a_secret_is_written_and_read(length: int) -> None:
    secret = bytes(range(length))
    assert totp.decoded(totp.encoded(secret)) == secret
    assert totp.decoded(totp.encoded(secret).lower()) == secret
    assert "=" not in totp.encoded(secret)


@pytest.mark.parametrize("text", ["1", "0189", "äöü", "AAAAA A!"])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        totp.decoded(text)


def test_the_address_names_account_and_issuer_safely() -> None:
    found = totp.uri(SHA1, account="ann & bo: 100%/?", issuer="asura")
    assert found == (
        "otpauth://totp/asura:ann%20%26%20bo%3A%20100%25%2F%3F?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=asura"
    )
