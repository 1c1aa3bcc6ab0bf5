"""What certificate chains are judged by: names, dates, words."""

from datetime import UTC, datetime, timedelta

import pytest

from asura.checks.chain import Limits, covers, judged, short, span
from asura.domain.result import Certificate
from asura.domain.status import Finding


@pytest.mark.parametrize(
    ("names", "host", "expected"),
    [
        (("a.example",), "A.example.", True),
        (("*.example.org",), "www.example.org", True),
        (("*.example.org",), "example.org", False),
        (("*.example.org",), "a.b.example.org", False),
        (("*",), "localhost", False),
        (("*.",), "localhost", False),
        (("127.0.0.1",), "127.0.0.1", True),
        ((), "a.example", False),
    ],
)
def test_names_cover_hosts_as_browsers_see_it(names, host, expected):
    assert covers(names, host) is expected


def test_words_for_owners_and_stretches():
    assert short("CN=R11,O=Let's Encrypt,C=US") == "R11"
    assert short("O=Foo\\, Inc.,C=US") == "Foo, Inc."
    assert short("") == "nobody"
    assert [span(days) for days in (3.9, 2, 1.5, 0.05, 0.01)] == [
        "3 days",
        "2 days",
        "36 hours",
        "an hour",
        "less than an hour",
    ]


def test_an_expired_root_at_the_end_of_a_chain_does_not_count():
    now = datetime.now(UTC)

    def link(subject: str, issuer: str, days: float) -> Certificate:
        return Certificate(subject, issuer, ("a.example",), now - timedelta(days=99), now, days, "")

    chain = [link("CN=a", "CN=R", 80), link("CN=R", "CN=X", 80), link("CN=X", "CN=X", -5)]
    assert judged(chain, Limits(14, 14, ()), "a.example:443").finding is Finding.UP
