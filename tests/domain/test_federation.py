"""Whom an OpenID provider or a proxy vouches for: who is let in, as what, under which name, and back to where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.federation import Person, Rules, Why, admission, free_name, own_path, person_of
from asura.domain.user import name_fault

ANNA = Person(
    subject="https://id.example 7", name="anna", email="anna@example.com", email_verified=True, groups=("ops", "staff")
)
ROLES = {"root": "admin", "ops": "editor", "staff": "viewer"}


@pytest.mark.parametrize(
    ("rules", "why", "role", "first"),
    [
        (Rules(), Why.ALLOWED, None, "viewer"),
        (Rules(role="editor"), Why.ALLOWED, None, "editor"),
        (Rules(roles=ROLES), Why.ALLOWED, "editor", "editor"),
        (Rules(roles={"staff": "viewer", "ops": "admin"}), Why.ALLOWED, "admin", "admin"),
        (Rules(roles={"others": "admin"}, role="viewer"), Why.ALLOWED, "viewer", "viewer"),
        (Rules(allowed_groups=("staff",)), Why.ALLOWED, None, "viewer"),
        (Rules(allowed_groups=("others",)), Why.GROUP, None, "viewer"),
        (Rules(allowed_groups=("STAFF",)), Why.GROUP, None, "viewer"),
        (Rules(allowed_domains=("EXAMPLE.com",)), Why.ALLOWED, None, "viewer"),
        (Rules(allowed_domains=("ample.com",)), Why.DOMAIN, None, "viewer"),
        (Rules(allowed_domains=("example.com",), allowed_groups=("others",)), Why.GROUP, None, "viewer"),
    ],
)
def test_rules_decide_who_comes_in_and_as_what(rules: Rules, why: Why, role: str | None, first: str) -> None:
    found = admission(ANNA, rules)
    assert (found.why, found.role, found.first_role) == (why, role, first)
    assert found.allowed == (why is Why.ALLOWED)


@pytest.mark.parametrize(
    ("email", "verified", "why"),
    [
        ("", True, Why.NO_EMAIL),
        ("anna@example.com", False, Why.EMAIL_NOT_VERIFIED),
        ("anna@example.com", True, Why.ALLOWED),
        ("anna@example.com@evil.test", True, Why.DOMAIN),
        ("anna@sub.example.com", True, Why.DOMAIN),
    ],
)
def test_a_domain_counts_by_a_verified_address_alone(email: str, verified: bool, why: Why) -> None:
    person = Person(subject="s", email=email, email_verified=verified)
    assert admission(person, Rules(allowed_domains=("example.com",))).why is why


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"sub": "1", "preferred_username": "anna", "name": "Anna A."}, {"name": "anna", "groups": ()}),
        ({"sub": "1", "name": "Anna A."}, {"name": "Anna A."}),
        ({"sub": "1", "email": "a@x.test", "email_verified": True}, {"name": "a@x.test", "email_verified": True}),
        ({"sub": "1", "email": "a@x.test", "email_verified": "true"}, {"email_verified": True}),
        ({"sub": "1", "email": "a@x.test", "email_verified": "yes"}, {"email_verified": False}),
        ({"sub": "1", "email": "a@x.test", "email_verified": 1}, {"email_verified": True}),
        ({"sub": "1", "email": "not one", "name": "x"}, {"email": "", "name": "x"}),
        ({"sub": "1", "name": 5, "email": ["a@x.test"]}, {"name": "1", "email": ""}),
        ({"sub": "1", "name": " \x00\n "}, {"name": "1"}),
        ({"sub": "1", "groups": ["a", 5, None, "", "b"]}, {"groups": ("a", "b")}),
        ({"sub": "1", "groups": "a"}, {"groups": ("a",)}),
        ({"sub": "1", "groups": {"a": 1}}, {"groups": ()}),
    ],
)
def test_claims_of_every_kind_become_a_person(claims: dict[str, object], expected: dict[str, object]) -> None:
    person = person_of(claims, issuer="https://id.example", groups_claim="groups")
    assert person.subject == "https://id.example 1"
    assert {name: getattr(person, name) for name in expected} == expected


def test_groups_are_found_by_name_first_and_by_path_then() -> None:
    claims = {"sub": "1", "realm_access": {"roles": ["inner"]}, "https://x.test/groups": ["dotted"]}
    assert person_of(claims, issuer="i", groups_claim="realm_access.roles").groups == ("inner",)
    assert person_of(claims, issuer="i", groups_claim="https://x.test/groups").groups == ("dotted",)
    assert person_of(claims, issuer="i", groups_claim="realm_access.roles.more").groups == ()


def test_two_issuers_with_the_same_sub_are_two_people() -> None:
    subjects = {person_of({"sub": "1"}, issuer=one, groups_claim="g").subject for one in ("https://a", "https://b")}
    assert len(subjects) == 2


def test_somebody_new_never_takes_the_name_of_somebody_there() -> None:
    there = {"anna", "anna 2"}
    assert free_name("anna", there.__contains__) == "anna 3"
    assert free_name("bert", there.__contains__) == "bert"
    assert free_name("", there.__contains__) == "somebody"
    # What the audit log calls somebody else is nobody's name, whoever proposes it.
    assert free_name("asura", there.__contains__) == free_name("key:deploy", there.__contains__) == "somebody"


@given(st.text(max_size=100))
def test_every_free_name_can_be_a_name(wanted: str) -> None:
    taken: list[str] = []

    def is_taken(name: str) -> bool:
        taken.append(name)
        return len(taken) < 12

    assert name_fault(free_name(wanted, is_taken)) is None


@pytest.mark.parametrize(
    ("given_path", "expected"),
    [
        ("/", "/"),
        ("/monitors/5?tab=results&q=a%20b", "/monitors/5?tab=results&q=a%20b"),
        ("/monitors?q=https://x.test", "/monitors?q=https://x.test"),
        ("/monitors?q=ü", "/monitors?q=%C3%BC"),
        ("/apis", "/apis"),
        ("", "/"),
        ("monitors", "/"),
        ("//evil.test", "/"),
        ("/\\evil.test", "/"),
        ("\\\\evil.test", "/"),
        ("/.//evil.test", "/"),
        ("/x//evil.test", "/"),
        ("https://evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.test", "/"),
        ("/\r\nSet-Cookie: a=b", "/"),
        ("/x\x00", "/"),
        ("/\u2028x", "/"),
        ("/api/v1/login/oidc", "/"),
        ("/api", "/"),
        ("/" + "x" * 3000, "/"),
    ],
)
def test_back_leads_to_a_page_of_ours_alone(given_path: str, expected: str) -> None:
    assert own_path(given_path) == expected


@given(st.text(max_size=60))
def test_back_is_always_one_path_of_plain_characters(text: str) -> None:
    found = own_path(f"/{text}")
    assert found.startswith("/")
    assert not found.startswith("//")
    assert found.isascii()
    assert found.isprintable()
    assert "\\" not in found
    assert " " not in found
