"""What bodies say: phrases in their order, plain or as patterns, in the parts where they are looked for."""

import time

import pytest

from asura.domain.ping import PingKind
from asura.running.phrases import has_phrases, meaning, phrase_faults

BODY = {"http_body": "backup DONE in 17 s"}


@pytest.mark.parametrize(
    ("settings", "parts", "expected"),
    [
        ({}, BODY, PingKind.SUCCESS),
        ({"success_if": ["DONE"]}, BODY, PingKind.SUCCESS),
        ({"success_if": ["done"]}, BODY, PingKind.IGNORED),
        ({"fail_if": ["ERROR"]}, BODY, PingKind.SUCCESS),
        ({"fail_if": ["/in \\d+ s/"], "success_if": ["DONE"]}, BODY, PingKind.FAIL),
        ({"start_if": ["backup"], "success_if": ["DONE"]}, BODY, PingKind.SUCCESS),
        ({"start_if": ["backup"]}, BODY, PingKind.START),
        ({"success_if": ["x"], "otherwise": "fail"}, BODY, PingKind.FAIL),
        ({"fail_if": ["x"], "otherwise": "ignore"}, BODY, PingKind.IGNORED),
        ({"success_if": ["x"], "otherwise": "success"}, BODY, PingKind.SUCCESS),
        ({"success_if": ["DONE"], "look_in": ["mail_subject"]}, BODY, PingKind.SUCCESS),
        (
            {"success_if": ["DONE"], "look_in": ["mail_subject"]},
            {"mail_subject": "x", "mail_body": "DONE"},
            PingKind.IGNORED,
        ),
        ({"success_if": ["//"]}, {"http_body": "a // b"}, PingKind.SUCCESS),
    ],
)
def test_what_a_ping_means(settings: dict[str, object], parts: dict[str, str], expected: PingKind) -> None:
    assert meaning(settings, parts) is expected


def test_phrases_are_noticed() -> None:
    assert not has_phrases({"fail_if": []})
    assert has_phrases({"start_if": ["x"]})


def test_a_bad_pattern_is_named() -> None:
    faults = phrase_faults({"fail_if": ["fine", "/(/"], "success_if": ["/[/"], "start_if": None})
    assert [fault.path for fault in faults] == ["settings.fail_if[1]", "settings.success_if[0]"]


def test_no_pattern_holds_us_up() -> None:
    began = time.process_time()
    meaning({"fail_if": ["/(a+)+$/", "/(a|aa)+b/"]}, {"http_body": "a" * 100_000})
    assert time.process_time() - began < 2
