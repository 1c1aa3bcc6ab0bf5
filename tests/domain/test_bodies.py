"""Bodies become structs, and every field that is wrong is named."""

from time import process_time
from typing import Annotated

import msgspec
import pytest
from msgspec import Meta

from asura.domain.bodies import convert_fields, nearest_field
from asura.domain.fault import Fault


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    a: int


class Body(msgspec.Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(min_length=1)]
    count: Annotated[int, Meta(ge=1)] = 1
    inner: list[Inner] = []

    def __post_init__(self) -> None:
        if self.name == "forbidden":
            raise ValueError("This name is forbidden")


def test_a_right_body_becomes_a_struct() -> None:
    body, faults = convert_fields({"name": "x", "inner": [{"a": 1}]}, Body)
    assert faults == []
    assert body == Body("x", 1, [Inner(1)])


def test_every_wrong_field_is_named() -> None:
    body, faults = convert_fields({"coutn": 2, "count": 0, "inner": [{"a": 1}, {"a": "x"}]}, Body, prefix="settings.")
    assert body is None
    assert faults == [
        Fault("settings.coutn", "unknown field; did you mean count?"),
        Fault("settings.name", "is required"),
        Fault("settings.count", "must be at least 1"),
        Fault("settings.inner[1].a", "must be a whole number, not text"),
    ]


def test_the_word_of_other_programs_leads_to_ours_where_it_is_no_field_itself() -> None:
    assert nearest_field("url", ["name", "target"]) == "target"
    assert nearest_field("url", ["name", "urls"]) == "urls"
    assert nearest_field("url", ["name"]) == ""


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        (Annotated[float, Meta(ge=5, le=10)], 1, "must be at least 5"),
        (Annotated[float, Meta(ge=5, le=10)], 11, "must be at most 10"),
        (Annotated[float, Meta(gt=0)], 0, "must be more than 0"),
        (Annotated[str, Meta(max_length=2)], "abc", "must have at most 2 characters"),
        (Annotated[list[int], Meta(min_length=1)], [], "must have at least 1 items"),
        (bool, 1, "must be true or false, not a whole number"),
        (str | None, 1, "must be text or null, not a whole number"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(kind: object, value: object, words: str) -> None:
    made = msgspec.defstruct("Made", [("field", kind)])
    assert convert_fields({"field": value}, made)[1] == [Fault("field", words)]


def test_what_only_the_whole_shows_is_told_too() -> None:
    body, faults = convert_fields({"name": "forbidden"}, Body, prefix="settings.")
    assert body is None
    assert faults == [Fault("settings", "this name is forbidden")]


def test_only_the_first_unknown_fields_get_the_nearest_name() -> None:
    names = {f"coun{number}": 1 for number in range(30_000)}
    began = process_time()
    _, faults = convert_fields(names, Body)
    assert process_time() - began < 2
    unknown = [fault for fault in faults if fault.message.startswith("unknown field")]
    assert len(unknown) == 30_000
    assert sum("did you mean" in fault.message for fault in unknown) == 20
