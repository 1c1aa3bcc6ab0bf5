"""Signatures are those that AWS publishes for its examples."""

from datetime import UTC, datetime

import pytest

from asura.domain.fields import Secret
from asura.net import sigv4
from asura.net.sigv4 import Credentials

AT = datetime(2013, 5, 24, tzinfo=UTC)
# "Authenticating Requests: Using the Authorization Header", Amazon S3 API Reference.
WHO = Credentials("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1")
HOST = "examplebucket.s3.amazonaws.com"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
WELCOME = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
EXAMPLES = {
    "get object": (
        "GET", "/test.txt", [], {"range": "bytes=0-9"}, EMPTY,
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
    ),
    "put object": (
        "PUT", "/test$file.text", [],
        {"date": "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class": "REDUCED_REDUNDANCY"}, WELCOME,
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
    ),
    "get bucket lifecycle": (
        "GET", "/", [("lifecycle", "")], {}, EMPTY,
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
    ),
    "list objects": (
        "GET", "/", [("max-keys", "2"), ("prefix", "J")], {}, EMPTY,
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_published_examples_of_s3(name: str) -> None:
    method, path, query, more, payload, signature = EXAMPLES[name]
    headers = {"host": HOST, "x-amz-content-sha256": payload, "x-amz-date": sigv4.stamp(AT), **more}
    found = sigv4.authorization(WHO, method, path, query, headers, payload_hash=payload, at=AT)
    assert found.endswith(f"Signature={signature}")
    assert found.startswith(
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders="
    )


def test_the_published_example_of_a_signing_key() -> None:
    who = Credentials("", Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), "us-east-1", "iam")
    found = sigv4.signing_key(who, datetime(2015, 8, 30, 12, 36, tzinfo=UTC))
    assert found.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


def test_what_is_signed_is_encoded_and_in_order() -> None:
    assert sigv4.quoted("a b/ü~", path=True) == "a%20b/%C3%BC~"
    assert sigv4.query_string([("uploads", ""), ("b", "x/y"), ("a", "1 2")]) == "a=1%202&b=x%2Fy&uploads="
    canonical, signed = sigv4.canonical_request("GET", "/", [], {"B": " two   words ", "A": "x"}, EMPTY)
    assert signed == "a;b"
    assert "\na:x\nb:two words\n\n" in canonical
