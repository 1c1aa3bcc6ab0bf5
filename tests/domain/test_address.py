"""Addresses that count as one: those of one customer."""

import pytest

from asura.domain.address import bucket_of


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("local", "local"),
        ("", ""),
    ],
)
def test_what_is_counted(address: str, bucket: str) -> None:
    assert bucket_of(address) == bucket
