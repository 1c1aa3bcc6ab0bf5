"""Names of users: how they are kept, which are the same, and which are none."""

import pytest

from asura.domain.user import email_fault, folded, name_fault, tidy


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "aNN"),
        ("STRASSE", "straße"),
        ("\u00c5ngstr\u00f6m", "A\u030angstro\u0308m"),
        ("\ufb01sh", "FISH"),
        (" ann ", "Ann"),
        ("\uff21\uff2e\uff2e", "ann"),
    ],
)
def test_these_are_the_same_name(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    "name", ["a", "ann", "Ann Meyer", "ann@example.com", "Łukasz", "王小明", "🦊", "x" * 64, "%", "_", "'; --"]
)
def test_these_are_names(name: str) -> None:
    assert name_fault(tidy(name)) is None


@pytest.mark.parametrize(
    "name",
    ["", " ", "x" * 65, "a\nb", "a\tb", "a\0b", "a\u200bb", "a\u202eb", "\ufeff", "a\ud800", "a\u00a0b", "\u2003"],
)
def test_these_are_none(name: str) -> None:
    assert name_fault(tidy(name)) is not None


@pytest.mark.parametrize(
    "email", ["", "a@b", "ann.meyer+tag@example.com", "ann@münchen.example", '"a b"@x'[1:2] + "@x"]
)
def test_these_are_addresses_or_none_at_all(email: str) -> None:
    assert email_fault(email) is None


@pytest.mark.parametrize(
    "email",
    ["ann", "@", "ann@", "@example.com", "a b@c", "a@b\n", "a@b,c@d", "<a@b>", "x" * 250 + "@example.com", "a@\0"],
)
def test_these_are_no_addresses(email: str) -> None:
    assert email_fault(email) is not None
