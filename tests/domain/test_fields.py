"""Secrets, slugs, and settings as plain data."""

from typing import Annotated

import msgspec
import pytest

from asura.domain import fields
from asura.domain.fields import STARS, Secret


class Auth(msgspec.Struct, frozen=True, tag_field="kind", tag="basic"):
    user: str
    password: Secret


class Params(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: Annotated[str, fields.field("Address", "Where.", placeholder="https://…")]
    auth: Auth | None = None
    token: Secret | None = None


def test_a_secret_never_shows_itself() -> None:
    secret = Secret("hunter2")
    assert "hunter2" not in f"{secret!r} {secret} {[secret]} {msgspec.json.encode(secret, enc_hook=fields.enc_hook)!r}"
    assert secret.reveal() == "hunter2"
    assert bool(Secret("")) is False
    assert {secret} == {Secret("hunter2")}


def test_settings_become_a_struct_and_plain_data_again() -> None:
    written = {"url": "x", "auth": {"kind": "basic", "user": "u", "password": "p"}, "token": Secret("t")}
    params = fields.convert(written, Params)
    assert params.auth is not None
    assert params.auth.password == Secret("p")
    plain = fields.plain(params)
    assert plain == {"url": "x", "auth": {"kind": "basic", "user": "u", "password": Secret("p")}, "token": Secret("t")}
    assert fields.convert(plain, Params) == params
    assert fields.conceal(plain)["token"] == STARS


def test_what_was_written_comes_back_under_the_names_it_was_written_with() -> None:
    class Mail(msgspec.Struct, rename={"sender": "from"}):
        sender: str
        port: int = 25

    mail = fields.convert({"from": "a@example.org"}, Mail)
    assert fields.written(mail, ["from"]) == {"from": "a@example.org"}


def test_a_secret_must_be_text() -> None:
    with pytest.raises(msgspec.ValidationError):
        fields.convert({"url": "x", "token": 7}, Params)


def test_stars_keep_what_is_stored() -> None:
    old = {"token": Secret("t"), "auth": {"password": Secret("p")}, "hooks": [Secret("a")], "url": "x"}
    new = {"token": STARS, "auth": {"password": "new"}, "hooks": [STARS, STARS], "url": STARS}
    kept = fields.keep_stars(new, old)
    assert kept == {"token": Secret("t"), "auth": {"password": "new"}, "hooks": [Secret("a"), STARS], "url": STARS}


def test_secrets_can_be_exchanged_wherever_they_are() -> None:
    data = {"a": [Secret("x"), {"b": Secret("y")}], "c": 1}
    assert fields.map_secrets(data, Secret.reveal) == {"a": ["x", {"b": "y"}], "c": 1}


def test_the_schema_of_a_secret_says_that_it_is_one() -> None:
    schema = msgspec.json.schema(Params, schema_hook=fields.schema_hook)
    text = str(schema)
    assert "writeOnly" in text
    assert "Address" in text
    assert "placeholder" in text


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Shop", "shop"),
        ("  Shop & Co. ", "shop-co"),
        ("12", "monitor-12"),
        ("Ünï", "n"),
        ("日本", "monitor"),
        ("tag", "monitor-tag"),
    ],
)
def test_a_slug_is_made_of_a_name(name: str, slug: str) -> None:
    assert fields.slug_of(name) == slug
    assert fields.is_slug(slug)


@pytest.mark.parametrize("text", ["", "12", "bulk", "tag", "A", "a b", "x" * 65, "ä"])
def test_what_cannot_be_a_slug(text: str) -> None:
    assert not fields.is_slug(text)


def test_other_types_are_refused() -> None:
    with pytest.raises(NotImplementedError):
        fields.enc_hook(object())
    with pytest.raises(NotImplementedError):
        fields.dec_hook(object, 1)
    with pytest.raises(NotImplementedError):
        fields.schema_hook(object)


class Pattern(msgspec.Struct, frozen=True):
    word: Annotated[str, fields.field("Word", pattern=r"^[a-z]{1,5}$")]


def test_a_pattern_lets_no_line_break_pass_at_the_end() -> None:
    assert fields.convert({"word": "abc"}, Pattern).word == "abc"
    with pytest.raises(msgspec.ValidationError):
        fields.convert({"word": "abc\n"}, Pattern)


@pytest.mark.parametrize(
    ("name", "credential"),
    [
        ("Authorization", True), ("X-API-Key", True), ("apikey", True), ("PRIVATE-TOKEN", True),
        ("Set-Cookie2", True), ("X-Goog-Api-Key", True), ("Ocp-Apim-Subscription-Key", True),
        ("WWW-Authenticate", False), ("Accept", False), ("X-Author", False), ("X-Keyboard", False), ("Host", False),
    ],
)  # fmt: skip
def test_headers_that_let_somebody_in_are_known_by_their_names(name: str, credential: bool) -> None:
    assert fields.is_credential(name) is credential
