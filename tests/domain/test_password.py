"""Which passwords are good enough, and why others are not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asura.domain.common_passwords import COMMON
from asura.domain.common_words import WORDS
from asura.domain.password import LONGEST, PHRASES, SHORTEST, Verdict, Weak, judge, normalised

NAMES = ("Ann-Sophie", "ann.meyer@example.com")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", Weak.SHORT),
        ("short", Weak.SHORT),
        ("123456789", Weak.SHORT),
        ("kj3$Lm9qP", Weak.SHORT),
        ("x" * 201, Weak.LONG),
        ("qwertyuiop", Weak.COMMON),
        ("QWERTYuiop", Weak.COMMON),
        ("1234567890", Weak.COMMON),
        ("0987654321", Weak.COMMON),
        ("Password123!", Weak.COMMON),
        ("P@ssw0rd2024", Weak.COMMON),
        ("pa$$w0rd!!!", Weak.COMMON),
        ("Summer2024!", Weak.COMMON),
        ("!!!December!!!", Weak.COMMON),
        ("2024monday2024", Weak.COMMON),
        ("drowssap12", Weak.COMMON),
        ("iloveyou123", Weak.COMMON),
        ("monitoring1!", Weak.COMMON),
        ("administrator1", Weak.COMMON),
        ("changeme2024", Weak.COMMON),
        ("2024-05-17 12", Weak.COMMON),
        ("!!!!1234567", Weak.PREDICTABLE),
        ("letmeinletmein", Weak.REPEATED),
        ("passwordpassword", Weak.REPEATED),
        ("aaaaaaaaaaaa", Weak.REPEATED),
        ("abcabcabcabc", Weak.REPEATED),
        ("xyxyxyxyxyxy", Weak.REPEATED),
        ("äöäöäöäöäöäö", Weak.REPEATED),
        ("abcdefghijkl", Weak.PREDICTABLE),
        ("lkjihgfedcba", Weak.PREDICTABLE),
        ("qwertzuiopü", Weak.PREDICTABLE),
        ("zaq12wsxcde3", Weak.PREDICTABLE),
        ("aaaaaaabcdefg", Weak.PREDICTABLE),
        ("asura12345", Weak.PERSONAL),
        ("asura-admin-2024", Weak.PERSONAL),
        ("4sur4-m0nitor", Weak.PERSONAL),
        ("ann-sophie1", Weak.PERSONAL),
        ("AnnSophie-99", Weak.PERSONAL),
        ("ann.meyer.99", Weak.PERSONAL),
        ("meyer!meyer!1", Weak.PERSONAL),
        ("ann.meyer@example.com", Weak.PERSONAL),
    ],
)
def test_these_are_refused(password: str, why: Weak) -> None:
    assert judge(password, NAMES) == Verdict(0, why)


@pytest.mark.parametrize(
    ("password", "at_least"),
    [
        ("correct horse battery staple", 4),
        ("a quiet afternoon", 3),
        ("Tr0ub4dor&3", 2),
        ("kj3$Lm9qPz", 2),
        ("Xk9#mQ2$vL7!aZ", 4),
        ("ein guter langer satz", 4),
        ("пароль и ещё слова", 4),
        ("我们的监控非常好用啊", 3),
        ("🦊🐢🐍🦎🐙🦑🦀🐡🐠🐟", 3),
        (" spaces at the edges ", 3),
        ("asura keeps forty-two otters awake", 4),
        ("x" * 50 + "kj3$Lm9qPz" + "y" * 50, 2),
    ],
)
def test_these_are_taken(password: str, at_least: int) -> None:
    verdict = judge(password, NAMES)
    assert verdict.why is None and verdict.score >= at_least
    assert verdict.message == ""


def test_more_of_it_scores_higher() -> None:
    scores = [judge("kj3$Lm9qPzTw5%Rb8vXc"[:length]).score for length in range(SHORTEST, 21)]
    assert scores == sorted(scores) and scores[0] < scores[-1] == 4


def test_the_lists_are_what_they_say() -> None:
    assert len(COMMON) >= 2_000 and len(WORDS) >= 3_000
    assert all(len(one) >= 10 and one == one.lower() for one in COMMON)
    assert all(judge(one).why is not None for one in COMMON)
    assert all(judge(one.upper()).why is not None for one in COMMON)


def test_every_reason_has_words() -> None:
    assert PHRASES.keys() == set(Weak)


def test_composed_and_decomposed_letters_are_the_same_password() -> None:
    assert normalised("Ko\u0308nigsforst") == normalised("K\u00f6nigsforst")


@pytest.mark.parametrize("name", ["", "a", "ab", "@", "\0", "\ud800", "x" * 10_000, "((", "é"])
def test_odd_names_do_no_harm(name: str) -> None:
    assert judge("correct horse battery staple", (name, name)).why is None


@given(st.text(max_size=220), st.lists(st.text(max_size=80), max_size=2))
def test_any_text_gets_a_verdict(password: str, names: list[str]) -> None:
    verdict = judge(password, names)
    assert 0 <= verdict.score <= 4
    assert (verdict.score == 0) == (verdict.why is not None)
    if verdict.why is None:
        assert SHORTEST <= len(normalised(password)) <= LONGEST


def test_the_longest_is_judged_in_a_moment() -> None:
    began = time.process_time()
    for text in ("ab1" * 66 + "x", "qwerty" * 33, "a" * 199 + "b", "0123456789" * 20):
        judge(text, ("a" * 1_000, "b@" + "c" * 1_000))
    assert time.process_time() - began < 1
